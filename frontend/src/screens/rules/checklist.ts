/** The items of a checklist: which are asked, answered, missing. The same rules as `store/work/rules.py`. Pure. */

import type { Answer, AnswerValue, Checklist, ChecklistItem, FieldOrder, Reference } from "../../field/contract";
import type { Dot } from "../../parts/Bits";
import type { Key } from "../../words";

export function checklistOf(order: FieldOrder, reference: Reference): Checklist | null {
  const pin = order.checklist;
  if (!pin) return null;
  const same = reference.checklists.filter((each) => each.code === pin.code);
  return same.find((each) => each.revision === pin.revision) ?? null;
}

export const answerOf = (answers: readonly Answer[], item: string): Answer | undefined =>
  answers.find((each) => each.item === item);

/** A fail, or less than half of the score. */
export function isFailed(item: ChecklistItem, value: AnswerValue | undefined): boolean {
  if (item.kind === "score" && typeof value === "number") return value * 2 < (item.max_score ?? 100);
  return value === "fail";
}

/** Items that depend on another are asked only when that one failed. */
export function askedItems(checklist: Checklist, answers: readonly Answer[]): ChecklistItem[] {
  return checklist.items.filter((item) => !item.only_if || answerOf(answers, item.only_if)?.value === "fail");
}

/** What is still wrong with an answer, as a word and its values; null when it may be kept. */
export function mistakeIn(item: ChecklistItem, value: AnswerValue, photos: readonly string[]): Key | null {
  if (item.kind === "score" || item.kind === "number") {
    if (value !== null && (typeof value !== "number" || Number.isNaN(value))) return "check.not_number";
    if (item.kind === "score" && typeof value === "number" && (value < 0 || value > (item.max_score ?? 100))) {
      return "check.out_of_range";
    }
  }
  if (item.required && value === null) return item.kind === "photo" ? "check.photo_missing" : "check.missing";
  if (item.photo_required && !photos.length && (item.required || value !== null)) return "check.photo_missing";
  return null;
}

/** Items that keep the order from being completed. */
export function missingItems(checklist: Checklist, answers: readonly Answer[]): ChecklistItem[] {
  return askedItems(checklist, answers).filter((item) => {
    const answer = answerOf(answers, item.code);
    return mistakeIn(item, answer?.value ?? null, answer?.photos ?? []) !== null;
  });
}

/** What can be vouched for in one go: asked, without an answer, and proven by nothing but the word of who says so. */
export function atOnce(checklist: Checklist, answers: readonly Answer[]): ChecklistItem[] {
  return askedItems(checklist, answers).filter(
    (item) => item.kind === "pass_fail" && !item.photo_required && !answerOf(answers, item.code),
  );
}

/** A failed item that stands as a finding: raised, not taken back, and not corrected here meanwhile. */
export function isRaised(item: ChecklistItem, order: FieldOrder): boolean {
  const stands = order.findings.some((each) => each.item === item.code && !each.withdrawn_at);
  return stands && isFailed(item, answerOf(order.answers, item.code)?.value);
}

/** Where to begin: the first asked item without an answer; past the end when all have one. */
export function firstOpen(items: readonly ChecklistItem[], answers: readonly Answer[]): number {
  const index = items.findIndex((item) => !answerOf(answers, item.code));
  return index < 0 ? items.length : index;
}

export function dotsOf(items: readonly ChecklistItem[], answers: readonly Answer[]): Dot[] {
  return items.map((item) => {
    const answer = answerOf(answers, item.code);
    if (!answer) return "open";
    return isFailed(item, answer.value) ? "wrong" : "done";
  });
}

/**
 * The answers, and those that the photos of a role give: a photo item that is called like a role (before, after) was
 * answered when its picture was taken. The same as `store/work/answers.py`.
 */
export function answersOf(checklist: Checklist, order: FieldOrder): Answer[] {
  const open = checklist.items.filter((item) => item.kind === "photo" && !answerOf(order.answers, item.code));
  const taken = open.map(({ code }) => {
    const photos = order.photos.filter((each) => each.role === code).map((each) => each.hash);
    return { item: code, value: photos.length, photos };
  });
  return [...order.answers, ...taken.filter((each) => each.value > 0)];
}
