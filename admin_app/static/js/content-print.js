// Buttons that print the page.
import { all } from "./page.js";

for (const button of all(document, "[data-print]")) button.addEventListener("click", () => print());
