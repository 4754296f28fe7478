import { expect, test } from "vitest";
import type { EntryView, OrderEvent } from "../../src/field/contract";
import { makeEntry, makeOrder } from "../../src/field/fake";
import { conflictsOf, decisions } from "../../src/screens/rules/conflicts";

const ref = { estate: "sunshine", key: "plan:lobby:2026-11-25T09:00" };
const event = (n: number, verb: string, detail: OrderEvent["detail"] = null): OrderEvent => ({
  n,
  at: "2026-11-25T09:20:00+08:00",
  by: "李建国",
  verb,
  detail,
});
const inConflict = (entry: EntryView, theirs: OrderEvent[]): EntryView => ({ ...entry, state: "conflict", theirs });

const done = makeOrder({
  state: "done",
  note: "都擦过了",
  answers: [{ item: "floor", value: "pass" }],
});

function eight(): EntryView[] {
  const theirs = [event(4, "answer", { item: "floor", value: "pass" }), event(5, "complete", { note: "都擦过了" })];
  const bodies = [
    makeEntry(ref, "start", {}, [], 1),
    makeEntry(ref, "answer", { item: "floor", value: "fail" }, [], 2),
    makeEntry(ref, "answer", { item: "bins", value: "pass" }, [], 3),
    makeEntry(ref, "complete", { note: "地面有油" }, [], 4),
  ];
  const refused = bodies.map(
    (each, n): EntryView => (n === 2 ? { ...each, state: "refused" } : inConflict(each, theirs)),
  );
  return refused.map((each, n) => (n === 3 ? { ...each, orderNow: done } : each));
}

test("everything undecided of one order is one conflict, and one decision", () => {
  const [conflict, ...others] = conflictsOf(eight());
  expect(others).toEqual([]);
  expect(conflict?.entries).toHaveLength(4);
  expect(conflict?.events.map((each) => each.n)).toEqual([4, 5]);
  expect(decisions(eight())).toBe(1);
});

test("their value stands beside mine, and nothing where they did nothing", () => {
  const rows = conflictsOf(eight())[0]?.rows.map(({ verb, about, theirs }) => [verb, about, theirs?.value ?? null]);
  expect(rows).toEqual([
    ["start", null, null],
    ["answer", "floor", "pass"],
    ["answer", "bins", null],
    ["complete", null, "都擦过了"],
  ]);
});

test("what was refused for itself is no conflict, and is decided by itself", () => {
  const refused: EntryView = {
    ...makeEntry({ estate: "sunshine", key: "other" }, "complete", {}, [], 9),
    state: "refused",
  };
  expect(conflictsOf([refused])).toEqual([]);
  expect(decisions([...eight(), refused])).toBe(2);
});
