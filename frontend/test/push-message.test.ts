import { expect, it } from "vitest";
import { opensTo, shownAs } from "../src/push-message";

it("shows the words of the message", () => {
  expect(shownAs('{"title":"电梯困人","body":"请立即到场","path":"/tablet/orders/a"}')).toMatchObject({
    title: "电梯困人",
    body: "请立即到场",
    data: "/tablet/orders/a",
  });
});

it("shows something for whatever else comes", () => {
  for (const text of ["", "null", "[1]", "{", '{"title":5}']) expect(shownAs(text).title).toBe("安居");
});

it("opens places of the app only", () => {
  const places = ["https://elsewhere.example/", "//elsewhere.example", "/admin/", "/tablet//x", 5, null];
  expect(places.map(opensTo)).toEqual(places.map(() => "/tablet/"));
  expect(opensTo("/tablet/pending")).toBe("/tablet/pending");
});
