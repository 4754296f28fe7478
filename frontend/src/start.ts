/** Hangs the data layer on the browser: its events, its other tabs, its service worker. */

import { Updates } from "./device/updates";
import type { Field, Words } from "./field/contract";
import { makeField } from "./field/field";

const HEARTBEAT = 5_000;
const TABS = "anju-tablet";

export function createField(): Field {
  const obstacle = findObstacle();
  const updates = new Updates();
  const tabs = typeof BroadcastChannel === "undefined" ? null : new BroadcastChannel(TABS);
  const made = makeField({
    appVersion: __APP_VERSION__,
    enrolling: location.pathname.startsWith("/tablet/enrol"),
    obstacle,
    update: updates.waiting,
    applyUpdate: () => updates.apply(),
    told: (person) => tabs?.postMessage(person),
    outdated: () => location.reload(),
  });
  if (obstacle) return made.field;
  tabs?.addEventListener("message", (event: MessageEvent<string>) => void made.changedElsewhere(event.data));
  for (const name of ["pointerdown", "keydown"]) addEventListener(name, made.touched, { passive: true, capture: true });
  const sync = (): void => void made.field.syncNow();
  addEventListener("online", sync);
  addEventListener("offline", made.beat);
  // The camera app, or the next one, may be the end of this page.
  const keep = (): void => void made.field.draftsKept().catch(() => undefined);
  addEventListener("pagehide", keep);
  document.addEventListener("visibilitychange", () => {
    made.beat();
    if (document.visibilityState === "visible") sync();
    else keep();
  });
  setInterval(made.beat, HEARTBEAT);
  const look = (): void => void made.look().then((wait) => setTimeout(look, wait));
  look();
  updates.start(sync, (path) => {
    history.pushState(null, "", path);
    dispatchEvent(new PopStateEvent("popstate"));
  });
  return made.field;
}

/** What this browser lacks, in a sentence; null if it has everything. */
function findObstacle(): Words | null {
  if (!isSecureContext) {
    return {
      zh: "请用 https 地址打开：浏览器在不安全的连接上不提供加密和离线功能",
      en: "Open the https address: on an insecure connection the browser offers neither encryption nor offline use",
    };
  }
  const there = "indexedDB" in window && "serviceWorker" in navigator && "locks" in navigator && crypto.subtle;
  if (there) return null;
  return {
    zh: "此浏览器太旧或处于无痕模式，缺少离线所需的功能。请用新版 Chrome、Edge 或 Safari 的普通窗口打开",
    en: "This browser is too old or in private mode and lacks what offline use needs. Use a recent Chrome, Edge or Safari in an ordinary window",
  };
}
