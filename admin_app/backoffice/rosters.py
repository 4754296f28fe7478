"""Who is on duty, day by day: the week of an estate's rosters (clauses 2.5, 7.3)."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any, NamedTuple

from flask import request, url_for
from flask_admin import expose

from admin_app.accounts.current import current_actor
from admin_app.backoffice.base import MenuPlace
from admin_app.backoffice.records.names import places_of_reader, staff_names
from admin_app.backoffice.records.views import OfficeView
from admin_app.shell.language import say
from admin_app.shell.preferences import chosen_estate
from store import clock
from store.access import permits
from store.calendars.wording import day_words
from store.errors import NotFound
from store.people import duty
from store.people.documents import Roster
from store.premises.documents import Estate
from store.words import Words, translated

DAYS = 7
WEEK = timedelta(days=7)


class Shift(NamedTuple):
    start: str
    end: str
    people: str
    now: bool
    overnight: bool


class Line(NamedTuple):
    """One roster: its shifts day by day, and the hours of the week that nobody covers."""

    code: str
    name: str
    days: list[list[Shift]]
    hours: float
    uncovered: float


class DutyWeek(OfficeView):
    permission = "directory.read"
    title = Words("值班周表", "On duty")
    endpoint_name = "office_duty"
    path = "duty"
    menu_place = MenuPlace("people", 5)

    @expose("/")
    def index(self) -> str:
        places, now = places_of_reader(), clock.now()
        estate = request.args.get("estate") or chosen_estate() or next(iter(places), "")
        if estate not in places:
            raise NotFound(Estate.LABEL, estate)
        place = places[estate]
        today = now.astimezone(place.zone).date()
        monday = _monday(request.args.get("week", ""), today)
        rosters = list(Roster.objects(estate=estate, active__ne=False).order_by("code"))
        names = staff_names(code for roster in rosters for shift in roster.shifts for code in shift["staff"])
        on = {code for roster in rosters for code in duty.on_duty(roster.values(), now, place.timezone)}
        return self.render(
            "directory/duty.html",
            place=place,
            places=places,
            days=[(monday + timedelta(days=n), say(day_words(monday + timedelta(days=n)))) for n in range(DAYS)],
            lines=[_line(roster, monday, now.astimezone(place.zone), names) for roster in rosters],
            on_now=say(Words("、", ", ")).join(sorted(names[code] for code in on)),
            today=today,
            before=(monday - WEEK).isoformat(),
            after=(monday + WEEK).isoformat(),
            new_roster=url_for("office_roster.new") if permits(current_actor(), Roster.WRITE) else None,
        )


def _monday(text: str, today: date) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = today
    if not 2000 <= day.year <= 2100:
        day = today
    return day - timedelta(days=day.weekday())


def _line(roster: Any, monday: date, now: Any, names: Mapping[str, str]) -> Line:
    values = roster.values()
    days = [
        _shifts(duty.shifts_on(values, monday + timedelta(days=n)), monday + timedelta(days=n), now, names)
        for n in range(DAYS)
    ]
    hours = duty.covered_hours(values, monday, monday + WEEK)
    return Line(roster.code, say(translated(roster.name)), days, hours, round(24 * DAYS - hours, 1))


def _shifts(shifts: Iterable[Mapping[str, Any]], day: date, now: Any, names: Mapping[str, str]) -> list[Shift]:
    return [_shift(each, day, now, names) for each in sorted(shifts, key=lambda each: each["start"])]


def _shift(shift: Mapping[str, Any], day: date, now: Any, names: Mapping[str, str]) -> Shift:
    overnight = shift["end"] <= shift["start"]
    clock_now = f"{now:%H:%M}"
    begun_today = now.date() == day and shift["start"] <= clock_now and (overnight or clock_now < shift["end"])
    from_yesterday = overnight and now.date() == day + timedelta(days=1) and clock_now < shift["end"]
    people = say(Words("、", ", ")).join(names.get(code, code) for code in shift["staff"])
    return Shift(shift["start"], shift["end"], people, begun_today or from_yesterday, overnight)
