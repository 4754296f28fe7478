"""Fields and their values as people read them: the label of a path, a value as text, the lines of a difference."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from admin_app.backoffice.forms.controls import looked_up
from admin_app.backoffice.forms.references import Labels
from admin_app.shell.language import say
from admin_app.shell.punctuation import CLAUSES, ROWS, listed
from store.calendars.rules import Promised, WorkingDays
from store.calendars.wording import working_days_words
from store.content.types import ContentType
from store.differences import difference
from store.fields.checking import is_empty
from store.fields.kinds import kind_of
from store.fields.nested import LIST
from store.fields.numbers import minutes_words
from store.fields.spec import Field
from store.words import Words, translated

YES_NO = {True: Words("是", "Yes"), False: Words("否", "No")}
ROW = Words("第 {n} 行", "row {n}")
# A longer text is shown where it changed, with so many characters around it.
LONG_TEXT, AROUND = 200, 30
PLACE = Words("第 {n} 位", "place {n}")
# What became of a row as a whole.
OF_ROWS = {
    "added": Words("{row}（新增）", "{row} (added)"),
    "removed": Words("{row}（删除）", "{row} (removed)"),
    "moved": Words("{row}（移动）", "{row} (moved)"),
}
LANGUAGE = {"zh": Words("中文", "Chinese"), "en": Words("英文", "English")}


class ChangedLine(NamedTuple):
    """One line of a difference: where, what stood there, what stands there now."""

    path: str
    label: str
    old: str
    new: str
    # What became of a row as a whole: `added`, `removed`, `moved`; empty for a value.
    what: str = ""


class Reader:
    """Reads bodies of one content type aloud. Names of what is referred to are looked up once, for all that is given."""

    def __init__(
        self,
        content_type: ContentType,
        zone: ZoneInfo,
        bodies: Iterable[Mapping[str, Any]],
        changes: Iterable[Mapping[str, Any]] = (),
    ) -> None:
        self._type, self._zone = content_type, zone
        of_bodies = (each for body in bodies for each in self._codes(content_type.fields, body, ""))
        of_changes = (each for change in changes for each in self._codes_of(change))
        self._labels = Labels.of(chain(of_bodies, of_changes))

    def difference(self, old: Mapping[str, Any], new: Mapping[str, Any]) -> list[ChangedLine]:
        """What `new` changed, field by field, in the order of the form."""
        order = {field.name: place for place, field in enumerate(self._type.fields)}
        changes = sorted(difference(old, new), key=lambda each: order.get(each["field"].split(".")[0], 999))
        return [self.line(each) for each in changes]

    def line(self, change: Mapping[str, Any]) -> ChangedLine:
        """One change, as `store.differences` tells it, now or in an older version."""
        path, what = str(change["field"]), str(change.get("what", ""))
        field, label = self._find(path, change.get("rows") or (), what)
        if what == "moved":
            old, new = (say(PLACE.fill(n=int(change[side]) + 1)) for side in ("old", "new"))
            return ChangedLine(path, label, old, new, what)
        plain = _without_rows(path)
        old, new = (self._text(field, change[side], plain) for side in ("old", "new"))
        return ChangedLine(path, label, *differing(old, new), what)

    def _find(self, path: str, rows: Sequence[str | None] = (), what: str = "") -> tuple[Field | None, str]:
        """The field and the name of a place; `rows` are the codes or numbers of the rows on the way to it."""
        fields, names, field = self._type.fields, [], None
        known_by = iter(rows)
        for part in path.split("."):
            if part.isdigit():
                names.append(next(known_by, None) or say(ROW.fill(n=int(part) + 1)))
            elif part in LANGUAGE and field is not None and field.translated:
                names.append(say(LANGUAGE[part]))
            else:
                field = next((each for each in fields if each.name == part), None)
                names.append(say(field.label) if field else part)
                fields = field.fields if field else ()
        if what in OF_ROWS:
            names[-1] = say(OF_ROWS[what].fill(row=names[-1]))
        row = path.split(".")[-1].isdigit()
        return (None if row and field and field.kind == LIST else field), " · ".join(names)

    def _text(self, field: Field | None, value: Any, plain: str) -> str:
        if is_empty(value):
            return ""
        if isinstance(value, Mapping):
            return self._mapping(field, value, plain)
        if isinstance(value, list):
            if field is not None and field.kind == LIST:
                return say(ROWS).join(f"{n}. {self._row(field, row, plain)}" for n, row in enumerate(value, 1))
            return listed(self._one(field, each, plain) for each in value)
        return self._one(field, value, plain)

    def _mapping(self, field: Field | None, value: Mapping[str, Any], plain: str) -> str:
        if set(value) <= {"zh", "en"}:
            return say(translated(value))
        return self._row(field or self._list_at(plain), value, plain)

    def _list_at(self, plain: str) -> Field | None:
        fields, found = self._type.fields, None
        for part in plain.split("."):
            found = next((each for each in fields if each.name == part), None)
            fields = found.fields if found else ()
        return found

    def _row(self, field: Field | None, row: Any, plain: str) -> str:
        if field is None or not isinstance(row, Mapping):
            return str(row)
        shown = [(each, row.get(each.name)) for each in field.fields]
        return say(CLAUSES).join(
            f"{say(each.label)} {self._text(each, value, f'{plain}.{each.name}')}"
            for each, value in shown
            if not is_empty(value)
        )

    def _one(self, field: Field | None, value: Any, plain: str) -> str:
        if isinstance(value, bool):
            return say(YES_NO[value])
        if field is None:
            return str(value)
        lookup = looked_up(field)
        if lookup:
            return self._labels.name(lookup, str(value))
        named = dict(kind_of(field).options(field))
        return say(named[str(value)] if str(value) in named else kind_of(field).said(value, self._zone))

    def _codes_of(self, change: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        field, plain = self._find(change["field"])[0], _without_rows(change["field"])
        above = plain.rpartition(".")[0]
        for value in (change["old"], change["new"]):
            if field is not None:
                yield from self._codes((field,), {field.name: value}, above)
            elif (rows := self._list_at(plain)) is not None:
                yield from self._codes(rows.fields, value, plain)

    def _codes(self, fields: Sequence[Field], values: Any, plain: str) -> Iterator[tuple[str, str]]:
        for field in fields:
            value = values.get(field.name) if isinstance(values, Mapping) else None
            path = f"{plain}.{field.name}".lstrip(".")
            lookup = looked_up(field)
            if lookup:
                yield from ((lookup, str(each)) for each in (value if isinstance(value, list) else [value]) if each)
            for row in value if isinstance(value, list) else [value]:
                yield from self._codes(field.fields, row, path)


def differing(old: str, new: str) -> tuple[str, str]:
    """Of two long texts the part in which they differ, with a few words around it."""
    if not old or not new or max(len(old), len(new)) <= LONG_TEXT:
        return old, new
    head = _alike(old, new)
    tail = _alike(old[head:][::-1], new[head:][::-1])
    since, until = max(head - AROUND, 0), max(tail - AROUND, 0)
    parts = (text[since : len(text) - until] for text in (old, new))
    one, other = (f"{'…' if since else ''}{part}{'…' if until else ''}" for part in parts)
    return one, other


def _alike(one: str, other: str) -> int:
    """How many characters at the beginning are the same."""
    pairs = zip(one, other, strict=False)
    return next((place for place, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))


def _without_rows(path: str) -> str:
    return ".".join(each for each in path.split(".") if not each.isdigit())


def promised_words(within: Promised) -> Words:
    """A promise as it was made: 1 小时 30 分, or 2 个工作日."""
    return working_days_words(within.days) if isinstance(within, WorkingDays) else minutes_words(within)
