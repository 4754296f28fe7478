"""Lists of the directory and what happened to an entry, made from the fields of its kind."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from markupsafe import Markup

from admin_app.backoffice.forms.references import Labels
from admin_app.backoffice.records.cells import chip_markup
from admin_app.backoffice.records.names import who_did
from admin_app.backoffice.records.timeline import Entries, Entry
from admin_app.shell.chips import chip_of
from admin_app.shell.formats import NOTHING, local_time
from admin_app.shell.language import say
from admin_app.shell.punctuation import COLON, listed
from store.directory import DirectoryEntry
from store.fields.kinds import kind_of
from store.fields.spec import Field
from store.parts import Part
from store.people.exceptions import KINDS
from store.premises.rules import masked_phone
from store.words import Words, translated

MOST_COLUMNS = 5
VERBS: dict[str, Words] = {
    "create": Words("新建", "Made"),
    "update": Words("修改", "Changed"),
    "activate": Words("启用", "Taken into use"),
    "deactivate": Words("停用", "Put out of use"),
    "move_out": Words("迁出", "Moved out"),
    "move_in": Words("迁回", "Moved in again"),
    "add_exception": Words("调整排班", "Single days changed"),
    "withdraw_exception": Words("恢复周期", "Back to the cycle"),
}
NAMED = {"name", "room"}
# What became of a row of a list as a whole.
WHAT: dict[str, Words] = {
    "added": Words("新增", "added"),
    "removed": Words("删除", "removed"),
    "moved": Words("移动", "moved"),
}
# Whom an exception of a roster names.
PEOPLE = ("staff", "instead")


class DirectoryColumn(NamedTuple):
    name: str
    words: Words
    field: Field | None


def summary_columns(kind: type[DirectoryEntry]) -> list[DirectoryColumn]:
    """Code, name, and the first fields that say something in one line; nothing personal but names of members."""
    fields = [each for each in kind.FIELDS if kind_of(each).in_columns and not each.personal and each.name not in NAMED]
    head = [DirectoryColumn("code", Words("编号", "Code"), None), DirectoryColumn("name", Words("名称", "Name"), None)]
    if any(each.name == "members" for each in kind.FIELDS):
        head.append(DirectoryColumn("members", Words("成员", "Members"), None))
    middle = [DirectoryColumn(each.name, each.label, each) for each in fields[:MOST_COLUMNS]]
    return [
        *head,
        *middle,
        DirectoryColumn("active", Words("状态", "State"), None),
        DirectoryColumn("changed_at", Words("修改时间", "Changed"), None),
    ]


class Cells:
    """The cells of one page; the names of everything referred to are looked up at once."""

    def __init__(self, columns: Sequence[DirectoryColumn], labels: Labels) -> None:
        self._fields = {each.name: each.field for each in columns if each.field}
        self._labels = labels

    @classmethod
    def of(cls, columns: Sequence[DirectoryColumn], rows: Iterable[Any]) -> "Cells":
        wanted = [
            (str(each.field.target), code)
            for each in columns
            if each.field and each.field.target
            for row in rows
            for code in _codes(getattr(row, each.name, None))
        ]
        return cls(columns, Labels.of(wanted))

    def show(self, row: Any, name: str) -> Any:
        maker = {
            "code": lambda: row.code,
            "name": lambda: say(translated(row.name)) or row.code,
            "members": lambda: _members(row),
            "active": lambda: chip_markup(chip_of("disabled" if row.active is False else "active")),
            "changed_at": lambda: local_time(row.changed_at),
        }.get(name)
        return maker() if maker else self._field(self._fields[name], getattr(row, name, None))

    def _field(self, field: Field | None, value: Any) -> Any:
        if field is None or value in (None, "", [], {}):
            return NOTHING
        if field.target:
            return _joined(self._labels.name(str(field.target), code) for code in _codes(value))
        if field.choices:
            words = dict(field.choices)
            return _joined(say(words[each]) if each in words else str(each) for each in _codes(value))
        return say(translated(value)) if field.translated else str(value)


def _codes(value: Any) -> list[str]:
    return [str(each) for each in value] if isinstance(value, list) else [str(value)] if value else []


def _joined(parts: Iterable[str]) -> str:
    return listed(parts)


def _members(row: Any) -> Markup:
    said = (f"{each.get('name', '')} {masked_phone(each.get('phone') or '')}".strip() for each in row.members or ())
    return (
        Markup("{}")
        .format(say(Words("　", ", ")))
        .join(Markup('<span class="unbroken">{}</span>').format(each) for each in said)
    )


def history_of(part: Part, fields: Sequence[Field]) -> Entries:
    """What was changed, by whom: the newest first, each change with what stood there before."""
    said = _said([event.detail for event in part.events], [event.verb for event in part.events], fields)
    entries = []
    for event, lines in zip(part.events, said, strict=True):
        words = VERBS.get(event.verb, Words(event.verb, event.verb))
        entries.append(Entry(event.at, who_did(event), say(words), note="\n".join(lines)))
    return Entries(reversed(entries), part)


class Theirs(NamedTuple):
    """What somebody did meanwhile, and the lines that tell it."""

    at: datetime
    by: str
    lines: list[str]


def done_meanwhile(theirs: Sequence[Mapping[str, Any]], fields: Sequence[Field]) -> list[Theirs]:
    """What a conflict tells of others, as the history would."""
    said = _said([each["detail"] for each in theirs], [each["verb"] for each in theirs], fields)
    return [Theirs(each["at"], str(each["by"]), lines) for each, lines in zip(theirs, said, strict=True)]


def _said(details: Sequence[Mapping[str, Any]], verbs: Sequence[str], fields: Sequence[Field]) -> list[list[str]]:
    """The lines of each event. One query for all names."""
    labels = {each.name: each for each in fields}
    names = Labels.of([*_referred(details, labels), *_people(details)])
    found = []
    for detail, verb in zip(details, verbs, strict=True):
        lines = [_line(change, labels, names) for change in detail.get("changes") or ()]
        lines += [str(detail[name]) for name in ("on", "reason") if name in detail]
        lines += _days(detail, names) if verb.endswith("_exception") else []
        found.append(lines)
    return found


def _referred(details: Iterable[Mapping[str, Any]], labels: Mapping[str, Field]) -> Iterator[tuple[str, str]]:
    for detail in details:
        for change in detail.get("changes") or ():
            field = labels.get(str(change["field"]).split(".")[0])
            if field is not None and field.target:
                yield from (
                    (str(field.target), each) for each in (change["old"], change["new"]) if isinstance(each, str)
                )


def _people(details: Iterable[Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    return (("staff", str(detail[name])) for detail in details for name in PEOPLE if detail.get(name))


def _days(detail: Mapping[str, Any], names: Labels) -> list[str]:
    """An exception of a roster in one line."""
    people = " ↔ ".join(names.name("staff", detail[name]) for name in PEOPLE if detail.get(name))
    last = detail.get("until") or detail.get("other_day")
    span = f"{detail.get('start', '')}–{detail.get('end', '')}" if detail.get("start") else ""
    days = f"{detail.get('since')} – {last}" if last else detail.get("since")
    kind = say(KINDS[detail["kind"]])
    return [" · ".join(str(each) for each in (kind, people, days, span, detail.get("reason")) if each)]


def _line(change: Mapping[str, Any], fields: Mapping[str, Field], names: Labels) -> str:
    head, _, rest = str(change["field"]).partition(".")
    field = fields.get(head)
    label = say(field.label) if field else head
    what = change.get("what")
    place = " ".join(filter(None, [label, _row_of(change, rest), say(WHAT[what]) if what in WHAT else ""]))
    old, new = (_value(change[side], field, names) for side in ("old", "new"))
    if what == "moved":
        return place
    return f"{place}{say(COLON)}{old} → {new}"


def _row_of(change: Mapping[str, Any], rest: str) -> str:
    """By what people know the row that a change is about: its code, else its place."""
    known_by = next(iter(change.get("rows") or ()), None)
    place = next((int(part) + 1 for part in rest.split(".") if part.isdigit()), "")
    return str(known_by or place)


def _value(value: Any, field: Field | None, names: Labels) -> str:
    if value in (None, "", [], {}):
        return "—"
    if field is not None and field.target and isinstance(value, str):
        return names.name(str(field.target), value)
    if isinstance(value, list):
        return _joined(_value(each, field, names) for each in value)
    if isinstance(value, Mapping):
        return say(translated(dict(value))) or _joined(str(each) for each in value.values())
    if field is not None and field.choices and value in dict(field.choices):
        return say(dict(field.choices)[value])
    if isinstance(value, bool):
        return say(Words("是", "yes") if value else Words("否", "no"))
    return str(value)
