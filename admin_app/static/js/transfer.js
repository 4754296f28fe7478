// While a file is read or written, say so and let nobody send it twice.

for (const form of document.querySelectorAll("form[data-progress]")) {
  form.addEventListener("submit", () => {
    form.querySelector(".progress-note").hidden = false;
    for (const button of form.querySelectorAll("button")) button.disabled = true;
  });
}
