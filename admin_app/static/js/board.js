// The board: a card dropped on a column is the verb that leads there. Without a mouse there are the buttons.
import { around, control, one, perhaps, told } from "./page.js";

const board = perhaps(document, "[data-board]");
if (board) start(board);

/** @param {HTMLElement} board */
function start(board) {
  /** @type {HTMLElement | null} */
  let card = null;
  board.addEventListener("dragstart", (event) => {
    card = around(event, ".board-card");
    if (card && event.dataTransfer) event.dataTransfer.effectAllowed = "move";
  });
  board.addEventListener("dragend", () => mark(null));
  board.addEventListener("dragover", (event) => {
    const column = target(event);
    mark(column);
    if (column) event.preventDefault();
  });
  board.addEventListener("drop", (event) => {
    const column = target(event);
    if (!card || !column) return;
    event.preventDefault();
    carryOut(card, verbTo(card, column));
  });

  /** @param {DragEvent} event */
  function target(event) {
    const column = around(event, "[data-state]");
    return card && column && verbTo(card, column) ? column : null;
  }

  /** @param {HTMLElement | null} column */
  function mark(column) {
    board.querySelector(".drop-here")?.classList.remove("drop-here");
    column?.classList.add("drop-here");
  }
}

/**
 * @param {HTMLElement} card
 * @param {HTMLElement} column
 * @returns {string}
 */
export function verbTo(card, column) {
  return JSON.parse(told(card, "moves"))[told(column, "state")] ?? "";
}

/**
 * @param {HTMLElement} card
 * @param {string} verb
 */
async function carryOut(card, verb) {
  // A checklist cannot be filled in by dropping a card: its page has the form.
  if (verb === "complete") return location.assign(told(card, "page"));
  const reason = verb === "pause" ? await why() : "";
  if (reason === null) return;
  const form = one(document, "[data-move-form]", HTMLFormElement);
  form.action = `${told(card, "page")}/${verb}`;
  control(form, "version").value = told(card, "version");
  control(form, "reason").value = reason;
  form.submit();
}

/** @returns {Promise<string | null>} */
function why() {
  const dialog = one(document, "[data-reason-dialog]", HTMLDialogElement);
  const text = one(dialog, "textarea", HTMLTextAreaElement);
  text.value = "";
  dialog.showModal();
  return new Promise((resolve) => {
    const done = () => resolve(dialog.returnValue === "yes" ? text.value : null);
    dialog.addEventListener("close", done, { once: true });
  });
}
