/** How much room there is, and whether the browser has promised to keep what is stored. */

import type { StorageState } from "../field/contract";
import type { Surroundings } from "./surroundings";

/** Below this, photos of a shift may no longer fit. */
const LOW_BYTES = 100 * 1024 * 1024;
const LOW_SHARE = 0.95;

export const UNKNOWN: StorageState = { persisted: false, usedBytes: 0, quotaBytes: 0, low: false };

export async function measure(device: Surroundings): Promise<StorageState> {
  const storage = device.storage();
  if (!storage?.estimate) return UNKNOWN;
  const { usage = 0, quota = 0 } = await storage.estimate();
  const low = quota > 0 && (quota - usage < LOW_BYTES || usage > quota * LOW_SHARE);
  return { persisted: (await storage.persisted?.()) ?? false, usedBytes: usage, quotaBytes: quota, low };
}

export async function persist(device: Surroundings): Promise<boolean> {
  return (await device.storage()?.persist?.()) ?? false;
}

/** A note that the server or the next run can tell anew: on a full tablet nothing stops for it. */
export async function ifThereIsRoom(write: Promise<unknown>): Promise<void> {
  try {
    await write;
  } catch (error) {
    if (!isFull(error)) throw error;
  }
}

/** Whether a write failed because there is no room. */
export function isFull(error: unknown): boolean {
  return error instanceof DOMException && (error.name === "QuotaExceededError" || error.name === "UnknownError");
}
