// What stands in a form, and a form filled with it again: rows that were added, codes that were picked, times, ticks.
import { all, changed, perhaps, told } from "./page.js";

/** @typedef {[name: string, value: string][]} Entries names and values in the order of the form */
/** @typedef {{entries: Entries, labels: Record<string, string>}} Content `labels`: what picked codes are called */
/** @typedef {HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement} Control */

const NOT_TYPED = new Set(["csrf_token", "_draft"]);
const TYPED =
  "textarea, input:is([type=text], [type=tel], [type=email], [type=url], [type=number], [type=date], [type=time], [type=datetime-local], :not([type]))";
const CHECKED = new Set(["checkbox", "radio"]);
const LEFT_ALONE = new Set(["file", "password", "submit", "button", "reset", "image"]);

/**
 * Whether somebody types into this form; passwords are nobody's draft.
 * @param {HTMLFormElement} form
 */
export function isTypedInto(form) {
  return Boolean(form.querySelector(TYPED)) && !form.querySelector("input[type=password]");
}

/**
 * @param {HTMLFormElement} form
 * @returns {Content}
 */
export function contentOf(form) {
  /** @type {Entries} */
  const entries = [...new FormData(form)].flatMap(([name, value]) =>
    !NOT_TYPED.has(name) && typeof value === "string" ? [[name, value]] : [],
  );
  return { entries, labels: Object.assign({}, ...all(form, "[data-picker]").map(labelsOf)) };
}

/** @type {(one: Content, other: Content) => boolean} */
export const sameContent = (one, other) => JSON.stringify(one.entries) === JSON.stringify(other.entries);

/**
 * @param {HTMLFormElement} form
 * @param {Content} content
 */
export function fill(form, { entries, labels }) {
  // Whoever makes rows makes them first; then each control is given its value, and at last others may look again.
  form.dispatchEvent(new CustomEvent("draft:rows", { detail: entries }));
  const values = valuesByName(entries);
  const special = new Set([...fillTimes(form, values), ...fillPickers(form, values, labels)]);
  /** @type {Map<string, number>} */
  const taken = new Map();
  const controls = /** @type {Control[]} */ ([...form.elements]).filter(
    (each) => !special.has(each) && isFilled(form, each),
  );
  const others = controls.filter((each) => setValue(each, values.get(each.name) ?? [], taken));
  others.forEach(tell);
  form.dispatchEvent(new CustomEvent("draft:filled"));
  changed(form);
}

/** @param {Entries} entries */
function valuesByName(entries) {
  /** @type {Map<string, string[]>} */
  const values = new Map();
  for (const [name, value] of entries) values.set(name, [...(values.get(name) ?? []), value]);
  return values;
}

/**
 * What was typed into the fields of a record belongs to the version that was looked at, and meets what others changed
 * since. A note or a reason belongs to the page as it stands now.
 * @param {HTMLFormElement} form
 * @param {Control} control
 */
function isFilled(form, control) {
  const isOfPage = control.name === "version" && !form.hasAttribute("data-content-form");
  return control.name && !isOfPage && !NOT_TYPED.has(control.name) && !LEFT_ALONE.has(control.type);
}

/**
 * Gives a control its value; whether that changed it.
 * @param {Control} control
 * @param {string[]} wanted
 * @param {Map<string, number>} taken how many controls of a name have been given theirs
 */
function setValue(control, wanted, taken) {
  const before = stateOf(control);
  if (control instanceof HTMLInputElement && CHECKED.has(control.type))
    control.checked = wanted.includes(control.value);
  else if (control instanceof HTMLSelectElement && control.multiple)
    for (const option of control.options) option.selected = wanted.includes(option.value);
  else if (!control.disabled) {
    const place = taken.get(control.name) ?? 0;
    taken.set(control.name, place + 1);
    control.value = wanted[place] ?? control.value;
  }
  return stateOf(control) !== before;
}

/** @param {Control} control */
function stateOf(control) {
  const chosen = control instanceof HTMLSelectElement ? control.selectedOptions.length : "";
  const ticked = control instanceof HTMLInputElement && control.checked;
  return `${ticked}|${control.value}|${chosen}`;
}

/** @param {Control} control */
function tell(control) {
  // Boxes that search while one types would drop what was chosen.
  if (control.getAttribute("role") === "combobox") return;
  const name = control.matches("select, [type=checkbox], [type=radio]") ? "change" : "input";
  control.dispatchEvent(new Event(name, { bubbles: true }));
}

/**
 * The controls that were filled so.
 * @param {HTMLFormElement} form
 * @param {Map<string, string[]>} values
 * @returns {Control[]}
 */
function fillTimes(form, values) {
  return all(form, "[data-times]").flatMap((box) => {
    const times = (values.get(told(box, "times")) ?? []).filter(Boolean);
    box.dispatchEvent(new CustomEvent("set-times", { detail: times }));
    return all(box, "input", HTMLInputElement);
  });
}

/**
 * The controls that were filled so.
 * @param {HTMLFormElement} form
 * @param {Map<string, string[]>} values
 * @param {Record<string, string>} labels
 * @returns {Control[]}
 */
function fillPickers(form, values, labels) {
  return all(form, "[data-picker]").flatMap((picker) => {
    const name = picker.dataset.name ?? perhaps(picker, "input[name]", HTMLInputElement)?.name ?? "";
    const hits = (values.get(name) ?? [])
      .filter((code) => code || !picker.dataset.name)
      .map((code) => ({ code, name: labels[`${name} ${code}`] ?? code }));
    picker.dispatchEvent(new CustomEvent("set-picked", { detail: hits }));
    return all(picker, "input", HTMLInputElement);
  });
}

/**
 * `<name> <code>` → what it is called.
 * @param {HTMLElement} picker
 * @returns {Record<string, string>}
 */
function labelsOf(picker) {
  const hidden = all(picker, "input[type=hidden][name]", HTMLInputElement);
  const many = picker.classList.contains("many");
  return Object.fromEntries(
    hidden.map((input) => [
      `${input.name} ${input.value}`,
      (many ? input.nextSibling?.textContent : picker.dataset.label) ?? input.value,
    ]),
  );
}
