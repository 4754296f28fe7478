// A question before a form is sent: data-confirm="…", and data-typed="name" where the name must be typed.

const zh = document.documentElement.lang.startsWith("zh");
const WORDS = zh
  ? { yes: "确定", no: "返回", type: (name) => `请输入“${name}”以确认` }
  : { yes: "Confirm", no: "Back", type: (name) => `Type “${name}” to confirm` };

export function confirmBeforeSending() {
  document.addEventListener("submit", async (event) => {
    const form = event.target;
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

/** Ask in a dialog; resolves to true or false. */
export function ask(question, typed) {
  const dialog = make("dialog", "confirm");
  const text = make("p", "", question);
  const form = make("form", "");
  form.method = "dialog";
  const input = typed ? make("input", "") : null;
  const foot = make("div", "form-foot");
  const no = make("button", "button", WORDS.no);
  const yes = make("button", "button primary", WORDS.yes);
  no.value = "no";
  no.formNoValidate = true;
  yes.value = "yes";
  foot.append(no, yes);
  if (input) {
    input.setAttribute("aria-label", WORDS.type(typed));
    input.placeholder = WORDS.type(typed);
    yes.disabled = true;
    input.addEventListener("input", () => (yes.disabled = input.value.trim() !== typed));
    form.append(input);
  }
  form.append(foot);
  dialog.append(text, form);
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

function make(name, classes, text = "") {
  const element = document.createElement(name);
  if (classes) element.className = classes;
  if (text) element.textContent = text;
  return element;
}
