// @vitest-environment happy-dom
import { beforeEach, expect, test } from "vitest";
import { rowBehaviour, rowsNamed } from "../../../admin_app/static/js/content-rows.js";

const INNER = (
  path: string,
) => `<div data-rows="${path}" data-mark="__inner__"><b data-count></b><div data-row-list></div>
  <template data-blank><div data-row><i data-number></i><input name="${path}.__inner__.code"></div></template>
  <button type="button" data-add-row class="inner">+</button></div>`;
const ROW = (
  n: string,
) => `<div data-row><i data-number></i><input name="steps.${n}.name">${INNER(`steps.${n}.targets`)}
  <button type="button" data-up>↑</button><button type="button" data-down>↓</button><button type="button" data-remove>×</button></div>`;

let form: HTMLFormElement;
let prepared: string[];

beforeEach(() => {
  document.body.innerHTML = `<form><div data-rows="steps" data-mark="__n__"><b data-count></b>
    <div data-row-list>${ROW("0")}${ROW("1")}</div><template data-blank>${ROW("__n__")}</template>
    <button type="button" data-add-row class="outer">+</button></div></form>`;
  form = document.querySelector("form") as HTMLFormElement;
  prepared = [];
  rowBehaviour(form, (row) => prepared.push(row.querySelector("input")?.name ?? ""));
  names().forEach((input, place) => {
    input.value = `step ${place}`;
  });
});

const names = () => [...form.querySelectorAll<HTMLInputElement>("[name$='.name']")];
const values = () => names().map((each) => each.value);
const numbers = () =>
  [...form.querySelectorAll("[data-rows=steps] > [data-row-list] > [data-row] > [data-number]")].map(
    (each) => each.textContent,
  );
const press = (selector: string, place = 0) => form.querySelectorAll<HTMLElement>(selector)[place]?.click();

test("a row is added at the end under a number of its own, and made ready", () => {
  press(".outer");
  expect(values()).toEqual(["step 0", "step 1", ""]);
  expect(new Set(names().map((each) => each.name)).size).toBe(3);
  expect(prepared).toEqual([names()[2]?.name]);
  expect([numbers(), form.querySelector("[data-count]")?.textContent]).toEqual([["1", "2", "3"], "3"]);
});

test("rows change places and go, and are numbered as they stand", () => {
  press("[data-down]");
  expect(values()).toEqual(["step 1", "step 0"]);
  press("[data-up]");
  expect(values()).toEqual(["step 1", "step 0"]);
  press("[data-remove]");
  expect([values(), numbers()]).toEqual([["step 0"], ["1"]]);
});

test("a button of a row within a row leaves the outer rows alone", () => {
  press(".inner");
  expect(names()).toHaveLength(2);
  expect(form.querySelectorAll("[name^='steps.0.targets.']")).toHaveLength(1);
});

test("the form hears of every change", () => {
  let heard = 0;
  form.addEventListener("input", () => heard++);
  press(".outer");
  press("[data-down]");
  press("[data-remove]");
  expect(heard).toBe(3);
});

test("a draft makes the rows that it has, in its order, rows within rows too", () => {
  const detail = [
    ["steps.1.name", "kept"],
    ["steps.1007.name", "new"],
    ["steps.1007.targets.1008.code", "guard"],
  ];
  form.dispatchEvent(new CustomEvent("draft:rows", { detail }));
  expect(names().map((each) => each.name)).toEqual(["steps.1.name", "steps.1007.name"]);
  expect(form.querySelectorAll("[name='steps.1007.targets.1008.code']")).toHaveLength(1);
  press(".outer");
  expect(names().at(-1)?.name).toBe("steps.1009.name");
});

test("rows are told by their numbers, once each, and only those of their list", () => {
  const entries: [string, string][] = [
    ["steps.7.name", ""],
    ["steps.2.name", ""],
    ["steps.7.code", ""],
    ["steps.x", ""],
    ["stepsister.1.name", ""],
  ];
  expect(rowsNamed("steps", entries)).toEqual(["7", "2"]);
});
