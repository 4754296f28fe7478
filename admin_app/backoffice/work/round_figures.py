"""巡更达标: how well rounds were walked over a period, by route and person, against the standard's threshold."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import NamedTuple

from flask import request
from flask_admin import expose

from admin_app.accounts.current import current_actor
from admin_app.backoffice.forms.references import Labels
from admin_app.backoffice.frame.base import MenuPlace
from admin_app.backoffice.records.names import places_of_reader, staff_names, zone_of_reader
from admin_app.backoffice.records.views import OfficeView
from admin_app.shell.chips import Chip, chip_of
from admin_app.shell.language import say
from admin_app.shell.preferences import chosen_estate
from store import clock
from store.words import Words
from store.work.compliance import Compliance, Figures, compliance

ONE_DAY = timedelta(days=1)
USUAL, LONGEST = timedelta(days=30), timedelta(days=366)
KEPT, NOT_KEPT = Words("达标", "Kept"), Words("未达标", "Below")
NOBODY = Words("（无人）", "(nobody)")


class FiguresLine(NamedTuple):
    name: str
    figures: Figures
    chip: Chip | None


class RoundFigures(OfficeView):
    permission = "today.read"
    title = Words("巡更达标", "Patrol compliance")
    endpoint_name = "office_round_figures"
    path = "rounds"
    menu_place = MenuPlace("work", 40)

    @expose("/")
    def index(self) -> str:
        now, zone = clock.now(), zone_of_reader()
        first, last = _period(now.astimezone(zone).date())
        since, until = (datetime.combine(each, datetime.min.time(), zone) for each in (first, last + ONE_DAY))
        found = compliance(since, until, estate=chosen_estate(), actor=current_actor(), now=now)
        return self.render(
            "work/rounds.html",
            first=first,
            last=last,
            found=found,
            chip=_chip(found, found.total),
            tables=(
                (Words("按路线", "By route"), _routes(found)),
                (Words("按人员", "By person"), _people(found)),
            ),
        )


def _period(today: date) -> tuple[date, date]:
    """The days asked for, both of them counted; turned round where they were given the other way."""
    last = _day("to", today)
    first = _day("from", last - USUAL + ONE_DAY)
    first, last = min(first, last), max(first, last)
    return max(first, last - LONGEST), last


def _day(name: str, otherwise: date) -> date:
    try:
        day = date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return otherwise
    return day if 2000 <= day.year <= 2100 else otherwise


def _routes(found: Compliance) -> list[FiguresLine]:
    labels = Labels.of([("route", code) for _, code in found.by_route])
    places = places_of_reader()
    several = len({estate for estate, _ in found.by_route}) > 1

    def name(estate: str, code: str) -> str:
        place = places.get(estate)
        return f"{place.name} · {labels.name('route', code)}" if several and place else labels.name("route", code)

    return _worst_first(FiguresLine(name(*key), each, _chip(found, each)) for key, each in found.by_route.items())


def _people(found: Compliance) -> list[FiguresLine]:
    names = staff_names(found.by_person)
    return _worst_first(
        FiguresLine(names[who] if who else say(NOBODY), each, _chip(found, each))
        for who, each in found.by_person.items()
    )


def _worst_first(lines: Iterable[FiguresLine]) -> list[FiguresLine]:
    return sorted(lines, key=lambda line: (line.figures.percent or 0, line.name))


def _chip(found: Compliance, figures: Figures) -> Chip | None:
    kept = found.is_kept(figures)
    return None if kept is None else chip_of("done" if kept else "overdue", KEPT if kept else NOT_KEPT)
