// A part of the page that is worked out anew by the server while the form beside it is written.

const zh = document.documentElement.lang.startsWith("zh");
const WORDS = zh
  ? { working: "计算中…", failed: "预览暂不可用，不影响保存", signedOut: "登录已过期；您填写的内容已留在草稿里" }
  : { working: "working…", failed: "no preview just now; saving works", signedOut: "your session ended; what you typed is kept as a draft" };

/** Post the form to `place`'s address 300 ms after the last change, and show what comes back. Answers out of turn are dropped. */
export function live(form, place, state) {
  let timer = 0;
  let latest = 0;

  async function show() {
    const mine = ++latest;
    const data = new URLSearchParams(new FormData(form));
    data.set("of", place.dataset.of ?? "");
    state.textContent = WORDS.working;
    try {
      const answer = await fetch(place.dataset.live, { method: "POST", body: data, headers: { Accept: "text/html" } });
      if (!answer.ok && answer.status !== 401 && answer.status !== 400) throw new Error(answer.status);
      const html = await answer.text();
      if (mine !== latest) return;
      // An answer from elsewhere is the page to sign in.
      if (answer.redirected || !answer.ok) return (state.textContent = WORDS.signedOut);
      place.innerHTML = html;
      spread(form, place);
      state.textContent = "";
    } catch {
      if (mine === latest) state.textContent = WORDS.failed;
    }
  }

  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(show, 300);
  };
  form.addEventListener("input", soon);
  show();
  return soon;
}

/** What is tried out beside the form is no change of the form. */
export function aside(box, soon) {
  box.addEventListener("input", (event) => {
    event.stopPropagation();
    soon();
  });
}

/** Parts of the answer that have a place of their own on the page. */
function spread(form, place) {
  for (const part of place.querySelectorAll("[data-part]")) {
    form.querySelector(`[data-live-part="${part.dataset.part}"]`)?.replaceChildren(part);
  }
}
