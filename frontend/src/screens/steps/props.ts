import type { ShownOrder } from "../../field/contract";
import type { Step } from "../rules/steps";

/** What the card of a step is given. */
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
