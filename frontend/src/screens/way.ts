import type { OrderRef } from "../field/contract";
import { type Form, useDraft } from "../parts/draft";
import type { StepName } from "./rules/steps";

/** The steps that were passed over or ask nothing more: kept, so that they are not asked again after a restart. */
export function useWay(ref: OrderRef): Form<{ passed: StepName[] }> {
  return useDraft<{ passed: StepName[] }>(ref, "steps", { passed: [] });
}
