// Reference pickers: type a name, choose from what the server finds, the code is kept. Without this script the code is typed.
import { comboOf, debounced } from "./combobox.js";
import { all, asked, changed, make, one, perhaps, say, told } from "./page.js";

const ADDRESS = "/admin/content/-/lookup/";
const SOON_MS = 150;

// Targets of these kinds are found by the record itself; they name nobody.
const NAMELESS = new Set(["assignee", "supervisor"]);

/** @typedef {{code: string, name: string, detail?: string}} Hit */

/** @param {ParentNode} scope */
export function pickers(scope) {
  for (const picker of all(scope, "[data-picker]")) new Picker(picker);
  for (const picker of all(scope, "[data-lookup-by]")) onlyWhereNamed(picker);
}

/** @param {HTMLElement} picker */
const besides = (picker) =>
  perhaps(picker.closest(".fields") ?? picker, `[data-field="${told(picker, "lookupBy")}"] select`, HTMLSelectElement);

/** @param {HTMLElement} picker */
function onlyWhereNamed(picker) {
  const field = /** @type {HTMLElement} */ (picker.closest(".field"));
  const select = besides(picker);
  if (!select) return;
  const show = () => {
    field.hidden = NAMELESS.has(select.value);
    for (const input of all(field, "input", HTMLInputElement)) input.disabled = field.hidden;
  };
  select.addEventListener("change", show);
  show();
}

class Picker {
  /** @param {HTMLElement} picker */
  constructor(picker) {
    this.picker = picker;
    this.many = picker.classList.contains("many");
    this.input = one(picker, "[data-picker-input]", HTMLInputElement);
    this.combo = comboOf(this.input);
    this.hidden = this.many ? null : this.hide();
    const typed = debounced((/** @type {string} */ text) => this.search(text), SOON_MS);
    this.combo.offer = {
      // What there is at all is shown at once.
      find: (/** @type {string} */ text) => (text ? typed(text) : this.search(text)),
      show: (/** @type {Hit} */ hit) => [hit.name, make("small", "", hit.detail)],
      take: (/** @type {Hit} */ hit) => this.pick(hit),
      none: say("没有找到", "Nothing found"),
      unasked: true,
      closed: () => this.asChosen(),
    };
    this.input.addEventListener("input", (event) => this.typed(event));
    picker.addEventListener("click", (event) => this.unpick(event));
    picker.addEventListener("set-picked", (event) => this.setAll(/** @type {CustomEvent<Hit[]>} */ (event).detail));
  }

  /**
   * As a draft has it: codes with their names.
   * @param {Hit[]} hits
   */
  setAll(hits) {
    if (this.many) {
      for (const picked of all(this.picker, ".picked")) picked.remove();
      for (const hit of hits) this.append(hit);
    } else if (hits[0]) this.pick(hits[0]);
  }

  /** The typed code becomes a hidden field; what is seen is the name. */
  hide() {
    const hidden = make("input");
    hidden.type = "hidden";
    hidden.name = this.input.name;
    hidden.value = this.input.value;
    this.input.removeAttribute("name");
    this.input.value = told(this.picker, "label");
    this.combo.before(hidden);
    return hidden;
  }

  /** @param {Event} event */
  typed(event) {
    event.stopPropagation();
    if (this.hidden && (this.isFree || !this.input.value)) this.set(this.input.value);
  }

  get isFree() {
    return this.picker.hasAttribute("data-free");
  }

  /**
   * @param {string} text
   * @returns {Promise<Hit[] | undefined>}
   */
  async search(text) {
    const kind = this.kind();
    if (!kind) return undefined;
    const estate = this.estate();
    const answer = await asked(ADDRESS, { kind, q: text, ...(estate && { estate }) });
    return answer?.data;
  }

  kind() {
    if (!this.picker.dataset.lookupBy) return told(this.picker, "lookup");
    const chosen = besides(this.picker)?.value;
    return chosen ? `target:${chosen}` : "";
  }

  estate() {
    if (this.picker.dataset.lookup === "estate" || !this.input.form) return "";
    return perhaps(this.input.form, 'input[type=hidden][name="estate"]', HTMLInputElement)?.value ?? "";
  }

  /** @param {Hit} hit */
  pick(hit) {
    if (this.many) return this.append(hit);
    this.picker.dataset.label = hit.name;
    this.input.value = hit.name;
    this.set(hit.code);
  }

  /** @param {Hit} hit */
  append(hit) {
    const known = all(this.picker, "input[type=hidden]", HTMLInputElement).map((input) => input.value);
    this.input.value = "";
    if (known.includes(hit.code)) return;
    const picked = make("span", "picked");
    const hidden = make("input");
    hidden.type = "hidden";
    hidden.name = told(this.picker, "name");
    hidden.value = hit.code;
    const button = make("button", "plain", "×");
    button.type = "button";
    button.dataset.unpick = "";
    button.setAttribute("aria-label", say("去掉", "Remove"));
    picked.append(hidden, hit.name, button);
    this.combo.before(picked);
    changed(this.picker);
  }

  /** @param {MouseEvent} event */
  unpick(event) {
    if (!(event.target instanceof Element) || !event.target.matches("[data-unpick]")) return;
    event.target.closest(".picked")?.remove();
    changed(this.picker);
  }

  /** @param {string} code */
  set(code) {
    if (!this.hidden || this.hidden.value === code) return;
    this.hidden.value = code;
    changed(this.picker);
  }

  /** What was typed but not chosen is no reference: the chosen one is shown again. */
  asChosen() {
    if (this.hidden && !this.isFree) this.input.value = this.hidden.value ? told(this.picker, "label") : "";
    if (this.many) this.input.value = "";
  }
}
