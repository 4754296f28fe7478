// @vitest-environment happy-dom
import { beforeEach, expect, test, vi } from "vitest";
import { comboOf, debounced } from "../../../admin_app/static/js/combobox.js";

const FRUIT = ["apple", "apricot", "banana"];
const taken: string[] = [];
let box: HTMLInputElement;
let list: HTMLElement;

beforeEach(() => {
  taken.length = 0;
  document.body.innerHTML =
    '<ul><li id="first"></li><li id="second"><combo-box><input id="fruit"></combo-box></li></ul>';
  box = document.querySelector("input") as HTMLInputElement;
  offer((text) => FRUIT.filter((each) => each.startsWith(text)));
  list = document.querySelector("#fruit-list") as HTMLElement;
});

function offer(find: (text: string) => string[] | Promise<string[] | undefined>, more = {}): void {
  comboOf(box).offer = {
    find,
    show: (each: string) => [each],
    take: (each: string) => taken.push(each),
    none: "nothing fits",
    ...more,
  };
}

async function type(text: string): Promise<void> {
  box.value = text;
  box.dispatchEvent(new Event("input", { bubbles: true }));
  await settled();
}

const settled = () => new Promise((resolve) => setTimeout(resolve));

function press(key: string): boolean {
  return box.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
}

const lines = () => [...list.children].map((each) => each.textContent);
const marked = () => list.querySelector('[aria-selected="true"]')?.textContent;

test("what fits is listed, and the first of it is marked", async () => {
  await type("ap");
  expect(list.hidden).toBe(false);
  expect(lines()).toEqual(["apple", "apricot"]);
  expect(marked()).toBe("apple");
  expect(box.getAttribute("aria-activedescendant")).toBe("fruit-list-0");
  expect(box.getAttribute("aria-expanded")).toBe("true");
});

test("arrows move round the list, Enter takes what is marked and closes it", async () => {
  await type("ap");
  press("ArrowDown");
  expect(marked()).toBe("apricot");
  press("ArrowDown");
  expect(marked()).toBe("apple");
  press("ArrowUp");
  press("Enter");
  expect(taken).toEqual(["apricot"]);
  expect(list.hidden).toBe(true);
});

test("Enter sends no form, and opens the list where it is closed", async () => {
  await type("ban");
  press("Escape");
  expect(list.hidden).toBe(true);
  expect(press("Enter")).toBe(false);
  await settled();
  expect(lines()).toEqual(["banana"]);
  expect(taken).toEqual([]);
});

test("an option is taken by a finger or a mouse", async () => {
  await type("ban");
  list.firstElementChild?.dispatchEvent(new Event("pointerdown", { bubbles: true, cancelable: true }));
  expect(taken).toEqual(["banana"]);
});

test("where nothing fits it says so, and there is nothing to take", async () => {
  await type("kiwi");
  expect(lines()).toEqual(["nothing fits"]);
  press("Enter");
  expect(taken).toEqual([]);
});

test("an answer that comes after that of a later question is dropped", async () => {
  const answers = new Map<string, (found: string[]) => void>();
  offer((text) => new Promise((resolve) => answers.set(text, resolve)));
  type("a");
  type("b");
  answers.get("b")?.(["banana"]);
  await settled();
  answers.get("a")?.(["apple"]);
  await settled();
  expect(lines()).toEqual(["banana"]);
});

test("an answer that comes when the cursor is elsewhere opens nothing", async () => {
  let answer: (found: string[]) => void = () => {};
  offer(() => new Promise((resolve) => (answer = resolve)));
  type("a");
  box.dispatchEvent(new Event("blur"));
  answer(FRUIT);
  await settled();
  expect(list.hidden).toBe(true);
});

test("a server that does not answer leaves the box as it is", async () => {
  offer(() => Promise.reject(new Error("away")));
  await type("a");
  expect(list.hidden).toBe(true);
});

test("it opens unasked only where it is told to, and an empty text closes it otherwise", async () => {
  box.dispatchEvent(new Event("focus"));
  await settled();
  expect(list.hidden).toBe(true);
  offer(() => FRUIT, { unasked: true });
  box.dispatchEvent(new Event("focus"));
  await settled();
  expect(lines()).toEqual(FRUIT);
  offer(() => FRUIT);
  await type("");
  expect(list.hidden).toBe(true);
});

test("a box that is moved with its row still hears everything once", async () => {
  document.querySelector("#first")?.before(document.querySelector("#second") as Node);
  expect(document.querySelectorAll(".options")).toHaveLength(1);
  await type("ban");
  press("Enter");
  expect(taken).toEqual(["banana"]);
});

test("whoever is overtaken while typing is not asked for", async () => {
  const ask = vi.fn((text: string) => [text]);
  const soon = debounced(ask, 1);
  const [first, second] = await Promise.all([soon("a"), soon("ab")]);
  expect([first, second]).toEqual([undefined, ["ab"]]);
  expect(ask).toHaveBeenCalledOnce();
});
