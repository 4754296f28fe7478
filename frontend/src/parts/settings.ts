/** How this tablet likes to be held and looked at. Kept on the tablet and about nobody, so it is not encrypted. */

import { effect, signal } from "@preact/signals";
import { type Language, language } from "../words";

export type Hand = "right" | "left";
export type Theme = "auto" | "light" | "dark";

export const hand = signal<Hand>("right");
export const theme = signal<Theme>("auto");

const STORED = "anju.display";

interface Stored {
  language: Language;
  hand: Hand;
  theme: Theme;
}

/** Reads what was chosen before and shows it; from then on every choice is kept. */
export function showSettings(): void {
  const kept = read();
  language.value = kept.language ?? (navigator.language.startsWith("en") ? "en" : "zh");
  hand.value = kept.hand ?? "right";
  theme.value = kept.theme ?? "auto";
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const show = () => apply(dark.matches);
  dark.addEventListener("change", show);
  effect(() => {
    const chosen: Stored = { language: language.value, hand: hand.value, theme: theme.value };
    localStorage.setItem(STORED, JSON.stringify(chosen));
    show();
  });
}

function apply(systemIsDark: boolean): void {
  const root = document.documentElement;
  const isDark = theme.peek() === "dark" || (theme.peek() === "auto" && systemIsDark);
  root.dataset.theme = isDark ? "dark" : "light";
  root.classList.toggle("hand-left", hand.peek() === "left");
  root.lang = language.peek() === "en" ? "en" : "zh-CN";
}

function read(): Partial<Stored> {
  try {
    return JSON.parse(localStorage.getItem(STORED) ?? "{}");
  } catch {
    // Written by hand or by an older version: the defaults are as good.
    return {};
  }
}
