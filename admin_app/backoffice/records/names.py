"""Names of people, departments and estates for one page: one query for each kind, however many codes."""

from collections.abc import Iterable
from typing import NamedTuple
from zoneinfo import ZoneInfo

from flask import g

from admin_app.shell.formats import zone_named
from admin_app.shell.language import say
from admin_app.shell.preferences import chosen_estate, visible_estates
from store.actor import SYSTEM
from store.devices.documents import Device
from store.people.documents import Department, Staff
from store.people.rules import DEFAULT_TIMEZONE, known_zone
from store.premises.documents import Estate
from store.versioned import Event
from store.words import Words, translated

SYSTEM_NAME = Words("系统", "System")
# The loader of the first content has a code of its own, so that what people touched is known from what it made.
MACHINES = {SYSTEM.code: SYSTEM_NAME, "seed": Words("初始数据", "First content")}


class Place(NamedTuple):
    """An estate as a page needs it."""

    code: str
    name: str
    timezone: str

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)


class Person(NamedTuple):
    """Somebody who can be given work."""

    code: str
    name: str
    department: str
    estates: tuple[str, ...]

    def works_in(self, estate: str) -> bool:
        return not self.estates or estate in self.estates


def staff_names(codes: Iterable[str | None]) -> dict[str, str]:
    """code → name in the reader's language; who has left keeps his name, an unknown code stays as it is."""
    wanted = sorted({code for code in codes if code and code != SYSTEM.code})
    found = Staff.objects(code__in=wanted).only("code", "name") if wanted else ()
    names = {each.code: say(translated(each.name)) for each in found}
    return {**{code: code for code in wanted}, **names, SYSTEM.code: say(SYSTEM_NAME)}


def who_did(event: Event) -> str:
    """The name under which an event was written; of those who are no people, in the reader's language."""
    machine = MACHINES.get(event.actor)
    return say(machine) if machine else event.actor_name or event.actor


def department_names(codes: Iterable[str | None]) -> dict[str, str]:
    wanted = sorted({code for code in codes if code})
    found = Department.objects(code__in=wanted).only("code", "name") if wanted else ()
    return {**{code: code for code in wanted}, **{each.code: say(translated(each.name)) for each in found}}


def device_names(codes: Iterable[str]) -> dict[str, str]:
    wanted = sorted(set(codes))
    found = Device.objects(code__in=wanted).only("code", "name") if wanted else ()
    return {each.code: each.name for each in found}


def places(estates: Iterable[Estate]) -> dict[str, Place]:
    return {each.code: Place(each.code, say(translated(each.name)), known_zone(each.timezone)) for each in estates}


def estates_of_reader() -> list[Estate]:
    """The estates that the reader may see, asked once in a request: the frame of the page takes them from here too."""
    if "estates_of_reader" not in g:
        g.estates_of_reader = visible_estates()
    found: list[Estate] = g.estates_of_reader
    return found


def places_of_reader() -> dict[str, Place]:
    return places(estates_of_reader())


def place(code: str) -> Place:
    found = Estate.objects(code=code).only("code", "name", "timezone").first()
    return places([found])[code] if found else Place(code, code, DEFAULT_TIMEZONE)


def assignable(estates: Iterable[str] | None, *, grouped: bool = True) -> list[Person]:
    """The active staff who work in one of the estates (`None`: in any), by department. One query, two when grouped."""
    query = Staff.objects(active__ne=False)
    if estates is not None:
        # No estates at all means every estate, for the roles of the whole company.
        query = query.filter(__raw__={"estates": {"$in": [*sorted(estates), []]}})
    people = list(query.only("code", "name", "department", "estates").order_by("department", "code"))
    departments = department_names(each.department for each in people) if grouped else {}
    return [
        Person(
            each.code, say(translated(each.name)), departments.get(each.department or "", ""), tuple(each.estates or ())
        )
        for each in people
    ]


def zone_of_reader() -> ZoneInfo:
    """The time zone of the estate chosen on the top bar, else the installation's."""
    found = places_of_reader().get(chosen_estate() or "")
    return found.zone if found else zone_named(None)
