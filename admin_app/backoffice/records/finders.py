"""What the search box finds: every kind of record, households, staff, pages. Content is found by its own part."""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import partial
from typing import Any

from flask import Flask, current_app, url_for

from admin_app.backoffice.frame.navigation import menu
from admin_app.backoffice.records.cells import title_of
from admin_app.backoffice.records.names import department_names, zone_of_reader
from admin_app.backoffice.records.search import by_number_or_title
from admin_app.shell.formats import day_and_time
from admin_app.shell.language import say
from admin_app.shell.punctuation import listed
from admin_app.shell.search import MOST_HITS, Finder, Hit, provide
from admin_app.shell.sound import each_sound
from store import clock
from store.actor import Actor
from store.kinds import RecordKind, kinds
from store.name_tokens import pinyin_tokens
from store.people.documents import Staff
from store.premises.operations import Found, find_households
from store.records import documents
from store.words import Words, translated

SLOW_MS = 2_000
# Where and when, of which kind of record whatever it has.
FACTS = ("place", "created_at", "planned_for")


def register(app: Flask) -> None:
    for kind in kinds().values():
        provide(app, Finder(kind.many, kind.permission, partial(_records, kind), kind.search_order))
    provide(app, Finder(Words("住户", "Households"), "households.read", _households, 30))
    provide(app, Finder(Words("员工", "Staff"), "directory.read", _staff, 35))
    provide(app, Finder(Words("页面", "Pages"), "inbox.read", _pages, 90))


def _staff(text: str, actor: Actor) -> Iterable[Hit]:
    """Who works here, by code, name or pinyin."""
    wanted = re.compile("^" + re.escape("".join(text.lower().split())))
    query: dict[str, Any] = {"active": {"$ne": False}, "$or": [{"code": wanted}, {"tokens": wanted}]}
    if actor.estates is not None:
        query["estates"] = {"$in": [*sorted(actor.estates), []]}
    rows = Staff._get_collection().find(query, {"code": 1, "name": 1, "department": 1}).limit(MOST_HITS)
    found = list(rows)
    departments = department_names([each.get("department") for each in found])
    return each_sound(found, lambda row: _colleague(row, departments))


def _colleague(row: Mapping[str, Any], departments: Mapping[str, str]) -> Hit:
    url = url_for("office_staff.entry", code=row["code"])
    return Hit(say(translated(row["name"])), departments.get(row.get("department") or "", ""), url)


def _pages(text: str, actor: Actor) -> Iterable[Hit]:
    """Entries of the menu, by a part of their names in either language, or by pinyin."""
    wanted = text.lower()
    for group in menu(current_app.extensions["admin"][0]):
        for item in group.items:
            sounds = pinyin_tokens(item.words.zh)
            if wanted in item.words.zh or wanted in item.words.en.lower() or any(s.startswith(wanted) for s in sounds):
                yield Hit(say(item.words), say(group.section.words), item.url)


def _records(kind: RecordKind, text: str, actor: Actor) -> Iterable[Hit]:
    document = documents()[kind.name]
    query, facts = document.objects, [name for name in FACTS if name in document._fields]
    if actor.estates is not None:
        query = query.filter(estate__in=sorted(actor.estates))
    found = (
        by_number_or_title(query, text)
        .only("number", "title", "title_en", "state", *facts)
        .order_by("-created_at")
        .limit(MOST_HITS)
    )
    # Last: a later `filter` would forget it.
    rows = found.max_time_ms(SLOW_MS).as_pymongo()
    now = clock.now()
    return each_sound(rows, lambda row: _hit(row, kind, now))


def _hit(row: Mapping[str, Any], kind: RecordKind, now: datetime) -> Hit:
    title, place = title_of(row), row.get("place") or ""
    at = row.get("planned_for") or row.get("created_at")
    words = [
        say(kind.states.get(row["state"], Words(row["state"], row["state"]))),
        # Most titles end with the place.
        place if place not in title else "",
        say(day_and_time(at, now, zone_of_reader())) if at else "",
    ]
    return Hit(f"{row['number']} {title}", " · ".join(filter(None, words)), kind.address(row["number"]))


def _households(text: str, actor: Actor) -> Iterable[Hit]:
    return each_sound(find_households(text, actor, clock.now()), _home)


def _home(home: Found) -> Hit:
    names = listed(member.get("name", "") for member in home.members)
    return Hit(home.room, names, url_for("office_household.view", code=home.code))
