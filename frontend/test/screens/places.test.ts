import { expect, test } from "vitest";
import { makeOrder } from "../../src/field/fake";
import { shown } from "../../src/field/orders";
import { spotOf, workAt } from "../../src/screens/rules/places";

const point = { code: "pump", name: { zh: "水泵房" }, place: "地下一层", opens_at: "", closes_at: "", at: null };
const round = makeOrder({
  key: "round",
  route: { code: "garage", revision: 1 },
  checkpoints: [{ ...point, state: "pending" }],
});
const there = makeOrder({ key: "there", place: "地下一层" });
const elsewhere = makeOrder({ key: "elsewhere", place: "3号楼" });
const done = makeOrder({ key: "done", place: "地下一层", state: "done" });
const orders = [round, there, elsewhere, done].map((each) => shown(each, [], "guard"));

test("a code on a wall names the place, and any other text none", () => {
  expect(spotOf(" anju:checkpoint:garage:pump ", orders)?.name).toBe("水泵房 · 地下一层");
  expect(spotOf("anju:checkpoint:garage:roof", orders)).toBeNull();
  expect(spotOf("https://example.org", orders)).toBeNull();
});

test("what is open there is the round that still goes there, and the orders of the same place", () => {
  const spot = spotOf("anju:checkpoint:garage:pump", orders);
  expect(spot && workAt(spot, orders).map((each) => each.ref.key)).toEqual(["round", "there"]);
});
