// @vitest-environment happy-dom
import { beforeEach, expect, test, vi } from "vitest";
import { contentOf, fill, isTypedInto, sameContent } from "../../../admin_app/static/js/draft-form.js";
import { Store } from "../../../admin_app/static/js/draft-store.js";
import { ago } from "../../../admin_app/static/js/drafts.js";

const KEY = btoa("k".repeat(32));
const OTHER_KEY = btoa("o".repeat(32));
const CONTENT = { entries: [["text", "the tap drips"]] as [string, string][], labels: {} };
const FORM = `<form method="post"><input type="hidden" name="csrf_token" value="t"><input type="hidden" name="version" value="3">
  <input type="text" name="title"><textarea name="text"></textarea><select name="kind"><option>a</option><option>b</option></select>
  <input type="checkbox" name="days" value="1"><input type="checkbox" name="days" value="2"><input type="file" name="photo"></form>`;

function form(html = FORM): HTMLFormElement {
  document.body.innerHTML = html;
  return document.querySelector("form") as HTMLFormElement;
}

async function store(user = "desk", key = KEY, posted = ""): Promise<Store> {
  const opened = new Store(user, key, posted);
  await opened.enter();
  return opened;
}

beforeEach(() => {
  localStorage.clear();
  sessionStorage.clear();
});

test("a form is filled with what stood in it, and tells who listens", () => {
  const before = form();
  const set = (selector: string, value: string) => {
    (before.querySelector(selector) as HTMLInputElement).value = value;
  };
  set("[name=title]", "Tap");
  set("[name=text]", "drips");
  set("[name=kind]", "b");
  (before.querySelector("[value='2']") as HTMLInputElement).checked = true;
  const content = contentOf(before);
  expect(content.entries).toEqual([
    ["version", "3"],
    ["title", "Tap"],
    ["text", "drips"],
    ["kind", "b"],
    ["days", "2"],
  ]);

  const after = form();
  const heard: string[] = [];
  after.addEventListener("change", (event) => heard.push((event.target as HTMLInputElement).name));
  fill(after, content);
  expect(sameContent(contentOf(after), content)).toBe(true);
  expect(heard).toEqual(["kind", "days"]);
});

test("a note belongs to the page as it stands now, what was typed into a record to the version that was seen", () => {
  const content = {
    ...CONTENT,
    entries: [
      ["version", "2"],
      ["text", "x"],
    ] as [string, string][],
  };
  const note = form();
  fill(note, content);
  expect(new FormData(note).get("version")).toBe("3");
  const record = form(FORM.replace("<form", "<form data-content-form"));
  fill(record, content);
  expect(new FormData(record).get("version")).toBe("2");
});

test("passwords are nobody's draft, nor is a form of buttons", () => {
  expect(isTypedInto(form())).toBe(true);
  expect(isTypedInto(form('<form><input type="text" name="u"><input type="password" name="p"></form>'))).toBe(false);
  expect(isTypedInto(form("<form><button>Go</button></form>"))).toBe(false);
});

test("a draft lies sealed, and its writer finds it again", async () => {
  const desk = await store();
  await desk.put("d1", "/admin/requests/", CONTENT);
  expect(JSON.stringify({ ...localStorage })).not.toContain("drips");
  expect((await desk.find("/admin/requests/"))?.values).toEqual(CONTENT);
  expect(await desk.find("/admin/work/")).toBeNull();
});

test("whoever signs in next neither finds nor opens it", async () => {
  await (await store()).put("d1", "/admin/requests/", CONTENT);
  expect(await (await store("guard", OTHER_KEY)).find("/admin/requests/")).toBeNull();
  expect(await (await store("desk", OTHER_KEY)).find("/admin/requests/")).toBeNull();
});

test("what the page left behind in a hurry is sealed by the next one, that of another person goes", async () => {
  (await store()).putNow("d1", "/admin/requests/", CONTENT);
  expect(JSON.stringify({ ...sessionStorage })).toContain("drips");
  const desk = await store();
  expect(JSON.stringify({ ...sessionStorage })).not.toContain("drips");
  expect((await desk.find("/admin/requests/"))?.values).toEqual(CONTENT);
  desk.putNow("d2", "/admin/work/", CONTENT);
  await store("guard", OTHER_KEY);
  expect(JSON.stringify({ ...sessionStorage })).not.toContain("drips");
});

test("what was saved is forgotten, and so is what is older than a week", async () => {
  const desk = await store();
  await desk.put("ab12", "/admin/requests/", CONTENT);
  // biome-ignore lint/suspicious/noDocumentCookie: the server's own word, as it comes
  document.cookie = "anju-saved=ab12; path=/";
  expect(await (await store()).find("/admin/requests/")).toBeNull();
  await desk.put("cd34", "/admin/work/", CONTENT);
  vi.setSystemTime(Date.now() + 8 * 24 * 3600 * 1000);
  expect(await (await store()).find("/admin/work/")).toBeNull();
  vi.useRealTimers();
});

test("how long ago is said in the reader's words", () => {
  document.documentElement.lang = "en";
  expect(ago(Date.now() - 5 * 60_000)).toBe("5 minutes ago");
  expect(ago(Date.now() - 26 * 3600_000)).toBe("1 day ago");
  document.documentElement.lang = "zh-CN";
  expect(ago(Date.now() - 2 * 3600_000)).toBe("2小时前");
});
