// "/" goes to the search box, unless one is typing already.

const TYPING = "input, textarea, select, [contenteditable]";

export function listenToKeys() {
  const box = document.querySelector("[data-search]");
  document.addEventListener("keydown", (event) => {
    if (!box || event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest?.(TYPING)) return;
    event.preventDefault();
    box.focus();
    box.select();
  });
}
