import { expect, test } from "vitest";
import type { FieldOrder, HelpCall } from "../../src/field/contract";
import { makeEntry, makeOrder } from "../../src/field/fake";
import { shown } from "../../src/field/orders";
import { alarmsOf, callsOf, lastPlace, notesOf } from "../../src/screens/rules/alarms";
import { clockedAt, shiftsAt } from "../../src/screens/rules/duty";

const NONE = new Set<string>();
const step = (changes: Partial<FieldOrder> = {}) =>
  shown(
    makeOrder({ key: "incident:1:go", kind: "incident_step", assignee: null, team: ["guard"], ...changes }),
    [],
    "guard",
  );

test("a step that nobody has begun is heard by everybody who has it, until he has heard it", () => {
  expect(alarmsOf([step()], "guard", NONE)).toHaveLength(1);
  expect(alarmsOf([step()], "guard", new Set(["sunshine/incident:1:go"]))).toEqual([]);
  expect(alarmsOf([step({ team: ["li"] })], "guard", NONE)).toEqual([]);
  expect(alarmsOf([step({ state: "in_progress" })], "guard", NONE)).toEqual([]);
  expect(alarmsOf([step({ kind: "cleaning" })], "guard", NONE)).toEqual([]);
  expect(alarmsOf([step({ kind: "drill_step" })], "guard", NONE)).toHaveLength(1);
});

const call = (changes: Partial<HelpCall> = {}): HelpCall => ({
  id: "entry-1",
  estate: "sunshine",
  number: "I-2611-0001",
  at: "2026-11-25T09:11:00+08:00",
  place: "东门",
  state: "open",
  told: 3,
  by: null,
  received_at: null,
  ...changes,
});

test("a call for help goes from this tablet to who is told, and to who comes", () => {
  const entry = makeEntry(null, "call_for_help", { place: "东门" });
  expect(callsOf([entry], []).map((each) => each.stage)).toEqual(["here"]);
  // Between the answer to the entry and the next bundle it is shown once.
  expect(callsOf([entry], [call()]).map((each) => each.stage)).toEqual(["told"]);
  const received = call({ by: { zh: "李建国" }, received_at: "2026-11-25T09:12:00+08:00" });
  expect(callsOf([], [received])[0]?.stage).toBe("received");
  expect(callsOf([], [call({ state: "cancelled" })])[0]?.stage).toBe("over");
  expect(callsOf([{ ...entry, state: "refused" }], [])[0]?.stage).toBe("refused");
});

test("what was left to somebody is gone once he has read it, also before the server knows", () => {
  const note = {
    id: "h1",
    estate: "sunshine",
    handed_by: "李",
    at: "2026-11-25T08:00:00+08:00",
    note: "钥匙",
    open: 2,
  };
  expect(notesOf([note], [])).toEqual([note]);
  expect(notesOf([note], [makeEntry(null, "read_handover", { handover: "h1" })])).toEqual([]);
});

test("somebody is where he scanned last", () => {
  const point = { place: null, opens_at: "", closes_at: "", state: "done" as const };
  const order = makeOrder({
    checkpoints: [
      { ...point, code: "b", name: "B", at: "2026-11-25T09:05:00+08:00" },
      { ...point, code: "a", name: "A", at: "2026-11-25T09:01:00+08:00" },
    ],
  });
  expect(lastPlace([shown(order, [], "guard")], (each) => String(each.name))).toBe("B");
  const working = makeOrder({ state: "in_progress", place: "大堂" });
  expect(lastPlace([shown(working, [], "guard")], () => "")).toBe("大堂");
});

test("on duty is who is in a shift, and what he said last is shown first", () => {
  const shift = (start: string, end: string) => ({ start, end, estate: "sunshine", roster: "r" });
  const [night, next] = [
    shift("2026-11-25T19:00:00+08:00", "2026-11-26T07:00:00+08:00"),
    shift("2026-11-27T19:00:00+08:00", "2026-11-28T07:00:00+08:00"),
  ];
  const attendance = { clocked: { direction: "in" as const, at: "2026-11-25T18:55:00+08:00" }, shifts: [night, next] };
  const at = (text: string) => shiftsAt(attendance, new Date(text));
  expect(at("2026-11-25T19:00:00+08:00")).toEqual({ current: night, next: [next] });
  expect(at("2026-11-26T07:00:00+08:00")).toEqual({ current: null, next: [next] });
  expect(clockedAt(attendance, [])?.direction).toBe("in");
  expect(clockedAt(attendance, [makeEntry(null, "clock", { direction: "out" })])?.direction).toBe("out");
});
