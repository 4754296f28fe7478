"""Who is on duty, day by day: the week of an estate's rosters (clauses 2.5, 7.3)."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import NamedTuple

from flask import request, url_for
from flask_admin import expose

from admin_app.accounts.current import current_actor
from admin_app.backoffice.frame.base import MenuPlace
from admin_app.backoffice.records.names import Place, places_of_reader, staff_names
from admin_app.backoffice.records.views import OfficeView
from admin_app.shell.language import say
from admin_app.shell.preferences import chosen_estate
from store import clock
from store.access import permits
from store.calendars.wording import day_words
from store.errors import NotFound
from store.people import duty
from store.people.documents import Roster
from store.people.duty import Held
from store.people.operations import Directory
from store.premises.documents import Estate
from store.words import Words, translated

DAYS = 7
WEEK = timedelta(days=7)
BETWEEN = Words("、", ", ")


class Shift(NamedTuple):
    start: str
    end: str
    people: str
    now: bool
    overnight: bool


class RosterWeek(NamedTuple):
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
        days = [monday + timedelta(days=n) for n in range(DAYS)]
        held = {roster.code: [duty.held(roster.plan, day, place.timezone) for day in days] for roster in rosters}
        on = Directory.load().on_duty(estate, now)
        named = [code for lines in held.values() for parts in lines for each in parts for code in each.staff]
        names = staff_names([*named, *on])
        return self.render(
            "people/duty.html",
            place=place,
            places=places,
            days=[(day, say(day_words(day))) for day in days],
            lines=[_line(roster, held[roster.code], monday, place, now, names) for roster in rosters],
            on_now=say(BETWEEN).join(sorted(names.get(code, code) for code in on)),
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


def _line(
    roster: Roster, held: list[list[Held]], monday: date, place: Place, now: datetime, names: Mapping[str, str]
) -> RosterWeek:
    days = [[_shift(each, place, now, names) for each in parts if each.staff] for parts in held]
    hours = duty.covered_hours(roster.plan, monday, monday + WEEK, place.timezone)
    return RosterWeek(roster.code, say(translated(roster.name)), days, hours, round(24 * DAYS - hours, 1))


def _shift(part: Held, place: Place, now: datetime, names: Mapping[str, str]) -> Shift:
    start, end = (duty.instant(part.day, minute, place.timezone) for minute in (part.start, part.end))
    people = say(BETWEEN).join(names.get(code, code) for code in part.staff)
    overnight = part.end > duty.MINUTES_A_DAY
    return Shift(_clock_time(part.start), _clock_time(part.end), people, start <= now < end, overnight)


def _clock_time(minute: int) -> str:
    return f"{minute // 60 % 24:02d}:{minute % 60:02d}"
