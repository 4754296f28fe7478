// What stands in a form, and a form filled with it again: rows that were added, codes that were picked, times, ticks.

const NOT_TYPED = new Set(["csrf_token", "_draft"]);
// What was typed into the fields of a record belongs to the version that was looked at, and meets what others changed
// since. A note or a reason belongs to the page as it stands now.
const isOfPage = (form, name) => name === "version" && !form.hasAttribute("data-content-form");
const TYPED = "textarea, input:is([type=text], [type=tel], [type=email], [type=url], [type=number], [type=date], [type=time], [type=datetime-local], :not([type]))";
const CHECKED = new Set(["checkbox", "radio"]);
const LEFT_ALONE = new Set(["file", "password", "submit", "button", "reset", "image"]);

/** Whether somebody types into this form; passwords are nobody's draft. */
export function isTypedInto(form) {
  return Boolean(form.querySelector(TYPED)) && !form.querySelector("input[type=password]");
}

/** `entries`: names and values in the order of the form. `labels`: what picked codes are called. */
export function contentOf(form) {
  const entries = [...new FormData(form)].filter(([name, value]) => !NOT_TYPED.has(name) && typeof value === "string");
  const labels = {};
  form.querySelectorAll("[data-picker]").forEach((picker) => Object.assign(labels, labelsOf(picker)));
  return { entries, labels };
}

export const sameContent = (one, other) => JSON.stringify(one.entries) === JSON.stringify(other.entries);

export function fill(form, { entries, labels }) {
  // Whoever makes rows makes them first; then each control is given its value, and at last others may look again.
  form.dispatchEvent(new CustomEvent("draft:rows", { detail: entries }));
  const values = new Map();
  for (const [name, value] of entries) values.set(name, [...(values.get(name) ?? []), value]);
  const special = new Set([...fillTimes(form, values), ...fillPickers(form, values, labels)]);
  const taken = new Map();
  const changed = [];
  for (const control of form.elements) {
    if (!control.name || special.has(control) || isOfPage(form, control.name) || NOT_TYPED.has(control.name) || LEFT_ALONE.has(control.type)) continue;
    if (setValue(control, values.get(control.name) ?? [], taken)) changed.push(control);
  }
  changed.forEach(tell);
  form.dispatchEvent(new CustomEvent("draft:filled"));
  form.dispatchEvent(new Event("input", { bubbles: true }));
}

function setValue(control, wanted, taken) {
  const before = stateOf(control);
  if (CHECKED.has(control.type)) control.checked = wanted.includes(control.value);
  else if (control.type === "select-multiple")
    for (const option of control.options) option.selected = wanted.includes(option.value);
  else if (!control.disabled) {
    const place = taken.get(control.name) ?? 0;
    taken.set(control.name, place + 1);
    if (place < wanted.length) control.value = wanted[place];
  }
  return stateOf(control) !== before;
}

const stateOf = (control) => `${control.checked}|${control.value}|${control.selectedOptions?.length}`;

function tell(control) {
  // Boxes that search while one types would drop what was chosen.
  if (control.role === "combobox" || control.getAttribute("role") === "combobox") return;
  control.dispatchEvent(new Event(control.matches("select, [type=checkbox], [type=radio]") ? "change" : "input", { bubbles: true }));
}

function fillTimes(form, values) {
  return [...form.querySelectorAll("[data-times]")].flatMap((box) => {
    const times = (values.get(box.dataset.times) ?? []).filter(Boolean);
    box.dispatchEvent(new CustomEvent("set-times", { detail: times }));
    return [...box.querySelectorAll("input")];
  });
}

function fillPickers(form, values, labels) {
  return [...form.querySelectorAll("[data-picker]")].flatMap((picker) => {
    const name = picker.dataset.name ?? picker.querySelector("input[name]")?.name;
    const hits = (values.get(name) ?? [])
      .filter((code) => code || !picker.dataset.name)
      .map((code) => ({ code, name: labels[`${name} ${code}`] ?? code }));
    picker.dispatchEvent(new CustomEvent("set-picked", { detail: hits }));
    return [...picker.querySelectorAll("input")];
  });
}

function labelsOf(picker) {
  const hidden = [...picker.querySelectorAll("input[type=hidden][name]")];
  const many = picker.classList.contains("many");
  return Object.fromEntries(
    hidden.map((input) => [`${input.name} ${input.value}`, many ? input.nextSibling?.textContent : picker.dataset.label]),
  );
}
