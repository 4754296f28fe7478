import { expect, test } from "vitest";
import type { FieldOrder } from "../../src/field/contract";
import { makeOrder } from "../../src/field/fake";
import { currentStep, type StepName, stepsOf } from "../../src/screens/rules/steps";

const repair = (changes: Partial<FieldOrder>) =>
  makeOrder({ kind: "repair", state: "in_progress", started_at: "2026-11-25T09:05:00+08:00", ...changes });
const nowAt = (order: FieldOrder, ...passed: StepName[]) => {
  const steps = stepsOf(order);
  return steps[currentStep(steps, new Set(passed))]?.name ?? "end";
};
const LINES = [{ line: "visit", quantity: 1 }];

test("a repair goes from taking it on to acceptance", () => {
  expect(nowAt(makeOrder({ kind: "repair" }))).toBe("accept");
  expect(nowAt(makeOrder({ kind: "repair", state: "accepted" }))).toBe("arrive");
  expect(nowAt(repair({}))).toBe("diagnose");
  expect(nowAt(repair({ diagnosis: "阀芯" }))).toBe("quote");
  expect(nowAt(repair({ diagnosis: "阀芯", quote: { lines: LINES, state: "asked" as const } }))).toBe("consent");
  expect(nowAt(repair({ diagnosis: "阀芯", quote: { lines: LINES, state: "given" as const } }))).toBe("materials");
  const used = { diagnosis: "阀芯", quote: { lines: LINES, state: "given" as const }, materials: LINES };
  expect(nowAt(repair(used))).toBe("complete");
  expect(nowAt(repair({ ...used, state: "done" }))).toBe("end");
});

test("what was paused before it began goes on with the work when it is resumed", () => {
  expect(nowAt(repair({ started_at: null }))).toBe("diagnose");
  expect(nowAt(repair({ started_at: null, state: "accepted" }))).toBe("arrive");
});

test("work may not go on before the resident has agreed to the quote", () => {
  const quoted = repair({ diagnosis: "阀芯", quote: { lines: LINES, state: "asked" as const }, materials: LINES });
  expect(nowAt(quoted)).toBe("consent");
});

test("what is free of charge needs neither quote nor consent", () => {
  expect(nowAt(repair({ diagnosis: "阀芯" }), "quote")).toBe("materials");
  expect(nowAt(repair({ diagnosis: "阀芯" }), "quote", "materials")).toBe("complete");
  expect(stepsOf(repair({})).some((step) => step.name === "consent")).toBe(false);
});

test("an item without a price list is not asked for a quote or for materials", () => {
  const facts = { number: "R-1", words: "灯不亮", room: null, contact_name: null, contact_phone: null };
  expect(nowAt(repair({ diagnosis: "灯管", request: { ...facts, price_list: null } }))).toBe("complete");
  const priced = { ...facts, price_list: { code: "repairs", revision: 1 } };
  expect(nowAt(repair({ diagnosis: "灯管", request: priced }))).toBe("quote");
});

test("an optional step that later ones have passed does not come back", () => {
  expect(nowAt(repair({ diagnosis: "阀芯", materials: LINES }))).toBe("complete");
});

test("a refused price is followed by what now, until somebody has chosen", () => {
  const refused = repair({ diagnosis: "阀芯", quote: { lines: LINES, state: "refused" as const } });
  expect(nowAt(refused)).toBe("refused");
  expect(nowAt({ ...refused, materials: LINES })).toBe("refused");
  expect(nowAt(refused, "refused")).toBe("materials");
});

test("under warranty nothing is quoted: it costs nothing", () => {
  const facts = { number: "R-1", words: "", room: null, contact_name: null, contact_phone: null };
  const request = { ...facts, price_list: { code: "repairs", revision: 1 }, warranty: { request: "R-0" } };
  expect(nowAt(repair({ diagnosis: "阀芯", request }))).toBe("materials");
  const quoted = { diagnosis: "阀芯", request, quote: { lines: LINES, state: "asked" as const } };
  expect(nowAt(repair(quoted))).toBe("consent");
});

test("other kinds have the steps they need", () => {
  const names = (changes: Partial<FieldOrder>) => stepsOf(makeOrder(changes)).map((step) => step.name);
  expect(names({ checklist: { code: "lobby", revision: 1 } })).toEqual(["start", "checklist", "complete"]);
  expect(names({ kind: "repair", checklist: { code: "leak", revision: 1 } }).slice(-2)).toEqual([
    "checklist",
    "complete",
  ]);
  expect(names({ kind: "reinspection" })).toEqual(["start", "verdict"]);
  expect(names({ kind: "rectification" })).toEqual(["start", "rectify", "complete"]);
  expect(names({ kind: "drill_step" })).toEqual(["start", "do", "complete"]);
  expect(names({ kind: "callback" })[0]).toBe("accept");
});
