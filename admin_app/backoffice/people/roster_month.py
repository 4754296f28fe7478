"""排班月表: a month of one roster, where a click on somebody's day changes that day (clauses 2.5, 7.3)."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import NamedTuple, cast

from flask import flash, redirect, request, url_for
from flask_admin import expose
from werkzeug.wrappers import Response

from admin_app.accounts.current import current_actor
from admin_app.backoffice.people import roster_grid
from admin_app.backoffice.records.names import places_of_reader, staff_names
from admin_app.backoffice.records.verbs import Posted
from admin_app.backoffice.records.views import OfficeView
from admin_app.shell import gate
from admin_app.shell.errors import problems_of, status_of
from admin_app.shell.language import say
from admin_app.shell.preferences import chosen_estate
from store import clock, directory
from store.access import permits
from store.calendars.wording import day_words
from store.errors import AnjuError, NotFound
from store.people import exceptions, rostering
from store.people.documents import Roster
from store.people.operations import Directory
from store.words import Words, translated

ONE_DAY = timedelta(days=1)
CHANGED = Words("已调整，涉及的人会收到通知", "Changed; those whose shifts moved are told")
WITHDRAWN = Words("已恢复周期，涉及的人会收到通知", "Back to the cycle; those whose shifts moved are told")
Answer = str | Response | tuple[str, int]


class Refused(NamedTuple):
    """What was typed and why it was not done."""

    kind: str
    values: Mapping[str, str]
    problems: list[str]


class RosterMonth(OfficeView):
    permission = "directory.read"
    title = Words("排班月表", "Month of a roster")
    endpoint_name = "office_roster_month"
    path = "duty-month"

    def access_for(self, view_name: str) -> gate.Requirement:
        if view_name in ("change", "withdraw"):
            return gate.permission(Roster.WRITE)
        return super().access_for(view_name)

    @expose("/")
    def index(self) -> Answer:
        code = request.args.get("roster") or _first_roster()
        if code is None:
            return redirect(url_for("office_duty.index"))
        return self._page(_roster(code), request.args)

    @expose("/change", methods=("POST",))
    def change(self) -> Answer:
        """Leave, a stand-in, a swap or an extra shift."""
        names = [field.name for field in exceptions.EXCEPTION]
        values = {name: request.form[name].strip() for name in names if request.form.get(name, "").strip()}

        def verb(code: str, seen: int) -> object:
            return rostering.add_exception(code, values, actor=current_actor(), now=clock.now(), seen=seen)

        return self._done(verb, CHANGED)

    @expose("/withdraw", methods=("POST",))
    def withdraw(self) -> Answer:
        """Back to the cycle."""

        def verb(code: str, seen: int) -> object:
            number = Posted(request.form).whole("number")
            return rostering.withdraw_exception(code, number, actor=current_actor(), now=clock.now(), seen=seen)

        return self._done(verb, WITHDRAWN)

    def _done(self, verb: Callable[[str, int], object], words: Words) -> Answer:
        code, form = request.form.get("roster", ""), request.form
        try:
            verb(code, Posted(form).version())
        except NotFound:
            raise
        except AnjuError as error:
            problems = [say(each.words) for each in problems_of(error)]
            refused = Refused(form.get("kind", ""), form, problems)
            return self._page(_roster(code), form, refused), status_of(error)
        flash(say(words), "success")
        return redirect(url_for(".index", roster=code, month=form.get("day", "")[:7]), code=303)

    def _page(self, roster: Roster, asked: Mapping[str, str], refused: Refused | None = None) -> str:
        place, now = places_of_reader()[roster.estate], clock.now()
        today = now.astimezone(place.zone).date()
        chosen = _day(asked.get("day", ""))
        days = roster_grid.days_of(chosen or _day(f"{asked.get('month', '')}-01") or today)
        held = roster_grid.held_of(roster, days, place.timezone)
        people = roster_grid.people_of(roster, list(held.values()))
        workers = Directory.load().workers([roster.estate])
        names = staff_names([*people, *(each["code"] for each in workers), *_named(roster)])
        staff = asked.get("person") or asked.get("staff") or ""
        rows = roster_grid.rows_of(roster, people, held, names)
        return self.render(
            "people/month.html",
            roster=roster,
            name=say(translated(roster.name)),
            place=place,
            rosters=_rosters(),
            days=[(day, say(day_words(day))) for day in days],
            today=today,
            month=days[0],
            before=f"{days[0] - ONE_DAY:%Y-%m}",
            after=f"{days[-1] + ONE_DAY:%Y-%m}",
            rows=rows,
            chosen=next((cell for row in rows if row.staff == staff for cell in row.cells if cell.day == chosen), None),
            staff=staff,
            changes=roster_grid.changes_of(roster, staff, chosen, names) if chosen else (),
            others=sorted((names[each["code"]], each["code"]) for each in workers),
            refused=refused,
            may_change=permits(current_actor(), Roster.WRITE, roster.estate) and roster.active is not False,
            is_over=chosen is not None and chosen < today - ONE_DAY,
        )


def _roster(code: str) -> Roster:
    """Raises `NotFound`."""
    return cast("Roster", directory.get("roster", code, current_actor()))


def _rosters() -> list[tuple[str, str]]:
    """(code, name) of the rosters that the reader sees."""
    found = Roster.objects(estate__in=sorted(places_of_reader()), active__ne=False).order_by("estate", "code")
    return [(each.code, say(translated(each.name))) for each in found.only("code", "name")]


def _first_roster() -> str | None:
    estate = chosen_estate() or next(iter(places_of_reader()), "")
    found = Roster.objects(estate=estate, active__ne=False).order_by("code").only("code").first()
    return found.code if found else None


def _named(roster: Roster) -> list[str]:
    return [code for row in roster.exceptions or () for code in (row["staff"], row.get("instead")) if code]


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if 2000 <= day.year <= 2100 else None
