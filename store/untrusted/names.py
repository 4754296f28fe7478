"""What a file is called by whoever sent it: a word to show, never a path."""

import re
import unicodedata

LONGEST = 120
UNNAMED = "file"
_BLANKS = re.compile(r"\s+")
# Control characters, marks of direction and others that are not seen, halves of characters, and what no one has assigned.
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})


def clean_name(name: str) -> str:
    """The name without folders and without what cannot be seen: `evil\\u202egpj.exe` is shown as what it is. A long one is
    cut in the middle, because its ending says what it is."""
    last = re.split(r"[/\\]", name)[-1]
    seen = "".join(" " if each in "\t\n\r\x0b\x0c\u2028\u2029" else each for each in last)
    seen = "".join(each for each in seen if unicodedata.category(each) not in _UNSEEN)
    short = _BLANKS.sub(" ", unicodedata.normalize("NFC", seen)).strip(" .")
    if len(short) > LONGEST:
        short = f"{short[: LONGEST - 21]}…{short[-20:]}"
    return short or UNNAMED
