// The plan editor: parts that belong to the chosen frequency, times by spacing, and what comes of it while one writes.
import { live } from "./content-live.js";

const zh = document.documentElement.lang.startsWith("zh");
const WRONG = zh ? "请检查时间和间隔" : "Check the times and the spacing";
const form = document.querySelector('form[data-kind="plan"]');

form.addEventListener("input", showParts);
form.querySelector("[data-between-fill]").addEventListener("click", fillTimes);
showParts();
live(form, form.querySelector("[data-live]"), form.querySelector("[data-live-state]"));

/** data-when="frequency=weekly" or "frequency!=custom"; what is not shown is not sent either. */
function showParts() {
  for (const part of form.querySelectorAll("[data-when]")) {
    const [, name, not, values] = part.dataset.when.match(/^(\w+)(!?)=(.*)$/);
    const fits = values.split(",").includes(form.elements[name].value) !== Boolean(not);
    part.hidden = !fits;
    part.querySelectorAll("input, select, textarea").forEach((input) => (input.disabled = !fits));
  }
}

async function fillTimes() {
  const value = (name) => form.querySelector(`[data-between-${name}]`).value;
  const mistake = form.querySelector("[data-between-mistake]");
  const query = new URLSearchParams({ start: value("start"), end: value("end"), every: value("every") });
  const answer = await fetch(`/admin/content/-/plans/?${query}`, { headers: { Accept: "application/json" } });
  mistake.hidden = answer.ok;
  const told = await answer.json();
  if (!answer.ok) mistake.textContent = told.title ?? WRONG;
  else form.querySelector("[data-times]").dispatchEvent(new CustomEvent("set-times", { detail: told.times }));
}
