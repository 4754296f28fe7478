// Rows of a list: add, remove, move. The server takes rows in the order of the form, so numbers need only be different.

let next = 1000;

export function rowBehaviour(form, prepare) {
  form.querySelectorAll("[data-rows]").forEach(number);
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
  const blank = rows.querySelector(":scope > template[data-blank]");
  const holder = document.createElement("template");
  holder.innerHTML = blank.innerHTML.replaceAll(rows.dataset.mark, String(next++));
  const row = holder.content.firstElementChild;
  rows.querySelector(":scope > [data-row-list]").append(row);
  row.querySelectorAll("[data-rows]").forEach(number);
  prepare(row);
  number(rows);
  row.querySelector("input:not([type=hidden]), select, textarea")?.focus();
  changed(rows);
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
