// The plan editor: parts that belong to the chosen frequency, times by spacing, and what comes of it while one writes.
import { live } from "./content-live.js";
import { all, control, one, perhaps, say, told } from "./page.js";

const WRONG = say("请检查时间和间隔", "Check the times and the spacing");

const editor = perhaps(document, 'form[data-kind="plan"]', HTMLFormElement);
if (editor) start(editor);

/** @param {HTMLFormElement} form */
function start(form) {
  form.addEventListener("input", () => showParts(form));
  one(form, "[data-between-fill]").addEventListener("click", () => fillTimes(form));
  showParts(form);
  live(form, one(form, "[data-live]"), one(form, "[data-live-state]"));
}

/**
 * What is not shown is not sent either.
 * @param {HTMLFormElement} form
 */
function showParts(form) {
  for (const part of all(form, "[data-when]")) {
    part.hidden = !isWhen(told(part, "when"), (name) => control(form, name).value);
    for (const input of part.querySelectorAll("input, select, textarea"))
      input.toggleAttribute("disabled", part.hidden);
  }
}

/**
 * Whether `frequency=weekly,monthly` or `frequency!=custom` is so.
 * @param {string} condition
 * @param {(name: string) => string} typed
 */
export function isWhen(condition, typed) {
  const [, name = "", not, values = ""] = condition.match(/^(\w+)(!?)=(.*)$/) ?? [];
  return values.split(",").includes(typed(name)) !== Boolean(not);
}

/** @param {HTMLFormElement} form */
async function fillTimes(form) {
  /** @param {string} name */
  const value = (name) => one(form, `[data-between-${name}]`, HTMLInputElement).value;
  const mistake = one(form, "[data-between-mistake]");
  const query = new URLSearchParams({ start: value("start"), end: value("end"), every: value("every") });
  const answer = await fetch(`/admin/content/-/plans/?${query}`, { headers: { Accept: "application/json" } });
  mistake.hidden = answer.ok;
  const found = await answer.json();
  if (!answer.ok) mistake.textContent = found.title ?? WRONG;
  else one(form, "[data-times]").dispatchEvent(new CustomEvent("set-times", { detail: found.times }));
}
