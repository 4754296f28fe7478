// The editor of content. It makes a form quicker to fill in; what counts is decided by the server.
import { fieldBehaviour } from "./content-fields.js";
import { pickers } from "./content-pickers.js";
import { rowBehaviour } from "./content-rows.js";

for (const form of document.querySelectorAll("form[data-content-form]")) {
  fieldBehaviour(form);
  pickers(form);
  rowBehaviour(form, (row) => {
    fieldBehaviour(row);
    pickers(row);
  });
  showUnsaved(form);
}
toFirstMistake();

function showUnsaved(form) {
  const sign = form.querySelector("[data-unsaved]");
  if (!sign) return;
  sign.hidden = form.dataset.guard !== "typed";
  form.addEventListener("input", () => (sign.hidden = false));
}

function toFirstMistake() {
  const wrong = document.querySelector(".field.wrong, .rows > .mistake");
  wrong?.scrollIntoView({ block: "center" });
  wrong?.querySelector("input:not([type=hidden]), select, textarea")?.focus({ preventScroll: true });
}
