/** Whether somebody is on duty, what he said of it, and when he is on next. Pure. */

import type { Attendance, Direction, EntryView, Shift } from "../../field/contract";

/** The shift that runs now, and those that come, in their order. */
export function shiftsAt({ shifts }: Attendance, now: Date): { current: Shift | null; next: Shift[] } {
  const current = shifts.find((each) => new Date(each.start) <= now && now < new Date(each.end)) ?? null;
  return { current, next: shifts.filter((each) => new Date(each.start) > now) };
}

/** What he said last of coming and going, here or – before that – at the server. */
export function clockedAt(
  { clocked }: Attendance,
  entries: readonly EntryView[],
): { direction: Direction; at: Date } | null {
  const own = entries.filter((each) => each.verb === "clock" && each.state !== "refused").at(-1);
  if (own) return { direction: (own.body as { direction: Direction }).direction, at: own.savedAt };
  return clocked && { direction: clocked.direction, at: new Date(clocked.at) };
}
