// A text box with a list of what fits: arrows move, Enter chooses, Escape closes. Nothing is chosen by itself.

/** `find(text)` gives the options (perhaps later), `show(option)` their elements, `choose(option)` takes one. */
export function combo(box, list, { find, show, choose, none, openEmpty = false }) {
  let options = [];
  let active = -1;
  let asked = 0;

  const close = () => {
    list.hidden = true;
    box.setAttribute("aria-expanded", "false");
    box.removeAttribute("aria-activedescendant");
  };

  const mark = (index) => {
    active = index;
    [...list.children].forEach((row, n) => row.setAttribute("aria-selected", String(n === index)));
    const row = list.children[index];
    if (!row) return;
    box.setAttribute("aria-activedescendant", row.id);
    row.scrollIntoView({ block: "nearest" });
  };

  const open = async () => {
    const mine = ++asked;
    const text = box.value;
    const found = text.trim() || openEmpty ? await find(text) : [];
    if (mine !== asked || found === undefined) return;
    options = found;
    list.replaceChildren(...options.map(row));
    if (!options.length && text.trim()) list.append(make("li", "none", none));
    list.hidden = !list.children.length;
    box.setAttribute("aria-expanded", String(!list.hidden));
    mark(options.length ? 0 : -1);
  };

  const row = (option, index) => {
    const element = make("li", "");
    element.id = `${list.id}-${index}`;
    element.role = "option";
    element.append(...show(option));
    element.addEventListener("mousedown", (event) => {
      event.preventDefault();
      take(option);
    });
    return element;
  };

  const take = (option) => {
    asked += 1;
    close();
    choose(option);
  };

  box.addEventListener("input", open);
  box.addEventListener("focus", () => openEmpty && open());
  box.addEventListener("blur", () => {
    asked += 1;
    close();
  });
  box.addEventListener("keydown", async (event) => {
    if (event.key === "Escape") close();
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (list.hidden) return open();
      const step = event.key === "ArrowDown" ? 1 : -1;
      mark((active + step + options.length) % Math.max(options.length, 1));
    }
    if (event.key === "Enter" && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      if (!list.hidden && options[active]) take(options[active]);
      else await open();
    }
  });
}

/** Waits until nobody has typed for a while; who was overtaken gets `undefined`. */
export function debounced(ask, milliseconds) {
  let newest = 0;
  return async (...values) => {
    const mine = ++newest;
    await new Promise((resolve) => setTimeout(resolve, milliseconds));
    return mine === newest ? ask(...values) : undefined;
  };
}

export function make(name, classes, text = "") {
  const element = document.createElement(name);
  if (classes) element.className = classes;
  if (text) element.textContent = text;
  return element;
}
