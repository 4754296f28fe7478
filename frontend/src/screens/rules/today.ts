/** What stands on Today, in which order, and what one tap does next. Pure. */

import type { FieldOrder, Place, ShownOrder, Verb } from "../../field/contract";
import { daysAway, type Here } from "../../parts/when";
import { type Key, say } from "../../words";
import { isAhead, isEmergency, isOpen, isOverdue } from "./status";

export type GroupName = "emergency" | "overdue" | "now" | "later" | "tomorrow" | "done";
export interface Group {
  name: GroupName;
  orders: ShownOrder[];
}

const ORDER: GroupName[] = ["emergency", "overdue", "now", "later", "tomorrow", "done"];

/** Emergencies first, then what is overdue; inside a group by time, then place, then title. Empty groups are left out. */
export function groupsOf(orders: readonly ShownOrder[], here: Here): Group[] {
  const byName = new Map<GroupName, ShownOrder[]>();
  for (const shown of orders) {
    const name = groupOf(shown.order, here);
    if (name) byName.set(name, [...(byName.get(name) ?? []), shown]);
  }
  return ORDER.flatMap((name) => {
    const found = byName.get(name);
    return found ? [{ name, orders: found.sort(byTimeAndPlace) }] : [];
  });
}

function groupOf(order: FieldOrder, here: Here): GroupName | null {
  if (isEmergency(order)) return "emergency";
  if (isOverdue(order, here.now)) return "overdue";
  if (isOpen(order)) {
    if (!isAhead(order, here.now)) return "now";
    return order.starts_at && daysAway(order.starts_at, here) > 0 ? "tomorrow" : "later";
  }
  const ended = order.finished_at ?? order.due_at;
  return ended && daysAway(ended, here) === 0 ? "done" : null;
}

const timeOf = ({ order }: ShownOrder): number => {
  const at = isOpen(order) ? (order.due_at ?? order.starts_at) : order.finished_at;
  return at ? new Date(at).getTime() : Number.POSITIVE_INFINITY;
};

function byTimeAndPlace(one: ShownOrder, other: ShownOrder): number {
  const [here, there] = [timeOf(one), timeOf(other)];
  if (here !== there) return here < there ? -1 : 1;
  return compare(one.order.place ?? "", other.order.place ?? "") || compare(one.order.title, other.order.title);
}

const compare = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0);

/**
 * Where the way leads: the room and what stands beside it, the next point of a round, else the place. A building that the
 * place names is told in the reader's language. Empty where nothing is known.
 */
export function whereOf(order: FieldOrder, places: readonly Place[] = []): string {
  const room = order.request?.room;
  const point = order.place ? undefined : order.checkpoints.find((each) => each.state === "pending");
  const place = point ? say(point.name) : placeWords(order, places);
  return room && place && !place.includes(room) ? `${room} · ${place}` : place || room || "";
}

function placeWords({ estate, place }: FieldOrder, places: readonly Place[]): string {
  const known = places.find((each) => each.estate === estate && place !== null && isNamed(each, place));
  return known ? say(known.name) : (place ?? "");
}

const isNamed = ({ code, name }: Place, place: string): boolean =>
  place === code || (typeof name === "string" ? name === place : name.zh === place || name.en === place);

/** The verb that the one button does before it opens the order (null: it only opens it), and its word. */
export interface NextAct {
  verb: Extract<Verb, "accept" | "start" | "resume"> | null;
  words: Key;
}

/** Kinds that one person takes on before he goes there; the others are begun where they are. */
const TAKEN = new Set(["repair", "complaint", "enquiry", "suggestion", "callback"]);

export const isTaken = (order: FieldOrder): boolean => TAKEN.has(order.kind);

/** Assigned to the person, or to a team of which he is one and nobody has it yet. */
export const belongsTo = ({ mine, order }: ShownOrder, me: string | undefined): boolean =>
  mine || (order.assignee === null && me !== undefined && order.team.includes(me));

const LOOK: NextAct = { verb: null, words: "act.look" };
/** Nobody begins a round of tonight in the morning by a slip of the thumb. */
const EARLY_MS = 30 * 60_000;

const isFarAhead = (order: FieldOrder, now: Date): boolean => isAhead(order, new Date(now.getTime() + EARLY_MS));

/** Not made yet, and not soon: the server takes nothing for it, because all that is recorded after it would wait too. */
export const isTooEarly = (order: FieldOrder, now: Date): boolean => order.coming && isFarAhead(order, now);

export function nextAct({ mine, order }: ShownOrder, now: Date): NextAct {
  const isColleagues = !mine && order.assignee !== null;
  if (isColleagues || isFarAhead(order, now)) return LOOK;
  const next = byState(order);
  // Who put something right may not re-inspect it: the server says which verbs are for others.
  return next.verb && !order.allowed_verbs.includes(next.verb) ? LOOK : next;
}

/** Paused because the resident has not answered the quote: the answer is what comes next. */
export const waitsForConsent = (order: FieldOrder): boolean =>
  order.state === "paused" && order.quote?.state === "asked";

function byState(order: FieldOrder): NextAct {
  switch (order.state) {
    case "open":
      return isTaken(order) ? { verb: "accept", words: "act.accept" } : { verb: "start", words: "act.start" };
    // Arriving is said at the door, on the order's own page.
    case "accepted":
      return isTaken(order) ? { verb: null, words: "act.continue" } : { verb: "start", words: "act.start" };
    case "in_progress":
      return { verb: null, words: "act.continue" };
    case "paused":
      if (waitsForConsent(order)) return { verb: null, words: "act.continue" };
      return { verb: "resume", words: "act.resume" };
    default:
      return LOOK;
  }
}
