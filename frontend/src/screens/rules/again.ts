/** What was refused, as the card shows it again on which it arose. Pure. */

import type { Bodies, EntryView, Photo, Verb } from "../../field/contract";

/** The draft that an entry was, by its name; of what has no words there is none: it is only tapped again. */
export interface Again {
  draft: string;
  value: object;
  /** Where its card is, if not on the order's own page. */
  page: "checklist" | "report" | null;
}

type Back = { [V in Verb]?: (body: Bodies[V]) => Again };

const photo = (hash: string): Photo => ({ hash, role: "other", size: 0, taken_at: "", position: null });
const photos = (hashes: string[] = []): Photo[] => hashes.map(photo);
const onOrder = (draft: string, value: object): Again => ({ draft, value, page: null });

const BACK: Back = {
  diagnose: (body) => onOrder("diagnose", { text: body.text }),
  quote: (body) => onOrder("quote", { lines: body.lines }),
  materials: (body) => onOrder("materials", { lines: body.lines }),
  consent: (body) => onOrder("consent", { note: body.note ?? "" }),
  verdict: (body) =>
    onOrder("verdict", {
      verdict: body.passed ? "passed" : "failed",
      note: body.note ?? "",
      photos: photos(body.photos),
    }),
  complete: (body) =>
    onOrder("complete", {
      note: body.note ?? "",
      ...(body.signed_by ? { by: body.signed_by } : {}),
      ...(body.satisfied === undefined ? {} : { verdict: body.satisfied ? "yes" : "no" }),
    }),
  answer: ({ item, value, note, photos }) => ({
    draft: `answer:${item}`,
    value: { value, note: note ?? "", photos: photos ?? [] },
    page: "checklist",
  }),
  raise_finding: ({ item, severity, title, place, note, voice = "", photos: hashes }) =>
    item
      ? {
          draft: `answer:${item}`,
          value: { severity, note: note ?? "", voice, photos: hashes ?? [] },
          page: "checklist",
        }
      : {
          draft: "report",
          value: { severity, title, place: place ?? "", note: note ?? "", voice, photos: photos(hashes) },
          page: "report",
        },
};

/** Verbs that say nothing but that they happened. */
const TAPPED = new Set<Verb>(["accept", "start", "resume", "acknowledge", "add_photos"]);

export const isTapped = (entry: EntryView): boolean => TAPPED.has(entry.verb);

export function againOf(entry: EntryView): Again | null {
  const back = BACK[entry.verb] as ((body: unknown) => Again) | undefined;
  return back?.(entry.body) ?? null;
}

/** Which item of a checklist an entry is about. */
export const itemOf = ({ verb, body }: EntryView): string | null =>
  verb === "answer" || verb === "raise_finding" ? ((body as { item?: string }).item ?? null) : null;
