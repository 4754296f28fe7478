/** What the server tells of a place and of households, for the gallery. */

import type { Contacts, GateHousehold, PlaceRow, PlaceTold } from "../../src/field/contract";
import { NOW } from "./orders";

const ago = (hours: number): string => new Date(NOW.getTime() - hours * 3_600_000).toISOString();
const BY = { zh: "李建国", en: "Li Jianguo" };

const visit = (n: number, missed = false): PlaceRow => ({
  what: "visit",
  kind: "patrol",
  number: `W-2611-0${120 - n}`,
  key: `plan:night:${n}`,
  title: { zh: "地下车库夜间巡更", en: "Night round of the garage" },
  state: missed ? "missed" : "done",
  state_words: missed ? { zh: "漏检", en: "Missed" } : { zh: "已到", en: "Was there" },
  at: ago(12 * n),
  by: missed ? null : BY,
});

const finding: PlaceRow = {
  what: "finding",
  kind: null,
  number: "F-2611-0012",
  key: null,
  title: { zh: "排水沟盖板缺失，已放警示锥", en: null },
  state: "open",
  state_words: { zh: "待整改", en: "To be put right" },
  at: ago(-20),
  by: null,
};

const repair: PlaceRow = {
  what: "work",
  kind: "repair",
  number: "W-2611-0088",
  key: "request:r9:1",
  title: { zh: "水泵异响", en: "Noisy pump" },
  state: "in_progress",
  state_words: { zh: "进行中", en: "In progress" },
  at: ago(-3),
  by: BY,
};

export const PLACE: PlaceTold = {
  place: {
    code: "anju:checkpoint:sunshine-garage:pump-room",
    kind: "checkpoint",
    estate: "sunshine",
    name: { zh: "生活水泵房 · 地下一层", en: "Water pump room · B1" },
    place: "生活水泵房 · 地下一层",
    within: { zh: "车库路线", en: "Garage round" },
  },
  open: [finding, repair],
  history: [visit(1), visit(2, true), { ...finding, at: ago(30), by: BY }, visit(3), visit(4)],
  requests_shown: false,
};

const member = (name: string, phone: string | null, relation: string) => ({ name, phone, email: null, relation });

export const HOMES: GateHousehold[] = [
  {
    code: "sunshine-3-1201",
    estate: "sunshine",
    room: "3-1201",
    members: [member("邹文清", "139****0283", "owner"), member("王清和", null, "family")],
  },
  { code: "sunshine-5-301", estate: "sunshine", room: "5-301", members: [member("邹一鸣", "138****0283", "tenant")] },
];

export const CONTACTS: Contacts = {
  members: [member("邹文清", "13900000283", "owner"), member("王清和", null, "family")],
  note: "车牌 浙A·00000；有一条大狗",
};
