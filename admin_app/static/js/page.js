// What scripts need of a page: elements of the kind they should be, words in the reader's language, new elements.

export const zh = document.documentElement.lang.startsWith("zh");

/** @type {(chinese: string, english: string) => string} */
export const say = (chinese, english) => (zh ? chinese : english);

/**
 * The first element of this selector, or nothing.
 * @template {Element} [E=HTMLElement]
 * @param {ParentNode} scope
 * @param {string} selector
 * @param {new () => E} [kind]
 * @returns {E | null}
 */
export function perhaps(scope, selector, kind) {
  const found = scope.querySelector(selector);
  return found instanceof (kind ?? HTMLElement) ? /** @type {E} */ (found) : null;
}

/**
 * The first element of this selector; an error that names it where a page has none.
 * @template {Element} [E=HTMLElement]
 * @param {ParentNode} scope
 * @param {string} selector
 * @param {new () => E} [kind]
 * @returns {E}
 */
export function one(scope, selector, kind) {
  const found = perhaps(scope, selector, kind);
  if (!found) throw new TypeError(`the page has no ${selector}`);
  return found;
}

/**
 * All elements of this selector.
 * @template {Element} [E=HTMLElement]
 * @param {ParentNode} scope
 * @param {string} selector
 * @param {new () => E} [kind]
 * @returns {E[]}
 */
export function all(scope, selector, kind) {
  return [...scope.querySelectorAll(selector)].flatMap((each) =>
    each instanceof (kind ?? HTMLElement) ? [/** @type {E} */ (each)] : [],
  );
}

/**
 * The element of this selector that something happened in.
 * @param {Event} event
 * @param {string} selector
 * @returns {HTMLElement | null}
 */
export function around(event, selector) {
  return event.target instanceof Element ? event.target.closest(selector) : null;
}

/**
 * What stands in `data-<name>`; empty where the page says nothing.
 * @param {HTMLElement} element
 * @param {string} name
 */
export const told = (element, name) => element.dataset[name] ?? "";

/**
 * The control of this name. Not `elements[name]`: one may be called `item`, and so is a method of the collection.
 * @param {HTMLFormElement} form
 * @param {string} name
 * @returns {HTMLInputElement}
 */
export const control = (form, name) => /** @type {HTMLInputElement} */ (form.elements.namedItem(name));

/**
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} name
 * @param {string} [classes]
 * @param {string} [text]
 * @returns {HTMLElementTagNameMap[K]}
 */
export function make(name, classes = "", text = "") {
  const element = document.createElement(name);
  if (classes) element.className = classes;
  if (text) element.textContent = text;
  return element;
}

/**
 * Tell the form that something in it is new.
 * @param {Element} element
 */
export function changed(element) {
  element.dispatchEvent(new Event("input", { bubbles: true }));
}

/**
 * What the server says as JSON; nothing where it refuses.
 * @param {string} address
 * @param {Record<string, string>} values
 * @returns {Promise<any>}
 */
export async function asked(address, values) {
  const answer = await fetch(`${address}?${new URLSearchParams(values)}`, { headers: { Accept: "application/json" } });
  return answer.ok ? answer.json() : undefined;
}

/**
 * One choice of a list.
 * @param {string} value
 * @param {string} [text]
 */
export function option(value, text = "") {
  const made = make("option", "", text);
  made.value = value;
  return made;
}
