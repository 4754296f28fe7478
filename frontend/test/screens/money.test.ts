import { expect, test } from "vitest";
import { makeOrder } from "../../src/field/fake";
import { priceListOf, totalFen, withQuantity, yuan } from "../../src/screens/rules/money";
import { REFERENCE, repair } from "../gallery/orders";

test("a sum is made of the pinned revision's prices, in fen", () => {
  const prices = priceListOf(repair, REFERENCE);
  const lines = [
    { line: "valve-replace", quantity: 1 },
    { line: "valve-part", quantity: 2 },
  ];
  expect(prices && yuan(totalFen(lines, prices))).toBe("¥111.00");
});

test("another revision of the price list is never used in its place", () => {
  const request = repair.request && { ...repair.request, price_list: { code: "home-repair", revision: 3 } };
  expect(priceListOf(makeOrder({ request }), REFERENCE)).toBeNull();
});

test("a line goes with its last piece and comes back at the end", () => {
  const one = withQuantity([], "a", 1);
  expect(withQuantity(one, "a", 2)).toEqual([{ line: "a", quantity: 2 }]);
  expect(withQuantity(one, "a", 0)).toEqual([]);
});
