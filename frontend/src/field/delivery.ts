/** Brings one person's entries home: pictures first, then batches in order, then asks what is new. */

import { type Answer, type Client, Refused, Unreachable } from "../api/client";
import type { DeviceClock } from "../device/clock";
import type { Surroundings } from "../device/surroundings";
import type { Bundle, Work } from "./bundle";
import type { FieldOrder, Words } from "./contract";
import { type Entry, type Outcome, onTheWay, refOf, sentBeside } from "./entries";
import { applied, orderId } from "./orders";
import type { Outbox } from "./outbox";
import type { Photos } from "./photos";

// The server takes 500 at once; a shorter letter is answered well within the patience for an answer, also by a busy server.
export const MOST = 200;
const SIDE_BY_SIDE = 4;
/** So many pictures travel before the entries that they belong to: nothing waits for all pictures of a day. */
const PICTURES = 12;
const BUSY = "stream_busy";
const OPERATIONS = "/api/v1/field/operations";

/** How a pass ended. `problem` is a sentence of the server's, or ours of what went wrong here. */
export type Pass =
  | { kind: "done" }
  /** Another tab is at it. */
  | { kind: "elsewhere" }
  | { kind: "unreachable" }
  /** `tired`: it was the server itself, or what stands before it, that could not. */
  | { kind: "later"; wait: number | null; problem: string | Words | null; tired?: boolean }
  | { kind: "sign_in" }
  | { kind: "revoked"; what: "person" | "device" };

export interface Receipt {
  server_time: string;
  next_seq: number;
  outcomes: Outcome[];
}

export interface Contact {
  at: number;
  keepDays: number;
}

export interface Parts {
  person: string;
  deviceCode: string;
  appVersion: string;
  device: Surroundings;
  clock: DeviceClock;
  client: Client;
  outbox: Outbox;
  photos: Photos;
  work: Work;
  /** After each step that may be seen. */
  changed(): void;
  /** These entries were applied. */
  sent(entries: Entry[]): void;
  /** The server has answered. */
  met(contact: Contact): Promise<void>;
  persisted(): boolean;
}

export class Delivery {
  /** Entries of the batch that is under way. */
  underWay: ReadonlySet<string> = new Set();
  /** Entries that the server has heard of and cannot carry out yet: their order is still to be made. */
  awaited: ReadonlySet<string> = new Set();
  /** Whether the last pass has brought something home, or met the server at work on it. */
  moved = false;
  keepDays = 3;
  /** Under which the server wakes tablets; null where it does not. */
  pushKey: string | null = null;

  constructor(private readonly parts: Parts) {}

  /** One attempt at everything. Never throws. */
  async pass(): Promise<Pass> {
    this.moved = false;
    try {
      const pass = await this.parts.device.exclusive(`anju-send-${this.parts.person}`, () => this.everything());
      return pass ?? { kind: "elsewhere" };
    } catch (error) {
      this.moved ||= error instanceof Refused && error.code === BUSY;
      return verdict(error);
    } finally {
      this.underWay = new Set();
      this.parts.changed();
    }
  }

  private async everything(): Promise<Pass> {
    await this.sendAll();
    await this.ask();
    return { kind: "done" };
  }

  /** In turns, each of entries whose pictures are there and, beside them, of the pictures that come next. */
  private async sendAll(): Promise<void> {
    for (let renumbered = false; ; ) {
      const window = this.parts.outbox.queued().slice(0, MOST);
      if (window.length === 0) return;
      // An entry of another tab may be heard of before its picture, and would go without it.
      await this.parts.photos.find(window.flatMap((each) => sentBeside(each.recorded.body)));
      const ready = this.ready(window);
      const batch = ready.length > 0 ? this.sendBatch(ready) : Promise.resolve(true);
      const [entries, pictures] = await Promise.allSettled([batch, this.sendPhotos(window)]);
      if (entries.status === "rejected") renumbered = await this.overcome(entries.reason, renumbered);
      else if (!entries.value) return;
      if (pictures.status === "rejected") throw pictures.reason;
    }
  }

  /** The server asks for another number; anything else is thrown on. Returns whether entries got new numbers. */
  private async overcome(error: unknown, renumbered: boolean): Promise<boolean> {
    const first = nextNumber(error);
    if (first === null || renumbered) throw error;
    if (await this.parts.outbox.refresh()) return false; // another tab has written what is missing
    await this.parts.outbox.renumber(first);
    return true;
  }

  /** Those before the first whose pictures are not all there: a scan does not wait for a later photo. */
  private ready(window: Entry[]): Entry[] {
    const end = window.findIndex((each) => !sentBeside(each.recorded.body).every(this.parts.photos.isSettled));
    return end < 0 ? window : window.slice(0, end);
  }

  private async sendPhotos(window: Entry[]): Promise<void> {
    const { photos, client, changed } = this.parts;
    const hashes = new Set(
      window.flatMap((each) => sentBeside(each.recorded.body)).filter((h) => !photos.isSettled(h)),
    );
    const rest = [...hashes].slice(0, PICTURES);
    const one = async (): Promise<void> => {
      for (let hash = rest.shift(); hash !== undefined; hash = rest.shift()) {
        await photos.send(hash, client);
        this.moved = true;
        changed();
      }
    };
    const ends = await Promise.allSettled(Array.from({ length: SIDE_BY_SIDE }, one));
    const failed = ends.find((end) => end.status === "rejected");
    if (failed) throw failed.reason;
  }

  /** True if the stream goes on. */
  private async sendBatch(batch: Entry[]): Promise<boolean> {
    this.parts.clock.beat();
    if (this.parts.clock.doubtful) await this.ask(); // or the server would be told wrong times
    this.underWay = new Set(batch.map((each) => each.id));
    this.parts.changed();
    const receipt = await this.posted(batch);
    if (receipt === null) return true;
    this.moved = true;
    await this.settle(batch, receipt.outcomes);
    this.underWay = new Set();
    this.awaited = new Set(receipt.outcomes.filter((each) => each.result === "waiting").map((each) => each.id));
    const settled = receipt.outcomes.filter((each) => each.result !== "waiting").length;
    return settled > 0 && !receipt.outcomes.some((each) => each.result === "waiting");
  }

  /** Null if the batch as a whole was not taken and something else is to be tried. */
  private async posted(batch: Entry[]): Promise<Receipt | null> {
    try {
      const answer = await this.parts.client.post<Receipt>(OPERATIONS, this.letter(batch));
      await this.meet(answer, answer.body.server_time);
      return answer.body;
    } catch (error) {
      if (!(error instanceof Refused) || ![400, 413, 422].includes(error.status)) throw error;
      await this.isolate(batch, error);
      return null;
    }
  }

  /** Nothing of a batch was taken: a smaller one, down to the entry that the server cannot read. It must not hold up the rest. */
  private async isolate(batch: Entry[], error: Refused): Promise<void> {
    const [first, ...others] = batch;
    if (!first) throw error;
    if (others.length > 0) {
      await this.sendBatch(batch.slice(0, Math.ceil(batch.length / 2)));
      return;
    }
    const { id, seq } = first;
    const { outbox, device } = this.parts;
    await outbox.settle([{ id, seq, result: "refused", code: error.code, words: error.words }], device.wall());
    await outbox.renumber(seq);
  }

  private letter(batch: Entry[]) {
    const { clock, deviceCode, appVersion, outbox } = this.parts;
    return {
      device: deviceCode,
      app_version: appVersion,
      device_now: clock.deviceNow().toISOString(),
      run: clock.run,
      elapsed_ms: clock.elapsed(clock.mark()),
      unsent: outbox.queued().length,
      operations: batch.map((each) => onTheWay(each, clock)),
    };
  }

  private async settle(batch: Entry[], outcomes: Outcome[]): Promise<void> {
    const { outbox, work, device } = this.parts;
    const byId = new Map(batch.map((each) => [each.id, each]));
    const told = withOrders(outcomes, byId).map((each) => this.withRefusedPictures(each, byId.get(each.id)));
    const standing = outcomes.filter((each) => each.result === "applied" || each.result === "merged");
    // The order first: between the two writes an entry is shown twice rather than not at all.
    await work.put(this.ordersAfter(outcomes, byId), this.keepDays);
    await outbox.settle(told, device.wall());
    this.parts.sent(standing.flatMap((each) => byId.get(each.id) ?? []));
    this.parts.changed();
  }

  private withRefusedPictures(outcome: Outcome, entry: Entry | undefined): Outcome {
    if (!entry || (outcome.result !== "applied" && outcome.result !== "merged")) return outcome;
    const refusal = this.parts.photos.refusalAmong(sentBeside(entry.recorded.body));
    return refusal ? { ...outcome, result: "refused", ...refusal, pictureRefused: true } : outcome;
  }

  /** As the server tells them; where it does not, as they were with the entry applied, until the bundle says more. */
  private ordersAfter(outcomes: Outcome[], byId: Map<string, Entry>): FieldOrder[] {
    const { work, person } = this.parts;
    const after = new Map<string, FieldOrder>();
    for (const outcome of outcomes) {
      const entry = byId.get(outcome.id);
      const ref = entry && refOf(entry.recorded);
      if (outcome.order) after.set(orderId(outcome.order), outcome.order);
      else if (entry && ref && (outcome.result === "applied" || outcome.result === "merged")) {
        const order = after.get(orderId(ref)) ?? work.orders.get(orderId(ref));
        const told = { ...entry.recorded, id: entry.id, author: person, order: ref, state: "sent" as const };
        if (order) after.set(orderId(ref), applied(order, { ...told, savedAt: new Date(told.savedAt) }));
      }
    }
    return [...after.values()];
  }

  /** What is new. */
  private async ask(): Promise<void> {
    const { client, work, clock, outbox, appVersion } = this.parts;
    const query = new URLSearchParams({
      app_version: appVersion,
      unsent: String(outbox.queued().length),
      device_now: clock.deviceNow().toISOString(),
      run: clock.run,
      persisted: String(this.parts.persisted()),
      ...(work.cursor ? { after: work.cursor } : {}),
    });
    const answer = await client.get<Bundle>(`/api/v1/field/bundle?${query}`);
    this.keepDays = answer.body.keep_days;
    this.pushKey = answer.body.push_key;
    await work.apply(answer.body);
    await this.meet(answer, answer.body.server_time);
    this.parts.changed();
  }

  private async meet(answer: Answer<unknown>, serverTime: string): Promise<void> {
    const server = new Date(serverTime).getTime();
    this.parts.clock.measured(server, answer.asked, answer.answered);
    await this.parts.met({ at: server, keepDays: this.keepDays });
  }
}

/** The server tells an order once, with the last outcome about it; each that is decided by a person shows it. */
function withOrders(outcomes: Outcome[], byId: Map<string, Entry>): Outcome[] {
  const told = new Map(outcomes.flatMap(({ order }) => (order ? [[orderId(order), order] as const] : [])));
  return outcomes.map((each) => {
    const entry = byId.get(each.id);
    const ref = entry && refOf(entry.recorded);
    return ref ? { ...each, order: each.order ?? told.get(orderId(ref)) ?? null } : each;
  });
}

function nextNumber(error: unknown): number | null {
  if (!(error instanceof Refused) || (error.code !== "sequence_gap" && error.code !== "number_taken")) return null;
  const { next_seq } = error.details;
  return typeof next_seq === "number" ? next_seq : null;
}

function verdict(error: unknown): Pass {
  if (error instanceof Unreachable) return { kind: "unreachable" };
  if (!(error instanceof Refused)) return { kind: "later", wait: null, problem: ownProblem(error) };
  if (error.status === 401 && error.code === "device_revoked") {
    return { kind: "revoked", what: error.details.revoked === "device" ? "device" : "person" };
  }
  if (error.status === 401) return { kind: "sign_in" };
  // Somebody else – this tablet in another process – holds the stream, or the server is tired: soon gone, and no news.
  const passing = error.code === BUSY || error.status === 429 || error.status >= 500;
  const wait = error.retryAfter ?? (error.code === BUSY ? 2_000 : null);
  return { kind: "later", wait, problem: passing ? null : error.words, tired: error.status >= 500 };
}

/** What came in could not be read or kept; the name is for who is asked for help. */
function ownProblem(error: unknown): Words {
  const name = error instanceof Error || error instanceof DOMException ? error.name : String(error);
  return {
    zh: `平板没能存下收到的内容（${name}），会再试。请清理空间，或重新打开应用`,
    en: `This tablet could not keep what came in (${name}) and will try again. Make room, or reopen the app`,
  };
}
