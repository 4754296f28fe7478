/// <reference lib="webworker" />
/** Keeps the app on the device, so that it starts without a network. Data is the app's own business, not the cache's. */

import { cleanupOutdatedCaches, createHandlerBoundToURL, precacheAndRoute } from "workbox-precaching";
import { NavigationRoute, registerRoute } from "workbox-routing";
import { opensTo, shownAs } from "./push-message";

declare const self: ServiceWorkerGlobalScope;
/** Put in by the build: every file of this version. */
declare const __PRECACHED__: { url: string; revision: string | null }[];

precacheAndRoute(__PRECACHED__);
cleanupOutdatedCaches();

// Enrolment ends in a redirect of the sign-in page to /tablet/enrol, which is a screen; its two doors are not.
registerRoute(
  new NavigationRoute(createHandlerBoundToURL("/tablet/"), {
    allowlist: [/^\/tablet\//],
    denylist: [/^\/tablet\/(session|enrolment)$/],
  }),
);

// The first visit is already kept for offline use. A later version waits until the app says so (`applyUpdate`).
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("message", (event) => {
  if (event.data === "take over") void self.skipWaiting();
});

// A push only wakes the app, which then asks the server; its words are shown when nobody looks at the app.
self.addEventListener("push", (event) => event.waitUntil(pushed(event.data?.text() ?? "")));
self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(open(opensTo(event.notification.data)));
});

async function pushed(text: string): Promise<void> {
  const windows = await self.clients.matchAll({ type: "window" });
  for (const each of windows) each.postMessage("sync");
  const { title, ...options } = shownAs(text);
  await self.registration.showNotification(title, options);
}

async function open(path: string): Promise<void> {
  const [first] = await self.clients.matchAll({ type: "window" });
  if (!first) {
    await self.clients.openWindow(path);
    return;
  }
  await first.focus();
  first.postMessage({ open: path });
}
