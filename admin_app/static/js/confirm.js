// A question before a form is sent: data-confirm="…", and data-typed="name" where the name must be typed.
import { make, say } from "./page.js";

export function confirmBeforeSending() {
  document.addEventListener("submit", async (event) => {
    const form = /** @type {HTMLFormElement} */ (event.target);
    const button = event.submitter;
    const question = button?.dataset.confirm ?? form.dataset.confirm;
    if (!question || form.dataset.confirmed) return;
    event.preventDefault();
    if (!(await ask(question, form.dataset.typed))) return;
    form.dataset.confirmed = "yes";
    form.requestSubmit(button);
    delete form.dataset.confirmed;
  });
}

/**
 * Ask in a dialog; resolves to true or false.
 * @param {string} question
 * @param {string} [typed]
 * @returns {Promise<boolean>}
 */
export function ask(question, typed) {
  const dialog = make("dialog", "confirm");
  const form = make("form");
  form.method = "dialog";
  const foot = make("div", "form-foot");
  const no = make("button", "button", say("返回", "Back"));
  const yes = make("button", "button primary", say("确定", "Confirm"));
  no.value = "no";
  no.formNoValidate = true;
  yes.value = "yes";
  foot.append(no, yes);
  const input = typed ? nameBox(typed, yes) : null;
  form.append(...(input ? [input] : []), foot);
  dialog.append(make("p", "", question), form);
  document.body.append(dialog);
  dialog.showModal();
  (input ?? yes).focus();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue === "yes");
    });
  });
}

/**
 * @param {string} typed
 * @param {HTMLButtonElement} yes
 */
function nameBox(typed, yes) {
  const input = make("input");
  const words = say(`请输入“${typed}”以确认`, `Type “${typed}” to confirm`);
  input.setAttribute("aria-label", words);
  input.placeholder = words;
  yes.disabled = true;
  input.addEventListener("input", () => {
    yes.disabled = input.value.trim() !== typed;
  });
  return input;
}
