/** Which of several scans counts at a checkpoint: as `store/work/scans.py`, held together by `test/scans.json`. Pure. */

import type { Bodies, Checkpoint, Moment, OrderPhoto, Scan } from "./contract";

const time = (at: Moment): number => Date.parse(at);

/** The checkpoints with one more scan of one of them. */
export function withScan(points: Checkpoint[], body: Bodies["scan"], at: Date, by: string): Checkpoint[] {
  const made: Scan = { at: at.toISOString(), method: body.method, by };
  return points.map((each) => (each.code === body.checkpoint ? recounted(each, [...scansOf(each), made]) : each));
}

/** The checkpoints with his last scan of one of them marked as a mistake. */
export function withoutScan(points: Checkpoint[], body: Bodies["take_back"], at: Date, by: string): Checkpoint[] {
  return points.map((each) => (each.code === body.checkpoint ? without(each, body.reason, at, by) : each));
}

function without(point: Checkpoint, reason: string | undefined, at: Date, by: string): Checkpoint {
  const scans = scansOf(point);
  const wrong = lastOf(scans, by);
  if (!wrong) return point;
  const marked = { ...wrong, withdrawn_at: at.toISOString(), reason };
  return recounted(
    point,
    scans.map((each) => (each === wrong ? marked : each)),
  );
}

/** The scan that he would take back. */
export const ownScan = (point: Checkpoint, by: string): Scan | undefined => lastOf(scansOf(point), by);

function lastOf(scans: Scan[], by: string): Scan | undefined {
  const his = scans.filter((each) => each.by === by && !each.withdrawn_at);
  return his.sort((one, other) => time(one.at) - time(other.at)).at(-1);
}

/** All scans of a checkpoint, the one that counts first. */
function scansOf({ at, method, by, others = [] }: Checkpoint): Scan[] {
  return at ? [{ at, method, by }, ...others] : others;
}

/** The best scan counts: in its window before any other, then the earliest. The closing moment belongs to the window. */
function recounted(point: Checkpoint, scans: Scan[]): Checkpoint {
  const best = scans.filter((each) => !each.withdrawn_at).sort((one, other) => better(point, one, other))[0];
  const others = scans.filter((each) => each !== best).sort((one, other) => time(one.at) - time(other.at));
  const { unusual: _, ...rest } = point;
  const bare = { ...rest, at: null, device_at: null, method: null, by: null, others };
  if (!best) return { ...bare, state: point.state === "missed" ? "missed" : "pending" };
  const state = time(best.at) <= time(point.closes_at) ? "done" : "missed";
  return { ...bare, at: best.at, device_at: best.at, method: best.method, by: best.by, state };
}

function better(point: Checkpoint, one: Scan, other: Scan): number {
  return Number(isOutside(point, one.at)) - Number(isOutside(point, other.at)) || time(one.at) - time(other.at);
}

export const isOutside = (point: Checkpoint, at: Moment): boolean =>
  time(at) < time(point.opens_at) || time(at) > time(point.closes_at);

/** Nobody walks in a tenth of the planned time; next-door points are planned minutes apart, so there is a most as well. */
const PLANNED_SHARE = 10;
const [LEAST_WALK_MS, MOST_WALK_MS] = [15_000, 60_000];

/** A photo shows that somebody was there when it was taken about then. */
const PHOTO_WITHIN_MS = 600_000;

/** Whether a photo taken now would still be one of this scan. */
export const isPhotoInTime = (point: Checkpoint, now: Date): boolean =>
  point.at !== null && Math.abs(now.getTime() - time(point.at)) <= PHOTO_WITHIN_MS;

/** Whether it was reached, and nobody has shown it as he must. */
export function lacksPhoto(point: Checkpoint, photos: readonly OrderPhoto[]): boolean {
  if (!point.photo_required || !point.at) return false;
  return !photos.some((each) => each.checkpoint === point.code && each.at && isPhotoInTime(point, new Date(each.at)));
}

export type Unusual = "early" | "fast" | "not_last" | "no_photo";

/** What is unusual about the scans that count, by the checkpoint's code. */
export function unusual(points: readonly Checkpoint[], photos: readonly OrderPhoto[] = []): Map<string, Unusual[]> {
  const found = new Map<string, Unusual[]>();
  const note = (code: string, what: Unusual) => found.set(code, [...(found.get(code) ?? []), what]);
  for (const each of points) if (each.at && time(each.at) < time(each.opens_at)) note(each.code, "early");
  for (const code of tooFast(points)) note(code, "fast");
  const last = Math.max(...points.map((each) => (each.at ? time(each.at) : 0)));
  for (const each of points) {
    if (each.closing && each.at && time(each.at) < last) note(each.code, "not_last");
    if (lacksPhoto(each, photos)) note(each.code, "no_photo");
  }
  return found;
}

function tooFast(points: readonly Checkpoint[]): string[] {
  const reached = points.filter((each) => each.at).sort((one, other) => time(one.at ?? "") - time(other.at ?? ""));
  const before = new Map<string, Checkpoint>();
  return reached.flatMap((each) => {
    const one = before.get(each.by ?? "");
    before.set(each.by ?? "", each);
    return one && time(each.at ?? "") - time(one.at ?? "") < leastWalk(one, each) ? [each.code] : [];
  });
}

function leastWalk(one: Checkpoint, other: Checkpoint): number {
  const planned = Math.abs(time(other.closes_at) - time(one.closes_at));
  return Math.min(MOST_WALK_MS, Math.max(LEAST_WALK_MS, planned / PLANNED_SHARE));
}
