"""The screens of content: a list and a page for each type, their place in the menu, and how content is found."""

from flask import g
from flask_admin import Admin, BaseView

from admin_app.accounts.current import current_actor
from admin_app.backoffice.content.lists import ContentList
from admin_app.backoffice.content.pages import ContentPages
from admin_app.backoffice.content.places import CUSTOM, PLACES, place_of_service, url_of
from admin_app.backoffice.frame.navigation import Group, Item
from admin_app.shell.language import say
from admin_app.shell.search import Finder, Hit, provide
from store import clock
from store.actor import Actor
from store.calendars import documents as _calendars
from store.catalogue import documents as _catalogue
from store.content import audience, reading
from store.content.documents import Content
from store.content.searching import found_by
from store.deadlines import documents as _deadlines
from store.emergencies import documents as _emergencies
from store.findings import documents as _findings
from store.notices import documents as _notices
from store.plans import documents as _plans
from store.policies import documents as _policies
from store.policies import uses as _clauses
from store.words import Words, translated

SLOW_MS = 2_000
# A type registers itself when its module is read; so does who uses a policy.
DECLARED = (_calendars, _catalogue, _deadlines, _emergencies, _findings, _notices, _plans, _policies, _clauses)


def register(admin: Admin) -> None:
    """One view for each built-in type, one for all types that managers define, and the lists of plans by service."""
    for place in PLACES:
        if place.services:
            address = f"/admin/plans/{place.endpoint.removesuffix('_plans')}"
            admin.add_view(ContentList(place.endpoint, address, place.kind, place))
        else:
            admin.add_view(ContentPages(place.endpoint, f"/admin/content/{place.kind}", place.kind, place))
    admin.add_view(ContentPages("content_plan", "/admin/content/plan", "plan"))
    admin.add_view(ContentPages(CUSTOM, "/admin/content/<kind>", None))
    provide(admin.app, Finder(Words("内容", "Content"), "content.read", _find, order=60))


def extend_navigation(admin: Admin) -> None:
    """Types that managers define stand below the built-in ones; a plan's page belongs to the list of its service.

    Called when all screens are hung up: a tool beside an editor belongs to the list of what is edited.
    """
    plain = admin.app.jinja_env.globals["navigation"]
    lists = {view.endpoint: view for view in admin._views}

    def navigation(current: BaseView | None = None) -> list[Group]:
        if current is lists["content_plan"]:
            current = lists[place_of_service(g.get("content_service"))]
        if current in (lists["route_codes"], lists["route_places"]):
            current = lists["content_route"]
        if current is lists["floor_plan_picture"]:
            current = lists["content_floor_plan"]
        if current is lists["content_migration"]:
            current = lists["content_content_type"]
        chosen = g.get("content_kind") if current is lists[CUSTOM] else None
        # Looked up only where the section stands open: no other page pays for them.
        return [
            _with_custom(group, chosen)
            if group.section.code == "configuration" and (chosen or group.current)
            else group
            for group in plain(current)
        ]

    admin.app.jinja_env.globals["navigation"] = navigation


def _with_custom(group: Group, chosen: str | None) -> Group:
    custom = [
        Item(translated(each.body["name"]), url_of(each.code), each.code == chosen)
        for each in reading.live_all("content_type", clock.now())
        if audience.reads(current_actor(), each.code)
    ]
    return group._replace(items=[*group.items, *custom])


def _find(text: str, actor: Actor) -> list[Hit]:
    query = Content.objects(__raw__={"$and": [found_by(text), {"type": {"$nin": audience.hidden_from(actor)}}]})
    if actor.estates is not None:
        query = query.filter(estate__in=[*sorted(actor.estates), None])
    labels = {each.key: each.label for each in reading.all_types(clock.now())}
    found = query.only("type", "code", "name").limit(10).max_time_ms(SLOW_MS)
    return [
        Hit(say(translated(each.name)) or each.code, say(labels[each.type]), url_of(each.type, "entry", code=each.code))
        for each in found
        if each.type in labels
    ]
