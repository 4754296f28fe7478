// The editors of escalation policies and calendars: what comes of them, and questions asked beside the form.
import { aside, live } from "./content-live.js";

const form = document.querySelector("form[data-content-form]");
const soon = live(form, form.querySelector("[data-live]"), form.querySelector("[data-live-state]"));
form.querySelectorAll("[data-aside]").forEach((box) => aside(box, soon));
