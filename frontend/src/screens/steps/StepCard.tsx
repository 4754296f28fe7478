import type { ComponentChildren } from "preact";
import type { ShownOrder } from "../../field/contract";
import type { Step, StepName } from "../rules/steps";
import { ToChecklist } from "./ChecklistStep";
import { Complete } from "./Complete";
import { Consent } from "./Consent";
import { PriceLines } from "./PriceLines";
import { Begin, Diagnose, Do, PairedPhotos, Rectify } from "./simple";
import { VerdictStep } from "./Verdict";

export interface StepProps {
  shown: ShownOrder;
  step: Step;
  /** Goes on without doing it. */
  onPass: () => void;
  /** Is done and still looked at: another photo may follow. */
  onStay: () => void;
  /** Was done: show what comes now. */
  onDone: () => void;
}

const CARDS: Record<StepName, (props: StepProps) => ComponentChildren> = {
  accept: Begin,
  arrive: Begin,
  start: Begin,
  diagnose: Diagnose,
  quote: PriceLines,
  consent: Consent,
  materials: PriceLines,
  photos: PairedPhotos,
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
