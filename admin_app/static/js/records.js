// Small forms of verbs: one is open at a time, and the cursor is in its first field.
import { fieldBehaviour } from "./content-fields.js";
import { pickers } from "./content-pickers.js";
import { rowBehaviour } from "./content-rows.js";
import { all, one, perhaps } from "./page.js";

for (const form of all(document, "form.verb-card", HTMLFormElement)) {
  fieldBehaviour(form);
  pickers(form);
  rowBehaviour(form, (row) => {
    fieldBehaviour(row);
    pickers(row);
  });
}

const FIRST = ".verb-card input:not([type=hidden]), .verb-card select, .verb-card textarea";

for (const verb of all(document, "details.verb", HTMLDetailsElement)) {
  verb.addEventListener("toggle", () => {
    if (!verb.open) return;
    for (const other of all(document, "details.verb[open]", HTMLDetailsElement)) if (other !== verb) other.open = false;
    keepInside(one(verb, ".verb-card"));
    perhaps(verb, FIRST)?.focus();
  });
  if (verb.open) keepInside(one(verb, ".verb-card"));
}

/**
 * A card of a button on the left would otherwise leave the window.
 * @param {HTMLElement} card
 */
function keepInside(card) {
  card.classList.remove("from-left");
  if (card.getBoundingClientRect().left < 8) card.classList.add("from-left");
}
