/** What an entry is on the tablet, on its way, and on the screen. Pure functions. */

import type { DeviceClock } from "../device/clock";
import type { StoredState } from "../device/storage";
import { asked } from "./bodies";
import type { Bodies, Body, EntryState, EntryView, FieldOrder, OrderEvent, OrderRef, Photo, Verb } from "./contract";
import { isUndecided } from "./orders";

/** What was recorded, and is never changed. */
export interface Recorded {
  estate: string;
  order: string | null;
  title: string | null;
  verb: Verb;
  body: Body;
  /** The version of the order that was on the screen. */
  seen: number | null;
  savedAt: string;
  run: string;
  /** On the monotonic clock of that run (`DeviceClock.mark`). */
  mark: number;
  /** `DeviceClock.elapsed` at the time; for the server when the run is over. */
  elapsed: number;
}

/** What the server said of an entry. */
export interface Outcome {
  id: string;
  seq: number;
  result: "applied" | "merged" | "conflict" | "refused" | "waiting";
  code?: string | null;
  words?: string | null;
  field?: string | null;
  order?: FieldOrder | null;
  theirs?: OrderEvent[];
  /** The entry stands, and the server did not take a picture of it. */
  pictureRefused?: boolean;
}

export interface Entry {
  id: string;
  seq: number;
  state: StoredState;
  recorded: Recorded;
  outcome: Outcome | null;
  /** When it was found to be said again by a later entry (milliseconds since 1970). */
  settledAt?: number;
}

/** All pictures that a body names, in order, each once. */
export function photosOf(body: Body): string[] {
  const found = new Set<string>();
  for (const [name, value] of Object.entries(body) as [string, unknown][]) {
    if ((name === "signature" || name === "counter_signature") && typeof value === "string") found.add(value);
    if (name === "photos" && Array.isArray(value)) {
      for (const each of value) found.add(typeof each === "string" ? each : (each as { hash: string }).hash);
    }
    if (name === "answers" && Array.isArray(value)) {
      for (const answer of value as { photos?: string[] }[]) for (const hash of answer.photos ?? []) found.add(hash);
    }
  }
  return [...found];
}

/** Everything that is sent beside a body before it: its pictures and its voice note. */
export function sentBeside(body: Body): string[] {
  const { voice } = body as { voice?: string };
  return [...photosOf(body), ...(voice ? [voice] : [])];
}

/** The body with the pictures that were handed over beside it. */
export function withPhotos<V extends Verb>(verb: V, body: Bodies[V], photos: Photo[]): Bodies[V] {
  if (photos.length === 0) return body;
  if (verb === "add_photos") {
    const given = (body as Bodies["add_photos"]).photos;
    const known = new Set(given.map((each) => each.hash));
    const added = photos.filter((each) => !known.has(each.hash)).map(({ size: _size, ...each }) => each);
    return { ...body, photos: [...given, ...added] };
  }
  const given = (body as { photos?: string[] }).photos ?? [];
  return { ...body, photos: [...new Set([...given, ...photos.map((each) => each.hash)])] };
}

/** Verbs without an order say their estate in the body; on its way it stands beside it. */
export function splitEstate(body: Body): { estate: string | null; body: Body } {
  const { estate = null, ...rest } = body as { estate?: string };
  return { estate, body: rest as Body };
}

/** An entry as the server reads it: what it asks for, timed by this run with the sleep that is known by now. */
export function onTheWay({ id, seq, recorded }: Entry, clock: DeviceClock) {
  const { estate, order, verb, seen, savedAt, run, body } = recorded;
  const elapsed_ms = run === clock.run ? clock.elapsed(recorded.mark) : recorded.elapsed;
  return { id, seq, estate, order, verb, seen, device_at: savedAt, run, elapsed_ms, body: asked(verb, body) };
}

export function refOf(recorded: Recorded): OrderRef | null {
  return recorded.order === null ? null : { estate: recorded.estate, key: recorded.order };
}

/** `photosSent` counts those of the entry that the server has. */
export function viewOf(entry: Entry, author: string, state: EntryState, isSent: (hash: string) => boolean): EntryView {
  const { recorded, outcome } = entry;
  const photos = photosOf(recorded.body);
  return {
    id: entry.id,
    seq: entry.seq,
    author,
    order: refOf(recorded),
    title: recorded.title,
    verb: recorded.verb,
    body: recorded.body,
    savedAt: new Date(recorded.savedAt),
    state,
    photos,
    photosSent: photos.filter(isSent).length,
    code: outcome?.code ?? null,
    words: outcome?.words ?? null,
    field: outcome?.field ?? null,
    orderNow: outcome?.order ?? null,
    theirs: outcome?.theirs ?? [],
    canSupplement: isUndecided(state) && recorded.order !== null && canStillBeTold(outcome) && carriesSomething(entry),
  };
}

function canStillBeTold(outcome: Outcome | null): boolean {
  return outcome?.code !== "unknown_order" && !outcome?.pictureRefused;
}

/** A tap on "begin" has nothing that could stand beside the result: the server takes no empty supplement. */
function carriesSomething(entry: Entry): boolean {
  const { about: _about, ...found } = supplementOf(entry);
  return Object.keys(found).length > 0;
}

/** What was found, as a supplement of the order: everything that a verb carried, whatever became of the order. */
export function supplementOf(entry: Entry): Bodies["supplement"] {
  const { verb, body } = entry.recorded;
  const given = body as Partial<Record<"note" | "text" | "reason" | "title" | "checkpoint" | "voice", string>>;
  const answers = verb === "answer" ? [body as Bodies["answer"]] : ((body as Bodies["complete"]).answers ?? []);
  const photos = photosOf(body);
  const words = [given.checkpoint, given.title, given.text, given.reason, given.note].filter(Boolean).join(" · ");
  return {
    about: entry.id,
    ...(words ? { note: words } : {}),
    ...(answers.length > 0 ? { answers } : {}),
    ...(photos.length > 0 ? { photos } : {}),
    ...(given.voice ? { voice: given.voice } : {}),
  };
}

/** Whether a refused entry needs no decision any more: a later one, of the same verb on the same order, tells all of it. */
export function isSaidAgain(refused: Entry, later: Entry): boolean {
  const [old, fresh] = [refused.recorded, later.recorded];
  const isSame =
    old.estate === fresh.estate && old.order !== null && old.order === fresh.order && old.verb === fresh.verb;
  return isSame && refused.seq < later.seq && !refused.outcome?.pictureRefused && tells(fresh.body, told(old));
}

/** What of a refused entry must be said again: what it said besides was never asked for. */
const told = ({ verb, body }: Recorded): object => (REPLACED.has(verb) ? {} : asked(verb, body));

/** The later list takes the place of the earlier one, whatever it held. */
const REPLACED = new Set<Verb>(["quote", "materials"]);

/** What a person wrote in free words may have grown; what was signed again is another picture, under its own sum. */
const WORDS = new Set(["note", "text", "reason"]);
const SIGNED = new Set(["signature", "counter_signature", "total_fen"]);

function tells(later: unknown, earlier: unknown, name = ""): boolean {
  if (earlier === undefined || earlier === null) return true;
  if (SIGNED.has(name)) return later !== undefined && later !== null;
  if (Array.isArray(earlier)) {
    return Array.isArray(later) && earlier.every((each) => later.some((other) => tells(other, each)));
  }
  if (typeof earlier === "object") {
    const told = later as Record<string, unknown> | null | undefined;
    return Boolean(told) && Object.entries(earlier).every(([each, value]) => tells(told?.[each], value, each));
  }
  if (WORDS.has(name)) return String(later ?? "").includes(String(earlier));
  return later === earlier;
}
