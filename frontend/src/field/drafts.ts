/**
 * What somebody has typed on a card and not entered yet: sealed like everything of a person, written while he types, and
 * gone in the same write as the entry that it becomes. It is never sent.
 */

import { type SealedRow, type Storage, strictly, written } from "../device/storage";
import type { Surroundings } from "../device/surroundings";
import { Turns } from "../device/turns";
import { open, seal } from "../device/vault";
import { place } from "./bundle";
import type { OrderRef } from "./contract";
import { orderId } from "./orders";

/** Longest time that a typed letter is only in memory. */
export const DRAFT_DELAY = 250;
const HASH = /"([0-9a-f]{64})"/g;

interface Draft {
  /** Key of the order; null for what is reported without one. */
  order: string | null;
  value: unknown;
}

type Rows = { delete(key: [string, string, string]): Promise<void> };

export class Drafts {
  private drafts = new Map<string, Draft>();
  private readonly dirty = new Set<string>();
  private readonly turns = new Turns();
  private waiting = false;

  constructor(
    private readonly storage: Storage,
    private readonly person: string,
    private readonly key: CryptoKey,
    private readonly device: Surroundings,
  ) {}

  load(): Promise<void> {
    return this.turns.take(() => this.readAll());
  }

  private async readAll(): Promise<void> {
    const rows = await this.storage.getAll("sealed", draftsOf(this.person));
    const values = await Promise.all(rows.map((row) => open<Draft>(this.key, row, place(row))));
    const found = new Map(rows.map((row, index) => [row.id, values[index] as Draft]));
    // What is being typed here is newer than what is written.
    for (const id of this.dirty) {
      const typed = this.drafts.get(id);
      if (typed) found.set(id, typed);
      else found.delete(id);
    }
    this.drafts = found;
  }

  get(order: OrderRef | null, name: string): unknown {
    return this.drafts.get(draftId(order, name))?.value ?? null;
  }

  /** Null lets it go. Written soon; `settled` tells when. */
  keep(order: OrderRef | null, name: string, value: unknown): void {
    const id = draftId(order, name);
    if (value === null) this.drafts.delete(id);
    else this.drafts.set(id, { order: order && orderId(order), value });
    this.dirty.add(id);
    if (this.waiting) return;
    this.waiting = true;
    this.device.later(DRAFT_DELAY, () => {
      this.waiting = false;
      this.settled().catch(() => undefined); // no room: the card is still on the screen, and its entry will say so
    });
  }

  /** Resolves when everything that was kept is on the disk. */
  settled(): Promise<void> {
    return this.turns.take(() => this.writeAll());
  }

  private async writeAll(): Promise<void> {
    for (const id of [...this.dirty]) await this.write(id);
  }

  private async write(id: string): Promise<void> {
    const draft = this.drafts.get(id);
    const row = draft && (await this.sealed(id, draft));
    const work = strictly(this.storage, ["people", "sealed"]);
    // Of somebody who was wiped from this tablet meanwhile nothing may come back.
    const isKnown = (await work.objectStore("people").getKey(this.person)) !== undefined;
    // Overtaken while it was sealed: by the next letter, or by the entry that it became.
    const isNewest = this.drafts.get(id) === draft;
    const sealed = work.objectStore("sealed");
    await written(work, [
      ...(row && isKnown && isNewest ? [sealed.put(row)] : []),
      ...(draft ? [] : [sealed.delete([this.person, "draft", id])]),
    ]);
    if (isNewest) this.dirty.delete(id);
  }

  /** Goes with the entry that it became: both in the transaction of `rows`, so that nothing is entered twice after a kill. */
  removeWith(rows: Rows, order: OrderRef | null, name: string): Promise<void> {
    const id = draftId(order, name);
    this.drafts.delete(id);
    this.dirty.delete(id);
    return rows.delete([this.person, "draft", id]);
  }

  /** Lets those go whose order has left the tablet; `settled` tells when. */
  clean(isHere: (order: string) => boolean): void {
    for (const [id, { order }] of this.drafts) {
      if (order === null || isHere(order)) continue;
      this.drafts.delete(id);
      this.dirty.add(id);
    }
  }

  /** Pictures that a draft names. */
  photos(): string[] {
    const values = Array.from(this.drafts.values(), (each) => JSON.stringify(each.value));
    return values.flatMap((each) => Array.from(each.matchAll(HASH), ([, hash]) => hash as string));
  }

  private async sealed(id: string, draft: Draft): Promise<SealedRow> {
    const where = { person: this.person, kind: "draft", id } as const;
    return { ...where, until: null, ...(await seal(this.key, draft, place(where))) };
  }
}

const draftId = (order: OrderRef | null, name: string): string => `${order ? orderId(order) : ""}|${name}`;

const draftsOf = (person: string): IDBKeyRange => IDBKeyRange.bound([person, "draft"], [person, "draft", []]);
