/** A round: which point is next, what is left, and what a scanned text means. Pure. */

import type { Bodies, Checkpoint, FieldOrder, ShownOrder } from "../../field/contract";
import { isPhotoInTime, lacksPhoto, type Unusual, unusual, withScan } from "../../field/scans";
import { isOpen } from "./status";

export const isRound = (order: FieldOrder): boolean => order.checkpoints.length > 0;

/** The first point in the route's order that nobody has reached and that was not called missed. */
export function nextPoint(points: readonly Checkpoint[]): Checkpoint | null {
  return points.find((each) => each.state === "pending") ?? null;
}

/** Where the person stands: at the point that was reached last by the clock, whatever its place on the route. */
export function standingAt(points: readonly Checkpoint[]): Checkpoint | null {
  const reached = points.filter((each) => each.at);
  if (!reached.length) return nextPoint(points);
  return reached.reduce((last, each) => (Date.parse(each.at ?? "") >= Date.parse(last.at ?? "") ? each : last));
}

export type PointState = "done" | "missed" | "late" | "next" | "pending";

/** `late`: its window has passed, nobody has called it missed yet, and a scan is still worth it. */
export function pointState(point: Checkpoint, points: readonly Checkpoint[], now: Date): PointState {
  if (point.state !== "pending") return point.state;
  if (new Date(point.closes_at) < now) return "late";
  return nextPoint(points) === point ? "next" : "pending";
}

export const left = (points: readonly Checkpoint[]): number => points.filter((each) => each.state === "pending").length;

/** The window that counts down: until it opens, until it closes, or gone. */
export function windowOf(point: Checkpoint, now: Date): { phase: "before" | "open" | "after"; ms: number } {
  const [opens, closes] = [new Date(point.opens_at).getTime(), new Date(point.closes_at).getTime()];
  const at = now.getTime();
  if (at < opens) return { phase: "before", ms: opens - at };
  return at <= closes ? { phase: "open", ms: closes - at } : { phase: "after", ms: at - closes };
}

export type Reading =
  | { is: "point"; point: Checkpoint }
  | { is: "already"; point: Checkpoint }
  | { is: "other_route"; route: string }
  | { is: "unknown"; code: string }
  | { is: "not_checkpoint" };

/** What the printed codes say (`anju:checkpoint:<route>:<code>`); the same on NFC tags. */
const PAYLOAD = /^anju:checkpoint:([^:]+):([^:]+)$/;

/** The meaning of a scanned text for this round. A moved sticker names another route and is noticed. */
export function readCode(text: string, order: FieldOrder): Reading {
  const found = PAYLOAD.exec(text.trim());
  if (!found) return { is: "not_checkpoint" };
  const [, route = "", code = ""] = found;
  if (order.route && order.route.code !== route) return { is: "other_route", route };
  return readTyped(code, order);
}

/** A code typed by hand: the checkpoint's own, in small or large letters. */
export function readTyped(code: string, order: FieldOrder): Reading {
  const wanted = code.trim().toLowerCase();
  const point = order.checkpoints.find((each) => each.code.toLowerCase() === wanted);
  if (!point) return { is: "unknown", code: code.trim() };
  // Too early is put right by coming again in time.
  const isIn = point.at !== null && new Date(point.at) >= new Date(point.opens_at);
  return isIn ? { is: "already", point } : { is: "point", point };
}

/** Points whose photo is missing and can still be taken. */
export const unphotographed = ({ checkpoints, photos }: FieldOrder, now: Date): Checkpoint[] =>
  checkpoints.filter((each) => lacksPhoto(each, photos) && isPhotoInTime(each, now));

/** Why a checkpoint counts as missed: nobody was there, or somebody too late, by so many minutes. */
export function whyMissed(point: Checkpoint): { why: "never" } | { why: "late"; minutes: number } {
  if (!point.at) return { why: "never" };
  const late = Date.parse(point.at) - Date.parse(point.closes_at);
  return { why: "late", minutes: Math.max(1, Math.ceil(late / 60_000)) };
}

export const missedOf = (points: readonly Checkpoint[]): Checkpoint[] =>
  points.filter((each) => each.state === "missed");

/** What a scan made now means, so that it can be said at once. `skips`: an earlier point is still waited for. */
export interface Meaning {
  point: Checkpoint;
  isLate: boolean;
  marks: Unusual[];
  skips: boolean;
  isOver: boolean;
  missed: Checkpoint[];
}

export function meaningOf(order: FieldOrder, body: Bodies["scan"], now: Date, by: string): Meaning | null {
  const points = withScan(order.checkpoints, body, now, by);
  const point = points.find((each) => each.code === body.checkpoint);
  if (!point) return null;
  return {
    point,
    isLate: point.state === "missed",
    marks: unusual(points, order.photos).get(point.code) ?? [],
    skips: nextPoint(order.checkpoints)?.code !== point.code && nextPoint(order.checkpoints) !== null,
    isOver: nextPoint(points) === null,
    missed: missedOf(points),
  };
}

/** Rounds that can be walked now or soon: running ones first, then by their beginning. */
export function openRounds(orders: readonly ShownOrder[]): ShownOrder[] {
  const begun = (shown: ShownOrder) => (shown.order.state === "in_progress" ? 0 : 1);
  const start = (shown: ShownOrder) => Date.parse(shown.order.starts_at ?? "") || 0;
  return orders
    .filter(({ order }) => isRound(order) && isOpen(order))
    .sort((one, other) => begun(one) - begun(other) || start(one) - start(other));
}
