import { expect, test } from "vitest";
import type { Line, PriceList, Quote } from "../../src/field/contract";
import { makeOrder } from "../../src/field/fake";
import measured from "../../src/screens/rules/measured.json";
import {
  charged,
  isBeyond,
  isDivisible,
  priceListOf,
  quantityOf,
  quotedTerms,
  termsOf,
  totalFen,
  withQuantity,
  yuan,
} from "../../src/screens/rules/money";
import vectors from "../charges.json";
import { REFERENCE, repair } from "../gallery/orders";

const prices = {
  code: "vectors",
  revision: 1,
  name: { zh: "" },
  lines: vectors.prices.map((each) => ({ ...each, name: { zh: each.code }, warranty_days: 0 })),
} satisfies PriceList;

test.each(vectors.cases)("$name", ({ used, quote, under_warranty, paid_before, rows, total_fen }) => {
  const terms = { quote: quote as Quote | null, underWarranty: under_warranty, paidBefore: paid_before };
  const lines = charged(used, prices, terms);
  expect(lines).toEqual(rows.map((row, n) => ({ ...row, quantity: used[n]?.quantity })));
  expect(totalFen(lines)).toBe(total_fen);
});

test.each(vectors.divisible)("by $unit ($quantities) it comes in parts: $divisible", ({ divisible, ...line }) => {
  expect(isDivisible(line as Parameters<typeof isDivisible>[0])).toBe(divisible);
});

test("units are listed as they are compared", () => {
  expect(measured).toEqual(measured.map((each) => each.trim().toLowerCase()));
});

test("a sum is made of the pinned revision's prices, in fen", () => {
  const list = priceListOf(repair, REFERENCE);
  const lines = [
    { line: "valve-replace", quantity: 1 },
    { line: "valve-part", quantity: 2 },
  ];
  expect(list && yuan(totalFen(charged(lines, list, termsOf(repair))))).toBe("¥111.00");
});

test("another revision of the price list is never used in its place", () => {
  const request = repair.request && { ...repair.request, price_list: { code: "home-repair", revision: 3 } };
  expect(priceListOf(makeOrder({ request }), REFERENCE)).toBeNull();
});

test("an order knows its warranty, its agreement and what was paid before", () => {
  const facts = { number: "R-1", words: "", room: null, contact_name: null, contact_phone: null, price_list: null };
  const request = { ...facts, warranty: { request: "R-0" }, paid_before: ["labour"] };
  const quote: Quote = { lines: [{ line: "part", quantity: 1 }], state: "given" };
  const order = makeOrder({ kind: "repair", request, quote });
  expect(termsOf(order)).toEqual({ quote, underWarranty: true, paidBefore: ["labour"] });
  expect(quotedTerms(order).quote).toBeNull();
  const more = [{ line: "part", quantity: 2 }];
  expect(isBeyond(charged(more, prices, { ...termsOf(order), underWarranty: false }))).toBe(true);
  expect(isBeyond(charged(more, prices, termsOf(order)))).toBe(false);
});

test("a line goes with its last piece and comes back at the end", () => {
  const one = withQuantity([], "a", 1);
  expect(withQuantity(one, "a", 2)).toEqual([{ line: "a", quantity: 2 }]);
  expect(withQuantity(one, "a", 0)).toEqual([]);
});

test("of the server's priced lines only line and quantity go on", () => {
  const served: Line[] = [{ line: "a", quantity: 1, name: { zh: "甲" }, price_fen: 100 } as Line];
  expect(withQuantity(served, "b", 1)).toEqual([
    { line: "a", quantity: 1 },
    { line: "b", quantity: 1 },
  ]);
});

test("a quantity is typed as people type it, to the hundredth, and only what is measured comes in parts", () => {
  expect(quantityOf("2.5", true)).toBe(2.5);
  expect(quantityOf(" 2,25 ", true)).toBe(2.25);
  expect(quantityOf("2.", true)).toBe(2);
  for (const wrong of ["", "x", "1e2", "-1", "2.255", "1001", "1 2"]) expect(quantityOf(wrong, true)).toBeNull();
  expect(quantityOf("2.5", false)).toBeNull();
  expect(quantityOf("3", false)).toBe(3);
});
