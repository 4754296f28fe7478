import { expect, test } from "vitest";
import { callsOf } from "../../src/screens/rules/calls";

test("each number of a field can be called", () => {
  const dialled = (phone: string) => callsOf(phone).map((each) => each.href);
  expect(dialled("139 0000 0283")).toEqual(["tel:13900000283"]);
  expect(dialled("+86 13900000283、0571-8888转12")).toEqual(["tel:+8613900000283", "tel:05718888,12"]);
  expect(dialled("")).toEqual([]);
});
