"""今日: what needs me now? (clauses 4.3, 8.1)"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from flask_admin import expose

from admin_app.accounts.current import current_actor
from admin_app.backoffice.frame.base import MenuPlace
from admin_app.backoffice.plans.coming import coming_slots
from admin_app.backoffice.records.muting import mutes_of_estates
from admin_app.backoffice.records.names import places_of_reader, zone_of_reader
from admin_app.backoffice.records.views import OfficeView
from admin_app.backoffice.system.health import health_now
from admin_app.backoffice.today.drawing import day_of, spark_of
from admin_app.backoffice.today.figures import figures, on_time, scope_of
from admin_app.backoffice.today.waiting import waiting
from admin_app.backoffice.work.pages import midnight_of
from admin_app.shell.preferences import chosen_estate
from store import clock
from store.access import permits
from store.notices import channels
from store.words import Words
from store.work.documents import WorkOrder

MOST_BARS = 1_500
FIELDS = (
    "number",
    "kind",
    "title",
    "title_en",
    "state",
    "starts_at",
    "created_at",
    "due_at",
    "finished_at",
    "missed_count",
)


class Today(OfficeView):
    permission = "today.read"
    title = Words("今日", "Today")
    endpoint_name = "office_today"
    path = "today"
    menu_place = MenuPlace("today", 10)

    @expose("/")
    def index(self) -> str:
        actor, now = current_actor(), clock.now()
        chosen, zone = chosen_estate(), zone_of_reader()
        scope = scope_of(actor.estates, chosen)
        midnight = midnight_of(now, zone)
        orders = todays_orders(scope, midnight)
        return self.render(
            "today/index.html",
            figures=figures(actor, scope, now),
            health=health_now(now),
            mutes=mutes_of_estates(lambda code: actor.sees(code) and chosen in (None, code), now),
            troubles=channels.troubles(now),
            may_see_channels=permits(actor, "jobs.read"),
            day=day_of([*orders, *_coming(scope, chosen, now, midnight)], midnight, now),
            orders=len(orders),
            waiting=waiting(actor, scope, now),
            spark=spark_of(on_time(scope, now, zone)),
            today=now.astimezone(zone),
        )


def _coming(scope: Mapping[str, Any], chosen: str | None, now: datetime, midnight: datetime) -> list[dict[str, Any]]:
    """The rest of the day as plans will make it: shown, not counted."""
    places = places_of_reader()
    zones = {code: place.timezone for code, place in places.items()}
    slots = coming_slots([chosen] if chosen else list(places), zones, now, midnight + timedelta(days=1), now)
    return [
        {
            "number": "",
            "kind": each.service,
            "title": each.name,
            "state": "coming",
            "created_at": each.at,
            "starts_at": each.at,
            "due_at": each.at + timedelta(minutes=each.minutes),
        }
        for each in slots[:MOST_BARS]
    ]


def todays_orders(scope: Mapping[str, Any], midnight: datetime) -> list[dict[str, Any]]:
    """What was planned for today, and what came in today; two queries, each by an index of estate and moment."""
    fields = dict.fromkeys(FIELDS, 1)
    within = {"$gte": midnight, "$lt": midnight + timedelta(days=1)}
    work = WorkOrder._get_collection()
    planned = list(work.find({**scope, "starts_at": within}, fields).sort("starts_at", 1).limit(MOST_BARS))
    came_in = (
        work.find({**scope, "created_at": within, "starts_at": None}, fields).sort("created_at", -1).limit(MOST_BARS)
    )
    return [*planned, *came_in]
