/** What somebody entered against what others did meanwhile: one conflict for each order, value beside value. Pure. */

import type { Answer, Bodies, EntryView, FieldOrder, OrderEvent, Verb } from "../../field/contract";

/** `mine` and `theirs` are values for words to be made of; null where that side has none. */
export interface Row {
  verb: Verb;
  /** Code of an item or a checkpoint, where the verb is about one. */
  about: string | null;
  mine: EntryView;
  theirs: { value: unknown; by: string | null } | null;
}

export interface OrderConflict {
  id: string;
  entries: EntryView[];
  rows: Row[];
  /** What the others did, each once, in its order. */
  events: OrderEvent[];
  orderNow: FieldOrder | null;
  photos: string[];
}

const isUndecided = (entry: EntryView): boolean => entry.state === "conflict" || entry.state === "refused";

/** The orders in conflict, with everything undecided of each: what was refused after it is of the same conflict. */
export function conflictsOf(entries: readonly EntryView[]): OrderConflict[] {
  const byOrder = new Map<string, EntryView[]>();
  for (const entry of entries.filter((each) => isUndecided(each) && each.order)) {
    const id = `${entry.order?.estate}/${entry.order?.key}`;
    byOrder.set(id, [...(byOrder.get(id) ?? []), entry]);
  }
  return [...byOrder].filter(([, found]) => found.some((each) => each.state === "conflict")).map(conflictOf);
}

/** How often the person is asked: once for each order in conflict, and for each other entry. */
export function decisions(entries: readonly EntryView[]): number {
  const undecided = entries.filter(isUndecided);
  const conflicts = conflictsOf(undecided);
  return undecided.length - conflicts.reduce((sum, each) => sum + each.entries.length - 1, 0);
}

function conflictOf([id, entries]: [string, EntryView[]]): OrderConflict {
  const events = new Map(entries.flatMap((each) => each.theirs).map((each) => [each.n, each]));
  const orderNow = entries.findLast((each) => each.orderNow)?.orderNow ?? null;
  const inOrder = [...events.values()].sort((one, other) => one.n - other.n);
  return {
    id,
    entries,
    events: inOrder,
    orderNow,
    rows: entries.map((mine) => rowOf(mine, inOrder, orderNow)),
    photos: [...new Set(entries.flatMap((each) => each.photos))],
  };
}

function rowOf(mine: EntryView, events: readonly OrderEvent[], now: FieldOrder | null): Row {
  const about = aboutOf(mine.verb, mine.body);
  const event = events.findLast((each) => each.verb === mine.verb && sameThing(each.detail, mine.verb, about));
  const value = valueNow(mine.verb, about, now) ?? event?.detail?.value ?? event?.detail?.note ?? null;
  const theirs = event || value !== null ? { value, by: event?.by ?? null } : null;
  return { verb: mine.verb, about, mine, theirs };
}

function aboutOf(verb: Verb, body: EntryView["body"]): string | null {
  if (verb === "answer") return (body as Bodies["answer"]).item;
  return verb === "scan" ? (body as Bodies["scan"]).checkpoint : null;
}

const NAMES: Partial<Record<Verb, string>> = { answer: "item", scan: "checkpoint" };

function sameThing(detail: OrderEvent["detail"], verb: Verb, about: string | null): boolean {
  const name = NAMES[verb];
  return name === undefined || detail?.[name] === about;
}

/** What stands on the order now where the entry wanted to write. */
function valueNow(verb: Verb, about: string | null, now: FieldOrder | null): unknown {
  switch (verb) {
    case "answer":
      return answered(now?.answers.find((each) => each.item === about));
    case "scan":
      return now?.checkpoints.find((each) => each.code === about)?.at ?? null;
    case "complete":
    case "verdict":
      return now?.note ?? null;
    case "diagnose":
      return now?.diagnosis ?? null;
    default:
      return null;
  }
}

const answered = (answer: Answer | undefined): Answer["value"] => answer?.value ?? null;
