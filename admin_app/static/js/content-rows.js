// Rows of a list: add, remove, move. The server takes rows in the order of the form, so numbers need only be different.
import { all, around, changed, one, perhaps, told } from "./page.js";

/** @typedef {(row: HTMLElement) => void} Prepare makes a new row ready */
/** @typedef {[name: string, value: string][]} Entries */

let next = 1000;

/**
 * @param {HTMLFormElement} form
 * @param {Prepare} prepare
 */
export function rowBehaviour(form, prepare) {
  for (const rows of all(form, "[data-rows]")) number(rows);
  form.addEventListener("draft:rows", (event) => {
    restore(form, /** @type {CustomEvent<Entries>} */ (event).detail, prepare);
  });
  form.addEventListener("click", (event) => {
    const button = around(event, "button");
    const rows = button?.closest("[data-rows]");
    if (button && rows instanceof HTMLElement) press(button, rows, prepare);
  });
}

/**
 * @param {HTMLElement} button
 * @param {HTMLElement} rows
 * @param {Prepare} prepare
 */
function press(button, rows, prepare) {
  const row = button.closest("[data-row]");
  if (button.matches("[data-add-row]")) add(rows, prepare);
  else if (button.matches("[data-fold]")) rows.classList.toggle("folded");
  else if (!row) return;
  else if (button.matches("[data-remove]")) {
    row.remove();
    renumbered(rows);
  } else if (button.matches("[data-up]") && row.previousElementSibling) {
    row.previousElementSibling.before(row);
    renumbered(rows);
  } else if (button.matches("[data-down]") && row.nextElementSibling) {
    row.nextElementSibling.after(row);
    renumbered(rows);
  }
}

/**
 * @param {HTMLElement} rows
 * @param {Prepare} prepare
 */
function add(rows, prepare) {
  // A row that is added among hidden ones would be hidden too.
  rows.classList.remove("folded");
  const row = append(rows, String(next++), prepare);
  number(rows);
  perhaps(row, "input:not([type=hidden]), select, textarea")?.focus();
  changed(rows);
}

/**
 * @param {HTMLElement} rows
 * @param {string} place
 * @param {Prepare} prepare
 */
function append(rows, place, prepare) {
  const holder = document.createElement("template");
  holder.innerHTML = one(rows, ":scope > template[data-blank]").innerHTML.replaceAll(told(rows, "mark"), place);
  const row = one(holder.content, "[data-row]");
  listOf(rows).append(row);
  for (const inner of all(row, "[data-rows]")) number(inner);
  prepare(row);
  return row;
}

/** @param {HTMLElement} rows */
const listOf = (rows) => one(rows, ":scope > [data-row-list]");

/**
 * The rows that a draft has, in its order; rows within rows too.
 * @param {HTMLFormElement} form
 * @param {Entries} entries
 * @param {Prepare} prepare
 */
function restore(form, entries, prepare) {
  const done = new Set();
  const open = () => all(form, "[data-rows]").find((each) => !done.has(each));
  for (let rows = open(); rows; rows = open()) {
    done.add(rows);
    likeDraft(rows, entries, prepare);
  }
}

/**
 * @param {HTMLElement} rows
 * @param {Entries} entries
 * @param {Prepare} prepare
 */
function likeDraft(rows, entries, prepare) {
  const path = told(rows, "rows");
  const wanted = rowsNamed(path, entries);
  const list = listOf(rows);
  const standing = new Map(
    all(list, ":scope > [data-row]").map((row) => [
      rowOf(path, perhaps(row, "[name]")?.getAttribute("name") ?? ""),
      row,
    ]),
  );
  for (const [place, row] of standing) if (!wanted.includes(place)) row.remove();
  for (const place of wanted) {
    next = Math.max(next, Number(place) + 1);
    list.append(standing.get(place) ?? append(rows, place, prepare));
  }
  number(rows);
}

/**
 * Which rows of the list at `path` have something in a draft, in its order.
 * @param {string} path
 * @param {Entries} entries
 */
export function rowsNamed(path, entries) {
  const places = entries.map(([name]) => rowOf(path, name));
  return [...new Set(places.filter((place) => /^\d+$/.test(place)))];
}

/**
 * `3` of `steps.3.name`, in the list `steps`; empty for what is elsewhere.
 * @param {string} path
 * @param {string} name
 */
const rowOf = (path, name) => (name.startsWith(`${path}.`) ? (name.slice(path.length + 1).split(".")[0] ?? "") : "");

/** @param {HTMLElement} rows */
function renumbered(rows) {
  number(rows);
  changed(rows);
}

/** @param {HTMLElement} rows */
function number(rows) {
  const list = all(rows, ":scope > [data-row-list] > [data-row]");
  list.forEach((row, place) => {
    one(row, "[data-number]").textContent = String(place + 1);
  });
  one(rows, "[data-count]").textContent = String(list.length);
}
