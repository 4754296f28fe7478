"""The list of a described kind: its columns, views and filters, made from the description."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from admin_app.backoffice.frame.base import Choice, ListFilter, field_filter
from admin_app.backoffice.kinds import values
from admin_app.backoffice.kinds.inputs import choices_of
from admin_app.backoffice.records import cells
from admin_app.backoffice.records.columns import CLAUSE, ESTATE, NUMBER, Column, due, moment, state
from admin_app.backoffice.records.lists import Tab, estate_filter
from admin_app.backoffice.records.names import places_of_reader
from admin_app.shell.chips import Chip, chip_of
from store import clock
from store.described import rules
from store.descriptions import Office
from store.fields.kinds import kind_of
from store.fields.spec import Field
from store.kinds import RecordKind
from store.words import Words

RECORDED = Words("登记时间", "Recorded")
STATE = Words("状态", "State")


def tabs_of(kind: RecordKind) -> tuple[Tab, ...]:
    """What is to be done, what should have been, each end of the course, everything."""
    still = sorted(kind.open_states)
    latest, next_first = f"-{_date(kind)}", kind.due.field if kind.due else f"-{_date(kind)}"
    found = [Tab("open", Words("未了结", "Open"), lambda now: {"state": {"$in": still}}, next_first)]
    if kind.due:
        found.append(Tab("overdue", Words("已逾期", "Overdue"), lambda now: rules.overdue(kind, now), next_first))
    ends = [name for name in kind.states if name not in kind.open_states]
    found += [Tab(name, kind.states[name], _in_state(name), latest) for name in ends]
    return (*found, Tab("all", Words("全部", "All"), lambda now: {}, latest))


def _in_state(name: str) -> Callable[[datetime], Mapping[str, Any]]:
    return lambda now: {"state": name}


def _date(kind: RecordKind) -> str:
    return kind.office.date if kind.office else "created_at"


def columns_of(kind: RecordKind, office: Office) -> tuple[Column, ...]:
    listed = [_column(kind, each) for each in kind.fields_named(office.columns)]
    exported = [_column(kind, each)._replace(listed=False) for each in kind.fields_named(office.exported)]
    title = Column("title", kind.one, lambda _, row: cells.title_of(row), width=36)
    chips = state(kind.states, lambda row, now: chips_of(kind, row, now))
    # Beside the date that the list goes by, when it was written down is of no use on a screen.
    recorded = moment("created_at", RECORDED)._replace(listed=office.date == "created_at")
    return (NUMBER, title, chips, *listed, *exported, ESTATE, recorded, CLAUSE)


def _column(kind: RecordKind, field: Field) -> Column:
    if kind.due and field.name == kind.due.field and kind_of(field).is_moment:
        states = kind.due.states
        return due(field.label, lambda row: row.state in states)._replace(name=field.name, cell=_due_cell(kind, field))
    if kind_of(field).is_moment:
        return moment(field.name, field.label)
    return Column(field.name, field.label, _value(field), _cell(field), width=14, sortable=kind_of(field).is_day)


def _due_cell(kind: RecordKind, field: Field) -> Callable[[Any, Any], Any]:
    states = kind.due.states if kind.due else frozenset()
    return lambda lister, row: values.local_time(
        getattr(row, field.name), lister.zone(row.estate), left=row.state in states
    )


def _value(field: Field) -> Callable[[Any, Any], Any]:
    return lambda _, row: values.plain(field, getattr(row, field.name))


def _cell(field: Field) -> Callable[[Any, Any], Any]:
    return lambda lister, row: values.shown(field, getattr(row, field.name), lister.zone(row.estate))


def filters_of(kind: RecordKind, office: Office) -> tuple[ListFilter, ...]:
    states = field_filter("state", STATE, (Choice(name, words) for name, words in kind.states.items()))
    fields = {each.name: each for each in kind.fields}
    found = [states if name == "state" else _filter(fields[name]) for name in office.filters]
    return (*found, estate_filter())


def _filter(field: Field) -> ListFilter:
    def choices() -> Sequence[Choice]:
        found = choices_of(field, places_of_reader(), clock.now())
        return [Choice(each.value, Words(each.label, each.label)) for each in found]

    return ListFilter(field.name, field.label, choices, lambda value: {field.name: value})


def chips_of(kind: RecordKind, row: Any, now: datetime) -> list[Chip]:
    found = [_state_chip(kind, row.state)]
    if rules.is_overdue(kind, _facts(kind, row), now):
        found.append(chip_of("overdue"))
    return found


def _facts(kind: RecordKind, row: Any) -> dict[str, Any]:
    return {"state": row.state, **({kind.due.field: getattr(row, kind.due.field)} if kind.due else {})}


def _state_chip(kind: RecordKind, name: str) -> Chip:
    """Its beginning waits, what is on the way is under way, what proves the clause is done; any other end is quiet."""
    words = kind.states.get(name)
    if kind.proves and name == kind.proves.state:
        return chip_of("done", words)
    if name in kind.open_states:
        return chip_of("open" if kind.making and name == kind.making.state else "in_progress", words)
    return chip_of("cancelled", words)


def heavy_of(kind: RecordKind, office: Office) -> tuple[str, ...]:
    """What a list never reads: long, or personal, and in no column."""
    shown = {*office.columns, *office.exported}
    unread = (each.name for each in kind.fields if each.name not in shown and _is_heavy(each))
    return ("events", *unread)


def _is_heavy(field: Field) -> bool:
    kind = kind_of(field)
    return field.personal or kind.is_long or kind.nested or kind.several


def references_of(kind: RecordKind, names: Iterable[str]) -> tuple[Field, ...]:
    return tuple(each for each in kind.fields_named(names) if each.target)
