/** What is shown: the server's orders with the entries applied that it has not confirmed. Pure functions. */

import type {
  Answer,
  Bodies,
  Body,
  EntryState,
  FieldOrder,
  Line,
  OrderPhoto,
  OrderRef,
  OrderState,
  Person,
  Quote,
  ShownOrder,
  Verb,
} from "./contract";
import { withoutScan, withScan } from "./scans";
import rules from "./transitions.json";

/** As much of an entry as decides what is shown. */
export interface Applied {
  id: string;
  author: string;
  order: OrderRef | null;
  verb: Verb;
  body: Body;
  savedAt: Date;
  state: EntryState;
}

const OPEN: readonly OrderState[] = ["open", "accepted", "in_progress", "paused"];

export const orderId = (ref: OrderRef): string => `${ref.estate}/${ref.key}`;

export const isOpen = (order: FieldOrder): boolean => OPEN.includes(order.state);

/** Whether the server has not confirmed the entry and nothing speaks against it. */
export const isPending = (state: EntryState): boolean =>
  state === "saved" || state === "sending" || state === "waiting";

export const isUndecided = (state: EntryState): boolean => state === "refused" || state === "conflict";

export function shownOrders(orders: FieldOrder[], entries: readonly Applied[], person: Person | null): ShownOrder[] {
  const byOrder = groupByOrder(entries);
  return orders.map((order) => shown(order, byOrder.get(orderId(order)) ?? [], person?.code ?? null));
}

export function groupByOrder<E extends Applied>(entries: readonly E[]): Map<string, E[]> {
  const groups = new Map<string, E[]>();
  for (const entry of entries) {
    if (!entry.order) continue;
    const id = orderId(entry.order);
    const group = groups.get(id);
    if (group) group.push(entry);
    else groups.set(id, [entry]);
  }
  return groups;
}

/** One order with the entries on it; `me` decides whether it is mine. */
export function shown(server: FieldOrder, entries: readonly Applied[], me: string | null): ShownOrder {
  const pending = entries.filter((each) => isPending(each.state));
  const order = pending.reduce(applied, server);
  return {
    ref: { estate: order.estate, key: order.key },
    order: pending.length === 0 ? order : { ...order, allowed_verbs: allowedAfter(server, order) },
    mine: order.assignee === me,
    pending: {
      entries: pending.length,
      checkpoints: bodies(pending, "scan").map((body) => body.checkpoint),
      items: bodies(pending, "answer").map((body) => body.item),
    },
    undecided: entries.length - pending.length - entries.filter((each) => each.state === "sent").length,
  };
}

function bodies<V extends Verb>(entries: readonly Applied[], verb: V): Bodies[V][] {
  return entries.filter((each) => each.verb === verb).map((each) => each.body as Bodies[V]);
}

/** As `allowed` of `store/work/operations.py`, of the copy of its table (tests/tablet/test_transitions.py). */
function allowedAfter(server: FieldOrder, order: FieldOrder): string[] {
  const asked = order.quote?.state === "asked";
  const never = new Set([asked ? "resume" : "consent", ...(isBarred(server) ? rules.doing : [])]);
  if (!order.request?.price_list) for (const verb of ["quote", "consent", "materials"]) never.add(verb);
  const verbs = Object.keys(rules.allowed) as (keyof typeof rules.allowed)[];
  return verbs.filter(
    (verb) => !never.has(verb) && knows(order.kind, verb) && states(rules.allowed, verb).includes(order.state),
  );
}

function knows(kind: string, verb: string): boolean {
  const only = states(rules.only, verb);
  return (only.length === 0 || only.includes(kind)) && !states(rules.never, verb).includes(kind);
}

const states = (table: Record<string, string[]>, verb: string): string[] => table[verb] ?? [];

/** Nobody re-inspects his own work: the server offers him nothing that would be doing it. */
function isBarred(server: FieldOrder): boolean {
  const asked = server.quote?.state === "asked";
  return isOpen(server) && !asked && !server.allowed_verbs.some((verb) => rules.doing.includes(verb));
}

/** The order after an entry, as the server will see it if nobody was faster. */
export function applied(order: FieldOrder, entry: Applied): FieldOrder {
  const apply = REDUCERS[entry.verb] as ((order: FieldOrder, body: Body, entry: Applied) => FieldOrder) | undefined;
  return apply ? apply(order, entry.body, entry) : order;
}

type Reducers = { [V in Verb]?: (order: FieldOrder, body: Bodies[V], entry: Applied) => FieldOrder };

const REDUCERS: Reducers = {
  accept: (order, _body, entry) => ({ ...order, state: "accepted", assignee: order.assignee ?? entry.author }),
  start: (order, _body, entry) => begun({ ...order, assignee: order.assignee ?? entry.author }, entry),
  resume: (order) => ({ ...order, state: "in_progress" }),
  pause: (order, body) => ({ ...order, state: "paused", reason: body.reason }),
  scan: (order, body, entry) => scanned(begun(order, entry), body, entry),
  take_back: takenBack,
  photograph: (order, { checkpoint, photos }, entry) => {
    const shown = { role: "other" as const, checkpoint, at: entry.savedAt.toISOString(), by: entry.author };
    const known = order.photos.filter((each) => each.checkpoint === checkpoint).map((each) => each.hash);
    const added = photos.filter((hash) => !known.includes(hash)).map((hash) => ({ ...shown, hash }));
    return { ...order, photos: [...order.photos, ...added] };
  },
  answer: (order, body) => ({ ...order, answers: withAnswer(order.answers, body) }),
  add_photos: (order, body, entry) => {
    const added = body.photos.map((each) => ({ ...each, by: entry.author }));
    return { ...order, photos: withPhotos(order.photos, added) };
  },
  remove_photo: (order, body, entry) => ({
    ...order,
    photos: order.photos.filter((each) => each.hash !== body.photo || each.by !== entry.author),
  }),
  raise_finding: (order, body) => ({ ...order, findings: [...order.findings, body] }),
  diagnose: (order, body) => ({ ...order, diagnosis: body.text }),
  // The clock stands still while the resident decides.
  quote: (order, body) => ({
    ...order,
    state: "paused",
    quote: { lines: body.lines, state: "asked", agreed: agreedLines(order.quote) },
  }),
  consent: (order, { given, ...said }) => ({
    ...order,
    state: "in_progress",
    quote: { lines: [], ...order.quote, ...said, state: given ? "given" : "refused" },
  }),
  materials: (order, body) => ({ ...order, materials: body.lines }),
  complete: (order, body, entry) =>
    finished(
      {
        ...order,
        answers: (body.answers ?? []).reduce(withAnswer, order.answers),
        note: body.note ?? order.note,
      },
      entry,
    ),
  verdict: (order, body, entry) => finished({ ...order, note: body.note ?? order.note }, entry),
  hand_over: (order, body) => ({ ...order, assignee: body.to, note: body.note }),
  supplement: (order, body, entry) => ({
    ...order,
    supplements: [...order.supplements, { ...body, at: entry.savedAt.toISOString(), by: entry.author }],
  }),
};

/** What the resident agreed to last; null when he never did. */
export function agreedLines(quote: Quote | null): Line[] | null {
  return (quote?.state === "given" ? quote.lines : quote?.agreed) ?? null;
}

function begun(order: FieldOrder, entry: Applied): FieldOrder {
  if (order.state !== "open" && order.state !== "accepted") return order;
  return { ...order, state: "in_progress", started_at: order.started_at ?? entry.savedAt.toISOString() };
}

function finished(order: FieldOrder, entry: Applied): FieldOrder {
  return { ...order, state: "done", finished_at: entry.savedAt.toISOString() };
}

/** A round ends with its last checkpoint, and a scan lets a paused one go on (`store/work/rounds.py`). */
function scanned(order: FieldOrder, body: Bodies["scan"], entry: Applied): FieldOrder {
  const checkpoints = withScan(order.checkpoints, body, entry.savedAt, entry.author);
  const going = order.state === "paused" ? { ...order, state: "in_progress" as const, reason: null } : order;
  const after = { ...going, checkpoints };
  return isOpen(order) && checkpoints.every((each) => each.state !== "pending") ? finished(after, entry) : after;
}

/** What is waited for again opens the round again. */
function takenBack(order: FieldOrder, body: Bodies["take_back"], entry: Applied): FieldOrder {
  const checkpoints = withoutScan(order.checkpoints, body, entry.savedAt, entry.author);
  const waits = checkpoints.some((each) => each.state === "pending");
  return waits && !isOpen(order)
    ? { ...order, checkpoints, state: "in_progress", finished_at: null }
    : { ...order, checkpoints };
}

function withAnswer(answers: Answer[], answer: Answer): Answer[] {
  return [...answers.filter((each) => each.item !== answer.item), answer];
}

function withPhotos(photos: OrderPhoto[], added: OrderPhoto[]): OrderPhoto[] {
  const known = new Set(photos.map((each) => each.hash));
  return [...photos, ...added.filter((each) => !known.has(each.hash))];
}
