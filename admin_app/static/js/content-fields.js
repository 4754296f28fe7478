// Small help at single fields: minutes in words, chips of times, codes of another list of this form.

const zh = document.documentElement.lang.startsWith("zh");

export function fieldBehaviour(scope) {
  scope.querySelectorAll("[data-minutes]").forEach(minutes);
  scope.querySelectorAll("[data-times]").forEach(times);
  scope.querySelectorAll("[data-asked-by]").forEach(askedOrNot);
  if (scope.matches("form")) scope.addEventListener("change", (event) => event.target.matches("[data-clock]") && tidyClock(event.target));
  if (scope.matches("form")) for (const kind of ["input", "change"]) scope.addEventListener(kind, followers);
  scope.querySelectorAll("[data-codes-of]").forEach(codes);
}

/** Fields that are asked only beside certain values of the one that was changed. */
function followers(event) {
  if (!event.target.name) return;
  for (const field of event.currentTarget.querySelectorAll("[data-asked-by]"))
    if (field.dataset.askedBy === event.target.name) askedOrNot(field);
}

function askedOrNot(field) {
  const among = JSON.parse(field.dataset.among);
  const given = new FormData(field.closest("form")).getAll(field.dataset.askedBy);
  // The switch of yes and no posts both when it is on; the last one counts.
  const values = field.closest("form").querySelector(`input.switch[name="${field.dataset.askedBy}"]`) ? given.slice(-1) : given;
  field.hidden = !values.some((value) => among.includes(value));
  for (const input of field.querySelectorAll("input, select, textarea")) input.disabled = field.hidden;
}

/** 830, 8:30 and 8：30 become 08:30. Browsers' own time inputs show the clock of the browser's language, not 24 hours. */
function tidyClock(input) {
  const found = input.value.trim().match(/^(\d{1,2})[:：.]?(\d{2})$/);
  if (!found) return;
  const tidy = `${found[1].padStart(2, "0")}:${found[2]}`;
  if (tidy === input.value) return;
  input.value = tidy;
  input.dispatchEvent(new Event("input", { bubbles: true }));
}

function minutes(input) {
  const place = input.closest(".field").querySelector("[data-human]");
  const show = () => (place.textContent = inWords(input));
  input.addEventListener("input", show);
  show();
}

function inWords(input) {
  const text = input.value.trim();
  if (!/^[+-]?\d{1,9}$/.test(text)) return "";
  const value = Number(text);
  if (input.dataset.minutes !== "signed") return Math.abs(value) < 60 ? "" : `= ${duration(value)}`;
  if (value === 0) return zh ? "到期时" : "when due";
  const words = duration(Math.abs(value));
  if (zh) return value < 0 ? `到期前 ${words}` : `到期后 ${words}`;
  return value < 0 ? `${words} before due` : `${words} after due`;
}

export function duration(value) {
  const units = zh ? [" 天", " 小时", " 分"] : [" d", " h", " min"];
  const parts = [Math.floor(value / 1440), Math.floor((value % 1440) / 60), value % 60];
  return parts.flatMap((part, place) => (part ? [part + units[place]] : [])).join(" ") || `0${units[2]}`;
}

function times(box) {
  const blank = box.querySelector(".time-chip.new");
  const again = blank.cloneNode(true);
  blank.remove();
  again.classList.remove("new");
  again.querySelector("button").hidden = false;
  const adder = box.querySelector("[data-add-time]");
  adder.addEventListener("click", () => addTime(box, adder, again, "").focus());
  box.addEventListener("click", (event) => {
    if (!event.target.matches("[data-remove-time]")) return;
    event.target.closest(".time-chip").remove();
    box.dispatchEvent(new Event("input", { bubbles: true }));
  });
  box.addEventListener("set-times", (event) => {
    box.querySelectorAll(".time-chip").forEach((chip) => chip.remove());
    event.detail.forEach((time) => addTime(box, adder, again, time));
    box.dispatchEvent(new Event("input", { bubbles: true }));
  });
}

function addTime(box, adder, blank, value) {
  const chip = blank.cloneNode(true);
  const input = chip.querySelector("input");
  input.value = value;
  box.insertBefore(chip, adder);
  return input;
}

function codes(input) {
  const list = document.createElement("datalist");
  list.id = `${input.id || input.name}-codes`;
  input.after(list);
  input.setAttribute("list", list.id);
  input.addEventListener("focus", () => list.replaceChildren(...options(input)));
}

function options(input) {
  const start = `${input.dataset.codesOf}.`;
  return [...input.form.elements].flatMap((element) => {
    if (!element.name?.startsWith(start) || !/^\w+\.\d+\.code$/.test(element.name) || !element.value) return [];
    const name = input.form.elements[element.name.replace(/code$/, "name.zh")]?.value ?? "";
    const option = new Option(name, element.value);
    return [option];
  });
}
