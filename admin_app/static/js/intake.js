// Intake by the keyboard: find a home, press 1–4, type the item, write the words, Ctrl+Enter.
import { comboOf, debounced } from "./combobox.js";
import { all, asked, control, make, one, option, perhaps, say, told } from "./page.js";

/** @typedef {{code: string, room: string, estate: string, estate_name: string, members: {name: string, phone: string}[]}} Home */
/** @typedef {{code: string, name: string, category: string, kinds: string[], found_by: string}} Item */
/** @typedef {{url: string, tone: string, icon: string, state: string, title: string, number: string, at: string}} Case */
/** @typedef {{name: string, within: string, due: string, exact: string, steps: string[]}} Promised */

const MOST_ITEMS = 12;

/**
 * The items of a kind that fit a text, those first that it is near the beginning of.
 * @param {Item[]} items
 * @param {string} kind
 * @param {string} text
 */
export function fitting(items, kind, text) {
  const wanted = text.trim().toLowerCase();
  return items
    .filter((item) => (!kind || item.kinds.includes(kind)) && item.found_by.includes(wanted))
    .sort((a, b) => a.found_by.indexOf(wanted) - b.found_by.indexOf(wanted))
    .slice(0, MOST_ITEMS);
}

class Intake {
  /** @param {HTMLFormElement} form */
  constructor(form) {
    this.form = form;
    this.kinds = all(form, "[name=kind]", HTMLInputElement);
    this.itemBox = one(form, "#item-box", HTMLInputElement);
    this.whoBox = one(form, "#who", HTMLInputElement);
    /** @type {Item[]} */
    this.items = [];
    /** What the chosen home has filled in. @type {Record<string, string>} */
    this.given = {};
  }

  /** @param {string} name */
  field(name) {
    return control(this.form, name);
  }

  begin() {
    this.offerHomes();
    this.offerItems();
    this.whoBox.addEventListener("input", () => this.forgetHome());
    this.itemBox.addEventListener("input", () => this.forgetItem());
    document.addEventListener("keydown", (event) => this.pressKind(event));
    for (const kind of this.kinds) kind.addEventListener("change", () => this.kindChanged());
    this.field("estate").addEventListener("change", () => this.promise());
    this.form.addEventListener("draft:filled", () => this.showChosen());
    this.form.addEventListener("keydown", (event) => this.send(event));
    this.form.addEventListener("submit", (event) => this.demandItem(event));
    this.showChosen();
    this.toFirstMistake();
    asked(told(this.form, "items"), {}).then((found) => {
      this.items = found ?? [];
      this.showChosen();
    });
  }

  // Who

  offerHomes() {
    const find = (/** @type {string} */ text) => asked(told(this.form, "households"), { q: text });
    comboOf(this.whoBox).offer = {
      find: debounced(find, 120),
      show: (/** @type {Home} */ home) => [
        make("strong", "", home.room),
        make("span", "", home.members.map((each) => `${each.name} ${each.phone}`.trim()).join(say("　", ", "))),
        make("small", "", home.estate_name),
      ],
      none: say("没有找到这一户", "No such home"),
      take: (/** @type {Home} */ home) => this.chooseHome(home),
    };
  }

  /** @param {Home} home */
  async chooseHome(home) {
    const first = home.members[0]?.name;
    this.whoBox.value = first ? `${home.room} ${first}` : home.room;
    this.field("household").value = home.code;
    this.field("estate").value = home.estate;
    this.given = { place: home.room, contact_name: first ?? "" };
    for (const [name, value] of Object.entries(this.given)) this.field(name).value = value;
    one(this.form, "#members").replaceChildren(...home.members.map((each) => option(each.name)));
    (this.kinds.find((kind) => kind.checked) ?? this.kinds[0])?.focus();
    this.promise();
    this.showHistory(await asked(told(this.form, "history"), { household: home.code }));
  }

  /** Whoever changes the text has not chosen that home any more, nor where it is and who lives there. */
  forgetHome() {
    this.field("household").value = "";
    for (const [name, value] of Object.entries(this.given))
      if (this.field(name).value === value) this.field(name).value = "";
    this.given = {};
    one(this.form, "#members").replaceChildren();
    this.tell(".history-box", say("选择住户后显示", "Choose a home"));
  }

  /** Of a refused form, or a draft, home and item are chosen still. */
  showChosen() {
    const household = this.field("household").value;
    if (household) asked(told(this.form, "history"), { household }).then((history) => this.showHistory(history));
    const chosen = this.chosenItem();
    if (chosen) this.itemBox.value = chosen.name;
    this.promise();
  }

  /** @param {{open?: Case[], last?: Case[]} | undefined} history */
  showHistory(history) {
    const rows = [...(history?.open ?? []), ...(history?.last ?? [])];
    if (rows.length) one(this.form, ".history-box").replaceChildren(...rows.map((row) => this.historyRow(row)));
    else this.tell(".history-box", say("没有以往的诉求", "No earlier cases"));
  }

  /** @param {Case} row */
  historyRow(row) {
    const line = make("a", "history-row");
    line.href = row.url;
    line.target = "_blank";
    const chip = make("span", `chip ${row.tone}`);
    chip.append(icon(told(this.form, "icons"), row.icon), row.state);
    line.append(make("strong", "", row.title), chip, make("small", "", `${row.number} · ${row.at}`));
    return line;
  }

  /**
   * @param {string} selector
   * @param {string} words
   */
  tell(selector, words) {
    one(this.form, selector).replaceChildren(make("p", "muted", words));
  }

  // What

  offerItems() {
    comboOf(this.itemBox).offer = {
      find: (/** @type {string} */ text) => fitting(this.items, this.field("kind").value, text),
      show: (/** @type {Item} */ item) => [make("strong", "", item.name), make("small", "", item.category)],
      none: say("没有这样的服务项目", "No such service item"),
      unasked: true,
      take: (/** @type {Item} */ item) => this.chooseItem(item),
    };
  }

  /** @param {Item} item */
  chooseItem(item) {
    this.itemBox.value = item.name;
    this.field("item").value = item.code;
    const usual = this.kinds.find((kind) => kind.value === item.kinds[0]);
    if (!this.field("kind").value && usual) usual.checked = true;
    one(this.form, "#words").focus();
    this.promise();
  }

  chosenItem() {
    return this.items.find((item) => item.code === this.field("item").value);
  }

  forgetItem() {
    if (!this.field("item").value) return;
    this.field("item").value = "";
    this.promise();
  }

  /** @param {KeyboardEvent} event */
  pressKind(event) {
    const typing = event.target instanceof Element && event.target.matches("input:not([type=radio]), textarea, select");
    const kind = this.kinds[Number(event.key) - 1];
    if (typing || !kind || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    kind.checked = true;
    this.kindChanged();
    this.itemBox.focus();
  }

  kindChanged() {
    const chosen = this.chosenItem();
    if (!chosen || chosen.kinds.includes(this.field("kind").value)) return;
    this.itemBox.value = "";
    this.forgetItem();
  }

  // The promise, before it is made

  async promise() {
    const item = this.field("item").value;
    if (!item) return this.tell(".promise-box", say("选择服务项目后显示", "Choose a service item"));
    const estate = this.field("estate").value;
    /** @type {Promised[]} */
    const promised = (await asked(told(this.form, "promise"), { item, estate })) ?? [];
    if (item !== this.field("item").value) return;
    if (promised.length) one(this.form, ".promise-box").replaceChildren(...promised.map(promiseRow));
    else this.tell(".promise-box", say("此项目没有时限承诺", "Nothing is promised by a time"));
  }

  // Save

  toFirstMistake() {
    const wrong = perhaps(this.form, ".mistake")?.closest(".field, .step");
    if (wrong) perhaps(wrong, "input:not([type=hidden], [type=radio]), textarea, select")?.focus();
  }

  /** @param {KeyboardEvent} event */
  send(event) {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    this.form.requestSubmit();
  }

  /** @param {Event} event */
  demandItem(event) {
    if (this.field("item").value) return;
    event.preventDefault();
    this.itemBox.focus();
  }
}

/**
 * @param {string} sheet
 * @param {string} name
 */
function icon(sheet, name) {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  const use = document.createElementNS(space, "use");
  svg.setAttribute("class", "icon small");
  use.setAttribute("href", `${sheet}#${name}`);
  svg.append(use);
  return svg;
}

/** @param {Promised} each */
function promiseRow(each) {
  const row = make("div", "promise");
  const due = make("b", "", each.due);
  due.title = each.exact;
  const why = make("ol", "promise-why");
  why.append(...each.steps.map((step) => make("li", "", step)));
  row.append(make("span", "", `${each.name} · ${each.within}`), due, why);
  return row;
}

perhaps(document, "[data-next]")?.focus();
const desk = perhaps(document, "[data-intake]", HTMLFormElement);
if (desk) new Intake(desk).begin();
