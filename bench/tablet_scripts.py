"""What is asked inside the page: nothing of the app is replaced, it is only watched."""

# Runs before the app. Marks in milliseconds since navigation: when the PIN can be typed, when its last digit was, when the
# stretching of it began and ended, when the list stood, and when the page's thread had drawn it and was free again.
WATCH = """(() => {
  const marks = (window.anjuMarks = {});
  const derive = SubtleCrypto.prototype.deriveKey;
  SubtleCrypto.prototype.deriveKey = async function (...given) {
    marks.stretching ??= performance.now();
    const key = await derive.apply(this, given);
    marks.stretched ??= performance.now();
    return key;
  };
  addEventListener("click", () => { if (!marks.stretching) marks.digit = performance.now(); }, true);
  const free = (then) => requestAnimationFrame(() => setTimeout(then, 0));
  new MutationObserver(() => {
    if (marks.pad === undefined && document.querySelector(".pin-keys")) {
      marks.pad = performance.now();
    }
    if (marks.list === undefined && document.querySelector(".row .row-go")) {
      marks.list = performance.now();
      free(() => { marks.quiet = performance.now(); });
    }
  }).observe(document, { childList: true, subtree: true });
})()"""

# So many items are answered by one tap each; a tap is answered when the words "saved" stand in the page and are drawn.
TAPS = """async (count) => {
  const drawn = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 0)));
  const toasts = document.querySelector(".toasts");
  const question = () => document.querySelector(".question")?.textContent;
  const times = [];
  for (let n = 0; n < count; n++) {
    const asked = question();
    const button = [...document.querySelectorAll("button")].find((each) => each.textContent.trim() === "合格");
    const said = new Promise((done) => {
      const seen = new MutationObserver((changes) => {
        const added = changes.flatMap((each) => [...each.addedNodes]);
        if (!added.some((each) => each.textContent.includes("已存本机"))) return;
        seen.disconnect();
        done();
      });
      seen.observe(toasts, { childList: true });
    });
    const began = performance.now();
    button.click();
    await said;
    await drawn();
    times.push(performance.now() - began);
    while (question() === asked) await drawn();
  }
  return times;
}"""

# How well what was loaded is packed.
LOADS = """() => {
  const files = [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")];
  const total = files.reduce((sum, each) => sum + each.decodedBodySize, 0);
  return `${Math.round(total / 1024)} KB unpacked`;
}"""
