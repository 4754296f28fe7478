import type { ShownOrder } from "../../field/contract";
import type { Step, StepName } from "../rules/steps";

/** What the card of a step is given. */
export interface StepProps {
  shown: ShownOrder;
  step: Step;
  /** Goes on without doing it, and without these. */
  onPass: (...also: StepName[]) => void;
  /** Looks at another step. */
  onGo: (name: StepName) => void;
  /** Is done and still looked at: another photo may follow. */
  onStay: () => void;
  /** Was done: show what comes now. */
  onDone: () => void;
}
