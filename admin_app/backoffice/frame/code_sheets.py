"""The one sheet of QR codes to print and cut apart: of a route's checkpoints, of a building and its homes."""

from dataclasses import dataclass

import segno
from markupsafe import Markup

from store.words import Words

TEMPLATE = "admin/codes.html"


@dataclass(frozen=True)
class Card:
    """One code with its words: `small` is what somebody types who cannot scan it."""

    picture: Markup
    name: Words
    line: str
    small: Words


def card(code: str, name: Words, line: str, small: Words) -> Card:
    made = segno.make(code, error="q", micro=False)
    picture = Markup(made.svg_inline(scale=6, border=2, omitsize=True))  # noqa: S704 - made by the library from numbers
    return Card(picture, name, line, small)
