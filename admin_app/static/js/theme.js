// Light or dark, remembered in a cookie so that the server can write it into the page and nothing flickers.
import { perhaps } from "./page.js";

const YEAR = 365 * 24 * 60 * 60;

/** @param {HTMLElement} root */
function isDark(root) {
  if (root.dataset.theme !== "auto") return root.dataset.theme === "dark";
  return matchMedia("(prefers-color-scheme: dark)").matches;
}

export function switchTheme() {
  const root = document.documentElement;
  perhaps(document, "[data-theme-switch]")?.addEventListener("click", () => {
    root.dataset.theme = isDark(root) ? "light" : "dark";
    const secure = location.protocol === "https:" ? "; Secure" : "";
    // biome-ignore lint/suspicious/noDocumentCookie: the cookie store is not in every browser, and only from https
    document.cookie = `theme=${root.dataset.theme}; Path=/; Max-Age=${YEAR}; SameSite=Lax${secure}`;
  });
}
