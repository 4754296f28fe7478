// Forms marked data-guard do not lose what was typed without asking.

export function askBeforeLeaving() {
  for (const form of document.querySelectorAll("form[data-guard]")) {
    let dirty = false;
    form.addEventListener("input", () => (dirty = true));
    form.addEventListener("submit", () => (dirty = false));
    addEventListener("beforeunload", (event) => dirty && event.preventDefault());
  }
}
