// Small help at single fields: minutes in words, chips of times, codes of another list of this form.
import { all, changed, control, make, one, option, say, told } from "./page.js";

/** @param {HTMLElement} scope */
export function fieldBehaviour(scope) {
  for (const input of all(scope, "[data-minutes]", HTMLInputElement)) minutes(input);
  for (const box of all(scope, "[data-times]")) times(box);
  for (const field of all(scope, "[data-asked-by]")) askedOrNot(field);
  if (scope.matches("form")) {
    scope.addEventListener("change", tidyClock);
    for (const kind of ["input", "change"]) scope.addEventListener(kind, followers);
  }
  for (const input of all(scope, "[data-codes-of]", HTMLInputElement)) codes(input);
}

/**
 * Fields that are asked only beside certain values of the one that was changed.
 * @param {Event} event
 */
function followers(event) {
  const name = event.target instanceof Element ? event.target.getAttribute("name") : null;
  if (!name || !(event.currentTarget instanceof HTMLElement)) return;
  for (const field of all(event.currentTarget, "[data-asked-by]"))
    if (field.dataset.askedBy === name) askedOrNot(field);
}

/** @param {HTMLElement} field */
function askedOrNot(field) {
  const form = /** @type {HTMLFormElement} */ (field.closest("form"));
  const name = told(field, "askedBy");
  const given = new FormData(form).getAll(name).map(String);
  // The switch of yes and no posts both when it is on; the last one counts.
  const values = form.querySelector(`input.switch[name="${name}"]`) ? given.slice(-1) : given;
  /** @type {string[]} */
  const among = JSON.parse(told(field, "among"));
  field.hidden = !values.some((value) => among.includes(value));
  for (const input of field.querySelectorAll("input, select, textarea"))
    input.toggleAttribute("disabled", field.hidden);
}

/** @param {Event} event */
function tidyClock(event) {
  const input = event.target;
  if (!(input instanceof HTMLInputElement) || !input.matches("[data-clock]")) return;
  const tidy = tidied(input.value);
  if (tidy === input.value) return;
  input.value = tidy;
  changed(input);
}

/**
 * 830, 8:30 and 8：30 become 08:30. Browsers' own time inputs show the clock of the browser's language, not 24 hours.
 * @param {string} text
 */
export function tidied(text) {
  const [, hours, minutes] = text.trim().match(/^(\d{1,2})[:：.]?(\d{2})$/) ?? [];
  return hours && minutes ? `${hours.padStart(2, "0")}:${minutes}` : text;
}

/** @param {HTMLInputElement} input */
function minutes(input) {
  const place = one(/** @type {HTMLElement} */ (input.closest(".field")), "[data-human]");
  const show = () => {
    place.textContent = inWords(input.value, input.dataset.minutes === "signed");
  };
  input.addEventListener("input", show);
  show();
}

/**
 * Minutes as people say them. Of a length an hour and more; `signed` is before or after something is due.
 * @param {string} typed
 * @param {boolean} signed
 */
export function inWords(typed, signed) {
  const text = typed.trim();
  if (!/^[+-]?\d{1,9}$/.test(text)) return "";
  const value = Number(text);
  if (!signed) return Math.abs(value) < 60 ? "" : `= ${duration(value)}`;
  if (value === 0) return say("到期时", "when due");
  const words = duration(Math.abs(value));
  return value < 0 ? say(`到期前 ${words}`, `${words} before due`) : say(`到期后 ${words}`, `${words} after due`);
}

/** @param {number} value */
export function duration(value) {
  const units = [say(" 天", " d"), say(" 小时", " h"), say(" 分", " min")];
  const parts = [Math.floor(value / 1440), Math.floor((value % 1440) / 60), value % 60];
  return parts.flatMap((part, place) => (part ? [`${part}${units[place]}`] : [])).join(" ") || `0${units[2]}`;
}

/** @param {HTMLElement} box */
function times(box) {
  const blank = one(box, ".time-chip.new");
  const again = /** @type {HTMLElement} */ (blank.cloneNode(true));
  blank.remove();
  again.classList.remove("new");
  one(again, "button").hidden = false;
  const adder = one(box, "[data-add-time]");
  adder.addEventListener("click", () => addTime(box, adder, again, "").focus());
  box.addEventListener("click", (event) => {
    if (!(event.target instanceof Element) || !event.target.matches("[data-remove-time]")) return;
    event.target.closest(".time-chip")?.remove();
    changed(box);
  });
  box.addEventListener("set-times", (event) => {
    for (const chip of all(box, ".time-chip")) chip.remove();
    for (const time of /** @type {CustomEvent<string[]>} */ (event).detail) addTime(box, adder, again, time);
    changed(box);
  });
}

/**
 * @param {HTMLElement} box
 * @param {HTMLElement} adder
 * @param {HTMLElement} blank
 * @param {string} value
 */
function addTime(box, adder, blank, value) {
  const chip = /** @type {HTMLElement} */ (blank.cloneNode(true));
  const input = one(chip, "input", HTMLInputElement);
  input.value = value;
  box.insertBefore(chip, adder);
  return input;
}

/** @param {HTMLInputElement} input */
function codes(input) {
  const list = make("datalist");
  list.id = `${input.id || input.name}-codes`;
  input.after(list);
  input.setAttribute("list", list.id);
  input.addEventListener("focus", () => list.replaceChildren(...options(input)));
}

/** @param {HTMLInputElement} input */
function options(input) {
  const form = input.form;
  if (!form) return [];
  const start = `${told(input, "codesOf")}.`;
  const codes = all(form, "[name]", HTMLInputElement).filter(
    ({ name, value }) => value && name.startsWith(start) && /^\w+\.\d+\.code$/.test(name),
  );
  return codes.map((code) => {
    const name = control(form, code.name.replace(/code$/, "name.zh"));
    return option(code.value, name?.value);
  });
}
