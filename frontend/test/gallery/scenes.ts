/** What the tablet may look like at one moment: by name, for `?scene=`. */

import { NotEnrolled, NotSaved } from "../../src/field/contract";
import { type FakeField, fakeField, makeEntry } from "../../src/field/fake";
import { CONTACTS, HOMES, PLACE } from "./answers";
import { day, emergency, finished, lobby, NOW, REFERENCE, repair, round } from "./orders";

const ref = ({ estate, key }: { estate: string; key: string }) => ({ estate, key });
const ago = (minutes: number) => new Date(NOW.getTime() - minutes * 60_000);

const DRAWING = `data:image/svg+xml,${encodeURIComponent(
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1600 1000"><rect width="1600" height="1000" fill="#f4f1ea"/><path d="M60 60h1480v880H60zM60 460h1480M700 60v400M1100 460v480" fill="none" stroke="#555" stroke-width="8"/></svg>',
)}`;

const SCENES: Record<string, (field: FakeField) => void> = {
  day: () => undefined,
  many: (field) => {
    field.serverOrders.value = day(200);
  },
  emergency: (field) => {
    field.serverOrders.value = [emergency, ...day()];
  },
  called: (field) => {
    const call = { estate: "sunshine", number: "I-2611-0004", place: "东门岗亭", state: "open" as const, told: 5 };
    field.reference.value = {
      ...REFERENCE,
      calls: [
        {
          ...call,
          id: "c1",
          at: ago(3).toISOString(),
          by: { zh: "李建国", en: "Li Jianguo" },
          received_at: ago(2).toISOString(),
        },
      ],
      handovers: [
        {
          id: "h1",
          estate: "sunshine",
          handed_by: { zh: "李建国", en: "Li Jianguo" },
          at: ago(20).toISOString(),
          note: "水泵房钥匙在三号柜；东门道闸时好时坏，已报修。",
          open: 2,
        },
      ],
    };
    field.entries.value = [makeEntry(null, "call_for_help", { place: "东门岗亭" }, [], 1, ago(1))];
  },
  silent: (field) => {
    offline(field);
    field.connection.value = { ...field.connection.value, silent: true };
    queue(field);
  },
  conflict: (field) => {
    conflict(field);
  },
  empty: (field) => {
    field.serverOrders.value = [];
  },
  offline: (field) => {
    offline(field);
    queue(field);
  },
  undecided: (field) => {
    queue(field);
    undecided(field);
  },
  unwritable: (field) => {
    field.act = () => Promise.reject(new NotSaved("storage_failed", { zh: "平板无法写入", en: "It could not write" }));
  },
  trouble: (field) => {
    offline(field);
    undecided(field);
    field.storage.value = { persisted: false, usedBytes: 930e6, quotaBytes: 1e9, low: true };
    field.connection.value = { ...field.connection.value, offsetMs: -11 * 60_000 };
    field.update.value = true;
  },
  quoted: (field) => {
    const lines = [
      { line: "valve-replace", quantity: 1 },
      { line: "valve-part", quantity: 2 },
    ];
    field.serverOrders.value = [
      { ...repair, state: "paused", allowed_verbs: ["consent"], quote: { lines, state: "asked" } },
    ];
  },
  quoted_in_trouble: (field) => {
    SCENES.quoted?.(field);
    undecided(field);
  },
  beyond: (field) => {
    const lines = [
      { line: "valve-replace", quantity: 1 },
      { line: "valve-part", quantity: 1 },
    ];
    field.serverOrders.value = [{ ...repair, quote: { lines, state: "given" } }];
    field.keepDraft(ref(repair), "materials", { lines: [lines[0], { line: "valve-part", quantity: 4 }] });
  },
  declined: (field) => {
    const lines = [{ line: "valve-part", quantity: 4 }];
    field.serverOrders.value = [{ ...repair, quote: { lines, state: "refused", note: "太贵了，先不修" } }];
  },
  unaccepted: (field) => {
    const lines = [{ line: "valve-part", quantity: 2 }];
    const entry = makeEntry(ref(repair), "quote", { lines }, [], 9, ago(4));
    field.entries.value = [{ ...entry, title: repair.title, state: "refused", words: "没有这个收费项目：valve-part" }];
  },
  finishing: (field) => {
    const lines = [{ line: "valve-part", quantity: 2 }];
    field.serverOrders.value = [
      {
        ...repair,
        quote: { lines, state: "given" },
        materials: lines,
        photos: [
          { hash: "before-1", role: "before" },
          { hash: "after-1", role: "after" },
        ],
      },
    ];
  },
  failing: (field) => {
    field.serverOrders.value = [
      {
        ...lobby,
        answers: [
          { item: "floor", value: 18 },
          { item: "bins", value: "fail" },
        ],
      },
    ];
  },
  resting: (field) => {
    // The last three before their windows, and far too soon after one another.
    const at = (index: number) => new Date(NOW.getTime() - 90_000 + index * 5_000).toISOString();
    field.serverOrders.value = [
      {
        ...round,
        state: "paused",
        reason: "处理门口纠纷",
        allowed_verbs: ["resume", "scan", "take_back"],
        checkpoints: round.checkpoints.map((each, index) =>
          index < 5 ? each : { ...each, state: "done", at: at(index), method: "qr" as const, by: "guard" },
        ),
      },
    ];
  },
  unphotographed: (field) => {
    field.serverOrders.value = [
      {
        ...round,
        allowed_verbs: ["pause", "scan", "take_back", "photograph"],
        checkpoints: round.checkpoints.map((each, index) => ({
          ...each,
          photo_required: true,
          ...(index === 4 ? { state: "done", at: new Date(NOW.getTime() - 60_000).toISOString(), method: "qr" } : {}),
        })),
      },
    ];
  },
  planned: (field) => {
    field.reference.value = {
      ...REFERENCE,
      floor_plans: [
        { code: "b1", name: { zh: "地下一层", en: "Basement 1" }, picture: "b1", width: 1600, height: 1000 },
      ],
    };
    field.photoUrl = async () => DRAWING;
    field.serverOrders.value = [
      {
        ...round,
        checkpoints: round.checkpoints.map((each, index) => ({
          ...each,
          floor_plan: "b1",
          plan_x: 0.08 + index * 0.12,
          plan_y: index % 2 ? 0.7 : 0.25,
        })),
      },
    ];
  },
  over: (field) => {
    field.serverOrders.value = [
      {
        ...round,
        state: "done",
        checkpoints: round.checkpoints.map((each, index) =>
          index === 1 ? each : { ...each, state: "done", at: each.opens_at, method: "qr" as const },
        ),
      },
    ];
  },
  place: (field) => {
    field.placeAt = async () => PLACE;
  },
  place_offline: (field) => {
    offline(field);
  },
  gate: (field) => {
    gate(field);
  },
  gate_offline: (field) => {
    gate(field);
    offline(field);
  },
  starting: (field) => {
    field.phase.value = "starting";
  },
  held: (field) => {
    field.phase.value = "held";
  },
  unsupported: (field) => {
    field.phase.value = "unsupported";
    field.obstacle.value = { zh: "浏览器不提供本机存储。", en: "The browser offers no storage." };
  },
  wiped: (field) => {
    field.phase.value = "wiped";
  },
  signin: (field) => {
    field.phase.value = "enrol";
    field.session = async () => null;
  },
  enrol: (field) => {
    field.phase.value = "enrol";
    field.deviceName.value = null;
  },
  pin: (field) => {
    field.phase.value = "enrol";
    field.enrol = async () => {
      throw new NotEnrolled("offline", { zh: "没有连上服务器", en: "the server was not reached" });
    };
  },
  locked: (field) => {
    field.lock();
    people(field);
  },
  keypad: (field) => {
    field.lock();
    field.people.value = field.people.value.slice(0, 1);
  },
};

function gate(field: FakeField): void {
  const person = field.person.value;
  field.person.value = person && { ...person, may: ["households.find", "households.call"] };
  field.findHouseholds = async () => HOMES;
  field.contactsOf = async () => CONTACTS;
}

function offline(field: FakeField): void {
  field.connection.value = {
    online: false,
    silent: false,
    sending: false,
    lastContact: ago(95),
    offsetMs: 0,
    problem: null,
  };
}

function people(field: FakeField): void {
  const known = { undecided: 0, lockedOut: false, signInAgain: false, lastContact: null, sending: true };
  field.people.value = [
    { ...known, code: "guard", name: "张强", unsent: 3 },
    { ...known, code: "li", name: "李建国", unsent: 12, sending: false, undecided: 1 },
    { ...known, code: "chen", name: "陈志远", unsent: 0, lockedOut: true },
  ];
}

function queue(field: FakeField): void {
  field.entries.value = [
    makeEntry(ref(round), "scan", { checkpoint: "control-room", method: "qr" }, [], 1, ago(20)),
    makeEntry(ref(lobby), "answer", { item: "bins", value: "fail", note: "东门桶满" }, [], 2, ago(12)),
    {
      ...makeEntry(null, "report", { title: "车库入口积水", severity: "high", place: "南门坡道" }, [], 3, ago(8)),
      photos: ["p1", "p2"],
    },
  ].map((each) => ({ ...each, title: each.order?.key === round.key ? round.title : each.order ? lobby.title : null }));
}

function undecided(field: FakeField): void {
  const refused = makeEntry(ref(lobby), "complete", { note: "都检查过了" }, [], 8, ago(40));
  const conflict = makeEntry(ref(finished), "complete", { note: "我浇完了东半边，喷头坏了两个。" }, [], 9, ago(310));
  field.entries.value = [
    ...field.entries.value,
    {
      ...refused,
      title: lobby.title,
      state: "refused",
      code: "required",
      words: "必填项未填写：大堂全景照片。打开工单补上，再完成一次。",
      canSupplement: true,
    },
    {
      ...conflict,
      title: finished.title,
      state: "conflict",
      words: "这张工单已由李建国完成",
      photos: ["p3"],
      photosSent: 1,
      orderNow: finished,
      theirs: [
        {
          n: 7,
          at: ago(300).toISOString(),
          by: "李建国",
          verb: "complete",
          detail: { note: finished.note },
        },
      ],
      canSupplement: true,
    },
  ];
}

/** What somebody did to an order that a colleague had finished meanwhile. */
function conflict(field: FakeField): void {
  const at = ago(300).toISOString();
  const now = { ...lobby, state: "done" as const, note: "全部合格", answers: [{ item: "bins", value: "pass" }] };
  const theirs = [
    { n: 6, at, by: "李建国", verb: "answer", detail: { item: "bins", value: "pass" } },
    { n: 7, at, by: "李建国", verb: "complete", detail: { note: now.note } },
  ];
  const mine = [
    makeEntry(ref(lobby), "start", {}, [], 11, ago(45)),
    makeEntry(ref(lobby), "answer", { item: "bins", value: "fail", note: "东门桶满" }, [], 12, ago(44)),
    makeEntry(ref(lobby), "answer", { item: "doors", value: 4 }, [], 13, ago(43)),
    makeEntry(ref(lobby), "add_photos", { photos: [] }, [], 14, ago(42)),
    makeEntry(ref(lobby), "complete", { note: "东门的桶要换" }, [], 15, ago(41)),
  ];
  field.entries.value = mine.map((each, n) => ({
    ...each,
    title: lobby.title,
    state: "conflict",
    words: "李建国 已先处理",
    theirs,
    orderNow: now,
    photos: n === 3 ? ["p4", "p5"] : [],
    photosSent: n === 3 ? 2 : 0,
    canSupplement: each.verb !== "start",
  }));
}

export function scene(name: string): FakeField {
  const field = fakeField(day(), REFERENCE);
  field.moment.value = NOW;
  field.connection.value = { ...field.connection.value, lastContact: ago(1) };
  field.photoUrl = async (hash) => picture(hash);
  people(field);
  SCENES[name]?.(field);
  return field;
}

/** A picture drawn on the spot, a different one for every name. */
function picture(hash: string): Promise<string> {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [640, 480];
  const context = canvas.getContext("2d");
  const hue = [...hash].reduce((sum, letter) => sum + letter.charCodeAt(0) * 37, 0) % 360;
  if (context) {
    context.fillStyle = `hsl(${hue} 25% 55%)`;
    context.fillRect(0, 0, 640, 480);
    context.fillStyle = `hsl(${hue} 30% 35%)`;
    context.fillRect(80, 240, 480, 240);
  }
  return new Promise((resolve) => canvas.toBlob((blob) => resolve(blob ? URL.createObjectURL(blob) : "")));
}
