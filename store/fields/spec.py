"""One description of a field, from which checks, forms, API shapes and tables are made.

Values are plain and JSON-safe: dates are `YYYY-MM-DD`, times `HH:MM`, moments ISO 8601 with offset, money integer fen,
translated text `{"zh": …, "en": …}`, references the code of their target.
"""

import re
from dataclasses import dataclass
from typing import Any

from store.words import Words

# For `fullmatch`: a `$` would let a line end through.
CODE = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?")
MAX_TEXT = 500
MAX_LONG_TEXT = 20_000
MAX_ROWS = 500
# MongoDB keeps 64-bit integers; a larger one would be an error of the driver instead of a sentence.
LARGEST = 10**12


@dataclass(frozen=True)
class When:
    """A condition on the field beside it: it has one of these values, or has one of them among its own."""

    field: str
    among: tuple[str | bool, ...]

    def holds(self, value: object) -> bool:
        return any(each in self.among for each in (value if isinstance(value, list) else [value]))


@dataclass(frozen=True)
class Field:
    """One field. `target` is the kind a reference points to; `fields` are the parts of a group or of each list row;
    `shown_when` is when it is asked at all; `pattern` is what the whole of a text must look like, in the language of RE2.
    """

    name: str
    kind: str
    label: Words
    required: bool = False
    translated: bool = False
    help: Words | None = None
    choices: tuple[tuple[str, Words], ...] = ()
    target: str | None = None
    fields: tuple["Field", ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    default: Any = None
    personal: bool = False
    shown_when: When | None = None
    # For whoever types it: the kind whose codes a text takes, the field beside it that names this kind, the list of the
    # same form whose codes are proposed.
    lookup: str = ""
    lookup_by: str = ""
    codes_of: str = ""
    pattern: str | None = None


class Wrong(Exception):
    """A value that does not fit its field."""

    def __init__(self, code: str, words: Words) -> None:
        super().__init__(code)
        self.code = code
        self.words = words
