import { expect, test } from "vitest";
import { makeOrder } from "../../src/field/fake";
import { shown } from "../../src/field/orders";
import { isPlaceCode, spotOf, workAt } from "../../src/screens/rules/places";

const point = { code: "pump", name: { zh: "水泵房" }, place: "地下一层", opens_at: "", closes_at: "", at: null };
const round = makeOrder({
  key: "round",
  route: { code: "garage", revision: 1 },
  checkpoints: [{ ...point, state: "pending" }],
});
const there = makeOrder({ key: "there", place: "地下一层" });
const elsewhere = makeOrder({ key: "elsewhere", place: "3号楼" });
const done = makeOrder({ key: "done", place: "地下一层", state: "done" });
const building = makeOrder({ key: "building", place: "3号楼2单元四层" });
const next = makeOrder({ key: "next", place: "13号楼" });
const home = makeOrder({ key: "home", place: "3-1201" });
const places = [{ estate: "sunshine", code: "sunshine-3", name: { zh: "3号楼" } }];
const orders = [round, there, elsewhere, done, building, next, home].map((each) => shown(each, [], "guard"));

test("a code on a wall names the place, and any other text none", () => {
  expect(spotOf(" anju:checkpoint:garage:pump ", orders)?.name).toBe("水泵房 · 地下一层");
  expect(spotOf("anju:checkpoint:garage:roof", orders)).toBeNull();
  expect(spotOf("https://example.org", orders)).toBeNull();
  expect(spotOf("anju:building:sunshine-3", orders, places)?.name).toBe("3号楼");
  expect(spotOf("anju:building:sunshine-9", orders, places)).toBeNull();
  // A home's code says itself what it is: there is no table of homes here.
  expect(spotOf("anju:unit:riverside:商铺12", orders)).toMatchObject({ estate: "riverside", name: "商铺12" });
});

test("what is open there is the round that still goes there, and the orders of the same place", () => {
  const spot = spotOf("anju:checkpoint:garage:pump", orders);
  expect(spot && workAt(spot, orders).map((each) => each.ref.key)).toEqual(["round", "there"]);
});

test("what is typed means what is printed below a code", () => {
  expect(spotOf("3号楼", orders, places)?.code).toBe("sunshine-3");
  expect(spotOf("SUNSHINE-3", orders, places)?.kind).toBe("building");
  expect(spotOf("Pump", orders, places)?.kind).toBe("checkpoint");
  expect(spotOf("3-1201", orders, places)).toMatchObject({ kind: "unit", estate: null, name: "3-1201" });
  expect(spotOf("水泵房旁边", orders, places)).toBeNull();
});

test("in a building is what begins with its name, in a home what is there alone", () => {
  const at = (code: string) => {
    const spot = spotOf(code, orders, places);
    return spot && workAt(spot, orders).map((each) => each.ref.key);
  };
  expect(at("anju:building:sunshine-3")).toEqual(["elsewhere", "building"]);
  expect(at("anju:unit:sunshine:3-1201")).toEqual(["home"]);
  expect(at("anju:unit:riverside:3-1201")).toEqual([]);
});

test("only whole codes of the house are places", () => {
  const codes = ["anju:checkpoint:garage:pump", "anju:building:a", "anju:unit:a:3-1"];
  expect(codes.every(isPlaceCode)).toBe(true);
  expect(["anju:unit:a", "anju:boiler:1", "https://anju:building:a", "3-1201"].some(isPlaceCode)).toBe(false);
});
