/** One unlocked person: what he sees, what he records, and its way home. Lives on behind the lock until the app is closed. */

import { signal } from "@preact/signals";
import { Client } from "../api/client";
import type { DeviceClock } from "../device/clock";
import { measure } from "../device/quota";
import { type Counts, countsOf, type Storage } from "../device/storage";
import type { Surroundings } from "../device/surroundings";
import { open } from "../device/vault";
import { NOTHING, place, Work } from "./bundle";
import {
  type Bodies,
  type EntryState,
  type EntryView,
  type FieldOrder,
  NotSaved,
  type OrderRef,
  type Person,
  type Photo,
  type PhotoRole,
  type Reference,
  type ShownOrder,
  type Verb,
} from "./contract";
import { type Contact, Delivery, type Pass } from "./delivery";
import { Drafts } from "./drafts";
import { type Entry, type Recorded, sentBeside, splitEstate, supplementOf, viewOf, withPhotos } from "./entries";
import { groupByOrder, orderId, shown } from "./orders";
import { Outbox } from "./outbox";
import { Photos } from "./photos";
import { Questions } from "./questions";

const REMEMBERED = 50;
const DAY = 24 * 3600 * 1000;
const SUBSCRIPTION = "/api/v1/field/push-subscription";
const ALARM = "/api/v1/field/alarm";

export interface Tablet {
  storage: Storage;
  device: Surroundings;
  clock: DeviceClock;
  deviceCode: string;
  appVersion: string;
  persisted(): boolean;
  wantsPush(person: string): Promise<boolean>;
  met(person: string, contact: Contact): Promise<void>;
}

interface Cached {
  server: FieldOrder;
  own: EntryView[];
  shown: ShownOrder;
}

function unlessSame<T>(before: T[], after: T[]): T[] {
  const isSame = before.length === after.length && after.every((each, n) => each === before[n]);
  return isSame ? before : after;
}

export class Session {
  readonly person = signal<Person>({ code: "", name: "", department: null, roles: [], estates: [] });
  readonly orders = signal<ShownOrder[]>([]);
  readonly entries = signal<EntryView[]>([]);
  readonly sentLately = signal<EntryView[]>([]);
  readonly settledLately = signal<EntryView[]>([]);
  readonly reference = signal<Reference>(NOTHING);
  readonly drafts: Drafts;
  readonly questions: Questions;

  private readonly outbox: Outbox;
  private readonly photos: Photos;
  private readonly work: Work;
  private readonly client: Client;
  private readonly delivery: Delivery;
  private cache = new Map<string, Cached>();
  private readonly views = new WeakMap<Entry, EntryView>();
  /** What the server was told in this run about waking; null: nothing yet. */
  private woken: boolean | null = null;
  private alarm: string | null = null;
  private urls = new Map<string, string>();

  private constructor(
    private readonly tablet: Tablet,
    readonly code: string,
    name: string,
    key: CryptoKey,
    token: string,
  ) {
    const { storage, device, clock, deviceCode, appVersion } = tablet;
    this.person.value = { ...this.person.value, code, name };
    this.outbox = new Outbox(storage, code, key);
    this.photos = new Photos(storage, code, key, device);
    this.work = new Work(storage, code, key);
    this.drafts = new Drafts(storage, code, key, device);
    this.client = new Client(device, token);
    this.questions = new Questions(this.client);
    this.delivery = new Delivery({
      person: code,
      deviceCode,
      appVersion,
      device,
      clock,
      client: this.client,
      outbox: this.outbox,
      photos: this.photos,
      work: this.work,
      changed: () => this.publish(),
      sent: (entries) => this.remember(entries),
      met: (contact) => tablet.met(code, contact),
      persisted: tablet.persisted,
    });
  }

  /** Reads everything that is stored. */
  static async begin(tablet: Tablet, code: string, name: string, key: CryptoKey): Promise<Session> {
    const row = await tablet.storage.get("sealed", [code, "token", ""]);
    const token = row ? await open<string>(key, row, place(row)) : "";
    const session = new Session(tablet, code, name, key, token);
    await session.reload();
    return session;
  }

  /** Another tab has written. */
  async reload(): Promise<void> {
    await Promise.all([this.outbox.refresh(), this.photos.load(), this.work.load(), this.drafts.load()]);
    this.publish();
  }

  /** Resolved = saved. Two quick taps keep their order. */
  async act<V extends Verb>(
    ref: OrderRef | null,
    verb: V,
    body: Bodies[V],
    photos: Photo[],
    draft?: string,
  ): Promise<EntryView> {
    const recorded = this.recorded(ref, verb, withPhotos(verb, body, photos));
    const entry = await this.added(recorded, ref, draft);
    this.publish();
    return this.view(entry);
  }

  private async added(recorded: Recorded, ref: OrderRef | null, draft: string | undefined): Promise<Entry> {
    if (draft === undefined) return this.outbox.add(recorded);
    try {
      return await this.outbox.add(recorded, (rows) => this.drafts.removeWith(rows, ref, draft));
    } catch (error) {
      await this.drafts.load(); // nothing was written, so the draft is still there
      throw error;
    }
  }

  async keepPhoto(blob: Blob, role: PhotoRole): Promise<Photo> {
    return this.photos.keep(blob, role, this.tablet.clock.deviceNow());
  }

  async keepVoice(blob: Blob, seconds: number): Promise<string> {
    return this.photos.keepVoice(blob, seconds, this.tablet.clock.deviceNow());
  }

  /** From this tablet, else from the server; null if neither has it. */
  async photoUrl(hash: string): Promise<string | null> {
    const known = this.urls.get(hash);
    if (known) return known;
    const blob = await this.picture(hash);
    if (!blob) return null;
    const url = URL.createObjectURL(blob);
    this.urls.set(hash, url);
    return url;
  }

  /** Pictures that were opened for the screen are closed again. */
  forgetPictures(): void {
    for (const url of this.urls.values()) URL.revokeObjectURL(url);
    this.urls.clear();
  }

  async drop(id: string): Promise<void> {
    await this.outbox.drop(id);
    this.publish();
  }

  async keepAsSupplement(id: string): Promise<void> {
    const entry = this.outbox.get(id);
    if (!entry || entry.state === "queued") return;
    const { estate, order } = entry.recorded;
    if (order === null) return;
    await this.outbox.replace(id, this.recorded({ estate, key: order }, "supplement", supplementOf(entry)));
    this.publish();
  }

  /** Whether the last pass has brought something home. */
  get moved(): boolean {
    return this.delivery.moved;
  }

  get counts(): Counts {
    return countsOf(this.outbox.all());
  }

  async pass(): Promise<Pass> {
    const pass = await this.delivery.pass();
    if (pass.kind === "done") this.drafts.clean((order) => this.work.orders.has(order));
    // Housekeeping: what could not be done is done after the next pass, and holds up nothing that is to be sent.
    if (pass.kind === "done" || pass.kind === "later") await this.clean().catch(() => undefined);
    if (pass.kind === "done") void this.beWoken();
    if (pass.kind === "done") await this.bringFloorPlans().catch(() => undefined);
    return pass;
  }

  /** The pictures that rounds to be walked need, so that they are here without a network. One that did not come is asked
   * for again after the next pass. */
  private async bringFloorPlans(): Promise<void> {
    for (const hash of this.floorPlans()) {
      if (this.photos.isHere(hash)) continue;
      const blob = await this.client.blob(`/api/v1/field/photos/${hash}/image`);
      await this.photos.keepCopy(hash, blob);
    }
  }

  /** Of the orders that are here, whether or not they are over: what is named here is not let go. */
  private floorPlans(): string[] {
    const points = [...this.work.orders.values()].flatMap((order) => order.checkpoints);
    const used = new Set(points.map((each) => each.floor_plan));
    return this.work.reference.floor_plans.filter((each) => used.has(each.code)).map((each) => each.picture);
  }

  /**
   * Tells the server where to wake this person, or not to, once in a run and when he has changed his mind. Without it the
   * app asks every few seconds anyway.
   */
  private async beWoken(): Promise<void> {
    const key = this.delivery.pushKey;
    const { wantsPush, device } = this.tablet;
    const wanted = await wantsPush(this.code);
    if (key === null || this.woken === wanted) return;
    this.woken = wanted;
    try {
      const subscription = wanted ? await device.subscribe(key) : null;
      if (subscription) await this.client.put(SUBSCRIPTION, subscription);
      else await this.client.delete(SUBSCRIPTION);
    } catch {
      // The browser's push service is out of reach here, or the server was: at the next contact again.
      this.woken = null;
    }
  }

  /** Whether anything of an emergency has changed since it was last asked. Throws what the client throws. */
  async isAlarmed(): Promise<boolean> {
    const { mark } = (await this.client.get<{ mark: string }>(ALARM)).body;
    const changed = mark !== this.alarm;
    this.alarm = mark;
    return changed;
  }

  private recorded(ref: OrderRef | null, verb: Verb, given: Bodies[Verb]): Recorded {
    const { clock } = this.tablet;
    const { estate, body } = splitEstate(given);
    const order = ref && this.cache.get(orderId(ref))?.shown.order;
    const mark = clock.mark();
    return {
      estate: ref?.estate ?? estate ?? this.onlyEstate(),
      order: ref?.key ?? null,
      title: order?.title ?? null,
      verb,
      body,
      seen: order?.version ?? null,
      savedAt: clock.deviceNow().toISOString(),
      run: clock.run,
      mark,
      elapsed: clock.elapsed(mark),
    };
  }

  private onlyEstate(): string {
    const [first] = this.person.value.estates;
    if (first) return first.code;
    throw new NotSaved("storage_failed", {
      zh: "没有保存：这台平板还没有收到您的小区，请先联网一次",
      en: "Not saved: this tablet has not been told your estate yet; connect once first",
    });
  }

  private async picture(hash: string): Promise<Blob | null> {
    const kept = await this.photos.blob(hash);
    if (kept) return kept;
    try {
      return await this.client.blob(`/api/v1/field/photos/${hash}/image`);
    } catch {
      return null; // no network, or not his to see
    }
  }

  private remember(entries: Entry[]): void {
    const views = entries.map((each) => viewOf(each, this.code, "sent", this.photos.isSent));
    this.sentLately.value = [...this.sentLately.value, ...views].slice(-REMEMBERED);
  }

  private async clean(): Promise<void> {
    const { device } = this.tablet;
    const now = device.wall();
    if (await this.outbox.clean(now - DAY)) this.publish();
    const { low } = await measure(device);
    const entries = [...this.outbox.all(), ...this.outbox.settled()];
    const named = new Set([
      ...entries.flatMap((each) => sentBeside(each.recorded.body)),
      ...this.drafts.photos(),
      ...this.floorPlans(),
    ]);
    await this.photos.clean(now - this.delivery.keepDays * DAY, named, low);
    // Last: on a full tablet the pictures had to go first, and a letter that still has no place stands on its card.
    await this.drafts.settled();
  }

  /** What has not changed stays the same object, so that only what has is drawn anew. */
  private publish(): void {
    const views = this.outbox.all().map((each) => this.view(each));
    this.entries.value = unlessSame(this.entries.peek(), views);
    const settled = this.outbox.settled().map((each) => this.view(each));
    this.settledLately.value = unlessSame(this.settledLately.peek(), settled);
    this.orders.value = unlessSame(this.orders.peek(), this.shownOrders(views));
    if (this.work.person) this.person.value = this.work.person;
    this.reference.value = this.work.reference;
  }

  /** Only the orders whose own entries or server's copy have changed are worked out anew. */
  private shownOrders(views: EntryView[]): ShownOrder[] {
    const byOrder = groupByOrder(views);
    const cache = new Map<string, Cached>();
    for (const [id, server] of this.work.orders) {
      const own = byOrder.get(id) ?? [];
      const known = this.cache.get(id);
      const fresh = known?.server === server && unlessSame(known.own, own) === known.own;
      cache.set(id, fresh ? known : { server, own, shown: shown(server, own, this.code) });
    }
    this.cache = cache;
    return Array.from(cache.values(), (each) => each.shown);
  }

  /** An entry is never changed in place; what is shown of it changes with its state and its pictures' too. */
  private view(entry: Entry): EntryView {
    const known = this.views.get(entry);
    const state = this.stateOf(entry);
    if (known?.state === state && known.photosSent === known.photos.filter(this.photos.isSent).length) return known;
    const view = viewOf(entry, this.code, state, this.photos.isSent);
    this.views.set(entry, view);
    return view;
  }

  private stateOf(entry: Entry): EntryState {
    if (entry.state !== "queued") return entry.state;
    if (this.delivery.underWay.has(entry.id)) return "sending";
    return this.delivery.awaited.has(entry.id) ? "waiting" : "saved";
  }
}
