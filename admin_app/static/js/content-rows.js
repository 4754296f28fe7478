// Rows of a list: add, remove, move. The server takes rows in the order of the form, so numbers need only be different.

let next = 1000;

export function rowBehaviour(form, prepare) {
  form.querySelectorAll("[data-rows]").forEach(number);
  form.addEventListener("draft:rows", (event) => restore(form, event.detail, prepare));
  form.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    const row = button.closest("[data-row]");
    if (button.matches("[data-add-row]")) add(button.closest("[data-rows]"), prepare);
    else if (button.matches("[data-fold]")) fold(button);
    else if (button.matches("[data-remove]")) remove(row);
    else if (button.matches("[data-up]")) move(row, row.previousElementSibling, "before");
    else if (button.matches("[data-down]")) move(row, row.nextElementSibling, "after");
  });
}

function add(rows, prepare) {
  // A row that is added among hidden ones would be hidden too.
  rows.classList.remove("folded");
  const row = append(rows, next++, prepare);
  number(rows);
  row.querySelector("input:not([type=hidden]), select, textarea")?.focus();
  changed(rows);
}

function append(rows, place, prepare) {
  const blank = rows.querySelector(":scope > template[data-blank]");
  const holder = document.createElement("template");
  holder.innerHTML = blank.innerHTML.replaceAll(rows.dataset.mark, String(place));
  const row = holder.content.firstElementChild;
  rows.querySelector(":scope > [data-row-list]").append(row);
  row.querySelectorAll("[data-rows]").forEach(number);
  prepare(row);
  return row;
}

/** The rows that a draft has, in its order; rows within rows too. */
function restore(form, entries, prepare) {
  const done = new Set();
  let rows;
  while ((rows = [...form.querySelectorAll("[data-rows]")].find((each) => !done.has(each)))) {
    done.add(rows);
    likeDraft(rows, entries, prepare);
  }
}

function likeDraft(rows, entries, prepare) {
  const start = `${rows.dataset.rows}.`;
  const placeOf = (name) => (name.startsWith(start) ? name.slice(start.length).split(".")[0] : null);
  const wanted = new Set(entries.map(([name]) => placeOf(name)).filter((place) => /^\d+$/.test(place ?? "")));
  const list = rows.querySelector(":scope > [data-row-list]");
  const standing = new Map([...list.children].map((row) => [placeOf(row.querySelector("[name]")?.name ?? ""), row]));
  for (const [place, row] of standing) if (!wanted.has(place)) row.remove();
  for (const place of wanted) {
    next = Math.max(next, Number(place) + 1);
    list.append(standing.get(place) ?? append(rows, place, prepare));
  }
  number(rows);
}

function remove(row) {
  const rows = row.closest("[data-rows]");
  row.remove();
  number(rows);
  changed(rows);
}

function move(row, other, where) {
  if (!other) return;
  other[where](row);
  number(row.closest("[data-rows]"));
  changed(row);
}

function fold(button) {
  button.closest("[data-rows]").classList.toggle("folded");
}

function number(rows) {
  const list = rows.querySelectorAll(":scope > [data-row-list] > [data-row]");
  list.forEach((row, place) => (row.querySelector("[data-number]").textContent = place + 1));
  rows.querySelector("[data-count]").textContent = list.length;
}

const changed = (element) => element.dispatchEvent(new Event("input", { bubbles: true }));
