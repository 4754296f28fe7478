import type { ComponentChildren } from "preact";
import type { StepName } from "../rules/steps";
import { ToChecklist } from "./ChecklistStep";
import { Complete } from "./Complete";
import { Consent } from "./Consent";
import { Materials, QuoteLines } from "./PriceLines";
import type { StepProps } from "./props";
import { Refused } from "./Refused";
import { Begin, Diagnose, Do, Rectify } from "./simple";
import { VerdictStep } from "./Verdict";

const CARDS: Record<StepName, (props: StepProps) => ComponentChildren> = {
  accept: Begin,
  arrive: Begin,
  start: Begin,
  diagnose: Diagnose,
  quote: QuoteLines,
  consent: Consent,
  refused: Refused,
  materials: Materials,
  checklist: ToChecklist,
  rectify: Rectify,
  verdict: VerdictStep,
  do: Do,
  complete: Complete,
};

export function StepCard(props: StepProps) {
  const Card = CARDS[props.step.name];
  return <Card {...props} />;
}
