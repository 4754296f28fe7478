import { expect, test } from "vitest";
import type { Checkpoint } from "../../src/field/contract";
import { makeOrder } from "../../src/field/fake";
import {
  left,
  meaningOf,
  nextPoint,
  pointState,
  readCode,
  readTyped,
  whyMissed,
  windowOf,
} from "../../src/screens/rules/patrol";

const now = new Date("2026-11-25T22:20:00+08:00");
const at = (minutes: number) => new Date(now.getTime() + minutes * 60_000).toISOString();
const point = (code: string, changes: Partial<Checkpoint> = {}): Checkpoint => ({
  code,
  name: { zh: code },
  place: null,
  opens_at: at(-10),
  closes_at: at(10),
  state: "pending",
  at: null,
  ...changes,
});
const points = [
  point("gate", { state: "done", at: at(-8) }),
  point("ramp", { state: "missed" }),
  point("pump"),
  point("roof"),
];
const round = makeOrder({ kind: "patrol", checkpoints: points, route: { code: "garage", revision: 3 } });

test("the next point is the first that is neither reached nor missed", () => {
  expect(nextPoint(points)?.code).toBe("pump");
  expect(left(points)).toBe(2);
  expect(points.map((each) => pointState(each, points, now))).toEqual(["done", "missed", "next", "pending"]);
  expect(pointState(point("x", { closes_at: at(-1) }), points, now)).toBe("late");
});

test("the window counts down until it opens, until it closes, and is over", () => {
  expect(windowOf(point("x", { opens_at: at(1) }), now)).toEqual({ phase: "before", ms: 60_000 });
  expect(windowOf(point("x", { closes_at: at(2) }), now)).toEqual({ phase: "open", ms: 120_000 });
  expect(windowOf(point("x", { closes_at: at(0) }), now).phase).toBe("open");
  expect(windowOf(point("x", { closes_at: at(-1) }), now).phase).toBe("after");
});

test("a printed code names its route, so a moved sticker is noticed", () => {
  expect(readCode("anju:checkpoint:garage:pump", round)).toMatchObject({ is: "point", point: { code: "pump" } });
  expect(readCode("anju:checkpoint:roofs:pump", round)).toEqual({ is: "other_route", route: "roofs" });
  expect(readCode("anju:checkpoint:garage:lift", round)).toEqual({ is: "unknown", code: "lift" });
  expect(readCode("anju:checkpoint:garage:gate", round)).toMatchObject({ is: "already" });
  expect(readCode("https://example.com", round)).toEqual({ is: "not_checkpoint" });
});

test("a code may be typed in large letters and with a space behind it", () => {
  expect(readTyped(" PUMP ", round)).toMatchObject({ is: "point" });
  expect(readTyped("nowhere", round)).toEqual({ is: "unknown", code: "nowhere" });
});

test("a point that was called missed may still be scanned", () => {
  expect(readCode("anju:checkpoint:garage:ramp", round)).toMatchObject({ is: "point", point: { code: "ramp" } });
});

test("a point that was scanned before its window may be scanned again", () => {
  const early = makeOrder({ ...round, checkpoints: [point("gate", { state: "done", at: at(-30) })] });
  expect(readTyped("gate", early)).toMatchObject({ is: "point" });
});

test("a scan says at once whether it was too late, and what the round has missed and why", () => {
  const last = makeOrder({
    ...round,
    checkpoints: [point("gate", { state: "missed" }), point("pump", { closes_at: at(-3) })],
  });
  const meaning = meaningOf(last, { checkpoint: "pump", method: "qr" }, now, "guard");
  expect(meaning).toMatchObject({ isLate: true, isOver: true, skips: false, marks: [] });
  expect(meaning?.missed.map((each) => whyMissed(each))).toEqual([{ why: "never" }, { why: "late", minutes: 3 }]);
});

test("a scan before its window is said to be one", () => {
  const ahead = makeOrder({ ...round, checkpoints: [point("gate", { opens_at: at(5) }), point("roof")] });
  const meaning = meaningOf(ahead, { checkpoint: "gate", method: "qr" }, now, "guard");
  expect(meaning).toMatchObject({ isLate: false, isOver: false, marks: ["early"] });
});
