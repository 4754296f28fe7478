// The board: a card dropped on a column is the verb that leads there. Without a mouse there are the buttons.

const board = document.querySelector("[data-board]");
const form = document.querySelector("[data-move-form]");
const dialog = document.querySelector("[data-reason-dialog]");
if (board) start();

function start() {
  let card = null;
  board.addEventListener("dragstart", (event) => {
    card = event.target.closest(".board-card");
    if (card) event.dataTransfer.effectAllowed = "move";
  });
  board.addEventListener("dragend", () => mark(null));
  board.addEventListener("dragover", (event) => {
    const column = target(event);
    mark(column);
    if (column) event.preventDefault();
  });
  board.addEventListener("drop", (event) => {
    const column = target(event);
    if (!column) return;
    event.preventDefault();
    carryOut(card, verbTo(column));
  });

  function target(event) {
    const column = event.target.closest("[data-state]");
    return card && column && verbTo(column) ? column : null;
  }

  function verbTo(column) {
    return JSON.parse(card.dataset.moves)[column.dataset.state];
  }

  function mark(column) {
    board.querySelector(".drop-here")?.classList.remove("drop-here");
    column?.classList.add("drop-here");
  }
}

async function carryOut(card, verb) {
  // A checklist cannot be filled in by dropping a card: its page has the form.
  if (verb === "complete") return location.assign(card.dataset.page);
  const reason = verb === "pause" ? await why() : "";
  if (reason === null) return;
  form.action = `${card.dataset.page}/${verb}`;
  form.elements.version.value = card.dataset.version;
  form.elements.reason.value = reason;
  form.submit();
}

function why() {
  const text = dialog.querySelector("textarea");
  text.value = "";
  dialog.showModal();
  return new Promise((resolve) => {
    const done = () => resolve(dialog.returnValue === "yes" ? text.value : null);
    dialog.addEventListener("close", done, { once: true });
  });
}
