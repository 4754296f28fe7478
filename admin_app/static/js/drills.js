// The drill year: dragging a mark to another month opens a small form with the date; the server says what speaks against it.

const table = document.querySelector("[data-year]");
const dialog = document.querySelector("[data-move-dialog]");
if (table && dialog) start();

function start() {
  let dragged = null;
  table.addEventListener("dragstart", (event) => {
    dragged = event.target.closest("[data-move]");
    if (dragged) event.dataTransfer.effectAllowed = "move";
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
    if (!cell) return;
    event.preventDefault();
    ask(dragged, Number(cell.dataset.month));
  });
  dialog.querySelector("[data-close]").addEventListener("click", () => dialog.close());

  // A drill stays in the row of its plan.
  function cellOf(event) {
    const cell = event.target.closest("[data-month]");
    return dragged && cell && cell.parentElement === dragged.closest("tr") ? cell : null;
  }

  function mark(cell) {
    table.querySelector(".drop-here")?.classList.remove("drop-here");
    cell?.classList.add("drop-here");
  }

  function ask(drill, month) {
    const form = dialog.querySelector("form");
    const day = Math.min(Number(drill.dataset.day.slice(8)), 28);
    form.action = drill.dataset.move;
    form.elements.version.value = drill.dataset.version;
    form.elements.to.value = `${table.dataset.year}-${String(month).padStart(2, "0")}-${String(day).padStart(2, "0")}`;
    dialog.showModal();
    form.elements.to.focus();
  }
}
