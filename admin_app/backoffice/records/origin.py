"""Where a record comes from, as its page says it."""

from typing import NamedTuple

from store.words import Words


class Origin(NamedTuple):
    """What kind of thing it comes from, its name, and its page where it has one."""

    words: Words
    text: str
    url: str | None
