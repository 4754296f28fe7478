// Where drafts lie until they are saved: encrypted with a key that the server gives to their writer only.
//
// Office computers are shared. What is typed into a form is often somebody's name and trouble, so it is never left
// readable: `localStorage` holds it sealed (AES-GCM) with a key that only the writer's own session is told, for seven
// days at most. Signing out does not throw it away – a session that ends in another tab is the very case that a draft is
// for – but whoever signs in next cannot open it. Without a secure context (plain http at another machine) browsers do
// not encrypt: there a draft lives in `sessionStorage`, which ends with the tab.

import { perhaps, told } from "./page.js";

/** @typedef {import("./draft-form.js").Content} Content */
/**
 * @typedef {object} Kept one draft as it lies in the browser: sealed with its `iv`, or plain
 * @property {string} id
 * @property {string} form
 * @property {string} user
 * @property {string} tab
 * @property {number} at
 * @property {string} [plain]
 * @property {string} [iv]
 * @property {string} [sealed]
 */

const PREFIX = "anju-draft:";
const DONE = "anju-drafts-done";
const KEPT_MS = 7 * 24 * 3600 * 1000;
const MOST = 40;
const MOST_CHARACTERS = 400_000;

/** The store of the reader of this page, or nothing on pages of nobody. */
export function openStore() {
  const meta = perhaps(document, "meta[name=drafts]", HTMLMetaElement);
  return meta ? new Store(meta.content, told(meta, "key"), told(meta, "posted")) : null;
}

export class Store {
  /**
   * @param {string} user
   * @param {string} key
   * @param {string} posted
   */
  constructor(user, key, posted) {
    this.user = user;
    // The draft that this page is the answer to.
    this.posted = posted;
    this.key = crypto.subtle
      ? crypto.subtle.importKey("raw", bytes(atob(key)), "AES-GCM", false, ["encrypt", "decrypt"])
      : null;
    this.tab = "";
  }

  /** Who is in a tab is told by a lock, so that a form that is open in two tabs is not filled with the other's text. */
  async enter() {
    this.tab = sessionStorage.getItem("anju-tab") ?? random();
    if (!(await hold(this.tab))) {
      this.tab = random();
      await hold(this.tab);
    }
    sessionStorage.setItem("anju-tab", this.tab);
    this.forgetSaved();
    await this.sealOwn();
    this.forgetOld();
  }

  /**
   * The newest draft of a form: of this tab, or of one that is not open any more.
   * @param {string} form
   */
  async find(form) {
    const open = await openTabs();
    const fitting = [...items(localStorage), ...items(sessionStorage)]
      .filter((each) => each.user === this.user && each.form === form)
      .filter((each) => each.tab === this.tab || !open.has(each.tab))
      .sort((a, b) => b.at - a.at);
    for (const each of fitting) {
      const values = await this.unseal(each);
      if (values) return { id: each.id, at: each.at, values };
    }
    return null;
  }

  /**
   * @param {string} id
   * @param {string} form
   * @param {Content} values
   * @returns {Promise<void>}
   */
  async put(id, form, values) {
    const head = { id, form, user: this.user, tab: this.tab, at: Date.now() };
    const text = JSON.stringify(values);
    if (text.length > MOST_CHARACTERS) return;
    if (!this.key) return write(sessionStorage, { ...head, plain: text });
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, await this.key, new TextEncoder().encode(text));
    if (done().includes(id)) return;
    write(localStorage, { ...head, iv: base64(iv), sealed: base64(new Uint8Array(sealed)) });
    const own = read(sessionStorage, PREFIX + id);
    if (own && own.at <= head.at) sessionStorage.removeItem(PREFIX + id);
  }

  /**
   * At once, when the page is about to go: encryption would come too late. The next page of this tab seals it.
   * @param {string} id
   * @param {string} form
   * @param {Content} values
   */
  putNow(id, form, values) {
    const text = JSON.stringify(values);
    if (text.length > MOST_CHARACTERS) return;
    write(sessionStorage, { id, form, user: this.user, tab: this.tab, at: Date.now(), plain: text });
  }

  /** @param {string} id */
  drop(id) {
    const known = done().filter((each) => each !== id);
    localStorage.setItem(DONE, JSON.stringify([...known, id].slice(-MOST)));
    localStorage.removeItem(PREFIX + id);
    sessionStorage.removeItem(PREFIX + id);
  }

  /** The server says in a cookie which drafts have been saved. */
  forgetSaved() {
    const saved = document.cookie.match(/(?:^|; )anju-saved=([0-9a-f.]+)/)?.[1];
    if (!saved) return;
    for (const id of saved.split(".")) this.drop(id);
    // biome-ignore lint/suspicious/noDocumentCookie: the cookie store is not in every browser, and only from https
    document.cookie = "anju-saved=; Max-Age=0; Path=/; SameSite=Lax";
  }

  /** What another person wrote in this tab without being able to seal it goes; one's own is sealed. */
  async sealOwn() {
    for (const each of items(sessionStorage)) {
      if (each.user !== this.user || done().includes(each.id)) sessionStorage.removeItem(PREFIX + each.id);
      else if (this.key && each.plain) await this.put(each.id, each.form, JSON.parse(each.plain));
    }
  }

  forgetOld() {
    const all = items(localStorage).sort((a, b) => b.at - a.at);
    all.forEach((each, place) => {
      if (place >= MOST || Date.now() - each.at > KEPT_MS) localStorage.removeItem(PREFIX + each.id);
    });
  }

  /**
   * @param {Kept} draft
   * @returns {Promise<Content | null>}
   */
  async unseal(draft) {
    if (draft.plain) return JSON.parse(draft.plain);
    if (!this.key || !draft.iv || !draft.sealed) return null;
    try {
      const iv = bytes(atob(draft.iv));
      const plain = await crypto.subtle.decrypt({ name: "AES-GCM", iv }, await this.key, bytes(atob(draft.sealed)));
      return JSON.parse(new TextDecoder().decode(plain));
    } catch {
      return null; // sealed under a key that is not ours any more
    }
  }
}

export function random() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((each) => each.toString(16).padStart(2, "0")).join("");
}

/** @param {string} tab */
const lockOf = (tab) => `anju-tab:${tab}`;

/**
 * @param {string} tab
 * @returns {Promise<boolean>}
 */
async function hold(tab) {
  if (!navigator.locks) return true;
  return new Promise((told) =>
    navigator.locks.request(lockOf(tab), { ifAvailable: true }, (lock) => {
      told(Boolean(lock));
      return lock ? new Promise(() => {}) : undefined;
    }),
  );
}

async function openTabs() {
  const { held = [] } = navigator.locks ? await navigator.locks.query() : { held: [] };
  return new Set(held.map((each) => each.name?.replace("anju-tab:", "")));
}

/**
 * @param {Storage} storage
 * @returns {Kept[]}
 */
function items(storage) {
  return Object.keys(storage)
    .filter((name) => name.startsWith(PREFIX))
    .map((name) => read(storage, name))
    .filter(Boolean);
}

/**
 * @param {Storage} storage
 * @param {string} name
 */
function read(storage, name) {
  try {
    return JSON.parse(storage.getItem(name) ?? "null");
  } catch {
    return null;
  }
}

/**
 * @param {Storage} storage
 * @param {Kept} draft
 */
function write(storage, draft) {
  try {
    storage.setItem(PREFIX + draft.id, JSON.stringify(draft));
  } catch {
    // Full, or forbidden by the browser: then there is no draft, and the form works as it always did.
  }
}

/** @returns {string[]} */
const done = () => read(localStorage, DONE) ?? [];

/** @param {string} text */
const bytes = (text) => Uint8Array.from(text, (character) => character.charCodeAt(0));

/** @param {Uint8Array} array */
const base64 = (array) => btoa(Array.from(array, (each) => String.fromCharCode(each)).join(""));
