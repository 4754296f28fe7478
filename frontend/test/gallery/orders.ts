/** A working day: one order of every kind that has a page of its own, and as many more as are asked for. */

import type { Checkpoint, FieldOrder, Reference } from "../../src/field/contract";
import { makeOrder } from "../../src/field/fake";

export const NOW = new Date("2026-11-25T22:20:00+08:00");
const at = (minutes: number): string => new Date(NOW.getTime() + minutes * 60_000).toISOString();

const POINTS: [string, string, string, string][] = [
  ["control-room", "消防控制室", "Fire control room", "1号楼首层消防控制室门口"],
  ["garage-entry", "车库入口道闸", "Garage entry barrier", "南门车库入口坡道顶部"],
  ["garage-a", "车库A区配电间", "Garage A switch room", "地下一层A区柱A12旁"],
  ["pump-room", "生活水泵房", "Water pump room", "地下一层B区泵房门口"],
  ["fire-pump", "消防泵房", "Fire pump room", "地下一层B区泵房东侧"],
  ["charging", "充电车位区", "Charging bays", "地下一层C区充电桩03"],
  ["garage-d", "车库D区集水井", "Garage D sump", "地下一层D区最低点"],
  ["garage-exit", "车库出口岗", "Garage exit post", "东门车库出口岗亭"],
];

const STATES: Checkpoint["state"][] = ["done", "missed", "done"];

function checkpoints(): Checkpoint[] {
  return POINTS.map(([code, zh, en, place], index) => {
    const state = STATES[index] ?? "pending";
    return {
      code,
      name: { zh, en },
      place,
      opens_at: at(-32 + index * 8),
      closes_at: at(-12 + index * 8),
      state,
      at: state === "done" ? at(-20 + index * 6) : null,
      method: state === "done" ? (index ? "typed" : "qr") : null,
      by: state === "done" ? "guard" : null,
      others:
        index === 0
          ? [
              { at: at(-40), by: "li", withdrawn_at: at(-38), reason: "扫错了码" },
              { at: at(-3), by: "guard-2" },
            ]
          : [],
    };
  });
}

const LONG =
  "业主反映 3 号楼 2 单元 1201 室厨房洗菜盆下方角阀与软管连接处持续滴水，已用毛巾包住，请尽快上门并带上四分角阀、六十厘米编织软管和生料带";

export const round = makeOrder({
  key: "plan:night:2026-11-25T22:00",
  kind: "patrol",
  state: "in_progress",
  title: "阳光花园地下车库夜间巡更",
  title_en: "Night round of the garage",
  place: null,
  started_at: at(-18),
  starts_at: at(-20),
  due_at: at(50),
  checkpoints: checkpoints(),
  route: { code: "sunshine-garage", revision: 3 },
  allowed_verbs: ["pause", "scan", "take_back", "acknowledge"],
});

export const nextRound = makeOrder({
  key: "plan:night:2026-11-26T00:00",
  id: null,
  version: null,
  coming: true,
  kind: "patrol",
  title: "阳光花园周界巡更",
  place: "周界",
  starts_at: at(100),
  due_at: at(160),
  checkpoints: checkpoints().map((each) => ({ ...each, state: "pending" as const, at: null, method: null })),
  route: { code: "sunshine-perimeter", revision: 1 },
});

export const repair = makeOrder({
  key: "request:r1:1",
  number: "W-2611-0042",
  kind: "repair",
  state: "in_progress",
  title: LONG,
  place: "3-1201",
  priority: 2,
  started_at: at(-25),
  starts_at: at(-70),
  due_at: at(25),
  diagnosis: "角阀阀芯磨损，软管接头老化。",
  clocks: [
    { name: "response", due_at: at(-30), state: "met" },
    { name: "resolve", due_at: at(25), state: "due_soon" },
  ],
  request: {
    number: "R-2611-0042",
    words: "洗菜盆下面一直滴水，柜子都湿了。\n晚上十点以后在家。",
    room: "3-1201",
    contact_name: "王女士",
    contact_phone: "138****0042",
    price_list: { code: "home-repair", revision: 2 },
  },
});

export const newRepair = makeOrder({
  key: "request:r2:1",
  kind: "repair",
  title: "客厅插座没有电",
  place: "5-0802",
  priority: 1,
  starts_at: at(-50),
  due_at: at(-12),
  clocks: [{ name: "response", due_at: at(-12), state: "overdue" }],
  request: repair.request ?? null,
});

export const lobby = makeOrder({
  key: "plan:lobby:2026-11-25T21:00",
  title: "大堂保洁检查",
  state: "in_progress",
  started_at: at(-10),
  starts_at: at(-30),
  due_at: at(70),
  checklist: { code: "lobby", revision: 4 },
  answers: [{ item: "floor", value: 18 }],
  source: { kind: "plan", code: "lobby" },
});

export const drill = makeOrder({
  key: "drill:d1:evacuate",
  kind: "drill_step",
  state: "in_progress",
  title: "电梯困人演练：安抚被困人员",
  place: "2号楼1单元电梯",
  instructions: {
    zh: "通过五方通话安抚，告知救援已出发；\n每 2 分钟通话一次。",
    en: "Calm them by intercom.\nCall every 2 minutes.",
  },
  starts_at: at(-4),
  started_at: at(-4),
  due_at: at(6),
});

export const emergency = makeOrder({
  key: "incident:i1:evacuate",
  kind: "incident_step",
  priority: 1,
  title: "【应急】疏散四层以上住户 · 火灾预案",
  title_en: "[Emergency] Clear the floors above the fourth · Fire",
  place: "3号楼2单元四层",
  instructions: { zh: "敲门逐户通知，走楼梯，不乘电梯。", en: "Knock at every door; stairs only." },
  starts_at: at(-1),
  due_at: at(9),
  clocks: [{ name: "response", due_at: at(4), state: "running" }],
  incident: { number: "I-2611-0003", words: "四层冒烟，住户里有两位老人，电梯已停。", started_by: "li" },
});

export const reinspection = makeOrder({
  key: "finding:f1:1:check",
  kind: "reinspection",
  allowed_verbs: ["verdict", "pause"],
  state: "in_progress",
  title: "复查：消防通道堆放杂物",
  place: "6号楼地下一层",
  started_at: at(-2),
  due_at: at(300),
  photos: [
    { hash: "before-1", role: "before" },
    { hash: "after-1", role: "after" },
  ],
});

export const rectification = makeOrder({
  key: "finding:f2:1",
  kind: "rectification",
  state: "paused",
  reason: "等材料：疏散指示灯",
  allowed_verbs: ["resume", "acknowledge"],
  title: "整改：疏散指示灯不亮",
  place: "6号楼3层东侧楼道",
  due_at: at(400),
  photos: [{ hash: "before-2", role: "before" }],
});

export const finished = makeOrder({
  key: "plan:green:2026-11-25T08:00",
  kind: "greening",
  state: "done",
  title: "中心花园浇灌",
  place: "中心花园",
  finished_at: at(-300),
  due_at: at(-240),
  note: "喷头两处已修。",
});

/** Everything that has a page, then `more` ordinary ones spread over the day. */
export function day(more = 0): FieldOrder[] {
  const others = Array.from({ length: more }, (_, index) =>
    makeOrder({
      key: `plan:more:${index}`,
      title: index % 7 === 0 ? LONG : `${(index % 9) + 1}号楼楼道保洁检查`,
      place: `${(index % 9) + 1}号楼`,
      starts_at: at(-120 + index * 9),
      due_at: at(-60 + index * 9),
      assignee: index % 3 === 0 ? "li" : index % 5 === 0 ? null : "guard",
      state: index % 11 === 0 ? "paused" : "open",
      allowed_verbs: index % 11 === 0 ? ["resume"] : ["accept", "start", "pause", "complete"],
    }),
  );
  return [round, nextRound, repair, newRepair, lobby, drill, reinspection, rectification, finished, ...others];
}

export const REFERENCE: Reference = {
  plans: [
    { estate: "sunshine", code: "fire", name: { zh: "火灾应急预案", en: "Fire" }, steps: 5 },
    { estate: "sunshine", code: "lift", name: { zh: "电梯困人应急预案", en: "Trapped in a lift" }, steps: 4 },
  ],
  calls: [],
  handovers: [],
  floor_plans: [],
  attendance: {
    clocked: { direction: "in", at: at(-150) },
    shifts: [
      { start: at(-140), end: at(580), estate: "sunshine", roster: "guards" },
      { start: at(1300), end: at(2020), estate: "sunshine", roster: "guards" },
    ],
  },
  checklists: [
    {
      code: "lobby",
      revision: 4,
      name: { zh: "大堂保洁检查表", en: "Lobby" },
      items: [
        {
          code: "floor",
          name: { zh: "地面光洁无水渍", en: "Floor bright and dry" },
          kind: "score",
          max_score: 20,
          required: true,
        },
        {
          code: "bins",
          name: { zh: "垃圾桶未过三分之二且桶身干净", en: "Bins below two thirds" },
          kind: "pass_fail",
          required: true,
        },
        { code: "bins-where", name: { zh: "哪一只桶", en: "Which bin" }, kind: "text", only_if: "bins" },
        {
          code: "doors",
          name: { zh: "门体与玻璃无手印", en: "Doors and glass" },
          kind: "score",
          max_score: 5,
          required: true,
        },
        { code: "warmth", name: { zh: "室内温度", en: "Temperature" }, kind: "number" },
        {
          code: "overall",
          name: { zh: "大堂全景照片", en: "Overall photo" },
          kind: "photo",
          required: true,
          photo_required: true,
        },
      ],
    },
  ],
  price_lists: [
    {
      code: "home-repair",
      revision: 2,
      name: { zh: "入户维修收费标准", en: "Home repair prices" },
      lines: [
        {
          code: "visit",
          name: { zh: "上门检查费（成交后免收）", en: "Visit and diagnosis" },
          unit: "次",
          price_fen: 2000,
          warranty_days: 0,
        },
        {
          code: "valve-replace",
          name: { zh: "更换角阀人工", en: "Replace an angle valve, labour" },
          unit: "个",
          price_fen: 3500,
          warranty_days: 90,
        },
        {
          code: "valve-part",
          name: { zh: "角阀材料（铜质）", en: "Angle valve, brass" },
          unit: "个",
          price_fen: 3800,
          warranty_days: 180,
        },
        {
          code: "hose-part",
          name: { zh: "编织软管材料（40厘米）", en: "Braided hose, 40 cm" },
          unit: "根",
          price_fen: 2200,
          warranty_days: 180,
        },
      ],
    },
  ],
  colleagues: [
    { code: "guard", name: { zh: "张强", en: "Zhang Qiang" }, department: "security" },
    { code: "li", name: { zh: "李建国", en: "Li Jianguo" }, department: "security" },
    { code: "chen", name: "陈志远", department: "repair" },
    ...Array.from({ length: 12 }, (_, n) => ({ code: `staff-${n}`, name: `员工${n + 1}`, department: "cleaning" })),
  ],
  places: [
    { estate: "sunshine", code: "sunshine-1", name: { zh: "1号楼", en: "Building 1" } },
    { estate: "sunshine", code: "b1", name: { zh: "地下一层", en: "Basement 1" } },
    { estate: "sunshine", code: "lobby", name: { zh: "大堂", en: "Lobby" } },
  ],
  hazards: [
    { code: "fire", name: { zh: "消防隐患", en: "Fire hazard" } },
    { code: "leak", name: { zh: "漏水", en: "Leak" } },
    { code: "light", name: { zh: "照明损坏", en: "Broken light" } },
    { code: "fall", name: { zh: "易摔倒", en: "Trip hazard" } },
  ],
};
