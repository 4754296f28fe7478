"""全部: what a figure of today counts, in one list whatever kinds of records it is – everything late (clause 4.3)."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from flask import abort, request, url_for
from flask_admin import expose

from admin_app.accounts.current import current_actor
from admin_app.backoffice.frame.lists import COUNT_CAP
from admin_app.backoffice.records.cells import title_of
from admin_app.backoffice.records.names import places_of_reader, staff_names
from admin_app.backoffice.records.views import OfficeView
from admin_app.backoffice.today.figures import FIGURES, SOURCES, Figure, Scope, figures, scope_of
from admin_app.shell.preferences import chosen_estate
from admin_app.shell.sound import each_sound
from store import clock
from store.soundness import Unsound
from store.words import Words

SIZE = 50
# Whose due moment has another name.
_DUE = {"drills": "$planned_for"}
_FIRST_DUE = {"$sort": {"due": 1, "number": 1}}


class Row(NamedTuple):
    kind: Words
    number: str
    url: str
    title: str
    place: str
    due: datetime | None
    who: str
    estate: str
    zone: str


class Together(OfficeView):
    permission = "today.read"
    title = Words("今日", "Today")
    endpoint_name = "office_together"
    path = "together"

    @expose("/")
    def index(self) -> str:
        actor, now = current_actor(), clock.now()
        scope = scope_of(actor.estates, chosen_estate())
        name = request.args.get("figure", FIGURES[0].name)
        figure = next((each for each in figures(actor, scope, now) if each.name == name), None)
        if figure is None:
            abort(404)
        page = min(max(request.args.get("page", 1, int), 1), COUNT_CAP // SIZE)
        found = rows_of(figure, scope, now, skip=(page - 1) * SIZE)
        return self.render(
            "today/together.html",
            figure=figure,
            rows=_shown(found[:SIZE]),
            page=page,
            more=len(found) > SIZE,
        )


def rows_of(figure: Figure, scope: Scope, now: datetime, skip: int) -> Sequence[Mapping[str, Any]]:
    """A page of the records that the figure counts, and one more if there is: what is longest due stands first."""
    pipeline: list[Mapping[str, Any]] = []
    # What stands on this page or before it, of each kind: sorting holds no more of them, however much is late.
    most = {"$limit": skip + SIZE + 1}
    for part in figure.parts:
        source = SOURCES[part.source]
        where = next(tab for tab in source.tabs if tab.name == part.view).where(now)
        shown = dict.fromkeys(("number", "title", "title_en", "place", "estate", "assignee"), 1)
        stages: list[Mapping[str, Any]] = [
            {"$match": {"$and": [dict(scope), dict(where)]}},
            {"$project": {**shown, "due": _DUE.get(part.source, "$due_at"), "source": {"$literal": part.source}}},
            _FIRST_DUE,
            most,
        ]
        name = source.document._get_collection_name()
        pipeline += [{"$unionWith": {"coll": name, "pipeline": stages}}] if pipeline else stages
    pipeline += [_FIRST_DUE, {"$skip": skip}, {"$limit": SIZE + 1}]
    first = SOURCES[figure.parts[0].source].document
    return list(first._get_collection().aggregate(pipeline))


def _shown(found: Sequence[Mapping[str, Any]]) -> list[Row]:
    names = staff_names(code for each in found if isinstance(code := each.get("assignee"), str))
    places = places_of_reader()
    return list(each_sound(found, lambda raw: _row(raw, names, places)))


def _row(raw: Mapping[str, Any], names: Mapping[str, str], places: Mapping[str, Any]) -> Row:
    source, place, due = SOURCES[raw["source"]], places.get(raw["estate"]), raw.get("due")
    if not isinstance(due, datetime | None):
        raise Unsound("due")
    return Row(
        source.words,
        raw["number"],
        url_for(source.endpoint.replace("index_view", "record_view"), key=raw["number"]),
        title_of(raw),
        raw.get("place") or "",
        due,
        names.get(raw.get("assignee") or "", ""),
        place.name if place else raw["estate"],
        place.timezone if place else "",
    )
