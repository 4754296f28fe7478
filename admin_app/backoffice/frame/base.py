"""Secure bases over Flask-Admin. Every screen of the back office is one of these.

Closed here, once: open access, bulk actions that by-pass the row filter, `/api/file/`, `ajax/update`, `ajax/lookup`,
exports, uncapped counts, skip paging, one query per reference, raw Mongo messages, and saving past the verbs.
"""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from bson import ObjectId
from flask import flash, redirect, request
from flask_admin import expose
from flask_admin.contrib.mongoengine import ModelView
from flask_admin.form import BaseForm
from mongoengine import Document, Q, QuerySet
from werkzeug.wrappers import Response

from admin_app.accounts.current import current_actor
from admin_app.backoffice.frame import dates
from admin_app.backoffice.frame.guarded import BackofficeView, Guarded, attempt
from admin_app.backoffice.frame.lists import (
    COUNT_CAP,
    BulkVerb,
    Choice,
    ListFilter,
    ListPlace,
    Page,
    field_filter,
    names_by_code,
    page_of,
    refused_words,
)
from admin_app.backoffice.frame.navigation import MenuPlace
from admin_app.shell import gate
from admin_app.shell.formats import zone_named
from admin_app.shell.keyset import Order
from admin_app.shell.language import say
from admin_app.shell.preferences import chosen_estate
from admin_app.shell.search import typed
from store import clock
from store.errors import AnjuError, Forbidden, NotFound
from store.words import Words

__all__ = [
    "SEARCH_LENGTH",
    "BackofficeView",
    "BulkVerb",
    "Choice",
    "Guarded",
    "ListFilter",
    "MenuPlace",
    "SecureModelView",
    "attempt",
    "field_filter",
    "names_by_code",
]

BULK_CAP = 200
SEARCH_LENGTH = 50
BULK_DONE = Words("“{verb}”已处理 {count} 条", "“{verb}” done for {count}")
BULK_DONE_PARTLY = Words("“{verb}”已处理 {count} 条，{left} 条被拒绝", "“{verb}” done for {count}, refused for {left}")


class SecureModelView(Guarded, ModelView):
    """A list of documents. Forms of this house are made of described fields and end in verbs; the library's are not opened.

    Set `permission`, `title`, `endpoint_name`; `column_list`, `column_labels` (name → `Words`), `column_formatters`;
    `list_sort` ("-created_at"), `column_sortable_list` (names), `list_filters`, `search_fields`, `bulk_verbs`.
    """

    endpoint_name: str
    address: str | None = None
    estate_field: str | None = "estate"
    list_sort = "-_id"
    list_filters: Sequence[ListFilter] = ()
    search_fields: Sequence[str] = ()
    search_hint = Words("搜索", "Search")
    bulk_verbs: Sequence[BulkVerb] = ()
    empty = Words("这里还没有内容", "There is nothing here yet")
    empty_hint: Words | None = None
    # The list's main date: by it a list is narrowed to a period. None for a list without one.
    date_field: str | None = None
    date_words = Words("日期", "Date")
    count_cap = COUNT_CAP
    column_labels: dict[str, Words] = {}

    can_create = can_edit = can_delete = False
    can_view_details = True
    can_export = False
    can_set_page_size = False
    page_size = 50
    column_display_actions = False
    list_template = "admin/model/list.html"

    # Routes of the library that are not opened at all: an attribute that is not `expose`d has none.
    api_file_view = None
    ajax_lookup = None
    ajax_update = None
    export = None
    action_delete = None
    create_view = None
    edit_view = None
    delete_view = None

    kept_arguments: Sequence[str] = ("sort",)

    def __init__(self, model: type[Document]) -> None:
        super().__init__(model, name=self.title.zh, endpoint=self.endpoint_name, url=self.address)

    # Which rows

    def get_query(self) -> QuerySet:
        """Everything of this model that the actor may see; every way to a document goes through here."""
        query = self.model.objects
        actor = current_actor()
        if self.estate_field is None or actor.estates is None:
            return query
        return query.filter(**{f"{self.estate_field}__in": [*sorted(actor.estates), *self._of_no_estate()]})

    def _of_no_estate(self) -> list[None]:
        """Things of no estate belong to the whole company."""
        field = self.model._fields.get(self.estate_field)
        return [] if field is None or field.required else [None]

    def get_one(self, id: Any) -> Document | None:
        key = str(id)
        return self.get_query().filter(pk=ObjectId(key)).first() if ObjectId.is_valid(key) else None

    def get_or_absent(self, id: Any) -> Document:
        """The document, or `NotFound` – for a foreign estate's too."""
        document = self.get_one(id)
        if document is None:
            raise NotFound(self.title, id)
        return document

    # The list

    @expose("/")
    def index_view(self) -> str:
        order = self._order()
        active = self._active_filters()
        text = typed(request.args.get("q", ""), SEARCH_LENGTH)
        return self.render(
            self.list_template,
            page=self.page(self._narrowed(active, text), order),
            count_cap=self.count_cap,
            columns=self.columns(),
            order=order,
            active_filters=active,
            search_text=text,
            period=self.period() if self.date_field else None,
            periods=dates.CHOICES,
            row_url=self.row_url,
            show=self.show,
            list_url=self.list_url,
            kept=self._kept(),
            clear_url=self._with_arguments(".index_view", dict.fromkeys({*request.args} - {"view", "sort"})),
            bulk_url=self._with_arguments(".action_view", {}, same_page=True),
            bulk_verbs=[verb for verb in self.bulk_verbs if gate.permission(verb.permission).admits(current_actor())],
        )

    def columns(self) -> list[tuple[str, str]]:
        """(name, label in the reader's language) of the list."""
        return [(name, self.label(name)) for name in (self.column_list or self.scaffold_list_columns())]

    def label(self, name: str) -> str:
        words = (self.column_labels or {}).get(name)
        return say(words) if isinstance(words, Words) else words or self._prettify_name(name)

    def show(self, row: Any, name: str) -> Any:
        return self.get_list_value(None, row, name)

    def row_url(self, row: Any) -> str | None:
        """Where a row leads; None for rows that lead nowhere."""
        return self.get_url(".details_view", id=row.pk) if self.can_view_details else None

    def prepare(self, rows: list[Any]) -> None:
        """Look up what the rows refer to, all at once: the place to keep a list at five Mongo commands."""

    def search(self, query: QuerySet, text: str) -> QuerySet:
        condition = Q()
        for field in self.search_fields:
            condition |= Q(**{f"{field}__icontains": text})
        return query.filter(condition)

    def page(self, query: QuerySet, order: Order) -> Page:
        """One page by keyset: `?after=` goes on, `?before=` goes back."""
        place = ListPlace(request.args.get("after"), request.args.get("before"))
        page = page_of(query, order, place, self.page_size, self.count_cap)
        self.prepare(page.rows)
        return page

    def _order(self) -> Order:
        asked = Order.parse(request.args.get("sort") or self.list_sort)
        allowed = {*(self.column_sortable_list or ()), Order.parse(self.list_sort).field}
        return asked if asked.field in allowed else Order.parse(self.list_sort)

    def _active_filters(self) -> dict[str, str]:
        asked = {each.name: request.args.get(each.name, "") for each in self.list_filters}
        known = {each.name: {choice.value for choice in each.choices()} for each in self.list_filters}
        return {name: value for name, value in asked.items() if value in known[name]}

    def _narrowed(self, active: dict[str, str], text: str) -> QuerySet:
        query = self.get_query()
        estate = chosen_estate()
        if estate and self.estate_field:
            query = query.filter(**{self.estate_field: estate})
        for each in self.list_filters:
            if each.name in active:
                query = query.filter(**each.where(active[each.name]))
        within = dates.where(self.date_field, self.period().days, self.zone_of_dates()) if self.date_field else {}
        query = query.filter(__raw__=within) if within else query
        return self.search(query, text) if text and self.search_fields else query

    def period(self) -> dates.Range:
        """From which day to which the reader wants the list."""
        return dates.asked(request.args, clock.now().astimezone(self.zone_of_dates()).date())

    def zone_of_dates(self) -> ZoneInfo:
        """Whose days are meant."""
        return zone_named(None)

    def _kept(self) -> dict[str, str]:
        """What a change of a filter leaves as it is."""
        return {name: request.args[name] for name in self.kept_arguments if request.args.get(name)}

    def list_url(self, **changes: str | None) -> str:
        """This list with some arguments changed; a change of anything but the page begins at the first page."""
        return self._with_arguments(".index_view", changes)

    def _with_arguments(self, endpoint: str, changes: dict[str, str | None], *, same_page: bool = False) -> str:
        dropped = {"lang"} if same_page else {"after", "before", "lang"}
        kept = {k: v for k, v in request.args.items() if k not in dropped}
        wanted = {k: v for k, v in {**kept, **changes}.items() if v}
        # Not through url_for: a reader's `?_scheme=` or `?endpoint=` must stay an argument like any other.
        return self.get_url(endpoint) + (f"?{urlencode(wanted)}" if wanted else "")

    # One document

    @expose("/details/")
    def details_view(self) -> str:
        document = self.get_or_absent(request.args.get("id", ""))
        names = self.column_details_list or self.column_list or self.scaffold_list_columns()
        facts = [(self.label(name), self.show(document, name)) for name in names]
        return self.render(self.details_template, model=document, facts=facts)

    # Several documents: the library's own actions are replaced by verbs

    def init_actions(self) -> None:
        self._actions: list[Any] = []
        self._actions_data: dict[str, Any] = {}

    @expose("/action/", methods=("POST",))
    def action_view(self) -> Response:
        verb = next((each for each in self.bulk_verbs if each.name == request.form.get("verb")), None)
        if verb is None:
            raise NotFound(Words("操作", "Action"), request.form.get("verb", ""))
        if not gate.permission(verb.permission).admits(current_actor()):
            raise Forbidden(verb.permission)
        self._run_bulk(verb, self.actionable(request.form.getlist("rowid")))
        return redirect(self._with_arguments(".index_view", {}, same_page=True), code=303)

    def actionable(self, ids: Sequence[str]) -> list[Any]:
        """The documents of these ids that the actor may see; the rest does not exist for him."""
        wanted = [ObjectId(key) for key in ids[:BULK_CAP] if ObjectId.is_valid(key)]
        return list(self.get_query().filter(pk__in=wanted))

    def _run_bulk(self, verb: BulkVerb, documents: list[Any]) -> None:
        done, actor = 0, current_actor()
        refused: dict[str, list[str]] = {}
        for document in documents:
            try:
                verb.run(document, actor)
                done += 1
            except AnjuError as error:
                refused.setdefault(say(error.words), []).append(self.name_of(document))
        # Fifty rows that are refused for one reason are told once.
        for reason, names in refused.items():
            flash(refused_words(names, reason), "error")
        left = sum(map(len, refused.values()))
        words = BULK_DONE_PARTLY if left else BULK_DONE
        flash(say(words.fill(verb=verb.words, count=done, left=left)), "success" if done else "info")

    def name_of(self, document: Any) -> str:
        """How a document is called in a message."""
        return str(getattr(document, "number", None) or getattr(document, "code", None) or document.pk)

    def _refresh_forms_cache(self) -> None:
        """No form is made of a document's fields."""
        self._create_form_class = self._edit_form_class = self._action_form_class = BaseForm
        self._form_ajax_refs: dict[str, Any] = {}
        self.column_editable_list: dict[str, Any] | None = {}
