// While a file is read or written, say so and let nobody send it twice.
import { all, perhaps } from "./page.js";

for (const form of all(document, "form[data-progress]")) {
  form.addEventListener("submit", () => {
    const note = perhaps(form, ".progress-note");
    if (note) note.hidden = false;
    // Only after the form has been read: what a button says is sent with it, but not while it is disabled.
    setTimeout(() => {
      for (const button of all(form, "button", HTMLButtonElement)) button.disabled = true;
    });
  });
}
