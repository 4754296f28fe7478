import { expect, test } from "vitest";
import type { FieldOrder } from "../../src/field/contract";
import { makeOrder } from "../../src/field/fake";
import { shown } from "../../src/field/orders";
import { statusOf, titleOf } from "../../src/screens/rules/status";
import { belongsTo, groupsOf, isTooEarly, nextAct, whereOf } from "../../src/screens/rules/today";
import { language } from "../../src/words";

const now = new Date("2026-11-25T14:00:00+08:00");
const here = { now, zone: "Asia/Shanghai" };
const at = (minutes: number) => new Date(now.getTime() + minutes * 60_000).toISOString();
const order = (key: string, changes: Partial<FieldOrder>) =>
  makeOrder({ key, starts_at: at(-60), due_at: at(60), ...changes });
const names = (orders: FieldOrder[]) =>
  groupsOf(
    orders.map((each) => shown(each, [], "guard")),
    here,
  ).map((group) => [group.name, group.orders.map((each) => each.order.key)]);

test("overdue comes first, then what is on, later today and tomorrow, and what is done today last", () => {
  const orders = [
    order("tomorrow", { starts_at: "2026-11-26T08:00:00+08:00", due_at: "2026-11-26T09:00:00+08:00" }),
    order("done", { state: "done", finished_at: at(-30) }),
    order("done-yesterday", { state: "done", finished_at: at(-24 * 60) }),
    order("later", { starts_at: at(90), due_at: at(150) }),
    order("now", {}),
    order("overdue", { due_at: at(-1) }),
  ];
  expect(names(orders)).toEqual([
    ["overdue", ["overdue"]],
    ["now", ["now"]],
    ["later", ["later"]],
    ["tomorrow", ["tomorrow"]],
    ["done", ["done"]],
  ]);
});

test("inside a group it goes by time, then by place", () => {
  const orders = [
    order("b", { due_at: at(30), place: "2号楼" }),
    order("c", { due_at: at(40), place: "1号楼" }),
    order("a", { due_at: at(30), place: "1号楼" }),
    order("without", { starts_at: null, due_at: null }),
  ];
  expect(names(orders)).toEqual([["now", ["a", "b", "c", "without"]]]);
});

test("an order is overdue a moment after it was due and not at it", () => {
  expect(statusOf(order("x", { due_at: at(0) }), now).tone).toBe("soon");
  expect(statusOf(order("x", { due_at: at(-0.001) }), now).tone).toBe("late");
  expect(statusOf(order("x", { due_at: at(-5), state: "done" }), now).tone).toBe("done");
});

const next = (changes: Partial<FieldOrder>, me = "guard") => nextAct(shown(order("x", changes), [], me), now);
const LOOK = { verb: null, words: "act.look" };

test("the one button does what comes next", () => {
  expect(next({ kind: "repair" }).verb).toBe("accept");
  expect(next({ kind: "repair", state: "accepted" })).toEqual({ verb: null, words: "act.continue" });
  expect(next({}).verb).toBe("start");
  expect(next({ assignee: null }).verb).toBe("start");
  expect(next({ state: "in_progress" }).words).toBe("act.continue");
  expect(next({ state: "paused", allowed_verbs: ["resume"] }).verb).toBe("resume");
  expect(next({ state: "done" })).toEqual(LOOK);
});

test("a repair whose quote is not answered goes on with the answer, not by resuming", () => {
  const quoted = next({ kind: "repair", state: "paused", quote: { lines: [], state: "asked" } });
  expect(quoted).toEqual({ verb: null, words: "act.continue" });
});

test("a colleague's order, one that is not allowed and one far ahead are only looked at", () => {
  expect(next({}, "li")).toEqual(LOOK);
  expect(next({ allowed_verbs: [] })).toEqual(LOOK);
  expect(next({ starts_at: at(31) })).toEqual(LOOK);
  expect(next({ starts_at: at(30) }).verb).toBe("start");
});

test("what is not made yet can be done from half an hour before it begins", () => {
  const early = (changes: Partial<FieldOrder>) => isTooEarly(order("x", changes), now);
  expect(early({ coming: true, starts_at: at(31) })).toBe(true);
  expect(early({ coming: true, starts_at: at(30) })).toBe(false);
  expect(early({ coming: false, starts_at: at(31) })).toBe(false);
});

test("what the team has and nobody took is mine too", () => {
  const belongs = (changes: Partial<FieldOrder>) => belongsTo(shown(order("x", changes), [], "guard"), "guard");
  expect(belongs({ assignee: null, team: ["guard", "li"] })).toBe(true);
  expect(belongs({ assignee: "li", team: ["guard", "li"] })).toBe(false);
  expect(belongs({ assignee: null, team: ["li"] })).toBe(false);
});

test("an emergency stands before what is overdue", () => {
  const orders = [order("overdue", { due_at: at(-1) }), order("fire", { kind: "incident_step" })];
  expect(names(orders)).toEqual([
    ["emergency", ["fire"]],
    ["overdue", ["overdue"]],
  ]);
});

test("where it is: the room and the place, the next point of a round, else nothing", () => {
  const request = {
    number: "R1",
    words: "",
    room: "3-1201",
    contact_name: null,
    contact_phone: null,
    price_list: null,
  };
  expect(whereOf(order("x", { place: "厨房", request }))).toBe("3-1201 · 厨房");
  expect(whereOf(order("x", { place: "3-1201 厨房", request }))).toBe("3-1201 厨房");
  expect(whereOf(order("x", { place: null, request }))).toBe("3-1201");
  const point = { code: "p", place: null, opens_at: at(0), closes_at: at(9), state: "pending" as const, at: null };
  expect(whereOf(order("x", { place: null, checkpoints: [{ ...point, name: { zh: "水泵房" } }] }))).toBe("水泵房");
  expect(whereOf(order("x", { place: null }))).toBe("");
});

test("an English reader reads English where there is some", () => {
  language.value = "en";
  try {
    expect(titleOf(order("x", { title: "大堂", title_en: "Lobby" }))).toBe("Lobby");
    expect(titleOf(order("x", { title: "大堂" }))).toBe("大堂");
    const places = [{ estate: "sunshine", code: "s-1", name: { zh: "1号楼", en: "Building 1" } }];
    expect(whereOf(order("x", { place: "1号楼" }), places)).toBe("Building 1");
  } finally {
    language.value = "zh";
  }
});
