// The editor of content. It makes a form quicker to fill in; what counts is decided by the server.
import { fieldBehaviour } from "./content-fields.js";
import { pickers } from "./content-pickers.js";
import { rowBehaviour } from "./content-rows.js";
import { all, perhaps } from "./page.js";

for (const form of all(document, "form[data-content-form]", HTMLFormElement)) {
  fieldBehaviour(form);
  pickers(form);
  rowBehaviour(form, (row) => {
    fieldBehaviour(row);
    pickers(row);
  });
  showUnsaved(form);
}
toFirstMistake();

/** @param {HTMLFormElement} form */
function showUnsaved(form) {
  const sign = perhaps(form, "[data-unsaved]");
  if (!sign) return;
  sign.hidden = form.dataset.guard !== "typed";
  form.addEventListener("input", () => {
    sign.hidden = false;
  });
}

function toFirstMistake() {
  const wrong = perhaps(document, ".field.wrong, .rows > .mistake");
  if (!wrong) return;
  wrong.scrollIntoView({ block: "center" });
  perhaps(wrong, "input:not([type=hidden]), select, textarea")?.focus({ preventScroll: true });
}
