// @vitest-environment happy-dom
import { afterEach, expect, test, vi } from "vitest";
import { verbTo } from "../../../admin_app/static/js/board.js";
import { duration, fieldBehaviour, inWords, tidied } from "../../../admin_app/static/js/content-fields.js";
import { sameDay } from "../../../admin_app/static/js/drills.js";
import { chosen } from "../../../admin_app/static/js/files.js";
import { fraction } from "../../../admin_app/static/js/floor-plan.js";
import { fitting } from "../../../admin_app/static/js/intake.js";
import { listBehaviour } from "../../../admin_app/static/js/lists.js";
import { one, perhaps } from "../../../admin_app/static/js/page.js";
import { isWhen } from "../../../admin_app/static/js/plan-preview.js";
import { withoutLanguage } from "../../../admin_app/static/js/way-back.js";

afterEach(() => {
  document.body.innerHTML = "";
});

test.each([
  ["830", "08:30"],
  ["8:30", "08:30"],
  ["8：30", "08:30"],
  ["23.59", "23:59"],
  ["soon", "soon"],
  ["", ""],
])("%s is read as the time %s", (typed, tidy) => {
  expect(tidied(typed)).toBe(tidy);
});

test("minutes are told as people say them", () => {
  expect([duration(0), duration(59), duration(60), duration(1500)]).toEqual(["0 min", "59 min", "1 h", "1 d 1 h"]);
  expect([inWords("45", false), inWords("90", false), inWords("x", false)]).toEqual(["", "= 1 h 30 min", ""]);
  expect([inWords("-30", true), inWords("0", true), inWords("+90", true)]).toEqual([
    "30 min before due",
    "when due",
    "1 h 30 min after due",
  ]);
});

test("and in Chinese where the page is", async () => {
  vi.resetModules();
  document.documentElement.lang = "zh-CN";
  const fields = await import("../../../admin_app/static/js/content-fields.js");
  expect([fields.duration(1500), fields.inWords("-30", true)]).toEqual(["1 天 1 小时", "到期前 30 分"]);
  document.documentElement.lang = "";
});

test("times are chips: one more, one less, or all anew", () => {
  document.body.innerHTML = `<form><span data-times="times"><span class="time-chip new"><input name="times"><button data-remove-time hidden>×</button></span>
    <button type="button" data-add-time>+</button></span></form>`;
  const form = document.querySelector("form") as HTMLFormElement;
  fieldBehaviour(form);
  const times = () => new FormData(form).getAll("times");
  form.querySelector("[data-times]")?.dispatchEvent(new CustomEvent("set-times", { detail: ["08:00", "20:00"] }));
  expect(times()).toEqual(["08:00", "20:00"]);
  (form.querySelector("[data-remove-time]") as HTMLElement).click();
  (form.querySelector("[data-add-time]") as HTMLElement).click();
  expect(times()).toEqual(["20:00", ""]);
});

test("a field is asked only beside its values, and not sent otherwise", () => {
  document.body.innerHTML = `<form><select name="kind"><option value="text">text</option><option value="choice">choice</option></select>
    <input type="hidden" name="signed" value="no"><input type="checkbox" class="switch" name="signed" value="yes" checked>
    <div data-asked-by="kind" data-among='["choice"]'><input name="choices"></div>
    <div data-asked-by="signed" data-among='["no"]'><input name="why"></div></form>`;
  const form = one(document, "form", HTMLFormElement);
  const kind = one(document, "select", HTMLSelectElement);
  const sent = () => [...new FormData(form).keys()].filter((name) => name === "choices" || name === "why");
  fieldBehaviour(form);
  expect(sent()).toEqual([]);
  kind.value = "choice";
  kind.dispatchEvent(new Event("change", { bubbles: true }));
  one(document, ".switch").click();
  expect(sent()).toEqual(["choices", "why"]);
});

test("codes of another list of the form are offered with their names", () => {
  document.body.innerHTML = `<form><input name="roles.0.code" value="lead"><input name="roles.0.name.zh" value="总指挥">
    <input name="roles.1.code" value=""><input id="role" name="steps.0.role" data-codes-of="roles"></form>`;
  const form = document.querySelector("form") as HTMLFormElement;
  fieldBehaviour(form);
  form.querySelector("#role")?.dispatchEvent(new Event("focus"));
  expect([...form.querySelectorAll("option")].map((each) => [each.value, each.text])).toEqual([["lead", "总指挥"]]);
});

test("parts of a form belong to some values of another field", () => {
  const typed = () => "weekly";
  expect([isWhen("frequency=weekly,monthly", typed), isWhen("frequency=daily", typed)]).toEqual([true, false]);
  expect([isWhen("frequency!=custom", typed), isWhen("frequency!=weekly", typed)]).toEqual([true, false]);
});

test("a card knows which verb leads to a column, or none", () => {
  document.body.innerHTML = `<div id="card" data-moves='{"paused": "pause"}'></div><div id="paused" data-state="paused"></div><div id="done" data-state="done"></div>`;
  const at = (id: string) => one(document, `#${id}`);
  expect([verbTo(at("card"), at("paused")), verbTo(at("card"), at("done"))]).toEqual(["pause", ""]);
});

test("a drill keeps its day in another month, as far as the month has it", () => {
  expect([sameDay("2026", 2, "2026-03-31"), sameDay("2026", 11, "2026-03-05")]).toEqual(["2026-02-28", "2026-11-05"]);
});

test("files are named, or counted", () => {
  expect([chosen([], "%s chosen"), chosen(["a.jpg"], "%s chosen"), chosen(["a", "b"], "%s chosen")]).toEqual([
    "",
    "a.jpg",
    "2 chosen",
  ]);
});

test("a place on a plan lies on the plan", () => {
  expect([fraction(50, 200), fraction(-3, 200), fraction(300, 200)]).toEqual(["0.2500", "0.0000", "1.0000"]);
});

test("items of the kind are found, those first whose words begin with it", () => {
  const item = (code: string, found_by: string, kinds: string[]) => ({
    code,
    found_by,
    kinds,
    name: code,
    category: "",
  });
  const items = [
    item("roof", "roof leak", ["repair"]),
    item("leak", "leak", ["repair"]),
    item("rude", "leaky manners", ["complaint"]),
  ];
  expect(fitting(items, "repair", " LEAK ").map((each) => each.code)).toEqual(["leak", "roof"]);
  expect(fitting(items, "", "").map((each) => each.code)).toEqual(["roof", "leak", "rude"]);
});

test("bulk verbs wait for a tick and ask with the number", () => {
  document.body.innerHTML = `<form data-bulk><input type="checkbox" data-tick-all><input type="checkbox" name="rowid" value="1"><input type="checkbox" name="rowid" value="2">
    <button name="verb" data-asks="Close {n}?">Close</button></form>`;
  listBehaviour();
  const every = one(document, "[data-tick-all]", HTMLInputElement);
  const tick = one(document, "[name=rowid]", HTMLInputElement);
  const verb = one(document, "[name=verb]", HTMLButtonElement);
  expect(verb.disabled).toBe(true);
  tick.checked = true;
  tick.dispatchEvent(new Event("change", { bubbles: true }));
  expect([verb.disabled, verb.dataset.confirm, every.indeterminate]).toEqual([false, "Close 1?", true]);
  every.checked = true;
  every.dispatchEvent(new Event("change", { bubbles: true }));
  expect([verb.dataset.confirm, every.indeterminate]).toEqual(["Close 2?", false]);
});

test("the language is no part of how a list was left", () => {
  expect([withoutLanguage("?lang=en&state=open"), withoutLanguage("?lang=en")]).toEqual(["?state=open", ""]);
});

test("what a page lacks is named", () => {
  expect(perhaps(document, "#absent")).toBeNull();
  expect(() => one(document, "#absent")).toThrow("#absent");
});
