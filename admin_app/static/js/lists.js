// Filter bars that reload when a choice changes, and tick boxes for bulk verbs.
import { all, one, told } from "./page.js";

export function listBehaviour() {
  for (const form of all(document, "form[data-auto-submit]", HTMLFormElement)) autoSubmit(form);
  for (const form of all(document, "form[data-bulk]", HTMLFormElement)) bulk(form);
}

/** @param {HTMLFormElement} form */
function autoSubmit(form) {
  for (const button of all(form, "[data-without-script]")) button.hidden = true;
  form.addEventListener("change", (event) => {
    if (event.target instanceof Element && event.target.matches("select, [type=date]")) form.requestSubmit();
  });
  // What is empty does not belong into the address.
  form.addEventListener("formdata", (event) => {
    for (const [name, value] of [...event.formData]) if (value === "") event.formData.delete(name);
  });
}

/** @param {HTMLFormElement} form */
function bulk(form) {
  const every = one(form, "[data-tick-all]", HTMLInputElement);
  const ticks = all(form, "[name=rowid]", HTMLInputElement);
  const verbs = all(form, "[name=verb]", HTMLButtonElement);
  const update = () => {
    const chosen = ticks.filter((tick) => tick.checked).length;
    every.checked = chosen > 0 && chosen === ticks.length;
    every.indeterminate = chosen > 0 && chosen < ticks.length;
    for (const verb of verbs) {
      verb.disabled = chosen === 0;
      verb.dataset.confirm = told(verb, "asks").replace("{n}", String(chosen));
    }
  };
  every.addEventListener("change", () => {
    for (const tick of ticks) tick.checked = every.checked;
    update();
  });
  form.addEventListener("change", update);
  update();
}
