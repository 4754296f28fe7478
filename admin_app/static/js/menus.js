// The side navigation on narrow screens, and menus that close when one looks elsewhere.

export function navigation() {
  const toggle = document.querySelector("[data-nav-toggle]");
  if (!toggle) return;
  const show = (open) => {
    document.body.dataset.nav = open ? "open" : "";
    toggle.setAttribute("aria-expanded", String(open));
  };
  toggle.addEventListener("click", () => show(document.body.dataset.nav !== "open"));
  document.querySelector("[data-nav-close]")?.addEventListener("click", () => show(false));
  document.addEventListener("keydown", (event) => event.key === "Escape" && show(false));
}

export function menus() {
  const open = () => document.querySelectorAll("details.menu[open]");
  document.addEventListener("click", (event) => {
    for (const menu of open()) if (!menu.contains(event.target)) menu.open = false;
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of open()) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });
}
