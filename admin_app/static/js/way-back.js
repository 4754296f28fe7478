// The way back from a record leads to the list as it was left in this tab: filters, page, and how far it was scrolled.

import { all } from "./page.js";

const LIST = "anju-list:";
const RETURN = "anju-return";

export function wayBack() {
  const crumbs = all(document, "a.crumb", HTMLAnchorElement);
  crumbs.forEach(lead);
  if (crumbs.length) return;
  scrollAsLeft();
  addEventListener("pagehide", () => keep(location.pathname, { search: withoutLanguage(location.search), y: scrollY }));
}

/** @param {HTMLAnchorElement} crumb */
function lead(crumb) {
  const path = crumb.pathname;
  const from = document.referrer ? new URL(document.referrer) : null;
  // A record in a tab of its own knows only whence it was opened.
  if (from?.origin === location.origin && from.pathname === path && !left(path))
    keep(path, { search: withoutLanguage(from.search), y: 0 });
  const list = left(path);
  if (list) crumb.search = list.search;
  crumb.addEventListener("click", () => sessionStorage.setItem(RETURN, path));
}

function scrollAsLeft() {
  const wanted = sessionStorage.getItem(RETURN) === location.pathname;
  sessionStorage.removeItem(RETURN);
  const list = wanted ? left(location.pathname) : null;
  if (list && list.search === withoutLanguage(location.search)) scrollTo(0, list.y);
}

/** @typedef {{search: string, y: number}} Left how a list was left */

/** @type {(path: string, list: Left) => void} */
const keep = (path, list) => sessionStorage.setItem(LIST + path, JSON.stringify(list));

/** @type {(path: string) => Left | null} */
const left = (path) => JSON.parse(sessionStorage.getItem(LIST + path) ?? "null");

/** @param {string} search */
export function withoutLanguage(search) {
  const values = new URLSearchParams(search);
  values.delete("lang");
  return values.size ? `?${values}` : "";
}
