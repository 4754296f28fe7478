// A part of the page that is worked out anew by the server while the form beside it is written.
import { all, perhaps, say, told } from "./page.js";

const SOON_MS = 300;
const WORDS = {
  working: say("计算中…", "working…"),
  failed: say("预览暂不可用，不影响保存", "no preview just now; saving works"),
  signedOut: say("登录已过期；您填写的内容已留在草稿里", "your session ended; what you typed is kept as a draft"),
};

/**
 * Post the form to `place`'s address 300 ms after the last change, and show what comes back. Answers out of turn are dropped.
 * @param {HTMLFormElement} form
 * @param {HTMLElement} place
 * @param {HTMLElement} state
 * @returns {() => void} asks again soon
 */
export function live(form, place, state) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  let latest = 0;

  async function show() {
    const mine = ++latest;
    state.textContent = WORDS.working;
    const html = await written(form, place).catch(() => null);
    if (mine !== latest) return;
    if (html === null || html === undefined) {
      state.textContent = html === null ? WORDS.failed : WORDS.signedOut;
      return;
    }
    place.innerHTML = html;
    spread(form, place);
    state.textContent = "";
  }

  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(show, SOON_MS);
  };
  form.addEventListener("input", soon);
  show();
  return soon;
}

/**
 * What the server makes of the form; `undefined` when it asks to sign in. Raises when it cannot answer.
 * @param {HTMLFormElement} form
 * @param {HTMLElement} place
 */
async function written(form, place) {
  const data = new URLSearchParams();
  for (const [name, value] of new FormData(form)) if (typeof value === "string") data.append(name, value);
  data.set("of", told(place, "of"));
  const answer = await fetch(told(place, "live"), { method: "POST", body: data, headers: { Accept: "text/html" } });
  if (!answer.ok && answer.status !== 401 && answer.status !== 400) throw new Error(String(answer.status));
  const html = await answer.text();
  // An answer from elsewhere is the page to sign in.
  return answer.redirected || !answer.ok ? undefined : html;
}

/**
 * What is tried out beside the form is no change of the form.
 * @param {HTMLElement} box
 * @param {() => void} soon
 */
export function aside(box, soon) {
  box.addEventListener("input", (event) => {
    event.stopPropagation();
    soon();
  });
}

/**
 * Parts of the answer that have a place of their own on the page.
 * @param {HTMLFormElement} form
 * @param {HTMLElement} place
 */
function spread(form, place) {
  for (const part of all(place, "[data-part]")) {
    perhaps(form, `[data-live-part="${told(part, "part")}"]`)?.replaceChildren(part);
  }
}
