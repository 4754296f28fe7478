/** A `Field` in memory: for the tests of screens and for looking at them without a server. */

import { computed, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import { NOTHING } from "./bundle";
import {
  type Bodies,
  type Body,
  type Connection,
  type EntryView,
  type Field,
  type FieldOrder,
  type KnownPerson,
  NotAnswered,
  type OrderRef,
  type Person,
  type Phase,
  type Photo,
  type PhotoRole,
  type PushState,
  type Reference,
  type StorageState,
  type Verb,
  type Words,
} from "./contract";
import { shownOrders } from "./orders";

type Writable<T> = { [K in keyof T]: T[K] extends ReadonlySignal<infer V> ? Signal<V> : never };
type Signals = Pick<
  Field,
  | "phase"
  | "obstacle"
  | "people"
  | "person"
  | "entries"
  | "sentLately"
  | "settledLately"
  | "connection"
  | "storage"
  | "reference"
  | "update"
  | "deviceName"
>;

/** Every signal can be set by the test; `serverOrders` stands for the bundle and `moment` for the clock. */
export interface FakeField extends Omit<Field, keyof Signals>, Writable<Signals> {
  serverOrders: Signal<FieldOrder[]>;
  moment: Signal<Date>;
  /** The next `act` or `keepPhoto` throws this. */
  failure: Error | null;
  pin: string;
}

export const GUARD: Person = {
  code: "guard",
  name: "张强",
  department: "security",
  roles: ["staff"],
  estates: [{ code: "sunshine", name: { zh: "阳光花园", en: "Sunshine Garden" }, timezone: "Asia/Shanghai" }],
};

export const NO_REFERENCE: Reference = NOTHING;

/** A work order with nothing special about it. */
export function makeOrder(changes: Partial<FieldOrder> = {}): FieldOrder {
  return {
    estate: "sunshine",
    key: "plan:lobby:2026-11-25T09:00",
    id: "665f00000000000000000001",
    version: 1,
    coming: false,
    kind: "cleaning",
    state: "open",
    title: "大堂保洁检查",
    place: "1 号楼大堂",
    priority: 3,
    assignee: "guard",
    team: [],
    department: "security",
    starts_at: "2026-11-25T09:00:00+08:00",
    due_at: "2026-11-25T10:00:00+08:00",
    started_at: null,
    finished_at: null,
    clocks: [],
    checkpoints: [],
    route: null,
    checklist: null,
    answers: [],
    photos: [],
    materials: [],
    diagnosis: null,
    quote: null,
    note: null,
    reason: null,
    source: null,
    findings: [],
    supplements: [],
    instructions: null,
    allowed_verbs: ["accept", "start", "pause", "complete", "acknowledge"],
    ...changes,
  };
}

export function fakeField(orders: FieldOrder[] = [], reference: Reference = NO_REFERENCE): FakeField {
  const serverOrders = signal(orders);
  const person = signal<Person | null>(GUARD);
  const entries = signal<EntryView[]>([]);
  const moment = signal(new Date("2026-11-25T09:10:00+08:00"));
  const phase = signal<Phase>("open");
  const photos = new Map<string, Blob>();
  const drafts = new Map<string, unknown>();
  let seq = 0;

  const field: FakeField = {
    serverOrders,
    moment,
    failure: null,
    pin: "135790",
    phase,
    person,
    entries,
    obstacle: signal<Words | null>(null),
    people: signal<KnownPerson[]>([
      {
        code: "guard",
        name: "张强",
        unsent: 0,
        undecided: 0,
        lockedOut: false,
        signInAgain: false,
        lastContact: null,
        sending: true,
      },
    ]),
    orders: computed(() => shownOrders(serverOrders.value, entries.value, person.value)),
    sentLately: signal<EntryView[]>([]),
    settledLately: signal<EntryView[]>([]),
    connection: signal<Connection>({
      online: true,
      silent: false,
      sending: false,
      lastContact: null,
      offsetMs: 0,
      problem: null,
    }),
    push: signal<PushState>("off"),
    storage: signal<StorageState>({ persisted: true, usedBytes: 1e6, quotaBytes: 1e9, low: false }),
    reference: signal(reference),
    update: signal(false),
    deviceName: signal<string | null>("巡更平板 1"),
    appVersion: "test",
    now: () => moment.value,
    session: async () => ({ code: "guard", name: "张强" }),
    beginEnrolment: () => {
      phase.value = "enrol";
    },
    cancelEnrolment: () => {
      phase.value = "locked";
    },
    enrol: async (deviceName, pin) => {
      field.deviceName.value = deviceName;
      field.pin = pin;
      person.value = GUARD;
      phase.value = "open";
    },
    unlock: async (_code, pin) => {
      if (pin !== field.pin) return "wrong";
      person.value = GUARD;
      phase.value = "open";
      return "open";
    },
    lock: () => {
      person.value = null;
      phase.value = "locked";
    },
    acknowledgeWipe: () => {
      phase.value = "enrol";
    },
    act: async (order, verb, body, given = [], draft = undefined) => {
      fail();
      if (draft !== undefined) field.keepDraft(order, draft, null);
      const entry = makeEntry(order, verb, body, given, ++seq, moment.value);
      entries.value = [...entries.value, entry];
      return entry;
    },
    keepPhoto: async (blob, role) => {
      fail();
      const photo = makePhoto(role, blob.size, photos.size, moment.value);
      photos.set(photo.hash, blob);
      return photo;
    },
    keepVoice: async (blob) => {
      fail();
      const hash = `f${String(photos.size).padStart(63, "0")}`;
      photos.set(hash, blob);
      return hash;
    },
    photoUrl: async (hash) => (photos.has(hash) ? `blob:${hash}` : null),
    draft: (order, name) => drafts.get(JSON.stringify([order, name])) ?? null,
    keepDraft: (order, name, value) => void drafts.set(JSON.stringify([order, name]), value),
    draftsKept: async () => undefined,
    placeAt: async () => {
      throw new NotAnswered("offline", null);
    },
    findHouseholds: async () => {
      throw new NotAnswered("offline", null);
    },
    contactsOf: async () => {
      throw new NotAnswered("offline", null);
    },
    drop: async (id) => {
      entries.value = entries.value.filter((each) => each.id !== id);
    },
    keepAsSupplement: async (id) => {
      entries.value = entries.value.filter((each) => each.id !== id);
    },
    syncNow: async () => undefined,
    applyUpdate: () => undefined,
    wantPush: async () => undefined,
    askToPersist: async () => true,
  };

  function fail(): void {
    const failure = field.failure;
    field.failure = null;
    if (failure) throw failure;
  }

  return field;
}

function makePhoto(role: PhotoRole, size: number, index: number, moment: Date): Photo {
  return { hash: String(index).padStart(64, "0"), role, size, taken_at: moment.toISOString(), position: null };
}

/** An entry as `act` gives it: saved on the tablet and not sent. */
export function makeEntry<V extends Verb>(
  order: OrderRef | null,
  verb: V,
  body: Bodies[V],
  photos: Photo[] = [],
  seq = 1,
  savedAt = new Date("2026-11-25T09:10:00+08:00"),
): EntryView {
  return {
    id: `entry-${seq}`,
    seq,
    author: "guard",
    order,
    title: null,
    verb,
    body: body as Body,
    savedAt,
    state: "saved",
    photos: photos.map((each) => each.hash),
    photosSent: 0,
    code: null,
    words: null,
    field: null,
    orderNow: null,
    theirs: [],
    canSupplement: false,
  };
}
