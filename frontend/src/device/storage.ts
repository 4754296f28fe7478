/**
 * The tablet's database. Everything of a person is sealed (vault.ts); in the open are who is enrolled, how many entries
 * wait, and what is needed to clean up without a PIN.
 *
 * A migration never drops or rewrites `entries` and `photos`: what was saved by an older version of the app is sent by
 * this one.
 */

import { type DBSchema, type IDBPDatabase, type IDBPTransaction, openDB } from "idb";
import type { Sealed, Wrapped } from "./vault";

export interface DeviceRow {
  id: "device";
  code: string;
  name: string | null;
  /** Server time less device time, as measured last. */
  offsetMs: number | null;
}

export interface PersonRow extends Wrapped {
  code: string;
  name: string;
  wrongTries: number;
  signInAgain: boolean;
  /** Whether this person wants to be woken here; missing: he has not said so. */
  push?: boolean;
  lastContact: number | null;
  keepDays: number;
  /** The number that the next entry of this person on this device gets. Numbers are never given twice. */
  nextSeq: number;
}

export type Kind = "token" | "person" | "reference" | "cursor" | "order" | "draft";

export interface SealedRow extends Sealed {
  person: string;
  kind: Kind;
  id: string;
  /** When it may go without being asked for (milliseconds since 1970); null: not by itself. */
  until: number | null;
}

/** `settled`: refused, and said again by a later entry that was applied. */
export type StoredState = "queued" | "refused" | "conflict" | "settled";

export interface EntryRow extends Sealed {
  person: string;
  id: string;
  seq: number;
  state: StoredState;
}

export interface PhotoRow extends Sealed {
  person: string;
  hash: string;
  size: number;
  savedAt: number;
  state: "kept" | "sent" | "refused";
  refusal: { code: string; words: string } | null;
  /** `{role, taken_at, position}` */
  meta: Sealed;
}

interface Schema extends DBSchema {
  device: { key: string; value: DeviceRow };
  people: { key: string; value: PersonRow };
  sealed: { key: [string, string, string]; value: SealedRow };
  entries: { key: [string, string]; value: EntryRow; indexes: { order: [string, number] } };
  photos: { key: [string, string]; value: PhotoRow };
}

export type Storage = IDBPDatabase<Schema>;
export type StoreName = "device" | "people" | "sealed" | "entries" | "photos";
type Upgrade = IDBPTransaction<Schema, StoreName[], "versionchange">;
export type Migration = (storage: Storage, transaction: Upgrade) => void | Promise<void>;

/** Number n leads from version n to n + 1. A released one is never changed. */
export const MIGRATIONS: readonly Migration[] = [
  (storage) => {
    storage.createObjectStore("device", { keyPath: "id" });
    storage.createObjectStore("people", { keyPath: "code" });
    storage.createObjectStore("sealed", { keyPath: ["person", "kind", "id"] });
    storage.createObjectStore("entries", { keyPath: ["person", "id"] }).createIndex("order", ["person", "seq"]);
    storage.createObjectStore("photos", { keyPath: ["person", "hash"] });
  },
];

/** `outdated` is called when a newer version of the app, in another tab, waits for this one to let go. */
export function openStorage(
  name: string,
  outdated: () => void = () => undefined,
  migrations: readonly Migration[] = MIGRATIONS,
): Promise<Storage> {
  return openDB<Schema>(name, migrations.length, {
    async upgrade(storage, from, _to, transaction) {
      for (const migrate of migrations.slice(from)) await migrate(storage, transaction as unknown as Upgrade);
    },
    blocking(_current, _blocked, event) {
      (event.target as IDBDatabase).close();
      outdated();
    },
  });
}

/** Resolves when the browser says that it is on the disk, not merely taken over ("saved" must survive a power cut). */
export function strictly<const Names extends readonly StoreName[]>(
  storage: Storage,
  names: Names,
): IDBPTransaction<Schema, Names, "readwrite"> {
  const work = storage.transaction([...names], "readwrite", { durability: "strict" });
  return work as unknown as IDBPTransaction<Schema, Names, "readwrite">;
}

/** Resolves when a transaction is on the disk; throws what stood in its way, whichever request met it. */
export async function written(work: { done: Promise<void> }, requests: Promise<unknown>[]): Promise<void> {
  await Promise.all([...requests, work.done]);
}

/** All rows of a person in a store whose key begins with his code. */
export function of(person: string): IDBKeyRange {
  return IDBKeyRange.bound([person], [person, []]);
}

export interface Counts {
  unsent: number;
  undecided: number;
}

export function countsOf(entries: readonly { state: StoredState }[]): Counts {
  const unsent = entries.filter((each) => each.state === "queued").length;
  const settled = entries.filter((each) => each.state === "settled").length;
  return { unsent, undecided: entries.length - unsent - settled };
}

/** How many entries of a person are queued, and how many wait for his decision. */
export async function counts(storage: Storage, person: string): Promise<Counts> {
  const rows = await storage.getAll("entries", of(person));
  return countsOf(rows);
}

/** Everything of a person, or of all. The device forgets its own name only with the last of them. */
export async function wipe(storage: Storage, person: string | null): Promise<void> {
  const work = strictly(storage, ["device", "people", "sealed", "entries", "photos"]);
  const range = person === null ? undefined : of(person);
  for (const name of ["sealed", "entries", "photos"] as const) {
    void (range ? work.objectStore(name).delete(range) : work.objectStore(name).clear());
  }
  if (person === null) {
    void work.objectStore("people").clear();
    void work.objectStore("device").clear();
  } else {
    void work.objectStore("people").delete(person);
  }
  await work.done;
}
