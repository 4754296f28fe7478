// Filter bars that reload when a choice changes, and tick boxes for bulk verbs.

export function listBehaviour() {
  document.querySelectorAll("form[data-auto-submit]").forEach(autoSubmit);
  document.querySelectorAll("form[data-bulk]").forEach(bulk);
}

function autoSubmit(form) {
  form.querySelectorAll("[data-without-script]").forEach((button) => (button.hidden = true));
  form.addEventListener("change", (event) => event.target.matches("select, [type=date]") && form.requestSubmit());
  // What is empty does not belong into the address.
  form.addEventListener("formdata", (event) => {
    for (const [name, value] of [...event.formData]) if (value === "") event.formData.delete(name);
  });
}

function bulk(form) {
  const all = form.querySelector("[data-tick-all]");
  const ticks = [...form.querySelectorAll("[name=rowid]")];
  const verbs = [...form.querySelectorAll("[name=verb]")];
  const update = () => {
    const chosen = ticks.filter((tick) => tick.checked).length;
    all.checked = chosen > 0 && chosen === ticks.length;
    all.indeterminate = chosen > 0 && chosen < ticks.length;
    for (const verb of verbs) {
      verb.disabled = chosen === 0;
      verb.dataset.confirm = verb.dataset.asks.replace("{n}", chosen);
    }
  };
  all.addEventListener("change", () => {
    ticks.forEach((tick) => (tick.checked = all.checked));
    update();
  });
  form.addEventListener("change", update);
  update();
}
