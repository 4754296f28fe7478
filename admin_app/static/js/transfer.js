// While a file is read or written, say so and let nobody send it twice.

for (const form of document.querySelectorAll("form[data-progress]")) {
  form.addEventListener("submit", () => {
    const note = form.querySelector(".progress-note");
    if (note) note.hidden = false;
    // Only after the form has been read: what a button says is sent with it, but not while it is disabled.
    setTimeout(() => {
      for (const button of form.querySelectorAll("button")) button.disabled = true;
    });
  });
}
