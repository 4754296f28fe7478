"""What a kind of field is. A family of kinds stands in one file, with everything that belongs to it."""

from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

from store.fields import cell
from store.fields.spec import MAX_ROWS, Field, Wrong
from store.words import Words

# A part of a JSON Schema.
Schema = dict[str, Any]
Options = Sequence[tuple[str, Words]]


class Kind:
    """One kind of field: how a value of it is checked, typed in a form, written into a table, described and said.

    A value that a form or a table cannot read is passed on as it was typed, so that `check` says what is wrong with it.
    """

    # Whether its values are made of the values of other fields.
    nested = False
    # Whether a value is a list, and whether each part of it is typed by itself.
    several = False
    apart = False
    # Whether it may be given in two languages.
    in_languages = False
    # Of several lines, so that it is neither a column of a table nor damaged by a spreadsheet that sees a date in it.
    is_long = False
    # Whether it is written as Markdown, and shown as what that says.
    is_marked = False
    # Whether its values are codes of the field's target.
    refers = False
    # Whether its values are moments, days, or the names of files.
    is_moment = is_day = is_file = False
    # Whether it lives from the field's choices; and the values there are, as a form posts them, where they are always the same.
    chooses = False
    always: tuple[str, ...] = ()
    # The macro of `content/controls.html` that draws it, and the browser's own name for what is typed there.
    control = "line"
    input_type = "text"
    # Whether it has a line of the form to itself, and whether several of its like fit into one row of a table.
    is_wide = False
    is_small = True
    # Whether it stands in a form before anybody has written anything.
    is_preset = False
    # Whether it is an address that leads somewhere.
    is_link = False
    # Whether managers may choose it for the types that they define.
    for_managers = True
    # Whether lists of entries show it, and as what the API filters by it.
    in_columns = False
    filtered_as = ""

    def __init__(self, name: str, words: Words) -> None:
        self.name, self.words = name, words

    def check(self, field: Field, value: object) -> object:
        """The value as it is kept. Raises `Wrong`."""
        raise NotImplementedError

    def schema(self, field: Field) -> Schema:
        """What `check` takes, as JSON Schema."""
        raise NotImplementedError

    def is_blank(self, value: object) -> bool:
        """Whether nothing was given."""
        return value is None or value in ("", [], {})

    def sound(self, value: object) -> object | None:
        """A stored value as far as it can be used; None where it cannot."""
        return value

    def read(self, texts: Sequence[str], zone: ZoneInfo) -> object:
        """The value that a form posts."""
        return texts[-1].replace("\r\n", "\n").strip() if texts else ""

    def typed(self, value: object, zone: ZoneInfo) -> str:
        """One value as it stands in its input."""
        return str(value)

    def is_typed_well(self, text: str) -> bool:
        """Whether the browser's own input can show it: a date picker drops what is no date, and it would be lost."""
        return True

    def from_cell(self, field: Field, found: cell.Cell) -> object:
        """The value that a cell holds. Raises `Wrong` for what a spreadsheet has damaged."""
        return cell.text(found)

    def to_cell(self, value: Any) -> cell.Written:
        return value if isinstance(value, int | float) else str(value)

    def meant(self, value: Any) -> object:
        """What is done with a checked value: a verb is given the moment, not its text."""
        return value

    def options(self, field: Field) -> Options:
        """What can be chosen, where that does not depend on what is stored."""
        return ()

    def said(self, value: object, zone: ZoneInfo) -> Words:
        """One value as people read it, of several each."""
        text = self.typed(value, zone)
        return Words(text, text)


class Several(Kind):
    """A list of values."""

    several = apart = True

    def check_one(self, field: Field, value: object) -> object:
        raise NotImplementedError

    def one(self, field: Field) -> Schema:
        """The schema of one of them."""
        raise NotImplementedError

    def check(self, field: Field, value: object) -> object:
        return [self.check_one(field, each) for each in sequence(value)]

    def schema(self, field: Field) -> Schema:
        least = {"minItems": 1} if field.required else {}
        return {"type": "array", "items": self.one(field), **least, "maxItems": MAX_ROWS}

    def read(self, texts: Sequence[str], zone: ZoneInfo) -> object:
        return [text.strip() for text in texts if text.strip()]

    def from_cell(self, field: Field, found: cell.Cell) -> object:
        return cell.items(cell.text(found))

    def to_cell(self, value: Any) -> cell.Written:
        return "; ".join(cell.item(each) for each in value)


def sequence(value: object) -> list[Any]:
    """Raises `Wrong` `not_a_list`."""
    if not isinstance(value, list) or len(value) > MAX_ROWS:
        raise Wrong("not_a_list", Words("应为列表", "must be a list"))
    return value


def in_range(value: float, low: float, high: float) -> None:
    """Raises `Wrong` `out_of_range`."""
    if not low <= value <= high:
        words = Words("应在 {low} 与 {high} 之间", "must be between {low} and {high}")
        raise Wrong("out_of_range", words.fill(low=f"{low:g}", high=f"{high:g}"))
