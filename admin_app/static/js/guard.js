// Forms marked data-guard do not lose what was typed without asking; data-guard="typed" holds what was refused already.

export function askBeforeLeaving() {
  for (const form of document.querySelectorAll("form[data-guard]")) {
    let dirty = form.dataset.guard === "typed";
    form.addEventListener("input", () => (dirty = true));
    form.addEventListener("submit", () => (dirty = false));
    form.addEventListener("draft:discarded", () => (dirty = false));
    addEventListener("beforeunload", (event) => dirty && event.preventDefault());
  }
}
