import type { Bodies, EntryView, Verb } from "../field/contract";
import { useField } from "../parts/field";
import { say, t, word } from "../words";

/** What somebody entered, in one line, so that he knows his own entry again. */
export function BodyWords({ entry }: { entry: EntryView }) {
  const field = useField();
  const reference = field.reference.value;
  const order = field.orders.value.find(({ ref }) => ref.estate === entry.order?.estate && ref.key === entry.order.key);
  const say1 = SAYINGS[entry.verb] as ((body: unknown, names: Names) => string) | undefined;
  const names: Names = {
    item: (code) =>
      say(reference.checklists.flatMap((each) => each.items).find((each) => each.code === code)?.name) || code,
    point: (code) => say(order?.order.checkpoints.find((each) => each.code === code)?.name) || code,
    plan: (code) => say(reference.plans.find((each) => each.code === code)?.name) || code,
    person: (code) => say(reference.colleagues.find((each) => each.code === code)?.name) || code,
  };
  const words = say1?.(entry.body, names);
  return words ? <p class="long">{words}</p> : null;
}

interface Names {
  point: (code: string) => string;
  item: (code: string) => string;
  person: (code: string) => string;
  plan: (code: string) => string;
}

type Sayings = { [V in Verb]?: (body: Bodies[V], names: Names) => string };

const joined = (...parts: (string | null | undefined)[]): string => parts.filter(Boolean).join(" · ");

const spoken = ({ voice }: { voice?: string }): string => (voice ? t("voice.with") : "");

const SAYINGS: Sayings = {
  pause: (body) => body.reason,
  scan: (body, names) => joined(names.point(body.checkpoint), word("method", body.method)),
  take_back: (body, names) => joined(names.point(body.checkpoint), body.reason),
  photograph: (body, names) => names.point(body.checkpoint),
  answer: (body, names) => joined(names.item(body.item), valueWords(body.value), body.note),
  raise_finding: (body) => joined(body.title, word("severity", body.severity), body.place, body.note, spoken(body)),
  report: (body) => joined(body.title, word("severity", body.severity), body.place, body.note, spoken(body)),
  diagnose: (body) => body.text,
  quote: (body) => t("repair.lines", { n: body.lines.length }),
  materials: (body) => t("repair.lines", { n: body.lines.length }),
  consent: (body) => joined(t(body.given ? "repair.consent_given" : "repair.consent_refused"), body.note),
  complete: (body) => joined(body.note, body.signed_by),
  verdict: (body) => joined(t(body.passed ? "verdict.passed" : "verdict.failed"), body.note),
  hand_over: (body, names) => joined(names.person(body.to), body.note),
  hand_over_shift: (body, names) => joined(names.person(body.to), body.note),
  supplement: (body) => joined(body.note, spoken(body)),
  call_for_help: (body) => joined(body.place, body.words),
  start_plan: (body, names) => joined(names.plan(body.plan), body.place, body.words),
  clock: (body) => t(`duty.${body.direction}`),
};

export function valueWords(value: unknown): string {
  if (value === "pass" || value === "fail") return t(`check.${value}`);
  return value === null || value === undefined ? "" : String(value);
}
