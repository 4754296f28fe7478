/** Everything that the data layer takes from the browser, in one place, so that a test can be a device of its own. */

import { ITERATIONS } from "./vault";

export interface Surroundings {
  /** Milliseconds since 1970 by the device's clock, right or wrong. */
  wall(): number;
  /** Milliseconds since the app was started; never goes back, but stands still while some devices sleep. */
  monotonic(): number;
  random(): number;
  fetch(path: string, init: RequestInit): Promise<Response>;
  online(): boolean;
  visible(): boolean;
  /** Runs `work` when no other tab holds the name; `undefined` when one does. */
  exclusive<T>(name: string, work: () => Promise<T>): Promise<T | undefined>;
  later(milliseconds: number, work: () => void): () => void;
  /** A picture as JPEG whose longer side is at most `longest`. Throws when it is none. */
  shrink(blob: Blob, longest: number): Promise<Blob>;
  storage(): StorageManager | null;
  /** Whether messages may be shown: not asked yet (`default`), or this browser cannot be woken at all. */
  notifying(): NotificationPermission | "unavailable";
  /** Asks the person whether the app may wake him. Only in answer to a touch. */
  askToNotify(): Promise<boolean>;
  /** Where this browser is woken, if it may be; null if not. */
  subscribe(key: string): Promise<PushSubscriptionJSON | null>;
  databaseName: string;
  /** How often a PIN is stretched. */
  pinRounds: number;
}

export const browser: Surroundings = {
  wall: () => Date.now(),
  monotonic: () => performance.now(),
  random: () => Math.random(),
  fetch: (path, init) => fetch(path, init),
  online: () => navigator.onLine,
  visible: () => document.visibilityState === "visible",
  exclusive: async (name, work) =>
    navigator.locks.request(name, { ifAvailable: true }, async (lock) => (lock ? work() : undefined)),
  later: (milliseconds, work) => {
    const timer = setTimeout(work, milliseconds);
    return () => clearTimeout(timer);
  },
  shrink,
  storage: () => navigator.storage ?? null,
  notifying: () => ("PushManager" in window && "Notification" in window ? Notification.permission : "unavailable"),
  askToNotify,
  subscribe,
  databaseName: "anju-tablet",
  pinRounds: ITERATIONS,
};

async function askToNotify(): Promise<boolean> {
  if (typeof Notification === "undefined") return false;
  return (await Notification.requestPermission()) === "granted";
}

async function subscribe(key: string): Promise<PushSubscriptionJSON | null> {
  if (typeof Notification === "undefined" || Notification.permission !== "granted") return null;
  const { pushManager } = await navigator.serviceWorker.ready;
  const known = await pushManager?.getSubscription();
  const made = known ?? (await pushManager?.subscribe({ userVisibleOnly: true, applicationServerKey: key }));
  return made?.toJSON() ?? null;
}

const QUALITY = 0.8;

/** Drawing it anew turns it upright and leaves everything behind that is not picture: position, device, thumbnail. */
async function shrink(blob: Blob, longest: number): Promise<Blob> {
  const image = await createImageBitmap(blob, { imageOrientation: "from-image" });
  try {
    const scale = Math.min(1, longest / Math.max(image.width, image.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.max(1, Math.round(image.width * scale));
    canvas.height = Math.max(1, Math.round(image.height * scale));
    const context = canvas.getContext("2d");
    if (!context) throw new Error("no canvas");
    context.fillStyle = "#fff"; // a signature is drawn on nothing, and JPEG would make that black
    context.fillRect(0, 0, canvas.width, canvas.height);
    context.drawImage(image, 0, 0, canvas.width, canvas.height);
    return await encoded(canvas);
  } finally {
    image.close();
  }
}

function encoded(canvas: HTMLCanvasElement): Promise<Blob> {
  return new Promise((resolve, reject) => {
    canvas.toBlob((made) => (made ? resolve(made) : reject(new Error("not encoded"))), "image/jpeg", QUALITY);
  });
}
