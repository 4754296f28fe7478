// The side navigation on narrow screens, and menus that close when one looks elsewhere.
import { all, one, perhaps } from "./page.js";

export function navigation() {
  const toggle = perhaps(document, "[data-nav-toggle]");
  if (!toggle) return;
  /** @param {boolean} open */
  const show = (open) => {
    document.body.dataset.nav = open ? "open" : "";
    toggle.setAttribute("aria-expanded", String(open));
  };
  toggle.addEventListener("click", () => show(document.body.dataset.nav !== "open"));
  perhaps(document, "[data-nav-close]")?.addEventListener("click", () => show(false));
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") show(false);
  });
}

export function menus() {
  const open = () => all(document, "details.menu[open]", HTMLDetailsElement);
  document.addEventListener("click", (event) => {
    // By the way that the click took: a row that removes itself is in no menu any more when it is asked for.
    const way = event.composedPath();
    for (const menu of open()) if (!way.includes(menu)) menu.open = false;
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of open()) {
      menu.open = false;
      one(menu, "summary").focus();
    }
  });
}
