// A tap on the plan is the place of the chosen checkpoint: fractions of the picture, whatever its size on the screen.

const plan = document.querySelector("[data-plan]");
if (plan) plan.addEventListener("click", put);

function put(event) {
  const form = plan.closest("form");
  const box = plan.getBoundingClientRect();
  const fraction = (value, size) => Math.min(1, Math.max(0, value / size)).toFixed(4);
  form.querySelector("[data-x]").value = fraction(event.clientX - box.left, box.width);
  form.querySelector("[data-y]").value = fraction(event.clientY - box.top, box.height);
  form.requestSubmit();
}
