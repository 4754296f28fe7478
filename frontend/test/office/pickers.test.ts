// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { pickers } from "../../../admin_app/static/js/content-pickers.js";

const SERVER = {
  staff: [
    { code: "li", name: "李雷", detail: "guard" },
    { code: "han", name: "韩梅梅", detail: "" },
  ],
};
let asked: URL[] = [];

beforeEach(() => {
  asked = [];
  vi.stubGlobal("fetch", async (address: string) => {
    const url = new URL(address, "http://office.test");
    asked.push(url);
    return new Response(JSON.stringify({ data: SERVER.staff }), { status: 200 });
  });
});
afterEach(() => vi.unstubAllGlobals());

function page(html: string): HTMLFormElement {
  document.body.innerHTML = `<form><input type="hidden" name="estate" value="sunshine"><div class="fields">${html}</div></form>`;
  const form = document.querySelector("form") as HTMLFormElement;
  pickers(form);
  return form;
}

const ONE = `<span class="picker" data-picker data-lookup="staff" data-label="王芳">
  <combo-box><input id="who" name="who" value="wang" data-picker-input></combo-box></span>`;
const MANY = `<span class="picker many" data-picker data-lookup="staff" data-name="who">
  <combo-box><input id="who" name="who" data-picker-input></combo-box></span>`;

const box = () => document.querySelector("#who") as HTMLInputElement;
const sent = (form: HTMLFormElement) => new FormData(form).getAll("who");

async function choose(text: string, place = 0): Promise<void> {
  box().value = text;
  box().dispatchEvent(new Event("input", { bubbles: true }));
  await vi.waitFor(() => expect(document.querySelectorAll("[role=option]").length).toBeGreaterThan(place));
  document.querySelectorAll("[role=option]")[place]?.dispatchEvent(new Event("pointerdown", { cancelable: true }));
}

test("the code is sent, the name is seen", async () => {
  const form = page(ONE);
  expect([box().value, sent(form)]).toEqual(["王芳", ["wang"]]);
  await choose("李");
  expect([box().value, sent(form)]).toEqual(["李雷", ["li"]]);
});

test("it is looked for among the kind, and within the estate of the form", async () => {
  page(ONE);
  await choose("李");
  expect(asked.at(-1)?.search).toBe(`?${new URLSearchParams({ kind: "staff", q: "李", estate: "sunshine" })}`);
});

test("what was typed and not chosen is no reference; an emptied box is none either", () => {
  const form = page(ONE);
  box().value = "somebody";
  box().dispatchEvent(new Event("input", { bubbles: true }));
  box().dispatchEvent(new Event("blur"));
  expect([box().value, sent(form)]).toEqual(["王芳", ["wang"]]);
  box().value = "";
  box().dispatchEvent(new Event("input", { bubbles: true }));
  expect(sent(form)).toEqual([""]);
});

test("where any text may stand, what is typed is sent", () => {
  const form = page(ONE.replace("data-picker ", "data-picker data-free "));
  box().value = "the lobby";
  box().dispatchEvent(new Event("input", { bubbles: true }));
  expect(sent(form)).toEqual(["the lobby"]);
});

test("of several each is chosen once, and can be taken away", async () => {
  const form = page(MANY);
  await choose("李");
  await choose("李");
  await choose("韩", 1);
  expect(sent(form).filter(Boolean)).toEqual(["li", "han"]);
  (document.querySelector("[data-unpick]") as HTMLElement).click();
  expect(sent(form).filter(Boolean)).toEqual(["han"]);
});

test("a draft gives back what was chosen", () => {
  const form = page(MANY);
  const picker = document.querySelector("[data-picker]") as HTMLElement;
  picker.dispatchEvent(new CustomEvent("set-picked", { detail: [{ code: "han", name: "韩梅梅" }] }));
  expect(sent(form).filter(Boolean)).toEqual(["han"]);
  expect(document.querySelector(".picked")?.textContent).toContain("韩梅梅");
});

test("a target that names nobody asks for nobody", () => {
  page(`<div data-field="kind"><select><option value="assignee"></option><option value="role" selected></option></select></div>
    <div class="field">${ONE.replace('data-lookup="staff"', 'data-lookup-by="kind"')}</div>`);
  const select = document.querySelector("select") as HTMLSelectElement;
  const field = document.querySelector(".field") as HTMLElement;
  expect(field.hidden).toBe(false);
  select.value = "assignee";
  select.dispatchEvent(new Event("change"));
  expect([field.hidden, box().disabled]).toEqual([true, true]);
});
