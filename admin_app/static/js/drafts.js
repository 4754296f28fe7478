// What was typed survives the end of a session, of the network, of the server or of the tab: each form of the office keeps
// a draft until the server says that it was saved, and offers to throw it away.

import { contentOf, fill, isTypedInto, sameContent } from "./draft-form.js";
import { openStore, random } from "./draft-store.js";
import { all, make, perhaps, say } from "./page.js";

/** @typedef {import("./draft-store.js").Store} Store */

const SOON_MS = 400;

export async function keepDrafts() {
  const store = openStore();
  if (!store) return;
  const forms = all(document, "form", HTMLFormElement).filter(isKept);
  /** @type {Map<string, number>} */
  const places = new Map();
  const kept = forms.map((form) => new Draft(store, form, places));
  await store.enter();
  for (const link of all(document, "a[data-drops-draft]", HTMLAnchorElement))
    link.addEventListener("click", dropping(store, link));
  await allScripts();
  let first = true;
  for (const draft of kept) {
    draft.begin();
    if (await draft.restore(first)) first = false;
  }
  document.documentElement.dataset.drafts = "ready";
}

/** @param {HTMLFormElement} form */
const isKept = (form) =>
  form.getAttribute("method")?.toLowerCase() === "post" && !form.hasAttribute("data-no-draft") && isTypedInto(form);

/**
 * Whoever takes what somebody else has written wants none of his own back on the next page.
 * @type {(store: Store, link: HTMLAnchorElement) => (event: Event) => Promise<void>}
 */
const dropping = (store, link) => async (event) => {
  event.preventDefault();
  const found = await store.find(new URL(link.href).pathname);
  if (found) store.drop(found.id);
  location.assign(link.href);
};

/** The scripts of single pages come after this one, and must be listening before a form is filled. */
function allScripts() {
  const [page] = /** @type {PerformanceNavigationTiming[]} */ (performance.getEntriesByType("navigation"));
  if (document.readyState === "complete" || page?.domContentLoadedEventStart) return Promise.resolve();
  return new Promise((resolve) => document.addEventListener("DOMContentLoaded", resolve, { once: true }));
}

class Draft {
  /**
   * @param {Store} store
   * @param {HTMLFormElement} form
   * @param {Map<string, number>} places how many forms of this page go to an address
   */
  constructor(store, form, places) {
    this.store = store;
    this.form = form;
    const path = new URL(form.getAttribute("action") || location.pathname, location.href).pathname;
    const place = places.get(path) ?? 0;
    places.set(path, place + 1);
    this.key = place ? `${path}#${place}` : path;
    this.id = random();
    this.dirty = false;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.timer = undefined;
    /** @type {HTMLElement | undefined} */
    this.line = undefined;
    this.empty = contentOf(form);
  }

  begin() {
    this.empty = contentOf(this.form);
    this.form.addEventListener("input", () => this.changed());
    this.form.addEventListener("change", () => this.changed());
    document.addEventListener("submit", (event) => {
      if (event.target === this.form) this.sent(event);
    });
    addEventListener("pagehide", () => {
      if (this.dirty) this.store.putNow(this.id, this.key, contentOf(this.form));
    });
  }

  /**
   * Whether the form was filled with its draft; the first is shown, where it is folded away.
   * @param {boolean} show
   */
  async restore(show) {
    const found = await this.store.find(this.key);
    if (!found) return false;
    this.id = found.id;
    // The answer to a form that was refused has what was typed, and what somebody else changed: it is the newer one.
    if (found.id === this.store.posted) return this.keepAnswer();
    if (sameContent(found.values, this.empty)) return false;
    fill(this.form, found.values);
    this.dirty = false;
    clearTimeout(this.timer);
    this.say(found.at, show);
    return true;
  }

  async keepAnswer() {
    await this.store.put(this.id, this.key, this.empty);
    return false;
  }

  changed() {
    this.dirty = true;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), SOON_MS);
  }

  async save() {
    this.dirty = false;
    const content = contentOf(this.form);
    if (this.line || !sameContent(content, this.empty)) await this.store.put(this.id, this.key, content);
    else {
      this.store.drop(this.id);
      this.id = random();
    }
  }

  /**
   * The server names the draft again once what it holds was saved.
   * @param {Event} event
   */
  sent(event) {
    if (event.defaultPrevented) return;
    clearTimeout(this.timer);
    this.dirty = false;
    this.store.putNow(this.id, this.key, contentOf(this.form));
    const hidden = perhaps(this.form, "input[name=_draft]", HTMLInputElement) ?? make("input");
    Object.assign(hidden, { type: "hidden", name: "_draft", value: this.id });
    this.form.prepend(hidden);
  }

  /**
   * @param {number} at
   * @param {boolean} show
   */
  say(at, show) {
    this.line = make("p", "draft-line");
    this.line.setAttribute("role", "status");
    const drop = make("button", "plain", say("丢弃", "Discard"));
    drop.type = "button";
    drop.addEventListener("click", () => this.discard());
    this.line.append(say(`已恢复${ago(at)}的草稿`, `Draft of ${ago(at)} restored`), " · ", drop);
    this.form.prepend(this.line);
    if (show) unfold(this.form);
  }

  discard() {
    this.store.drop(this.id);
    this.dirty = false;
    this.form.dispatchEvent(new Event("draft:discarded", { bubbles: true }));
    location.reload();
  }
}

/** @param {HTMLElement} form */
function unfold(form) {
  for (let box = form.closest("details"); box; box = box.parentElement?.closest("details") ?? null) box.open = true;
}

/**
 * How long ago: a clock time would be that of the browser's zone, and pages show the estate's.
 * @param {number} at
 */
export function ago(at) {
  const minutes = Math.round((Date.now() - at) / 60_000);
  const words = new Intl.RelativeTimeFormat(document.documentElement.lang);
  if (minutes < 60) return words.format(-minutes, "minute");
  return minutes < 24 * 60
    ? words.format(-Math.round(minutes / 60), "hour")
    : words.format(-Math.round(minutes / 1440), "day");
}
