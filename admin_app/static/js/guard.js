// Forms marked data-guard do not lose what was typed without asking; data-guard="typed" holds what was refused already.
import { all } from "./page.js";

export function askBeforeLeaving() {
  for (const form of all(document, "form[data-guard]")) {
    let dirty = form.dataset.guard === "typed";
    form.addEventListener("input", () => {
      dirty = true;
    });
    for (const name of ["submit", "draft:discarded"])
      form.addEventListener(name, () => {
        dirty = false;
      });
    addEventListener("beforeunload", (event) => dirty && event.preventDefault());
  }
}
