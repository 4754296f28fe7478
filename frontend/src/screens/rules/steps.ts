/** The steps of an order, one card each, and which one comes now. Pure. */

import type { FieldOrder, PhotoRole } from "../../field/contract";
import { isUnderWarranty } from "./money";
import { isOpen } from "./status";
import { isTaken } from "./today";

export type StepName =
  | "accept"
  | "arrive"
  | "start"
  | "diagnose"
  | "quote"
  | "consent"
  | "refused"
  | "materials"
  | "checklist"
  | "rectify"
  | "verdict"
  | "do"
  | "complete";

export interface Step {
  name: StepName;
  done: boolean;
  /** May be passed over: a step after it that is done shows that it was. */
  optional: boolean;
}

/** Steps of drills and incidents run against a clock. */
export const isTimed = (order: FieldOrder): boolean => order.kind === "drill_step" || order.kind === "incident_step";

const REPAIR: StepName[] = ["accept", "arrive", "diagnose", "quote", "consent", "refused", "materials"];
const OPTIONAL = new Set<StepName>(["quote", "materials", "do"]);

export const hasPhoto = (order: FieldOrder, role: PhotoRole): boolean =>
  order.photos.some((each) => each.role === role);

export function stepsOf(order: FieldOrder): Step[] {
  return namesOf(order).map((name) => ({ name, done: isDone(name, order), optional: OPTIONAL.has(name) }));
}

function namesOf(order: FieldOrder): StepName[] {
  const end: StepName[] = order.checklist ? ["checklist", "complete"] : ["complete"];
  if (order.kind === "repair") return [...REPAIR.filter((name) => isAsked(name, order)), ...end];
  const before: StepName[] = isTaken(order) ? ["accept", "start"] : ["start"];
  if (order.kind === "reinspection") return [...before, "verdict"];
  if (order.kind === "rectification") return [...before, "rectify", ...end];
  return order.checklist ? [...before, ...end] : [...before, "do", ...end];
}

/**
 * A step that asks nothing is not there: what costs nothing – under warranty, or an item without a price list – needs
 * neither quote nor consent.
 */
function isAsked(name: StepName, order: FieldOrder): boolean {
  const quoted = (order.quote?.lines.length ?? 0) > 0;
  if (name === "consent") return quoted;
  if (name === "refused") return order.quote?.state === "refused";
  if (name !== "quote" && name !== "materials") return true;
  if (name === "quote" && isUnderWarranty(order.request)) return quoted;
  return quoted || order.materials.length > 0 || !order.request || order.request.price_list !== null;
}

function isDone(name: StepName, order: FieldOrder): boolean {
  switch (name) {
    case "accept":
      return order.state !== "open";
    case "arrive":
    case "start":
      // What was paused before it began is resumed into the work itself.
      return order.started_at !== null || order.state === "in_progress" || !isOpen(order);
    case "diagnose":
      return Boolean(order.diagnosis);
    case "quote":
      return order.quote !== null;
    case "consent":
      return order.quote !== null && order.quote.state !== "asked";
    case "materials":
      return order.materials.length > 0;
    case "rectify":
      return hasPhoto(order, "after");
    case "verdict":
    case "complete":
      return !isOpen(order);
    // A checklist says itself what is missing, a free step is left by going on, and what follows a refusal is chosen.
    case "refused":
    case "checklist":
    case "do":
      return !isOpen(order);
  }
}

/**
 * The step that comes now: the first that is not done, unless it is optional and something after it is done
 * or it was passed over just now. The number of steps when all are done.
 */
export function currentStep(steps: readonly Step[], passed: ReadonlySet<StepName> = new Set()): number {
  const lastDone = steps.map((step) => step.done).lastIndexOf(true);
  const index = steps.findIndex(
    (step, at) => !step.done && !(step.optional && (at < lastDone || passed.has(step.name))) && !passed.has(step.name),
  );
  return index < 0 ? steps.length : index;
}
