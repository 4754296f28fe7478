// The editors of escalation policies and calendars: what comes of them, and questions asked beside the form.
import { aside, live } from "./content-live.js";
import { all, one } from "./page.js";

const form = one(document, "form[data-content-form]", HTMLFormElement);
const soon = live(form, one(form, "[data-live]"), one(form, "[data-live-state]"));
for (const box of all(form, "[data-aside]")) aside(box, soon);
