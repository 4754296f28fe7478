// Buttons that print the page.

document.querySelectorAll("[data-print]").forEach((button) => button.addEventListener("click", () => print()));
