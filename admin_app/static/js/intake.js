// Intake by the keyboard: find a home, press 1–4, type the item, write the words, Ctrl+Enter.

import { combo, make, debounced } from "./combo.js";

const zh = document.documentElement.lang.startsWith("zh");
const say = (chinese, english) => (zh ? chinese : english);
const form = document.querySelector("[data-intake]");
document.querySelector("[data-next]")?.focus();
if (form) start(form);

function start(form) {
  // Not `elements[name]`: one field is called `item`, and so is a method of the collection.
  const field = (name) => form.elements.namedItem(name);
  const kinds = [...form.querySelectorAll("[name=kind]")];
  const itemBox = form.querySelector("#item-box");
  const whoBox = form.querySelector("#who");
  const icons = form.dataset.icons;
  let items = [];
  let given = {};

  const ask = async (url, values) => {
    const answer = await fetch(`${url}?${new URLSearchParams(values)}`, { headers: { Accept: "application/json" } });
    return answer.ok ? answer.json() : [];
  };

  // Who

  combo(whoBox, form.querySelector("#who-list"), {
    find: debounced((text) => (text.trim() ? ask(form.dataset.households, { q: text }) : []), 120),
    show: (home) => [
      make("strong", "", home.room),
      make("span", "", home.members.map((each) => `${each.name} ${each.phone}`.trim()).join(say("　", ", "))),
      make("small", "", home.estate_name),
    ],
    none: say("没有找到这一户", "No such home"),
    choose: chooseHome,
  });

  async function chooseHome(home) {
    whoBox.value = home.members[0] ? `${home.room} ${home.members[0].name}` : home.room;
    field("household").value = home.code;
    field("estate").value = home.estate;
    given = { place: home.room, contact_name: home.members[0]?.name ?? "" };
    for (const [name, value] of Object.entries(given)) field(name).value = value;
    form.querySelector("#members").replaceChildren(
      ...home.members.map((each) => Object.assign(document.createElement("option"), { value: each.name })),
    );
    (kinds.find((kind) => kind.checked) ?? kinds[0]).focus();
    promise();
    showHistory(await ask(form.dataset.history, { household: home.code }));
  }

  // Whoever changes the text has not chosen that home any more, nor where it is and who lives there.
  whoBox.addEventListener("input", () => {
    field("household").value = "";
    for (const [name, value] of Object.entries(given)) if (field(name).value === value) field(name).value = "";
    given = {};
    form.querySelector("#members").replaceChildren();
    form.querySelector(".history-box").replaceChildren(make("p", "muted", say("选择住户后显示", "Choose a home")));
  });

  // Of a refused form, or a draft, home and item are chosen still.
  const showChosen = () => {
    const household = field("household").value;
    if (household) ask(form.dataset.history, { household }).then(showHistory);
    const chosen = items.find((item) => item.code === field("item").value);
    if (chosen) itemBox.value = chosen.name;
    promise();
  };
  showChosen();
  form.addEventListener("draft:filled", showChosen);

  function showHistory(history) {
    const box = form.querySelector(".history-box");
    const rows = [...(history.open ?? []), ...(history.last ?? [])];
    box.replaceChildren(...rows.map(historyRow));
    if (!rows.length) box.append(make("p", "muted", say("没有以往的诉求", "No earlier cases")));
  }

  function historyRow(row) {
    const line = make("a", "history-row");
    line.href = row.url;
    line.target = "_blank";
    const chip = make("span", `chip ${row.tone}`);
    chip.append(icon(row.icon), row.state);
    line.append(make("strong", "", row.title), chip, make("small", "", `${row.number} · ${row.at}`));
    return line;
  }

  function icon(name) {
    const space = "http://www.w3.org/2000/svg";
    const svg = document.createElementNS(space, "svg");
    const use = document.createElementNS(space, "use");
    svg.setAttribute("class", "icon small");
    use.setAttribute("href", `${icons}#${name}`);
    svg.append(use);
    return svg;
  }

  // What

  document.addEventListener("keydown", (event) => {
    const typing = event.target.matches("input:not([type=radio]), textarea, select");
    const kind = kinds[Number(event.key) - 1];
    if (typing || !kind || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    kind.checked = true;
    kindChanged();
    itemBox.focus();
  });
  kinds.forEach((kind) => kind.addEventListener("change", kindChanged));

  function kindChanged() {
    const chosen = items.find((item) => item.code === field("item").value);
    if (chosen && !chosen.kinds.includes(field("kind").value)) clearItem();
  }

  function clearItem() {
    field("item").value = "";
    itemBox.value = "";
    promise();
  }

  combo(itemBox, form.querySelector("#item-list"), {
    find: (text) => fitting(text.trim().toLowerCase()),
    show: (item) => [make("strong", "", item.name), make("small", "", item.category)],
    none: say("没有这样的服务项目", "No such service item"),
    openEmpty: true,
    choose: (item) => {
      itemBox.value = item.name;
      field("item").value = item.code;
      if (!field("kind").value && item.kinds.length) kinds.find((kind) => kind.value === item.kinds[0]).checked = true;
      form.querySelector("#words").focus();
      promise();
    },
  });
  itemBox.addEventListener("input", () => {
    if (!field("item").value) return;
    field("item").value = "";
    promise();
  });

  function fitting(text) {
    const kind = field("kind").value;
    return items
      .filter((item) => (!kind || item.kinds.includes(kind)) && item.found_by.includes(text))
      .sort((a, b) => a.found_by.indexOf(text) - b.found_by.indexOf(text))
      .slice(0, 12);
  }

  ask(form.dataset.items, {}).then((found) => {
    items = found;
    showChosen();
  });

  // The promise, before it is made

  async function promise() {
    const box = form.querySelector(".promise-box");
    const item = field("item").value;
    if (!item) return box.replaceChildren(make("p", "muted", say("选择服务项目后显示", "Choose a service item")));
    const promised = await ask(form.dataset.promise, { item, estate: field("estate").value });
    if (item !== field("item").value) return;
    box.replaceChildren(...promised.map(promiseRow));
    if (!promised.length) box.append(make("p", "muted", say("此项目没有时限承诺", "Nothing is promised by a time")));
  }

  function promiseRow(each) {
    const row = make("div", "promise");
    const due = make("b", "", each.due);
    due.title = each.exact;
    row.append(make("span", "", `${each.name} · ${each.within}`), due);
    const why = make("ol", "promise-why");
    why.append(...each.steps.map((step) => make("li", "", step)));
    row.append(why);
    return row;
  }

  field("estate").addEventListener("change", promise);

  // Save

  const wrong = form.querySelector(".mistake")?.closest(".field, .step");
  wrong?.querySelector("input:not([type=hidden], [type=radio]), textarea, select")?.focus();

  form.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      form.requestSubmit();
    }
  });
  form.addEventListener("submit", (event) => {
    if (field("item").value) return;
    event.preventDefault();
    itemBox.focus();
  });
}
