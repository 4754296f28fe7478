// A field for files says which were chosen, and shows where one would be dropped.

export function fileFields() {
  for (const field of document.querySelectorAll(".file-field")) {
    const input = field.querySelector("input");
    const said = field.querySelector("[data-chosen]");
    const untouched = said.textContent;
    const show = () => {
      const names = [...input.files].map((file) => file.name);
      said.textContent =
        names.length > 1 ? said.dataset.chosen.replace("%s", names.length) : names[0] || untouched;
    };
    input.addEventListener("change", show);
    for (const name of ["dragenter", "dragover"]) input.addEventListener(name, () => field.classList.add("dropping"));
    for (const name of ["dragleave", "drop"]) input.addEventListener(name, () => field.classList.remove("dropping"));
  }
}
