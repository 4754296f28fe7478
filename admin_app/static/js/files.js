// A field for files says which were chosen, and shows where one would be dropped.
import { all, one, told } from "./page.js";

export function fileFields() {
  for (const field of all(document, ".file-field")) {
    const input = one(field, "input", HTMLInputElement);
    const said = one(field, "[data-chosen]");
    const untouched = said.textContent ?? "";
    input.addEventListener("change", () => {
      said.textContent =
        chosen(
          [...(input.files ?? [])].map((file) => file.name),
          told(said, "chosen"),
        ) || untouched;
    });
    for (const name of ["dragenter", "dragover"]) input.addEventListener(name, () => field.classList.add("dropping"));
    for (const name of ["dragleave", "drop"]) input.addEventListener(name, () => field.classList.remove("dropping"));
  }
}

/**
 * The name of the one file, or how many there are; empty for none.
 * @param {string[]} names
 * @param {string} words with `%s` for how many
 */
export const chosen = (names, words) =>
  names.length > 1 ? words.replace("%s", String(names.length)) : (names[0] ?? "");
