/** What the screens know. Everything else of the data layer is behind this page (docs/tablet.md, "The app"). */

import type { ReadonlySignal } from "@preact/signals";

/** A name or sentence in both languages; content may lack the English. */
export interface Words {
  zh: string;
  en?: string | null;
}

/** ISO 8601 with offset. */
export type Moment = string;

// ---------------------------------------------------------------- people

/** `held`: the storage does not open yet, and is tried again. */
export type Phase = "starting" | "held" | "enrol" | "locked" | "open" | "wiped" | "unsupported";

/** Somebody who was enrolled on this tablet. */
export interface KnownPerson {
  code: string;
  name: string;
  /** Entries that are only here (queued; not those that wait for a decision). */
  unsent: number;
  /** Refused or in conflict, to be decided by the person. */
  undecided: number;
  /** Five wrong PINs: sign in again through `/login?next=/tablet/enrol`. */
  lockedOut: boolean;
  /** The server no longer takes this token: sign in again. What was entered stays. */
  signInAgain: boolean;
  /** When the server was last met for this person, whatever was restarted since. */
  lastContact: Date | null;
  /** Unlocked since the app was started, so the entries go on being sent behind the lock. */
  sending: boolean;
}

export interface Person {
  code: string;
  name: Words | string;
  department: string | null;
  roles: string[];
  estates: Estate[];
  /** What the tablet may offer him beyond his work; an earlier version has kept none. */
  may?: ("households.find" | "households.call")[];
}

export interface Estate {
  code: string;
  name: Words | string;
  timezone: string;
}

// ---------------------------------------------------------------- orders

export interface OrderRef {
  estate: string;
  key: string;
}

export type OrderState = "open" | "accepted" | "in_progress" | "paused" | "done" | "missed" | "cancelled" | "skipped";

export interface Clock {
  name: string;
  due_at: Moment | null;
  state: "running" | "due_soon" | "overdue" | "paused" | "met" | "late" | "withdrawn" | "missed";
  /** How a calendar led there, line by line; empty where every hour counts. */
  why?: Words[];
}

export interface Checkpoint {
  code: string;
  name: Words | string;
  place: string | null;
  opens_at: Moment;
  closes_at: Moment;
  state: "pending" | "done" | "missed";
  at: Moment | null;
  device_at?: Moment | null;
  method?: ScanMethod | null;
  by?: string | null;
  /** What the server finds unusual about the scan that counts. */
  unusual?: ("early" | "fast" | "not_last" | "no_photo")[];
  /** Where it is: a floor plan, and fractions of its width and height. */
  floor_plan?: string | null;
  plan_x?: number | null;
  plan_y?: number | null;
  /** A photo must be taken at its scan. */
  photo_required?: boolean | null;
  /** It closes the round: the last to be reached. */
  closing?: boolean | null;
  /** Scans beside the one that counts. */
  others?: Scan[];
}

export interface Scan {
  at: Moment;
  method?: ScanMethod | null;
  by?: string | null;
  withdrawn_at?: Moment | null;
  reason?: string | null;
}

export type ScanMethod = "qr" | "nfc" | "typed";
export type AnswerValue = string | number | boolean | null;

export interface Answer {
  item: string;
  value: AnswerValue;
  note?: string | null;
  photos?: string[];
}

export interface OrderPhoto {
  hash: string;
  role: PhotoRole;
  item?: string | null;
  taken_at?: Moment | null;
  position?: Position | null;
  /** The checkpoint that it shows, and when it was entered. */
  checkpoint?: string | null;
  at?: Moment | null;
  /** Who has added it. */
  by?: string | null;
}

export interface Line {
  /** Code of a line of the price list. */
  line: string;
  quantity: number;
}

export interface Quote {
  lines: Line[];
  total_fen?: number | null;
  /** `asked`: the resident has not answered yet. */
  state: "asked" | "given" | "refused";
  signature?: string | null;
  note?: string | null;
  /** What the resident agreed to before this quote: it still stands should he refuse. */
  agreed?: Line[] | null;
}

export interface OrderFinding {
  item?: string | null;
  checkpoint?: string | null;
  title: string;
  severity: Severity;
  place?: string | null;
  photos?: string[];
  note?: string | null;
  /** Its item was corrected: the finding was taken back. */
  withdrawn_at?: Moment | null;
}

export interface Supplement {
  note?: string | null;
  answers?: Answer[];
  photos?: string[];
  about?: string | null;
  at?: Moment | null;
  by?: string | null;
}

/** What an order of one's own that comes from a request tells about it. */
export interface RequestFacts {
  number: string;
  words: string;
  room: string | null;
  contact_name: string | null;
  contact_phone: string | null;
  price_list: Pin | null;
  /** The earlier repair under whose warranty this one costs nothing. */
  warranty?: { request?: string | null; until?: Moment | null } | null;
  /** Lines of the price list that were paid for before: done again they cost nothing. */
  paid_before?: string[];
}

/** What is known of the emergency that a step belongs to. */
export interface IncidentFacts {
  number: string;
  words: string | null;
  started_by: string | null;
}

/** A revision of content. */
export interface Pin {
  code: string;
  revision: number;
}

/** The server's work order as the bundle carries it. `id` and `version` are null while it is *coming*. */
export interface FieldOrder {
  estate: string;
  key: string;
  id: string | null;
  version: number | null;
  coming: boolean;
  number?: string | null;
  kind: string;
  state: OrderState;
  title: string;
  /** Where the order has a name in English; what people typed has one language. */
  title_en?: string | null;
  clause?: string | null;
  place: string | null;
  priority: number;
  assignee: string | null;
  team: string[];
  department: string | null;
  starts_at: Moment | null;
  due_at: Moment | null;
  started_at: Moment | null;
  finished_at: Moment | null;
  clocks: Clock[];
  checkpoints: Checkpoint[];
  route: Pin | null;
  checklist: Pin | null;
  answers: Answer[];
  photos: OrderPhoto[];
  materials: Line[];
  diagnosis: string | null;
  quote: Quote | null;
  note: string | null;
  reason: string | null;
  source: { kind?: string; id?: string; code?: string; number?: string } | null;
  findings: OrderFinding[];
  supplements: Supplement[];
  instructions: Words | string | null;
  allowed_verbs: string[];
  request?: RequestFacts | null;
  incident?: IncidentFacts | null;
}

/** An order with the entries of this person applied that the server has not confirmed. */
export interface ShownOrder {
  ref: OrderRef;
  order: FieldOrder;
  /** Assigned to the person at work; otherwise it is the team's or may be taken. */
  mine: boolean;
  pending: {
    /** Entries on this order that are only here. */
    entries: number;
    /** Checkpoints that were scanned only here. */
    checkpoints: string[];
    /** Checklist items that were answered only here. */
    items: string[];
  };
  /** Entries on this order that were refused or are in conflict. */
  undecided: number;
}

// ---------------------------------------------------------------- entries

export type Severity = "low" | "normal" | "high";

/** Verb → its body (docs/tablet.md, "Entries"). */
export interface Bodies {
  accept: Record<string, never>;
  start: Record<string, never>;
  resume: Record<string, never>;
  acknowledge: Record<string, never>;
  pause: { reason: string };
  scan: { checkpoint: string; method: ScanMethod };
  /** One's own last scan of the checkpoint was a mistake. */
  take_back: { checkpoint: string; reason?: string };
  /** Photos that show a checkpoint. */
  photograph: { checkpoint: string; photos: string[] };
  answer: { item: string; value: AnswerValue; note?: string; photos?: string[] };
  add_photos: { photos: OrderPhoto[] };
  remove_photo: { photo: string };
  raise_finding: {
    item?: string;
    checkpoint?: string;
    title: string;
    severity: Severity;
    place?: string;
    photos?: string[];
    /** SHA-256 of a voice note that `keepVoice` has kept. */
    voice?: string;
    note?: string;
  };
  /** With order null. */
  report: {
    hazard?: string;
    title: string;
    severity: Severity;
    place: string;
    /** The estate, for people who work in several. */
    estate?: string;
    photos?: string[];
    voice?: string;
    note?: string;
  };
  diagnose: { text: string };
  quote: { lines: Line[] };
  /** `total_fen`: the sum that was shown; the server takes no other. */
  consent: { given: boolean; signature?: string; total_fen?: number; note?: string };
  /** `waived`: what goes beyond the agreed quote is not charged, and the person knows it. */
  materials: { lines: Line[]; waived?: boolean };
  /** `satisfied`: the last of a call-back. */
  complete: {
    note?: string;
    answers?: Answer[];
    signature?: string;
    signed_by?: string;
    total_fen?: number;
    satisfied?: boolean;
  };
  verdict: { passed: boolean; note?: string; photos?: string[] };
  hand_over: { to: string; note: string };
  supplement: { note?: string; answers?: Answer[]; photos?: string[]; voice?: string; about: string };
  /** With order null. */
  hand_over_shift: {
    to: string;
    note: string;
    open: [estate: string, key: string][];
    signature: string;
    counter_signature: string;
    estate?: string;
  };
  /** With order null, like those below. */
  read_handover: { handover: string; estate?: string };
  clock: { direction: Direction; estate?: string };
  call_for_help: { place?: string; words?: string; estate?: string };
  start_plan: { plan: string; place?: string; words?: string; estate?: string };
}

export type Verb = keyof Bodies;
export type Body = Bodies[Verb];

/**
 * `saved`    on this tablet only
 * `sending`  under way right now
 * `waiting`  the server has heard of it and waits for the order to be made
 * `sent`     applied (also beside the changes of others)
 * `refused`  and `conflict` stay until the person decides: `drop` or `keepAsSupplement`
 * `settled`  refused, and said again by a later entry of the same verb that was applied
 */
export type EntryState = "saved" | "sending" | "waiting" | "sent" | "refused" | "conflict" | "settled";

export interface EntryView {
  id: string;
  seq: number;
  author: string;
  order: OrderRef | null;
  /** Title of the order, as it was on the screen. */
  title: string | null;
  verb: Verb;
  body: Body;
  /** When it was saved, by the device's clock. */
  savedAt: Date;
  state: EntryState;
  /** Photos that the entry names, and how many of them the server has completely. */
  photos: string[];
  photosSent: number;
  /** After a refusal or conflict: the stable code, what to do in the reader's language, the field. */
  code: string | null;
  words: string | null;
  field: string | null;
  /** After a conflict: the order as it is now, and what the others did to it. */
  orderNow: FieldOrder | null;
  theirs: OrderEvent[];
  /** May be kept as a supplement of the order (it names an order that the server knows). */
  canSupplement: boolean;
}

/** One change of an order by somebody. */
export interface OrderEvent {
  n: number;
  at: Moment;
  /** Name of the person. */
  by: string;
  verb: string;
  detail: Record<string, unknown> | null;
  device_at?: Moment | null;
  happened_at?: Moment | null;
}

// ---------------------------------------------------------------- photos

export type PhotoRole = "before" | "after" | "other" | "signature";

export interface Position {
  latitude: number;
  longitude: number;
}

/** A picture that is kept on this tablet, encrypted. Its name is the SHA-256 of its bytes. */
export interface Photo {
  hash: string;
  role: PhotoRole;
  size: number;
  taken_at: Moment;
  position: Position | null;
}

// ---------------------------------------------------------------- reference

export interface ChecklistItem {
  code: string;
  name: Words;
  kind: "pass_fail" | "score" | "number" | "text" | "photo";
  max_score?: number | null;
  required?: boolean;
  photo_required?: boolean;
  /** Of a failure. */
  severity?: Severity | null;
  /** Code of an earlier item: this one is asked only if that one failed. */
  only_if?: string | null;
}

export interface Checklist extends Pin {
  name: Words;
  items: ChecklistItem[];
}

export interface PriceLine {
  code: string;
  name: Words;
  unit: string | null;
  /** Whether it comes in parts; unsaid, its unit decides. */
  quantities?: "whole" | "decimal" | null;
  price_fen: number;
  warranty_days: number | null;
}

export interface PriceList extends Pin {
  name: Words;
  lines: PriceLine[];
}

export interface Colleague {
  code: string;
  name: Words | string;
  department: string | null;
}

export interface Place {
  estate: string;
  code: string;
  name: Words | string;
}

export interface Hazard {
  code: string;
  name: Words;
  severity?: Severity;
}

/** An emergency plan that can be started in an estate. */
export interface EmergencyPlan {
  estate: string;
  code: string;
  name: Words;
  steps: number;
}

/** A call for help of the person at work. `id` is that of the entry that made it. */
export interface HelpCall {
  id: string;
  estate: string;
  number: string;
  at: Moment;
  place: string | null;
  state: "open" | "closed" | "cancelled";
  /** How many people were told. */
  told: number;
  /** Who goes to him, once somebody does. */
  by: Words | string | null;
  received_at: Moment | null;
}

/** What was left to the person at the last change of shift, until he says that he has read it. */
export interface ShiftNote {
  id: string;
  estate: string;
  handed_by: Words | string;
  at: Moment;
  note: string | null;
  /** How many orders came with it. */
  open: number;
}

export type Direction = "in" | "out";

export interface Shift {
  start: Moment;
  end: Moment;
  estate: string;
  roster: string;
}

export interface Attendance {
  /** What he said last. */
  clocked: { direction: Direction; at: Moment } | null;
  shifts: Shift[];
}

/** A place with a code on its wall, as the server knows it. */
export interface PlaceFacts {
  code: string;
  kind: "checkpoint" | "building" | "unit";
  estate: string;
  name: Words;
  /** What a report calls it. */
  place: string;
  within: Words | null;
}

/** One thing that is open at a place, or was there. */
export interface PlaceRow {
  what: "visit" | "work" | "finding" | "request";
  kind: string | null;
  number: string;
  /** Of work: with the estate its name here. */
  key: string | null;
  title: Words;
  state: string;
  state_words: Words;
  /** When it was; of what is open, by when it is due. */
  at: Moment | null;
  by: Words | null;
}

/** `history`: the last 90 days, the newest first. */
export interface PlaceTold {
  place: PlaceFacts;
  open: PlaceRow[];
  history: PlaceRow[];
  /** Whether the reader may see what residents asked for. */
  requests_shown: boolean;
}

export interface Member {
  name: string;
  phone: string | null;
  email: string | null;
  relation: string | null;
}

/** A household as it is found at the gate: numbers are masked. */
export interface GateHousehold {
  code: string;
  estate: string;
  room: string;
  members: Member[];
}

/** Its numbers in full. */
export interface Contacts {
  members: Member[];
  note: string | null;
}

export interface Reference {
  checklists: Checklist[];
  price_lists: PriceList[];
  colleagues: Colleague[];
  places: Place[];
  hazards: Hazard[];
  plans: EmergencyPlan[];
  calls: HelpCall[];
  handovers: ShiftNote[];
  attendance: Attendance;
  floor_plans: FloorPlan[];
}

/** Its picture is named like a photo, and kept on the tablet for rounds that are to come; the size is in pixels. */
export interface FloorPlan {
  code: string;
  name: Words | string;
  picture: string;
  width: number;
  height: number;
}

// ---------------------------------------------------------------- the tablet

export interface Connection {
  online: boolean;
  /** The device has a network, and the server gives no answer. */
  silent: boolean;
  sending: boolean;
  lastContact: Date | null;
  /** Server time less device time, as measured at the last contact; null before the first. */
  offsetMs: number | null;
  /** Why sending stands still although the network is there (in the reader's language), else null. */
  problem: string | Words | null;
}

/** Whether this person is woken here: he wants it, he does not, the browser was told to refuse it, or it cannot. */
export type PushState = "on" | "off" | "refused" | "unavailable";

export interface StorageState {
  persisted: boolean;
  usedBytes: number;
  quotaBytes: number;
  low: boolean;
}

/** Nothing was saved: the sentence says why and what to do. `act`, `keepPhoto` and `keepVoice` throw it. */
export class NotSaved extends Error {
  constructor(
    readonly code: "storage_full" | "storage_failed" | "not_open" | "not_a_picture" | "voice_too_large",
    readonly words: Words,
  ) {
    super(code);
  }
}

/** Enrolment did not succeed; nothing was changed. `enrol` throws it. */
export class NotEnrolled extends Error {
  constructor(
    readonly code: string,
    readonly words: Words,
  ) {
    super(code);
  }
}

/** The server was asked and has not told: `words` are its reason, null where it was not reached (`offline`). */
export class NotAnswered extends Error {
  constructor(
    readonly code: string,
    readonly words: string | null,
  ) {
    super(code);
  }
}

export interface Field {
  readonly phase: ReadonlySignal<Phase>;
  /** In the phases `unsupported` and `wiped`: why. */
  readonly obstacle: ReadonlySignal<Words | null>;
  readonly people: ReadonlySignal<KnownPerson[]>;
  readonly person: ReadonlySignal<Person | null>;
  /** The server's orders with pending entries applied, in no particular order. */
  readonly orders: ReadonlySignal<ShownOrder[]>;
  /** Not sent, refused, in conflict; newest last. */
  readonly entries: ReadonlySignal<EntryView[]>;
  /** What was sent since the app was opened (at most 50), newest last. */
  readonly sentLately: ReadonlySignal<EntryView[]>;
  /** What a later entry settled within the last day, newest last. */
  readonly settledLately: ReadonlySignal<EntryView[]>;
  readonly connection: ReadonlySignal<Connection>;
  readonly storage: ReadonlySignal<StorageState>;
  readonly push: ReadonlySignal<PushState>;
  readonly reference: ReadonlySignal<Reference>;
  /** A new version of the app waits. */
  readonly update: ReadonlySignal<boolean>;
  /** The name that this tablet was given, once somebody was enrolled. */
  readonly deviceName: ReadonlySignal<string | null>;
  readonly appVersion: string;

  /** Server time as well as this tablet knows it: its clock and the offset measured last. */
  now(): Date;
  /** Who is signed in by session (after `/login?next=/tablet/enrol`); null: nobody, or no network. */
  session(): Promise<{ code: string; name: string } | null>;
  /** `locked` → `enrol`, for one more person, and back. */
  beginEnrolment(): void;
  cancelEnrolment(): void;
  /** Enrols who is signed in, with a PIN of six digits; then the phase is `open`. Throws `NotEnrolled`. */
  enrol(deviceName: string, pin: string): Promise<void>;
  unlock(code: string, pin: string): Promise<"open" | "wrong" | "locked_out">;
  lock(): void;
  /** `wiped` → `locked` or `enrol`. */
  acknowledgeWipe(): void;
  /**
   * Resolved = saved on this tablet. Throws `NotSaved`.
   * `photos` are put into the body (`photos` of the verb), so that nobody has to name a hash twice.
   * `draft` names the draft of this order that the entry was: it goes in the same write.
   */
  act<V extends Verb>(
    order: OrderRef | null,
    verb: V,
    body: Bodies[V],
    photos?: Photo[],
    draft?: string,
  ): Promise<EntryView>;
  /** What was typed on a card and not entered; null: nothing. `order` null: on a page without one. */
  draft(order: OrderRef | null, name: string): unknown;
  /** Keeps it, encrypted, within a quarter of a second; null lets it go. A value is JSON; hashes in it keep their pictures. */
  keepDraft(order: OrderRef | null, name: string, value: unknown): void;
  /** Resolves when every draft is on the disk. */
  draftsKept(): Promise<void>;
  /** Shrinks, reads the position, strips, stores encrypted. Throws `NotSaved`. */
  keepPhoto(blob: Blob, role: PhotoRole): Promise<Photo>;
  /** Stores a recording encrypted, as it is; resolves with its name. Throws `NotSaved`. */
  keepVoice(blob: Blob, seconds: number): Promise<string>;
  /** An object URL of a picture or voice note that is on this tablet or, with a network, on the server. */
  photoUrl(hash: string): Promise<string | null>;
  /** What is at a place and was there, by its code. Like the two that follow only with a network: throws `NotAnswered`. */
  placeAt(code: string): Promise<PlaceTold>;
  findHouseholds(text: string): Promise<GateHousehold[]>;
  /** The numbers of one household; the server notes who looked. */
  contactsOf(household: string): Promise<Contacts>;
  /** After a refusal or conflict only. */
  drop(entry: string): Promise<void>;
  keepAsSupplement(entry: string): Promise<void>;
  /** In answer to a touch: asks the browser where that is needed; the server is told at the next contact. */
  wantPush(on: boolean): Promise<void>;
  syncNow(): Promise<void>;
  applyUpdate(): void;
  /** In answer to a touch: asks the browser to keep what is stored, and the person whether the app may wake him. */
  askToPersist(): Promise<boolean>;
}
