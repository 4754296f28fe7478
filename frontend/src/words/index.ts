import { computed, signal } from "@preact/signals";
import { en } from "./en";
import { zh } from "./zh";

export type Language = "zh" | "en";
export type Key = keyof typeof zh;
/** Content of the back office has both languages; what people typed has one. */
export type Named = string | { zh?: string | null; en?: string | null } | null | undefined;

const BOOKS: Record<Language, Record<Key, string>> = { zh, en };
const PLACEHOLDER = /\{(\w+)\}/g;

/** The reader's language. Kept by the tablet, not by the person: it stands on the lock screen already. */
export const language = signal<Language>("zh");
const book = computed(() => BOOKS[language.value]);

/** The sentence in the reader's language with its values filled in. */
export function t(key: Key, values: Record<string, string | number> = {}): string {
  return book.value[key].replace(PLACEHOLDER, (_, name: string) => String(values[name] ?? ""));
}

/** A name from content: the reader's language, else the other one, else nothing. */
export function say(name: Named): string {
  if (!name) return "";
  if (typeof name === "string") return name;
  return (language.value === "en" ? name.en || name.zh : name.zh || name.en) ?? "";
}

/** `t` for a word that belongs to a code, such as a state; an unknown code is shown as it is. */
export function word(prefix: string, code: string): string {
  const key = `${prefix}.${code}`;
  return key in zh ? t(key as Key) : code;
}
