// <combo-box><input></combo-box>: a text box with a list of what fits. Arrows move, Enter takes, Escape closes; what is
// typed and not taken is nobody's choice. Without this script it is a text box.
import { make, one } from "./page.js";

/**
 * Where the options come from, and what becomes of them.
 * @template T
 * @typedef {object} Offer
 * @property {(text: string) => Promise<T[] | undefined> | T[]} find what fits; `undefined` leaves the list as it is
 * @property {(option: T) => (Node | string)[]} show
 * @property {(option: T) => void} take
 * @property {string} none said where nothing fits
 * @property {boolean} [unasked] whether the list opens before anything is typed
 * @property {() => void} [closed]
 */

let unnamed = 0;

export class ComboBox extends HTMLElement {
  /** @type {Offer<any> | undefined} */
  #offer;
  /** @type {any[]} */
  options = [];
  active = -1;
  asked = 0;

  get offer() {
    return this.#offer;
  }

  /** From here on it is more than a text box. */
  set offer(offer) {
    this.#offer = offer;
    if (!this.list) this.begin();
  }

  begin() {
    this.box = one(this, "input", HTMLInputElement);
    this.list = make("ul", "options");
    this.list.id = this.box.id ? `${this.box.id}-list` : `options-${unnamed++}`;
    this.list.setAttribute("role", "listbox");
    this.list.hidden = true;
    this.append(this.list);
    this.box.setAttribute("role", "combobox");
    this.box.setAttribute("aria-autocomplete", "list");
    this.box.setAttribute("aria-controls", this.list.id);
    this.box.setAttribute("aria-expanded", "false");
    this.box.addEventListener("input", () => this.open());
    this.box.addEventListener("focus", () => this.offer?.unasked && this.open(""));
    this.box.addEventListener("blur", () => this.close());
    this.box.addEventListener("keydown", (event) => this.press(event));
  }

  get isOpen() {
    return this.list?.hidden === false;
  }

  /** Show what fits the text; an answer that was overtaken by another question is dropped. */
  async open(text = this.box?.value ?? "") {
    const mine = ++this.asked;
    if (!this.offer || (!text.trim() && !this.offer.unasked)) return this.fold();
    const found = await Promise.resolve(this.offer.find(text)).catch(() => undefined);
    if (mine === this.asked && found) this.spread(found);
  }

  /** @param {any[]} found */
  spread(found) {
    this.options = found;
    const lines = found.map((option, place) => this.line(option, place));
    this.list?.replaceChildren(...(lines.length ? lines : [make("li", "none", this.offer?.none)]));
    if (this.list) this.list.hidden = false;
    this.box?.setAttribute("aria-expanded", "true");
    this.mark(found.length ? 0 : -1);
  }

  /**
   * @param {any} option
   * @param {number} place
   */
  line(option, place) {
    const line = make("li");
    line.id = `${this.list?.id}-${place}`;
    line.setAttribute("role", "option");
    line.append(...(this.offer?.show(option) ?? []));
    // Before the box loses the cursor, and with it the list.
    line.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      this.take(option);
    });
    return line;
  }

  /** @param {number} place */
  mark(place) {
    this.active = place;
    const lines = [...(this.list?.children ?? [])];
    for (const [n, line] of lines.entries()) line.setAttribute("aria-selected", String(n === place));
    const line = lines[place];
    if (!line || place < 0) return this.box?.removeAttribute("aria-activedescendant");
    this.box?.setAttribute("aria-activedescendant", line.id);
    line.scrollIntoView({ block: "nearest" });
  }

  /** @param {any} option */
  take(option) {
    this.offer?.take(option);
    this.close();
  }

  close() {
    this.asked += 1;
    this.fold();
    this.offer?.closed?.();
  }

  fold() {
    if (this.list) this.list.hidden = true;
    this.box?.setAttribute("aria-expanded", "false");
    this.box?.removeAttribute("aria-activedescendant");
  }

  /** @param {KeyboardEvent} event */
  press(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === "Escape" && this.isOpen) this.close();
    if (step) {
      event.preventDefault();
      if (!this.isOpen) this.open();
      else if (this.options.length) this.mark((this.active + step + this.options.length) % this.options.length);
    }
    // Enter never sends a form from here: it takes, or it looks.
    if (event.key === "Enter" && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      if (this.isOpen && this.options.length) this.take(this.options[this.active]);
      else this.open();
    }
  }
}

customElements.define("combo-box", ComboBox);

/**
 * The box of lists around this text box.
 * @param {HTMLInputElement} box
 * @returns {ComboBox}
 */
export function comboOf(box) {
  const found = box.closest("combo-box");
  if (!(found instanceof ComboBox)) throw new TypeError(`${box.name} is in no combo-box`);
  return found;
}

/**
 * Waits until nobody has typed for a while; who was overtaken gets `undefined`.
 * @template {any[]} A
 * @template R
 * @param {(...values: A) => R | Promise<R>} ask
 * @param {number} milliseconds
 * @returns {(...values: A) => Promise<R | undefined>}
 */
export function debounced(ask, milliseconds) {
  let newest = 0;
  return async (...values) => {
    const mine = ++newest;
    await new Promise((resolve) => setTimeout(resolve, milliseconds));
    return mine === newest ? ask(...values) : undefined;
  };
}
