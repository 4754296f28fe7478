import { expect, test } from "vitest";
import type { Checklist, ChecklistItem } from "../../src/field/contract";
import { makeOrder } from "../../src/field/fake";
import {
  answersOf,
  askedItems,
  dotsOf,
  firstOpen,
  isFailed,
  missingItems,
  mistakeIn,
} from "../../src/screens/rules/checklist";

const item = (code: string, changes: Partial<ChecklistItem> = {}): ChecklistItem => ({
  code,
  name: { zh: code },
  kind: "pass_fail",
  ...changes,
});
const checklist: Checklist = {
  code: "lobby",
  revision: 1,
  name: { zh: "大堂" },
  items: [
    item("floor", { kind: "score", max_score: 20, required: true }),
    item("bins", { required: true }),
    item("bins-where", { kind: "text", only_if: "bins", required: true }),
    item("overall", { kind: "photo", required: true, photo_required: true }),
  ],
};
const codes = (items: ChecklistItem[]) => items.map((each) => each.code);

test("an item that depends on another is asked only when that one failed", () => {
  expect(codes(askedItems(checklist, []))).not.toContain("bins-where");
  expect(codes(askedItems(checklist, [{ item: "bins", value: "pass" }]))).not.toContain("bins-where");
  expect(codes(askedItems(checklist, [{ item: "bins", value: "fail" }]))).toContain("bins-where");
});

test("what is required and asked keeps the order open until it is there, photos too", () => {
  const answers = [
    { item: "floor", value: 18 },
    { item: "bins", value: "fail" },
    { item: "overall", value: 1 },
  ];
  expect(codes(missingItems(checklist, answers))).toEqual(["bins-where", "overall"]);
  const more = [
    ...answers.slice(0, 2),
    { item: "bins-where", value: "东门" },
    { item: "overall", value: 1, photos: ["a"] },
  ];
  expect(missingItems(checklist, more)).toEqual([]);
});

test("less than half of the points is a failure, half is not", () => {
  const score = item("floor", { kind: "score", max_score: 20 });
  expect(isFailed(score, 10)).toBe(false);
  expect(isFailed(score, 9.5)).toBe(true);
  expect(isFailed(item("bins"), "fail")).toBe(true);
  expect(isFailed(item("bins"), undefined)).toBe(false);
});

test("a mistake is named before it is saved", () => {
  const score = item("floor", { kind: "score", max_score: 20, required: true });
  expect(mistakeIn(score, null, [])).toBe("check.missing");
  expect(mistakeIn(score, 21, [])).toBe("check.out_of_range");
  expect(mistakeIn(score, Number.NaN, [])).toBe("check.not_number");
  expect(mistakeIn(score, 20, [])).toBeNull();
  const photographed = item("drains", { required: true, photo_required: true });
  expect(mistakeIn(photographed, "pass", [])).toBe("check.photo_missing");
  expect(mistakeIn(photographed, "pass", ["a"])).toBeNull();
  expect(mistakeIn(item("x", { photo_required: true }), null, [])).toBeNull();
});

test("one goes on where one left off, and the dots say what failed", () => {
  const answers = [{ item: "floor", value: 5 }];
  const items = askedItems(checklist, answers);
  expect(firstOpen(items, answers)).toBe(1);
  expect(dotsOf(items, answers)).toEqual(["wrong", "open", "open"]);
});

test("a photo item named like a role is answered by the photos taken in that role", () => {
  const photos = [
    { hash: "a", role: "before" as const },
    { hash: "b", role: "after" as const },
  ];
  const answers = [{ item: "after", value: 1, photos: ["c"] }];
  const proof = { kind: "photo", required: true, photo_required: true } as const;
  const items = [item("before", proof), item("after", proof), item("overall", proof), item("other")];
  const list = { ...checklist, items };
  const given = answersOf(list, makeOrder({ photos, answers }));
  expect(given).toEqual([...answers, { item: "before", value: 1, photos: ["a"] }]);
  expect(codes(missingItems(list, given))).toEqual(["overall"]);
});
