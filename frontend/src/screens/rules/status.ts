/** The state of an order as people see it: overdue and due soon are read from the clock. Pure. */

import type { FieldOrder } from "../../field/contract";
import type { IconName } from "../../parts/Icon";
import { type Key, say, t } from "../../words";

export type Tone = "open" | "soon" | "late" | "done" | "missed" | "paused";
export interface Status {
  tone: Tone;
  icon: IconName;
  words: string;
}

/** Without a clock that says so, an order is due soon in its last half hour. */
const SOON_MS = 30 * 60_000;

const BY_STATE: Record<FieldOrder["state"], [Tone, IconName, Key]> = {
  open: ["open", "open", "status.open"],
  accepted: ["open", "open", "status.accepted"],
  in_progress: ["open", "doing", "status.in_progress"],
  paused: ["paused", "paused", "status.paused"],
  done: ["done", "done", "status.done"],
  missed: ["missed", "missed", "status.missed"],
  cancelled: ["paused", "close", "status.cancelled"],
  skipped: ["paused", "close", "status.skipped"],
};

/** In the reader's language, where what the order came from has a name in it. */
export const titleOf = (order: Pick<FieldOrder, "title" | "title_en">): string =>
  say({ zh: order.title, en: order.title_en });

/** Something has happened, and this is somebody's part in it. */
export const isEmergency = (order: FieldOrder): boolean => order.kind === "incident_step" && isOpen(order);

export const isOpen = (order: FieldOrder): boolean =>
  order.state === "open" || order.state === "accepted" || order.state === "in_progress" || order.state === "paused";

export const isOverdue = (order: FieldOrder, now: Date): boolean =>
  isOpen(order) && order.due_at !== null && new Date(order.due_at) < now;

/** Its beginning is still ahead. */
export const isAhead = (order: FieldOrder, now: Date): boolean =>
  order.state === "open" && order.starts_at !== null && new Date(order.starts_at) > now;

function isSoon(order: FieldOrder, now: Date): boolean {
  if (!isOpen(order) || order.state === "paused") return false;
  const left = order.due_at ? new Date(order.due_at).getTime() - now.getTime() : Number.POSITIVE_INFINITY;
  return left < SOON_MS || order.clocks.some((clock) => clock.state === "due_soon");
}

export function statusOf(order: FieldOrder, now: Date): Status {
  if (isOverdue(order, now)) return { tone: "late", icon: "late", words: t("status.late") };
  if (isAhead(order, now)) return { tone: "paused", icon: "clock", words: t("status.coming") };
  if (isSoon(order, now)) return { tone: "soon", icon: "soon", words: t("status.soon") };
  const [tone, icon, key] = BY_STATE[order.state];
  return { tone, icon, words: t(key) };
}
