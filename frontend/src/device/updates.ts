/** The service worker: keeps the app for offline use, tells of a new version, wakes the app on a push. */

import { signal } from "@preact/signals";

const HOURLY = 3600 * 1000;

export class Updates {
  readonly waiting = signal(false);
  private registration: ServiceWorkerRegistration | null = null;
  private asked = false;

  /** `woken` is called by a push; `open` with the path that a notification leads to. */
  start(woken: () => void, open: (path: string) => void): void {
    const container = navigator.serviceWorker;
    // The first worker takes over a page that had none: no reason to load it again.
    container.addEventListener("controllerchange", () => {
      if (this.asked) location.reload();
    });
    container.addEventListener("message", (event: MessageEvent<unknown>) => {
      if (event.data === "sync") woken();
      const path = (event.data as { open?: unknown } | null)?.open;
      if (typeof path === "string") open(path);
    });
    void this.register(container);
  }

  /** The new version takes over and the page is loaded anew. What is queued is in the database, which it reads too. */
  apply(): void {
    this.asked = true;
    if (this.registration?.waiting) this.registration.waiting.postMessage("take over");
    else location.reload();
  }

  private async register(container: ServiceWorkerContainer): Promise<void> {
    const registration = await container.register("/tablet/service-worker.js", { scope: "/tablet/" });
    this.registration = registration;
    const look = (): void => {
      this.waiting.value = registration.waiting !== null && container.controller !== null;
    };
    registration.addEventListener("updatefound", () => {
      registration.installing?.addEventListener("statechange", look);
    });
    look();
    setInterval(() => void registration.update().catch(() => undefined), HOURLY);
  }
}
