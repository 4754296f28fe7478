// The drill year: dragging a mark to another month opens a small form with the date; the server says what speaks against it.
import { around, control, one, perhaps, told } from "./page.js";

const table = perhaps(document, "[data-year]");
const dialog = perhaps(document, "[data-move-dialog]", HTMLDialogElement);
if (table && dialog) start(table, dialog);

/**
 * @param {HTMLElement} table
 * @param {HTMLDialogElement} dialog
 */
function start(table, dialog) {
  /** @type {HTMLElement | null} */
  let dragged = null;
  table.addEventListener("dragstart", (event) => {
    dragged = around(event, "[data-move]");
    if (dragged && event.dataTransfer) event.dataTransfer.effectAllowed = "move";
  });
  table.addEventListener("dragend", () => mark(null));
  table.addEventListener("dragover", (event) => {
    const cell = cellOf(event);
    if (!cell) return;
    event.preventDefault();
    mark(cell);
  });
  table.addEventListener("drop", (event) => {
    const cell = cellOf(event);
    if (!dragged || !cell) return;
    event.preventDefault();
    ask(dragged, Number(cell.dataset.month));
  });
  one(dialog, "[data-close]").addEventListener("click", () => dialog.close());

  /**
   * A drill stays in the row of its plan.
   * @param {DragEvent} event
   */
  function cellOf(event) {
    const cell = around(event, "[data-month]");
    return dragged && cell && cell.parentElement === dragged.closest("tr") ? cell : null;
  }

  /** @param {HTMLElement | null} cell */
  function mark(cell) {
    table.querySelector(".drop-here")?.classList.remove("drop-here");
    cell?.classList.add("drop-here");
  }

  /**
   * @param {HTMLElement} drill
   * @param {number} month
   */
  function ask(drill, month) {
    const form = one(dialog, "form", HTMLFormElement);
    form.action = told(drill, "move");
    control(form, "version").value = told(drill, "version");
    control(form, "to").value = sameDay(told(table, "year"), month, told(drill, "day"));
    dialog.showModal();
    control(form, "to").focus();
  }
}

/**
 * The same day in that month; the 28th where not every month has it.
 * @param {string} year
 * @param {number} month
 * @param {string} day `2026-03-31`
 */
export function sameDay(year, month, day) {
  const shown = Math.min(Number(day.slice(8)), 28);
  return `${year}-${String(month).padStart(2, "0")}-${String(shown).padStart(2, "0")}`;
}
