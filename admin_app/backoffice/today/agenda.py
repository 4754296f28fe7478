"""日程: planned work as a month or a week – orders that were made, coming slots of plans, drills."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from flask import request, url_for
from flask_admin import expose

from admin_app.accounts.current import current_actor
from admin_app.backoffice.frame.base import MenuPlace
from admin_app.backoffice.plans.coming import coming_slots
from admin_app.backoffice.records.cells import title_of
from admin_app.backoffice.records.names import places_of_reader
from admin_app.backoffice.records.views import OfficeView
from admin_app.backoffice.today.drawing import tone_of
from admin_app.backoffice.today.figures import scope_of
from admin_app.shell.formats import zone_named
from admin_app.shell.language import say
from admin_app.shell.preferences import chosen_estate
from store import clock
from store.access import permits
from store.emergencies.documents import Drill
from store.words import Words
from store.work.documents import WorkOrder
from store.work.rules import KINDS

MOST = 6_000
FIELDS = (
    "number",
    "kind",
    "title",
    "title_en",
    "state",
    "starts_at",
    "due_at",
    "finished_at",
    "missed_count",
    "plan.code",
    "estate",
)
ONE_DAY = timedelta(days=1)


class Item(NamedTuple):
    """One order, slot or drill: `group` is what a month shows as one line, `estate` what its name began with."""

    at: datetime
    kind: str
    name: str
    tone: str
    url: str | None
    group: str
    estate: str = ""


class AgendaLine(NamedTuple):
    """A line of a day: several of the same plan are one, with how many of them went wrong."""

    time: str
    name: str
    kind: str
    tone: str
    url: str | None
    times: int
    bad: int
    estate: str
    # How many records the address shows, where it is a list.
    opens: int | None = None


class Day(NamedTuple):
    day: date
    lines: list[AgendaLine]
    hidden: int
    today: bool
    outside: bool


class Agenda(OfficeView):
    permission = "work.read"
    title = Words("工单日程", "Calendar of work")
    endpoint_name = "office_agenda"
    path = "agenda"
    menu_place = MenuPlace("work", 30, Words("日程", "Calendar"))

    @expose("/")
    def index(self) -> str:
        now, zone = clock.now(), zone_named(None)
        today = now.astimezone(zone).date()
        day = _day(request.args.get("day", ""), today)
        weekly = request.args.get("span") == "week"
        kind = request.args.get("kind", "")
        first, last = _week(day) if weekly else _month(day)
        items = [each for each in self._items(first, last, now) if not kind or each.kind == kind]
        most = 200 if weekly else 5
        days = [_shown(first + ONE_DAY * n, items, today, day, most, weekly) for n in range((last - first).days)]
        step = timedelta(days=7) if weekly else timedelta(days=31)
        return self.render(
            "today/agenda.html",
            weeks=[days[n : n + 7] for n in range(0, len(days), 7)],
            weekly=weekly,
            several=not chosen_estate() and len({each.estate for each in items if each.estate}) > 1,
            day=day,
            kinds=KINDS,
            kind=kind,
            totals=Counter(each.tone for each in items),
            before=_day_before(day, step, weekly).isoformat(),
            after=(day.replace(day=1) + step if not weekly else day + step).isoformat(),
        )

    def _items(self, first: date, last: date, now: datetime) -> list[Item]:
        """Four queries and one for each calendar of a plan."""
        actor, zone = current_actor(), zone_named(None)
        since, until = (datetime.combine(each, datetime.min.time(), zone) for each in (first, last))
        scope = scope_of(actor.estates, chosen_estate())
        places = places_of_reader()
        estates = [chosen_estate() or ""] if chosen_estate() else list(places)
        items = [
            *_orders(scope, since, until, now),
            *(_drills(scope, since, until) if permits(actor, "drills.read") else ()),
        ]
        if until > now:
            zones = {code: place.timezone for code, place in places.items()}
            slots = coming_slots(estates, zones, since, until, now)
            items += [
                Item(each.at, each.service, each.name, "coming", None, f"{each.code}:coming") for each in slots[:MOST]
            ]
        names = [place.name for place in places.values()]
        return sorted((_without_estate(each, names) for each in items), key=lambda item: item.at)


def _without_estate(item: Item, names: Sequence[str]) -> Item:
    """A line of a month has room for ten characters: that all of them begin with an estate's name says nothing."""
    for name in names:
        rest = item.name.removeprefix(name).strip()
        if rest and rest != item.name:
            return item._replace(name=rest, estate=name)
    return item


def _orders(scope: Mapping[str, Any], since: datetime, until: datetime, now: datetime) -> list[Item]:
    query = {**scope, "starts_at": {"$gte": since, "$lt": until}}
    rows = WorkOrder._get_collection().find(query, dict.fromkeys(FIELDS, 1)).sort("starts_at", 1).limit(MOST)
    return [_order(row, now) for row in rows]


def _order(row: Mapping[str, Any], now: datetime) -> Item:
    plan = (row.get("plan") or {}).get("code") or row["number"]
    url = url_for("office_work.record_view", key=row["number"])
    return Item(row["starts_at"], row["kind"], title_of(row), tone_of(row, now), url, plan)


def _drills(scope: Mapping[str, Any], since: datetime, until: datetime) -> list[Item]:
    query = {**scope, "planned_for": {"$gte": since, "$lt": until}, "state": {"$ne": "cancelled"}}
    rows = (
        Drill._get_collection()
        .find(query, dict.fromkeys(("number", "title", "title_en", "planned_for", "state"), 1))
        .limit(MOST)
    )
    return [
        Item(
            row["planned_for"],
            "drill",
            title_of(row),
            "done" if row["state"] == "held" else "open",
            url_for("office_drills.record_view", key=row["number"]),
            row["number"],
        )
        for row in rows
    ]


def _shown(day: date, items: Sequence[Item], today: date, chosen: date, most: int, weekly: bool) -> Day:
    zone = zone_named(None)
    here = [each for each in items if each.at.astimezone(zone).date() == day]
    lines = [_line([each], zone) for each in here] if weekly else _grouped(here, zone)
    return Day(day, lines[:most], max(0, len(lines) - most), day == today, not weekly and day.month != chosen.month)


def _grouped(items: Sequence[Item], zone: Any) -> list[AgendaLine]:
    groups: dict[str, list[Item]] = {}
    for each in items:
        groups.setdefault(each.group, []).append(each)
    return [_line(group, zone) if len(group) == 1 else _round(key, group, zone) for key, group in groups.items()]


def _round(group: str, items: Sequence[Item], zone: Any) -> AgendaLine:
    """Several orders of one plan on one day open as a list; what is only planned is no order yet."""
    line = _line(items, zone)
    if any(each.url is None for each in items):
        return line
    day = items[0].at.astimezone(zone).date().isoformat()
    url = url_for("office_work.index_view", view="all", plan=group, day=day)
    return line._replace(url=url, opens=len(items))


BAD = ("late", "missed")


def _line(group: Sequence[Item], zone: Any) -> AgendaLine:
    first = group[0]
    bad = [each for each in group if each.tone in BAD]
    worst = bad[0] if bad else first
    kind = say(KINDS.get(first.kind, Words(first.kind, first.kind)))
    return AgendaLine(
        f"{first.at.astimezone(zone):%H:%M}",
        first.name,
        kind,
        worst.tone,
        worst.url,
        len(group),
        len(bad),
        first.estate,
    )


def _day(text: str, otherwise: date) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return otherwise
    return day if 2000 <= day.year <= 2100 else otherwise


def _week(day: date) -> tuple[date, date]:
    monday = day - timedelta(days=day.weekday())
    return monday, monday + timedelta(days=7)


def _month(day: date) -> tuple[date, date]:
    """Whole weeks around the month of `day`."""
    first, _ = _week(day.replace(day=1))
    following = (day.replace(day=1) + timedelta(days=31)).replace(day=1)
    monday, end = _week(following)
    return first, end if monday < following else monday


def _day_before(day: date, step: timedelta, weekly: bool) -> date:
    return day - step if weekly else (day.replace(day=1) - ONE_DAY).replace(day=1)
