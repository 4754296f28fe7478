// A tap on the plan is the place of the chosen checkpoint: fractions of the picture, whatever its size on the screen.
import { one, perhaps } from "./page.js";

const plan = perhaps(document, "[data-plan]", SVGElement);
plan?.addEventListener("click", (event) => put(plan, event));

/**
 * @param {SVGElement} plan
 * @param {MouseEvent} event
 */
function put(plan, event) {
  const form = /** @type {HTMLFormElement} */ (plan.closest("form"));
  const box = plan.getBoundingClientRect();
  one(form, "[data-x]", HTMLInputElement).value = fraction(event.clientX - box.left, box.width);
  one(form, "[data-y]", HTMLInputElement).value = fraction(event.clientY - box.top, box.height);
  form.requestSubmit();
}

/**
 * Within 0 and 1, to four places.
 * @param {number} value
 * @param {number} size
 */
export const fraction = (value, size) => Math.min(1, Math.max(0, value / size)).toFixed(4);
