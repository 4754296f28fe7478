/** A tablet of the test: its own clocks, its own database, the test's network. */

import type { Surroundings } from "../src/device/surroundings";
import type { Field } from "../src/field/contract";
import { type Made, makeField, type Options } from "../src/field/field";
import type { FieldServer } from "./server";

export const PIN = "135790";
let databases = 0;

export class TestDevice implements Surroundings {
  readonly databaseName = `tablet-${++databases}`;
  readonly pinRounds = 1000; // the real number is tested in vault.test.ts
  wallMs = new Date("2026-11-25T01:10:00Z").getTime();
  monotonicMs = 0;
  isOnline = true;
  isVisible = true;
  quota = { usage: 0, quota: 10e9 };
  pending: { milliseconds: number; work: () => void }[] = [];
  private held = new Set<string>();

  constructor(private readonly server: FieldServer) {}

  wall = (): number => this.wallMs;
  monotonic = (): number => this.monotonicMs;
  random = (): number => 0.5;
  online = (): boolean => this.isOnline;
  visible = (): boolean => this.isVisible;
  fetch = (path: string, init: RequestInit): Promise<Response> => fetch(this.server.url + path, init);
  askToNotify = async (): Promise<boolean> => true;
  permission: NotificationPermission | "unavailable" = "granted";
  notifying = (): NotificationPermission | "unavailable" => this.permission;
  subscribe = async (_key: string): Promise<PushSubscriptionJSON | null> => null;
  shrink = async (blob: Blob): Promise<Blob> => blob;

  /** Time passes, for both clocks. */
  pass(milliseconds: number): void {
    this.wallMs += milliseconds;
    this.monotonicMs += milliseconds;
  }

  /** The next timer is due; resolves when what it began is over. */
  async wake(): Promise<void> {
    const next = this.pending.shift();
    next?.work();
    const due = () => this.pending.length > 0;
    for (let n = 0; n < 500 && !due(); n++) await new Promise((go) => setTimeout(go, 2));
  }

  async exclusive<T>(name: string, work: () => Promise<T>): Promise<T | undefined> {
    if (this.held.has(name)) return undefined;
    this.held.add(name);
    try {
      return await work();
    } finally {
      this.held.delete(name);
    }
  }

  later(milliseconds: number, work: () => void): () => void {
    const timer = { milliseconds, work };
    this.pending.push(timer);
    return () => {
      this.pending = this.pending.filter((each) => each !== timer);
    };
  }

  storage(): StorageManager {
    return {
      estimate: async () => this.quota,
      persisted: async () => false,
      persist: async () => true,
    } as unknown as StorageManager;
  }
}

/** The app is started on the device, as after a reload or a kill: nothing but the database is left of the run before. */
export async function started(
  device: TestDevice,
  options: Pick<Options, "enrolling" | "obstacle"> = {},
): Promise<Made> {
  device.pending = [];
  const made = makeField({ device, appVersion: "test", ...options });
  await made.ready;
  return made;
}

export async function enrolled(device: TestDevice): Promise<Made> {
  const made = await started(device, { enrolling: true });
  await made.field.enrol("巡更平板 1", PIN);
  await made.field.syncNow();
  return made;
}

/** Everything in the database as text: what somebody finds who opens the storage. */
export async function everythingStored(device: TestDevice): Promise<string> {
  const database = await new Promise<IDBDatabase>((resolve, reject) => {
    const request = indexedDB.open(device.databaseName);
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  const found: string[] = [];
  for (const name of database.objectStoreNames) {
    const rows = await new Promise<unknown[]>((resolve) => {
      const request = database.transaction(name).objectStore(name).getAll();
      request.onsuccess = () => resolve(request.result);
    });
    found.push(...rows.map(readable));
  }
  database.close();
  return found.join("\n");
}

function readable(row: unknown): string {
  return JSON.stringify(row, (_key, value: unknown) => {
    if (value instanceof ArrayBuffer) return new TextDecoder().decode(value);
    return value instanceof Uint8Array ? new TextDecoder().decode(value) : value;
  });
}

export const ids = (field: Field): string[] => field.entries.value.map((each) => each.id);
