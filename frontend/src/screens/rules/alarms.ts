/** Which emergencies are to be heard, and how one's own call for help stands. Pure. */

import type { EntryView, FieldOrder, HelpCall, ShiftNote, ShownOrder } from "../../field/contract";
import { belongsTo } from "./today";

const KINDS = new Set(["incident_step", "drill_step"]);

export const alarmId = ({ ref }: ShownOrder): string => `${ref.estate}/${ref.key}`;

/** Steps that are this person's to take and that nobody has begun; those that he has heard are silent. */
export function alarmsOf(
  orders: readonly ShownOrder[],
  me: string | undefined,
  heard: ReadonlySet<string>,
): ShownOrder[] {
  return orders.filter(
    (each) =>
      KINDS.has(each.order.kind) && each.order.state === "open" && belongsTo(each, me) && !heard.has(alarmId(each)),
  );
}

export const isDrill = (order: FieldOrder): boolean => order.kind === "drill_step";

/** A call for help as its author sees it: only here, at the server, or heard by somebody. */
export interface CallState {
  id: string;
  at: string;
  place: string | null;
  stage: "here" | "refused" | "told" | "received" | "over";
  call: HelpCall | null;
}

/** His calls, the newest first: those that have not left the tablet, then those that the server knows. */
export function callsOf(entries: readonly EntryView[], calls: readonly HelpCall[]): CallState[] {
  const here = entries
    .filter((each) => each.verb === "call_for_help" && !calls.some((call) => call.id === each.id))
    .map((each): CallState => {
      const stage = each.state === "refused" ? "refused" : "here";
      const { place = null } = each.body as { place?: string };
      return { id: each.id, at: each.savedAt.toISOString(), place, stage, call: null };
    });
  const there = calls.map((call): CallState => ({ ...call, stage: stageOf(call), call }));
  return [...here.reverse(), ...there];
}

function stageOf({ state, received_at }: HelpCall): CallState["stage"] {
  if (state !== "open") return "over";
  return received_at ? "received" : "told";
}

/** What was left to him and he has not said yet, on this tablet either, that he has read. */
export function notesOf(notes: readonly ShiftNote[], entries: readonly EntryView[]): ShiftNote[] {
  const read = entries
    .filter((each) => each.verb === "read_handover")
    .map((each) => (each.body as { handover: string }).handover);
  return notes.filter((each) => !read.includes(each.id));
}

/** Where somebody was last: the point that he scanned last, else the place of the order he is at. */
export function lastPlace(
  orders: readonly ShownOrder[],
  named: (name: FieldOrder["checkpoints"][number]) => string,
): string {
  const points = orders.flatMap(({ order }) => order.checkpoints.filter((each) => each.at));
  const last = points.sort((one, other) => Date.parse(other.at ?? "") - Date.parse(one.at ?? ""))[0];
  if (last) return last.place ?? named(last);
  return orders.find((each) => each.mine && each.order.state === "in_progress")?.order.place ?? "";
}
