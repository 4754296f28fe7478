// Reference pickers: type a name, choose from what the server finds, the code is kept. Without this script the code is typed.

const ADDRESS = "/admin/content/-/lookup/";
const zh = document.documentElement.lang.startsWith("zh");
const NOTHING = zh ? "没有找到" : "Nothing found";
let unique = 0;

// Targets of these kinds are found by the record itself; they name nobody.
const NAMELESS = new Set(["assignee", "supervisor"]);

export function pickers(scope) {
  scope.querySelectorAll("[data-picker]").forEach((picker) => new Picker(picker));
  scope.querySelectorAll("[data-lookup-by]").forEach(onlyWhereNamed);
}

function onlyWhereNamed(picker) {
  const field = picker.closest(".field");
  const select = picker.closest(".fields").querySelector(`[data-field="${picker.dataset.lookupBy}"] select`);
  const show = () => {
    field.hidden = NAMELESS.has(select.value);
    field.querySelectorAll("input").forEach((input) => (input.disabled = field.hidden));
  };
  select?.addEventListener("change", show);
  if (select) show();
}

class Picker {
  constructor(picker) {
    this.picker = picker;
    this.many = picker.classList.contains("many");
    this.input = picker.querySelector("[data-picker-input]");
    this.hidden = this.many ? null : this.hide();
    this.list = document.createElement("ul");
    this.list.className = "picker-list";
    this.list.id = `picker-${unique++}`;
    this.list.setAttribute("role", "listbox");
    this.list.hidden = true;
    picker.append(this.list);
    this.input.setAttribute("role", "combobox");
    this.input.setAttribute("aria-controls", this.list.id);
    this.input.setAttribute("aria-expanded", "false");
    this.input.addEventListener("input", (event) => this.typed(event));
    this.input.addEventListener("focus", () => this.search(""));
    this.input.addEventListener("keydown", (event) => this.key(event));
    this.input.addEventListener("blur", () => setTimeout(() => this.close(), 150));
    picker.addEventListener("click", (event) => this.unpick(event));
    picker.addEventListener("set-picked", (event) => this.setAll(event.detail));
  }

  /** As a draft has it: `hits` are codes with their names. */
  setAll(hits) {
    if (this.many) {
      this.picker.querySelectorAll(".picked").forEach((picked) => picked.remove());
      hits.forEach((hit) => this.append(hit));
    } else if (hits.length) this.pick(hits[0]);
  }

  /** The typed code becomes a hidden field; what is seen is the name. */
  hide() {
    const hidden = document.createElement("input");
    hidden.type = "hidden";
    hidden.name = this.input.name;
    hidden.value = this.input.value;
    this.input.removeAttribute("name");
    this.input.value = this.picker.dataset.label;
    this.input.before(hidden);
    return hidden;
  }

  typed(event) {
    event.stopPropagation();
    if (this.hidden) this.set(this.picker.hasAttribute("data-free") || !this.input.value ? this.input.value : this.hidden.value);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.search(this.input.value), 150);
  }

  async search(text) {
    const mine = (this.latest = (this.latest ?? 0) + 1);
    const kind = this.kind();
    if (!kind) return this.close();
    const query = new URLSearchParams({ kind, q: text });
    const estate = this.estate();
    if (estate) query.set("estate", estate);
    const answer = await fetch(`${ADDRESS}?${query}`, { headers: { Accept: "application/json" } });
    if (!answer.ok || document.activeElement !== this.input) return;
    const { data } = await answer.json();
    // Answers out of turn are dropped: Enter would choose what was found for an earlier word.
    if (mine === this.latest) this.show(data);
  }

  kind() {
    const by = this.picker.dataset.lookupBy;
    if (!by) return this.picker.dataset.lookup;
    const sibling = this.picker.closest(".fields").querySelector(`[data-field="${by}"] select`);
    return sibling?.value ? `target:${sibling.value}` : "";
  }

  estate() {
    if (this.picker.dataset.lookup === "estate") return "";
    return this.input.form?.querySelector('input[type=hidden][name="estate"]')?.value ?? "";
  }

  show(hits) {
    this.hits = hits;
    this.at = -1;
    const lines = hits.map((hit, place) => this.line(hit, place));
    this.list.replaceChildren(...(lines.length ? lines : [this.nothing()]));
    this.list.hidden = false;
    this.input.setAttribute("aria-expanded", "true");
  }

  line(hit, place) {
    const line = document.createElement("li");
    line.id = `${this.list.id}-${place}`;
    line.setAttribute("role", "option");
    const detail = document.createElement("small");
    detail.textContent = hit.detail;
    line.append(hit.name, detail);
    line.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      this.pick(hit);
    });
    return line;
  }

  nothing() {
    const line = document.createElement("li");
    line.className = "muted";
    line.textContent = NOTHING;
    return line;
  }

  key(event) {
    if (this.list.hidden || !this.hits) return;
    if (event.key === "Escape") return this.close();
    if (event.key === "Enter") {
      event.preventDefault();
      return this.pick(this.hits[Math.max(this.at, 0)]);
    }
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step || !this.hits.length) return;
    event.preventDefault();
    this.at = (this.at + step + this.hits.length) % this.hits.length;
    [...this.list.children].forEach((line, place) => line.setAttribute("aria-selected", String(place === this.at)));
    this.input.setAttribute("aria-activedescendant", this.list.children[this.at].id);
    this.list.children[this.at].scrollIntoView({ block: "nearest" });
  }

  pick(hit) {
    if (!hit) return;
    if (this.many) this.append(hit);
    else {
      this.picker.dataset.label = hit.name;
      this.input.value = hit.name;
      this.set(hit.code);
    }
    this.close();
  }

  append(hit) {
    const known = [...this.picker.querySelectorAll("input[type=hidden]")].map((input) => input.value);
    this.input.value = "";
    if (known.includes(hit.code)) return;
    const picked = document.createElement("span");
    picked.className = "picked";
    const hidden = document.createElement("input");
    hidden.type = "hidden";
    hidden.name = this.picker.dataset.name;
    hidden.value = hit.code;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "plain";
    button.dataset.unpick = "";
    button.textContent = "×";
    picked.append(hidden, hit.name, button);
    this.input.before(picked);
    this.changed();
  }

  unpick(event) {
    if (!event.target.matches("[data-unpick]")) return;
    event.target.closest(".picked").remove();
    this.changed();
  }

  set(code) {
    if (this.hidden.value === code) return;
    this.hidden.value = code;
    this.changed();
  }

  changed() {
    this.picker.dispatchEvent(new Event("input", { bubbles: true }));
  }

  close() {
    this.list.hidden = true;
    this.input.setAttribute("aria-expanded", "false");
    // What was typed but not chosen is no reference: the chosen one is shown again.
    if (this.hidden && !this.picker.hasAttribute("data-free")) this.input.value = this.hidden.value ? this.picker.dataset.label : "";
    if (this.many) this.input.value = "";
  }
}
