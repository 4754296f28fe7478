/** What a scan means, in words: whether it was in time, what is marked, and what was missed and why. */

import type { Checkpoint, FieldOrder } from "../field/contract";
import { clockTime } from "../parts/when";
import { say, t } from "../words";
import { type Meaning, whyMissed } from "./rules/patrol";

export function whyWords(point: Checkpoint, zone: string): string {
  const why = whyMissed(point);
  const closes = clockTime(point.closes_at, zone);
  if (why.why === "never") return t("patrol.why_never", { closes });
  return t("patrol.why_late", { closes, at: clockTime(point.at ?? "", zone), n: why.minutes });
}

export function scanWords(meaning: Meaning, order: FieldOrder, zone: string): string {
  const { point, marks, missed } = meaning;
  const name = say(point.name);
  const said = [
    meaning.isLate ? t("patrol.scanned_late", { name, why: whyWords(point, zone) }) : t("patrol.scanned", { name }),
    ...marks.map((mark) => t(`patrol.${mark}`, { opens: clockTime(point.opens_at, zone) })),
  ];
  if (meaning.isOver) {
    const names = missed.map((each) => say(each.name)).join(t("patrol.and"));
    said.push(missed.length ? t("patrol.over_names", { n: missed.length, names }) : t("patrol.over"));
  } else if (meaning.skips) {
    said.push(t("patrol.not_next", { n: order.checkpoints.findIndex((each) => each.code === point.code) + 1 }));
  }
  return said.join(t("patrol.then"));
}
