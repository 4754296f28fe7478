/** What stands on the page of entries that are only on this tablet. Pure. */

import type { EntryState, EntryView } from "../../field/contract";
import type { IconName } from "../../parts/Icon";
import type { Key } from "../../words";
import type { Tone } from "./status";

export const isUndecided = (entry: EntryView): boolean => entry.state === "refused" || entry.state === "conflict";

/** Not only on this tablet any more. */
export const isAtServer = (entry: EntryView): boolean => entry.state === "sent" || entry.state === "settled";

export const ENTRY_STATES: Record<EntryState, { tone: Tone; icon: IconName; words: Key }> = {
  saved: { tone: "soon", icon: "check", words: "saved.here" },
  sending: { tone: "open", icon: "sending", words: "pending.sending" },
  waiting: { tone: "paused", icon: "clock", words: "saved.waiting" },
  sent: { tone: "done", icon: "done", words: "saved.sent" },
  refused: { tone: "late", icon: "late", words: "saved.refused" },
  settled: { tone: "done", icon: "done", words: "saved.settled" },
  conflict: { tone: "late", icon: "late", words: "saved.conflict" },
};
