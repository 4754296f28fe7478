"""What every screen must be: in the reader's language, as wide as the window, and without a word from the console."""

import re
from collections.abc import Collection
from typing import Any

# Words that stand in Chinese text as they are.
ALLOWED = frozenset(
    {
        *("EN", "QR", "API", "JSON", "RRULE", "NFC", "Excel", "xlsx", "csv", "CSV", "SMTP", "Ctrl", "Redis", "MongoDB"),
        *(
            "Anju",
            "FREQ",
            "MONTHLY",
            "BYDAY",
            "Markdown",
            "Asia",
            "Web",
            "Push",
            "ics",
            "Shanghai",
            "tyh",
            "slt",
            "Tab",
        ),
    }
)
# A code, an e-mail, an address, a number of a record, a name in a file: `sunshine-night-garage`, `R-2611-0042`, `name.zh`.
_TECHNICAL = re.compile(r"[\w.+-]+@[\w.-]+|\w+://\S+|&\w+=|\b[\w]+(?:[-_./:#][\w]+)+\b|\{\w+\}|\bv\d+\b")
# The switch is in the language that it leads to.
_SWITCH = "Switch to English"
_WORD = re.compile(r"[A-Za-z]{3,}")
# Text that people or seeds typed in English on purpose, and codes, are not the screen's own words.
VISIBLE = """() => {
  const skipped = new Set(["SCRIPT", "STYLE", "TEMPLATE", "CODE", "KBD", "OPTION"]);
  const found = [];
  const walk = (node) => {
    if (node.nodeType === Node.TEXT_NODE) return void found.push(node.textContent);
    if (node.nodeType !== Node.ELEMENT_NODE || skipped.has(node.tagName) || node.lang === "en") return;
    if (node.matches("[data-code], .code") || !node.checkVisibility()) return;
    for (const name of ["placeholder", "title", "aria-label", "alt"]) found.push(node.getAttribute(name) ?? "");
    node.childNodes.forEach(walk);
  };
  walk(document.body);
  return found.filter((text) => text.trim());
}"""


def english_in(page: Any, known: frozenset[str] = frozenset()) -> list[str]:
    """Words of three Latin letters and more that stand in the page's own text; `known` are codes of the test's data."""
    left = []
    for text in page.evaluate(VISIBLE):
        plain = _TECHNICAL.sub(" ", text.replace(_SWITCH, ""))
        if [word for word in _WORD.findall(plain) if word not in ALLOWED | known]:
            left.append(" ".join(text.split())[:120])
    return left


# A sentence of the product's own in English with a sign of Chinese. What people and seeds typed in Chinese has letters
# of Chinese around its signs.
_CHINESE_SIGN = re.compile(r"[，。：；、（）「」　！？]")
_CHINESE_LETTER = re.compile(r"[\u4e00-\u9fff]")


def chinese_signs_in(page: Any) -> list[str]:
    """English text of the page in which a Chinese sign stands."""
    return [each for each in _not_chinese(page) if _CHINESE_SIGN.search(each) and not _CHINESE_LETTER.search(each)]


def standing_in(page: Any, names: Collection[str]) -> list[str]:
    """Text of the page in which one of `names` stands, and which does not say that it is Chinese."""
    return [each for each in _not_chinese(page) if any(name in each for name in names)]


def _not_chinese(page: Any) -> list[str]:
    texts = [page.title(), *page.evaluate(VISIBLE.replace('node.lang === "en"', 'node.lang?.startsWith("zh")'))]
    return [" ".join(each.split())[:120] for each in texts]


def too_wide(page: Any) -> bool:
    """Whether the page scrolls sideways."""
    return bool(page.evaluate("document.documentElement.scrollWidth > innerWidth"))


def cut_off(page: Any) -> list[str]:
    """Tables that must be scrolled sideways to be read. A board is meant to be; a list is not."""
    # Another office's spreadsheet is as wide as it is.
    frames = "[...document.querySelectorAll('.table-frame:not([data-wide])')]"
    wide = f"{frames}.filter((each) => each.scrollWidth > each.clientWidth + 1)"
    found: list[str] = page.evaluate(f"{wide}.map((each) => each.innerText.slice(0, 60))")
    return [" ".join(text.split()) for text in found]


OVERLAPPING = """() => {
  const cards = [...document.querySelectorAll(".card")].filter((each) => each.checkVisibility());
  const meet = (a, b) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > 4
    && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 4;
  const found = [];
  for (const [place, one] of cards.entries()) {
    for (const other of cards.slice(place + 1)) {
      if (one.contains(other) || other.contains(one)) continue;
      if (meet(one.getBoundingClientRect(), other.getBoundingClientRect())) found.push(one.innerText.slice(0, 40));
    }
  }
  return found;
}"""


def covered(page: Any) -> list[str]:
    """Cards that lie over one another."""
    return [" ".join(text.split()) for text in page.evaluate(OVERLAPPING)]


WRITTEN_OVER = """() => {
  const floats = (element) => {
    for (let each = element; each; each = each.parentElement) {
      if (["fixed", "absolute", "sticky"].includes(getComputedStyle(each).position)) return true;
    }
    return false;
  };
  const seen = (element, box) => {
    let { left, right, top, bottom } = box;
    for (let each = element; each && each !== document.body; each = each.parentElement) {
      const style = getComputedStyle(each);
      if (style.overflowX === "visible" && style.overflowY === "visible") continue;
      const frame = each.getBoundingClientRect();
      [left, right] = [Math.max(left, frame.left), Math.min(right, frame.right)];
      [top, bottom] = [Math.max(top, frame.top), Math.min(bottom, frame.bottom)];
    }
    return { left, right, top, bottom };
  };
  const walk = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT);
  const lines = [];
  for (let node = walk.nextNode(); node; node = walk.nextNode()) {
    const element = node.parentElement;
    if (!node.textContent.trim() || element.closest(".visually-hidden, option, svg, script, style")) continue;
    if (!element.checkVisibility({ visibilityProperty: true }) || floats(element)) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    for (const box of range.getClientRects()) {
      const part = seen(element, box);
      if (part.right - part.left > 3 && part.bottom - part.top > 3) lines.push({ node, ...part });
    }
  }
  const words = (line) => line.node.textContent.trim().slice(0, 24);
  const found = [];
  for (const [place, one] of lines.entries()) {
    // A sample: what lies over a text stands near it in the page too.
    for (const other of lines.slice(place + 1, place + 200)) {
      const across = Math.min(one.right, other.right) - Math.max(one.left, other.left);
      const down = Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top);
      if (one.node !== other.node && across > 3 && down > 5) found.push(`${words(one)} × ${words(other)}`);
    }
    if (found.length > 5) break;
  }
  return found;
}"""


def written_over(page: Any) -> list[str]:
    """Texts that are written over one another."""
    found: list[str] = page.evaluate(WRITTEN_OVER)
    return found
