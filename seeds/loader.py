"""Loads the first content through the verbs that people use, so that every rule holds for it too.

Loading twice changes nothing. What a person has touched is his: only entries that nobody but the seeder has changed are
brought up to date when a newer release comes with better seeds.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache, partial
from graphlib import TopologicalSorter
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

import yaml

from seeds.households import homes
from store import directory, domains
from store.actor import SYSTEM, Actor
from store.calendars.operations import fill_statutory
from store.calendars.statutory import StatutoryDaysUnknown
from store.content import operations as content
from store.content import reading, rules
from store.content.documents import Content
from store.errors import Conflict, Invalid, Problem
from store.fields.checking import clean
from store.versioned import events_of

HERE = Path(__file__).parent
SEEDER = Actor(code="seed", name="初始数据", roles=frozenset({"system"}), estates=None)
_MACHINES = frozenset({SEEDER.code, SYSTEM.code})
# Heads lead departments and belong to them: departments are made without in the first round, and completed later.
_DIRECTORY_ORDER = ("estate", "department", "staff", "department", "staff", "building", "unit", "household", "roster")
_COMES_LATER = {"department": "head", "staff": "supervisor"}
Entry = tuple[str, str, dict[str, Any]]


@dataclass
class Loaded:
    """What a run did with each entry (`"kind:code"`): `created`, `updated`, `unchanged`, or `kept` as people changed it.

    `refused` are those that no longer fit what people have made of the rest.
    """

    outcomes: dict[str, str] = field(default_factory=dict)
    refused: dict[str, list[Problem]] = field(default_factory=dict)

    def note(self, key: str, outcome: str) -> None:
        """Of an entry that is met twice, what was done first is what was done."""
        if self.outcomes.get(key, "unchanged") == "unchanged":
            self.outcomes[key] = outcome

    def count(self, outcome: str) -> int:
        return sum(each == outcome for each in self.outcomes.values())


def load(now: datetime, estate: str | None = None) -> Loaded:
    """Load everything, or what one `estate` needs, in force from `now` on. Indexes must exist: unique keys make two loaders
    at once harmless."""
    domains.load("documents")
    loaded = Loaded()
    for kind, entries in groupby(of_estate(directory_entries(), estate), key=itemgetter(0)):
        # One query for each kind, because most runs find that nothing is to be done.
        known = {entry.code: entry for entry in directory.kinds()[kind].objects}
        for _, code, values in entries:
            _note(loaded, kind, code, partial(_ensure_entry, known.get(code), kind, code, values, now))
    heads = {(head.type, head.code): head for head in Content.objects}
    for kind, code, body in of_estate(content_entries(now), estate):
        _note(loaded, kind, code, partial(_ensure_content, heads.get((kind, code)), kind, code, body, now))
    return loaded


def _note(loaded: Loaded, kind: str, code: str, ensure: Callable[[], str]) -> None:
    key = f"{kind}:{code}"
    try:
        loaded.note(key, ensure())
    except Invalid as error:
        loaded.refused[key] = list(error.problems)
    except Conflict:
        loaded.note(key, "unchanged")  # another loader, or a person, was faster


@cache
def _files(folder: str) -> tuple[Entry, ...]:
    paths = [path for path in sorted((HERE / folder).glob("*.yaml")) if path.stem != "household-names"]
    rows = [row for path in paths for row in yaml.safe_load(path.read_text(encoding="utf-8"))]
    return tuple((row["type"], row["code"], row["body"]) for row in rows)


def estates() -> list[str]:
    """The codes of the estates that the seeds know."""
    return sorted(code for kind, code, _ in _files("directory") if kind == "estate")


def of_estate(entries: Iterable[Entry], estate: str | None) -> Iterator[Entry]:
    """Without what is of other estates alone; what several share is then of this one."""
    for kind, code, body in entries:
        of = [code] if kind == "estate" else body.get("estates") or [body.get("estate") or estate]
        if estate is None:
            yield kind, code, body
        elif estate in of:
            yield kind, code, {**body, "estates": [estate]} if "estates" in body else body


def directory_entries() -> Iterator[Entry]:
    """In an order in which each entry finds what it refers to; circular references come in a second round."""
    found = list(_files("directory"))
    names = yaml.safe_load((HERE / "directory" / "household-names.yaml").read_text(encoding="utf-8"))
    found += homes({code: body for kind, code, body in found if kind == "building"}, names)
    for kind in _DIRECTORY_ORDER:
        for each, code, body in found:
            if each == kind:
                yield kind, code, _entry_values(kind, body)


def _entry_values(kind: str, body: Mapping[str, Any]) -> dict[str, Any]:
    """The seed files say `quiet_hours` and name e-mail as a channel; the directory has an e-mail address and two times."""
    values = dict(body)
    if kind == "staff":
        quiet = values.pop("quiet_hours", None) or {}
        values |= {f"quiet_{edge}": moment for edge, moment in quiet.items()}
        values["channels"] = [{"url": each} for each in values.get("channels") or () if "://" in each]
    return values


def content_entries(now: datetime) -> Iterator[Entry]:
    """Each after everything that it uses; calendars with the statutory days that are known."""
    found = {f"{kind}:{code}": (kind, code, body) for kind, code, body in _files("content")}
    graph: TopologicalSorter[str] = TopologicalSorter()
    for key, (kind, _, body) in found.items():
        graph.add(key, *(used for used in rules.uses_keys(reading.type_of(kind, now), body) if used in found))
    for key in graph.static_order():
        kind, code, body = found[key]
        yield kind, code, _with_statutory_days(body, now) if kind == "working_calendar" else body


def _with_statutory_days(body: dict[str, Any], now: datetime) -> dict[str, Any]:
    """A calendar of all seven weekdays is meant to run through holidays."""
    if {day for window in body["windows"] for day in window["weekdays"]} >= set(range(1, 8)):
        return body
    for year in (now.year - 1, now.year, now.year + 1):
        try:
            body = fill_statutory(body, year)
        except StatutoryDaysUnknown:
            continue  # a manager is told by `warn_missing`
    return body


def _ensure_entry(
    entry: directory.DirectoryEntry | None, kind: str, code: str, values: dict[str, Any], now: datetime
) -> str:
    if entry is None:
        later = _COMES_LATER.get(kind)
        now_possible = values if _exists(kind, later, values) else {k: v for k, v in values.items() if k != later}
        directory.create(kind, code, now_possible, actor=SEEDER, now=now)
        return "created"
    wanted, _ = clean(entry.FIELDS, values)
    if entry.values() == wanted:
        return "unchanged"
    if _touched(events_of(entry)):
        return "kept"
    directory.update(kind, code, values, actor=SEEDER, now=now, seen=entry.version)
    return "updated"


def _exists(kind: str, later: str | None, values: Mapping[str, Any]) -> bool:
    return later is None or later not in values or directory.values_of("staff", values[later]) is not None


def _ensure_content(head: Content | None, kind: str, code: str, body: dict[str, Any], now: datetime) -> str:
    if head is None:
        content.create(kind, code, body, actor=SEEDER, now=now)
        content.publish(kind, code, actor=SEEDER, now=now)
        return "created"
    wanted, _ = clean(reading.type_of(kind, now).fields, body)
    if head.draft == wanted and head.state == "published":
        return "unchanged"
    if _touched(events_of(head)):
        return "kept"
    # Also where an earlier run was cut off between the draft and its publication.
    content.save_draft(kind, code, body, actor=SEEDER, now=now, seen=head.version)
    content.publish(kind, code, actor=SEEDER, now=now)
    return "updated"


def _touched(events: Iterable[Any]) -> bool:
    return any(event.actor not in _MACHINES for event in events)


def demo_staff_logins() -> list[tuple[str, str]]:
    """(username, code of the member of staff) of the accounts that a seeded installation begins with."""
    people = ("manager", "admin", "desk", "guard", "cleaner", "gardener", "repairer")
    return [(code, code) for code in people]
