/**
 * The entries of one person that are only here, or wait for his decision. The database is the truth and this its
 * readable copy: other tabs write there too, and `refresh` reads what has changed.
 */

import { type EntryRow, of, type Storage, strictly, written } from "../device/storage";
import { Turns } from "../device/turns";
import { open, type Sealed, seal } from "../device/vault";
import { type Entry, isSaidAgain, type Outcome, type Recorded } from "./entries";

interface Content {
  recorded: Recorded;
  outcome: Outcome | null;
  settledAt?: number;
}

/** What else belongs into the write of an entry. */
interface Place {
  /** The entry in whose place the new one comes, so that nobody finds both or neither. */
  instead?: string;
  /** Takes the draft away that the entry was. */
  draft?: (rows: { delete(key: [string, string, string]): Promise<void> }) => Promise<void>;
}

export class Outbox {
  private entries = new Map<string, Entry>();
  private readonly turns = new Turns();

  constructor(
    private readonly storage: Storage,
    private readonly person: string,
    private readonly key: CryptoKey,
  ) {}

  /** By number, without those that are settled. */
  all(): Entry[] {
    return this.inOrder().filter((each) => each.state !== "settled");
  }

  settled(): Entry[] {
    return this.inOrder().filter((each) => each.state === "settled");
  }

  private inOrder(): Entry[] {
    return [...this.entries.values()].sort((a, b) => a.seq - b.seq);
  }

  queued(): Entry[] {
    return this.all().filter((each) => each.state === "queued");
  }

  get(id: string): Entry | undefined {
    return this.entries.get(id);
  }

  /** Opens only what is new or was changed elsewhere. True if something was. */
  refresh(): Promise<boolean> {
    return this.turns.take(() => this.readAll());
  }

  private async readAll(): Promise<boolean> {
    const rows = await this.storage.getAll("entries", of(this.person));
    const known = this.entries;
    const entries = await Promise.all(
      rows.map((row) => (same(known.get(row.id), row) ? known.get(row.id) : this.opened(row))),
    );
    this.entries = new Map(entries.map((each) => [(each as Entry).id, each as Entry]));
    return rows.length !== known.size || rows.some((row) => !same(known.get(row.id), row));
  }

  /**
   * Saved when this resolves, under the person's next number.
   */
  add(recorded: Recorded, draft?: Place["draft"]): Promise<Entry> {
    return this.turns.take(() => this.write(recorded, { draft }));
  }

  /** The same in the place of the entry `id`; nothing where that is gone already, by a second tap or another tab. */
  replace(id: string, recorded: Recorded): Promise<void> {
    return this.turns.take(async () => {
      const isHere = (await this.storage.getKey("entries", [this.person, id])) !== undefined;
      if (isHere) await this.write(recorded, { instead: id });
      else this.entries.delete(id);
    });
  }

  private async write(recorded: Recorded, { instead, draft }: Place): Promise<Entry> {
    const id = crypto.randomUUID();
    const sealed = await this.sealed(id, { recorded, outcome: null });
    // A tap that was no draft does not wait for a bundle that is being written.
    const names = draft ? ["people", "entries", "sealed"] : ["people", "entries"];
    const work = strictly(this.storage, names as ["people", "entries", "sealed"]);
    const row = await work.objectStore("people").get(this.person);
    if (!row) throw new Error("the person is gone from this tablet");
    const seq = row.nextSeq;
    await written(work, [
      work.objectStore("entries").add({ person: this.person, id, seq, state: "queued", ...sealed }),
      work.objectStore("people").put({ ...row, nextSeq: seq + 1 }),
      ...(instead ? [work.objectStore("entries").delete([this.person, instead])] : []),
      ...(draft ? [draft(work.objectStore("sealed"))] : []),
    ]);
    const entry: Entry = { id, seq, state: "queued", recorded, outcome: null };
    if (instead) this.entries.delete(instead);
    this.entries.set(id, entry);
    return entry;
  }

  /**
   * What stands goes; what was refused or is in conflict stays with the reason, until it stands by a later entry that
   * says the same again. One write for all.
   */
  settle(outcomes: readonly Outcome[], now: number): Promise<void> {
    return this.turns.take(() => this.conclude(outcomes, now));
  }

  private async conclude(outcomes: readonly Outcome[], now: number): Promise<void> {
    const done = outcomes.filter((each) => each.result === "applied" || each.result === "merged");
    const standing = done.flatMap((each) => this.entries.get(each.id) ?? []);
    const refused = outcomes.flatMap((each) => {
      const entry = this.entries.get(each.id);
      return entry && isUndecided(each.result) ? [{ ...entry, state: each.result, outcome: each }] : [];
    });
    const undecided = [...this.entries.values(), ...refused].filter((each) => each.state === "refused");
    const again = undecided.filter((each) => standing.some((later) => isSaidAgain(each, later)));
    const settled = again.map((each) => ({ ...each, state: "settled" as const, settledAt: now }));
    // One that is refused and said again within the same answer is settled: the later of the two rows.
    const kept = await Promise.all([...refused, ...settled].map((each) => this.rowOf(each)));
    const work = strictly(this.storage, ["entries"]);
    await written(work, [
      ...done.map((each) => work.store.delete([this.person, each.id])),
      ...kept.map((each) => work.store.put(each.row)),
    ]);
    for (const each of done) this.entries.delete(each.id);
    for (const each of kept) this.entries.set(each.entry.id, each.entry);
  }

  drop(id: string): Promise<void> {
    return this.turns.take(() => this.remove(id));
  }

  private async remove(id: string): Promise<void> {
    const entry = this.entries.get(id);
    // What is queued has its number in the stream: without it the server would wait for it for ever.
    if (!entry || entry.state === "queued") return;
    const work = strictly(this.storage, ["entries"]);
    void work.store.delete([this.person, id]);
    await work.done;
    this.entries.delete(id);
  }

  /**
   * Gives the queued entries new numbers from `first` on, in their order. For a server that has lost the newest numbers
   * (restored from a backup), or knows more of them than a tablet that was emptied.
   */
  renumber(first: number): Promise<void> {
    return this.turns.take(() => this.numberFrom(first));
  }

  private async numberFrom(first: number): Promise<void> {
    const work = strictly(this.storage, ["people", "entries"]);
    const person = await work.objectStore("people").get(this.person);
    const rows = (await work.objectStore("entries").index("order").getAll(of(this.person))).filter(
      (row) => row.state === "queued",
    );
    rows.forEach((row, index) => {
      void work.objectStore("entries").put({ ...row, seq: first + index });
    });
    if (person) void work.objectStore("people").put({ ...person, nextSeq: first + rows.length });
    await work.done;
    await this.readAll();
  }

  /** Lets those go that were settled before `before`. True if there were any. */
  async clean(before: number): Promise<boolean> {
    const old = this.settled().filter((each) => (each.settledAt ?? 0) < before);
    for (const each of old) await this.drop(each.id);
    return old.length > 0;
  }

  private async opened(row: EntryRow): Promise<Entry> {
    const content = await open<Content>(this.key, row, this.place(row.id));
    return { id: row.id, seq: row.seq, state: row.state, ...content };
  }

  private async rowOf(entry: Entry) {
    const { id, seq, state, recorded, outcome, settledAt } = entry;
    const sealed = await this.sealed(id, { recorded, outcome, settledAt });
    const row: EntryRow = { person: this.person, id, seq, state, ...sealed };
    return { row, entry };
  }

  private sealed(id: string, content: Content): Promise<Sealed> {
    return seal(this.key, content, this.place(id));
  }

  private place(id: string): string {
    return `${this.person}/entry/${id}`;
  }
}

function isUndecided(result: Outcome["result"]): result is "refused" | "conflict" {
  return result === "refused" || result === "conflict";
}

function same(entry: Entry | undefined, row: EntryRow): boolean {
  return entry !== undefined && entry.state === row.state && entry.seq === row.seq;
}
