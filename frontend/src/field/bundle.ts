/** What the server has given to work with: read once when somebody unlocks, written piece by piece as it changes. */

import { ifThereIsRoom } from "../device/quota";
import { type Kind, of, type SealedRow, type Storage, strictly, written } from "../device/storage";
import { Turns } from "../device/turns";
import { open, seal } from "../device/vault";
import type { FieldOrder, Person, Reference } from "./contract";
import { isOpen, orderId } from "./orders";

/** The answer of `GET /api/v1/field/bundle`. Parts are null where nothing has changed. */
export interface Bundle {
  cursor: string;
  full: boolean;
  server_time: string;
  keep_days: number;
  person: Person | null;
  orders: FieldOrder[];
  gone: [estate: string, key: string][];
  checklists: Reference["checklists"];
  price_lists: Reference["price_lists"];
  colleagues: Reference["colleagues"] | null;
  places: Reference["places"] | null;
  hazards: Reference["hazards"] | null;
  plans: Reference["plans"] | null;
  calls: Reference["calls"] | null;
  handovers: Reference["handovers"] | null;
  attendance: Reference["attendance"] | null;
  floor_plans: Reference["floor_plans"] | null;
  push_key: string | null;
}

export const NOTHING: Reference = {
  checklists: [],
  price_lists: [],
  colleagues: [],
  places: [],
  hazards: [],
  plans: [],
  calls: [],
  handovers: [],
  attendance: { clocked: null, shifts: [] },
  floor_plans: [],
};
/** The parts that are sent as a whole, and null where nothing of them has changed. */
const WHOLE = ["colleagues", "places", "hazards", "plans", "calls", "handovers", "attendance", "floor_plans"] as const;
const DAY = 24 * 3600 * 1000;

export class Work {
  cursor: string | null = null;
  person: Person | null = null;
  reference: Reference = NOTHING;
  orders = new Map<string, FieldOrder>();
  private readonly turns = new Turns();

  constructor(
    private readonly storage: Storage,
    private readonly code: string,
    private readonly key: CryptoKey,
  ) {}

  load(): Promise<void> {
    return this.turns.take(() => this.readAll());
  }

  private async readAll(): Promise<void> {
    const rows = (await this.storage.getAll("sealed", of(this.code))).filter((row) => row.kind !== "draft");
    const values = await Promise.all(rows.map((row) => open<unknown>(this.key, row, place(row))));
    this.orders = new Map();
    rows.forEach((row, index) => {
      this.take(row, values[index]);
    });
  }

  /** One write: the cursor never says more than what is stored. */
  apply(bundle: Bundle): Promise<void> {
    return this.turns.take(() => this.write(bundle));
  }

  private async write(bundle: Bundle): Promise<void> {
    const orders = bundle.orders.filter((order) => !this.isOlder(order));
    const person = bundle.person ?? this.person;
    const reference = merged(this.reference, bundle);
    const rows = await Promise.all([
      this.row("cursor", "", bundle.cursor),
      ...(bundle.person ? [this.row("person", "", bundle.person)] : []),
      ...(reference === this.reference ? [] : [this.row("reference", "", reference)]),
      ...orders.map((order) => this.row("order", orderId(order), order, expiry(order, bundle.keep_days))),
    ]);
    const gone = this.goneBy(bundle);
    await this.replace(gone, rows);
    for (const id of gone) this.orders.delete(id);
    for (const order of orders) this.orders.set(orderId(order), order);
    Object.assign(this, { cursor: bundle.cursor, person, reference });
  }

  /** Orders as the server told them with the outcomes of entries. */
  put(orders: readonly FieldOrder[], keepDays: number): Promise<void> {
    return orders.length === 0 ? Promise.resolve() : this.turns.take(() => this.writeOrders(orders, keepDays));
  }

  private async writeOrders(orders: readonly FieldOrder[], keepDays: number): Promise<void> {
    const rows = await Promise.all(
      orders.map((order) => this.row("order", orderId(order), order, expiry(order, keepDays))),
    );
    // The next bundle tells them again; the entries that made them are to go although nothing more can be written.
    await ifThereIsRoom(this.replace([], rows));
    for (const order of orders) this.orders.set(orderId(order), order);
  }

  private async replace(gone: string[], rows: SealedRow[]): Promise<void> {
    const work = strictly(this.storage, ["sealed"]);
    await written(work, [
      ...gone.map((id) => work.store.delete([this.code, "order", id])),
      ...rows.map((row) => work.store.put(row)),
    ]);
  }

  private take(row: SealedRow, value: unknown): void {
    if (row.kind === "order") this.orders.set(row.id, value as FieldOrder);
    if (row.kind === "cursor") this.cursor = value as string;
    if (row.kind === "person") this.person = value as Person;
    // What an earlier version has kept lacks the newer parts, until the server is met.
    if (row.kind === "reference") this.reference = { ...NOTHING, ...(value as Partial<Reference>) };
  }

  /** An answer that was overtaken by the outcome of an entry. */
  private isOlder(order: FieldOrder): boolean {
    const here = this.orders.get(orderId(order));
    return here !== undefined && here.version !== null && order.id === here.id && (order.version ?? 0) < here.version;
  }

  private goneBy(bundle: Bundle): string[] {
    const named = bundle.gone.map(([estate, key]) => orderId({ estate, key }));
    if (!bundle.full) return named;
    const there = new Set(bundle.orders.map(orderId));
    return [...this.orders.keys()].filter((id) => !there.has(id));
  }

  private async row(kind: Kind, id: string, value: unknown, until: number | null = null): Promise<SealedRow> {
    const where = { person: this.code, kind, id };
    return { ...where, until, ...(await seal(this.key, value, place(where))) };
  }
}

export const place = (row: Pick<SealedRow, "person" | "kind" | "id">): string => `${row.person}/${row.kind}/${row.id}`;

/** What is finished goes by itself; what is open stays until the server takes it back. */
function expiry(order: FieldOrder, keepDays: number): number | null {
  if (isOpen(order)) return null;
  const end = order.finished_at ?? order.due_at ?? order.starts_at;
  return end === null ? null : new Date(end).getTime() + keepDays * DAY;
}

function merged(old: Reference, bundle: Bundle): Reference {
  const pinned = bundle.full ? NOTHING : old;
  const given = WHOLE.filter((name) => bundle[name] !== null && bundle[name] !== undefined);
  if (!bundle.full && bundle.checklists.length + bundle.price_lists.length + given.length === 0) return old;
  return {
    ...old,
    ...Object.fromEntries(given.map((name) => [name, bundle[name]])),
    checklists: revisions(pinned.checklists, bundle.checklists),
    price_lists: revisions(pinned.price_lists, bundle.price_lists),
  };
}

function revisions<T extends { code: string; revision: number }>(old: T[], given: T[]): T[] {
  const all = new Map([...old, ...given].map((each) => [`${each.code}@${each.revision}`, each]));
  return [...all.values()];
}

/**
 * Without any PIN: lets go what is finished and past its days, and everything but entries, drafts and photos of somebody whose
 * tablet has not met the server for so long. `now` is server time as well as this tablet knows it.
 */
export async function cleanUp(storage: Storage, now: number): Promise<void> {
  const work = storage.transaction(["people", "sealed"], "readwrite");
  const people = new Map((await work.objectStore("people").getAll()).map((row) => [row.code, row]));
  let cursor = await work.objectStore("sealed").openCursor();
  while (cursor) {
    const { person, kind, until } = cursor.value;
    const row = people.get(person);
    const longAgo = row?.lastContact != null && row.lastContact + row.keepDays * DAY < now;
    if ((until !== null && until < now) || (longAgo && kind !== "token" && kind !== "draft")) void cursor.delete();
    cursor = await cursor.continue();
  }
  await work.done;
}
