// Small forms of verbs: one is open at a time, and the cursor is in its first field.

for (const verb of document.querySelectorAll("details.verb")) {
  verb.addEventListener("toggle", () => {
    if (!verb.open) return;
    for (const other of document.querySelectorAll("details.verb[open]")) if (other !== verb) other.open = false;
    keepInside(verb.querySelector(".verb-card"));
    verb.querySelector(".verb-card input:not([type=hidden]), .verb-card select, .verb-card textarea")?.focus();
  });
  if (verb.open) keepInside(verb.querySelector(".verb-card"));
}

// A card of a button on the left would otherwise leave the window.
function keepInside(card) {
  card.classList.remove("from-left");
  if (card.getBoundingClientRect().left < 8) card.classList.add("from-left");
}
