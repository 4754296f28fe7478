// "/" goes to the search box, unless one is typing already.
import { around, perhaps } from "./page.js";

const TYPING = "input, textarea, select, [contenteditable]";

export function listenToKeys() {
  const box = perhaps(document, "[data-search]", HTMLInputElement);
  if (!box) return;
  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || around(event, TYPING)) return;
    event.preventDefault();
    box.focus();
    box.select();
  });
}
