"""Lists of records: tabs for what needs somebody, filters that can be kept, bulk verbs, export."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from flask import flash, g, request
from flask_admin import expose
from mongoengine import Document, QuerySet
from werkzeug.wrappers import Response

from admin_app.accounts.current import current_actor
from admin_app.backoffice.frame import dates
from admin_app.backoffice.frame.base import SEARCH_LENGTH, BulkVerb, Choice, ListFilter, SecureModelView
from admin_app.backoffice.records.columns import Column
from admin_app.backoffice.records.names import (
    Person,
    Place,
    assignable,
    estates_of_reader,
    places_of_reader,
    staff_names,
    zone_of_reader,
)
from admin_app.backoffice.records.spreadsheet import Sheet, workbook
from admin_app.shell import gate
from admin_app.shell.formats import zone_named
from admin_app.shell.keyset import Order
from admin_app.shell.language import say
from admin_app.shell.preferences import chosen_estate
from admin_app.shell.search import typed
from store import clock
from store.access import permits
from store.audit.operations import record as audit
from store.calendars.working_time import DEFAULT_TIMEZONE
from store.records import Record
from store.views.operations import saved_filters
from store.words import Words

EXPORT_CAP = 10_000
EXPORT_MS = 20_000
NOBODY_CHOSEN = Words("请先选择指派给谁", "Choose first who is to have them")
# Bulk verbs that ask for somebody.
TO_A_PERSON = frozenset({"assign", "hand_over"})
MINE, NOBODY = "mine", "nobody"
Where = Callable[[datetime], Mapping[str, Any]]


class Tab(NamedTuple):
    """A view of the list that answers a question; `order` is how it is sorted when nobody asks otherwise."""

    name: str
    words: Words
    where: Where
    order: str | None = None


class RecordList(SecureModelView):
    """Set `record_columns`, `tabs` (the first is the one that opens), and what `SecureModelView` asks for."""

    date_field = "created_at"
    record_columns: Sequence[Column] = ()
    tabs: Sequence[Tab] = ()
    # Never read for a list: large, or personal.
    heavy: Sequence[str] = ("events",)
    list_template = "records/list.html"
    # The last part of the address. Endpoints are named apart: the API has blueprints of the domains' names.
    path: str
    kept_arguments: Sequence[str] = ("view", "sort")
    with_assign = False
    assign_permission = ""

    def __init__(self, model: type[Document]) -> None:
        listed = [each for each in self.record_columns if each.listed]
        self._listed = {each.name: each for each in listed}
        self.column_list = list(self._listed)
        self.column_labels = {each.name: each.words for each in listed}
        self.column_sortable_list = [each.name for each in listed if each.sortable]
        super().__init__(model)
        self.url = self.path

    def render(self, template: str, **kwargs: Any) -> str:
        return super().render(template, visible_estates=estates_of_reader, **kwargs)

    # What the rows refer to

    @property
    def now(self) -> datetime:
        """One moment for the whole page, so that its counts and rows agree."""
        if "page_now" not in g:
            g.page_now = clock.now()
        moment: datetime = g.page_now
        return moment

    def places(self) -> dict[str, Place]:
        return places_of_reader()

    def people(self) -> list[Person]:
        """Who may be given work in the reader's estates; asked once in a request."""
        if "people" not in g:
            actor = current_actor()
            g.people = assignable(actor.estates, grouped=False)
        found: list[Person] = g.people
        return found

    def person(self, code: str | None) -> str:
        if "person_names" not in g:
            g.person_names = {each.code: each.name for each in self.people()}
        return g.person_names.get(code, code or "")

    def prepare(self, rows: list[Any]) -> None:
        """What the rows refer to is looked up once for all of them."""
        self.name_people({row.assignee for row in rows if row.assignee})

    def name_people(self, codes: set[str]) -> None:
        """Who has left, or works elsewhere by now, is named too."""
        self.person(None)
        strangers = codes - set(g.person_names)
        if strangers:
            g.person_names.update(staff_names(strangers))

    def show(self, row: Any, name: str) -> Any:
        return self._listed[name].cell_of(self, row)

    def zone(self, estate: str) -> str:
        found = self.places().get(estate)
        return found.timezone if found else DEFAULT_TIMEZONE

    def estate_name(self, estate: str) -> str:
        found = self.places().get(estate)
        return found.name if found else estate

    def zone_of_dates(self) -> ZoneInfo:
        return zone_of_reader()

    # Which rows

    def tab(self) -> Tab:
        asked = request.args.get("view", "")
        found = next((tab for tab in self.tabs if tab.name == asked), None)
        # Whoever searches wants it found, whatever its state.
        return found or (self.tabs[-1] if request.args.get("q") else self.tabs[0])

    def _narrowed(self, active: dict[str, str], text: str) -> QuerySet:
        query = super()._narrowed(active, text)
        where = self.tab().where(self.now)
        return query.filter(__raw__=dict(where)) if where else query

    def _order(self) -> Order:
        tab = self.tab()
        if not request.args.get("sort") and tab.order:
            return Order.parse(tab.order)
        return super()._order()

    def _fetch(self, query: QuerySet, order: Order) -> list[Any]:
        return super()._fetch(query.exclude(*self.heavy), order)

    # The page

    @expose("/")
    def index_view(self) -> str:
        self._template_args.update(
            tabs=self.tabs,
            current_tab=self.tab().name,
            saved=saved_filters(current_actor(), self.endpoint_name),
            may_save=permits(current_actor(), "saved_filters.write"),
            may_export=permits(current_actor(), "transfer.export"),
            people=self.people() if self.with_assign and permits(current_actor(), self.assign_permission) else (),
            current_query=self._query_string(),
        )
        return super().index_view()

    def _query_string(self) -> str:
        _, _, query = self.list_url().partition("?")
        return query

    # Export

    @expose("/export")
    @gate.requires("transfer.export")
    def export_view(self) -> Response:
        """The rows of the list as it is filtered, at most `EXPORT_CAP`, as a workbook. The look is logged."""
        order = self._order()
        active, text = self._active_filters(), typed(request.args.get("q", ""), SEARCH_LENGTH)
        query = self._narrowed(active, text)
        keys = [f"{'-' if order.descending else ''}{'pk' if name == '_id' else name}" for name, _ in order.keys]
        rows = list(query.exclude(*self.heavy).order_by(*keys).limit(EXPORT_CAP).max_time_ms(EXPORT_MS))
        self.prepare(rows)
        columns = [each for each in self.record_columns if each.exported]
        # Not what was searched for: it may be a resident's name.
        detail = {
            "rows": len(rows),
            "filters": urlencode({"view": self.tab().name, **active, **self._days_said()})[:200],
        }
        audit("export", self._audited_as(), actor=current_actor(), now=self.now, detail=detail)
        heads = [(say(each.words), each.width) for each in columns]
        sheet = Sheet(say(self.title), heads, ([each.value_of(self, row) for each in columns] for row in rows))
        return workbook(sheet, f"{say(self.title)}-{self.now.astimezone(zone_named(None)):%Y%m%d-%H%M}.xlsx")

    def _audited_as(self) -> str:
        """A kind of record has one name in the audit, whoever does what with it."""
        return f"{self.model.KIND.name}:*" if issubclass(self.model, Record) else f"list:{self.endpoint_name}"

    def _days_said(self) -> dict[str, str]:
        days = self.period().days if self.date_field else dates.EVERY_DAY
        named = {"from": days.first, "to": days.last}
        return {name: day.isoformat() for name, day in named.items() if day}

    # Bulk verbs

    def _run_bulk(self, verb: BulkVerb, documents: list[Any]) -> None:
        if verb.name in TO_A_PERSON and not request.form.get("to"):
            flash(say(NOBODY_CHOSEN), "error")
            return
        super()._run_bulk(verb, documents)


def assignee_filter(people: Callable[[], Iterable[Person]]) -> ListFilter:
    """Mine, nobody's, or one person's."""

    def choices() -> list[Choice]:
        fixed = [Choice(MINE, Words("我", "Me")), Choice(NOBODY, Words("未指派", "Nobody"))]
        return [*fixed, *(Choice(each.code, Words(each.name, each.name)) for each in people())]

    def where(value: str) -> dict[str, Any]:
        if value == NOBODY:
            return {"assignee": None}
        return {"assignee": current_actor().code if value == MINE else value}

    return ListFilter("assignee", Words("负责人", "Assignee"), choices, where)


def estate_filter() -> ListFilter:
    """For readers of several estates, when none is chosen on the top bar."""

    def choices() -> list[Choice]:
        found = places_of_reader()
        if len(found) < 2 or chosen_estate():
            return []
        return [Choice(each.code, Words(each.name, each.name)) for each in found.values()]

    return ListFilter("estate", Words("小区", "Estate"), choices, lambda value: {"estate": value})
