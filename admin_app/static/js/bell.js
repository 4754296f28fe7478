// How many notices are unread: asked once the page stands, then every minute while somebody looks at it.
import { perhaps, told } from "./page.js";

const EVERY = 60_000;
const MOST = 99;

/** @param {HTMLElement} count */
async function ask(count) {
  if (document.hidden) return;
  const answer = await fetch(told(count, "unread"), { headers: { Accept: "application/json" } }).catch(() => null);
  // Signed out, or no connection: the number that stands is the newest that is known.
  if (!answer?.ok || answer.redirected) return;
  const { unread } = await answer.json();
  count.hidden = !unread;
  count.textContent = unread > MOST ? `${MOST}+` : String(unread);
}

export function bell() {
  const count = perhaps(document, "[data-unread]");
  if (!count) return;
  ask(count);
  setInterval(() => ask(count), EVERY);
}
