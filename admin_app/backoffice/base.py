"""Secure bases over Flask-Admin. Every screen of the back office is one of these.

Closed here, once: open access, bulk actions that by-pass the row filter, `/api/file/`, `ajax/update`, `ajax/lookup`,
exports, uncapped counts, skip paging, one query per reference, raw Mongo messages, and saving past the verbs.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from bson import ObjectId
from flask import flash, redirect, request
from flask_admin import BaseView, expose
from flask_admin.contrib.mongoengine import ModelView
from flask_admin.form import BaseForm
from mongoengine import Document, Q, QuerySet
from werkzeug.wrappers import Response
from wtforms import Form

from admin_app.accounts.current import actor_or_none, current_actor
from admin_app.backoffice.navigation import MenuPlace
from admin_app.shell import gate
from admin_app.shell.errors import flash_error, problems_of
from admin_app.shell.forgery import SecureMeta
from admin_app.shell.keyset import Cursor, Order, after, decode, encode
from admin_app.shell.language import say
from admin_app.shell.paths import came_from, own_path
from admin_app.shell.preferences import chosen_estate
from store.actor import Actor
from store.errors import AnjuError, Forbidden, NotFound
from store.words import Words

COUNT_CAP = 10_000
BULK_CAP = 200
SEARCH_LENGTH = 50
SLOW_MS = 5_000


class Guarded:
    """Access by permission. `permission = None` means: whoever is signed in. A single view method may demand more with
    `@gate.requires("…")` under `@expose`."""

    permission: str | None
    title: Words
    menu_place: MenuPlace | None = None

    def access_for(self, view_name: str) -> gate.Requirement:
        return gate.permission(self.permission) if self.permission else gate.SIGNED_IN

    def is_accessible(self) -> bool:
        return self.access_for("").admits(actor_or_none())

    def is_visible(self) -> bool:
        return self.menu_place is not None

    def inaccessible_callback(self, name: str, **kwargs: Any) -> Response:
        raise Forbidden(self.permission or "signed_in")


class BackofficeView(Guarded, BaseView):
    """A screen that is not a list of documents. Set `permission`, `title`, `endpoint_name`, perhaps `menu_place`."""

    endpoint_name: str

    def __init__(self) -> None:
        super().__init__(name=self.title.zh, endpoint=self.endpoint_name)


def attempt(verb: Callable[[], object], *, done: Words, back: str | None = None) -> Response:
    """Run a verb for a posted form: flash `done`, or what was wrong in the reader's language, and go back (303)."""
    try:
        verb()
    except AnjuError as error:
        flash_error(error)
    else:
        flash(say(done), "success")
    return redirect(own_path(back) or came_from() or "/admin/", code=303)


class SecureForm(BaseForm):
    """Flask-Admin's form with the CSRF token of all other forms."""

    class Meta(SecureMeta):
        pass


class Choice(NamedTuple):
    value: str
    words: Words


@dataclass(frozen=True)
class ListFilter:
    """One select of the filter bar. Only values of `choices` are accepted; `where` makes conditions of one."""

    name: str
    words: Words
    choices: Callable[[], Sequence[Choice]]
    where: Callable[[str], dict[str, Any]]


def field_filter(name: str, words: Words, choices: Iterable[Choice], field: str | None = None) -> ListFilter:
    """The plain filter: the field equals the chosen value."""
    fixed = tuple(choices)
    return ListFilter(name, words, lambda: fixed, lambda value: {field or name: value})


@dataclass(frozen=True)
class BulkVerb:
    """A verb for several rows at once; it is run row by row and its refusals are told."""

    name: str
    words: Words
    permission: str
    run: Callable[[Any, Actor], object]
    confirm: Words | None = None


class Page(NamedTuple):
    """One page of a list. `count` is capped: `COUNT_CAP + 1` means "more than that"."""

    rows: list[Any]
    count: int
    next: str | None
    previous: str | None


class SecureModelView(Guarded, ModelView):
    """A list of documents and, when asked for, a form that ends in a verb.

    Set `permission`, `title`, `endpoint_name`; `column_list`, `column_labels` (name → `Words`), `column_formatters`;
    `list_sort` ("-created_at"), `column_sortable_list` (names), `list_filters`, `search_fields`, `bulk_verbs`.
    Forms: set `can_create`/`can_edit`/`can_delete` and `write_permission`; override `create_record` & co with verbs.
    """

    endpoint_name: str
    write_permission: str | None = None
    estate_field: str | None = "estate"
    list_sort = "-_id"
    list_filters: Sequence[ListFilter] = ()
    search_fields: Sequence[str] = ()
    search_hint = Words("搜索", "Search")
    bulk_verbs: Sequence[BulkVerb] = ()
    empty = Words("这里还没有内容", "There is nothing here yet")
    empty_hint: Words | None = None
    column_labels: dict[str, Words] = {}

    can_create = can_edit = can_delete = False
    can_view_details = True
    can_export = False
    can_set_page_size = False
    page_size = 50
    form_base_class = SecureForm
    column_editable_list = None
    column_display_actions = False
    list_template = "admin/model/list.html"

    # Routes of the library that are not opened at all: an attribute that is not `expose`d has none.
    api_file_view = None
    ajax_lookup = None
    ajax_update = None
    export = None
    action_delete = None

    _WRITES = frozenset({"create_view", "edit_view", "delete_view"})

    def __init__(self, model: type[Document]) -> None:
        super().__init__(model, name=self.title.zh, endpoint=self.endpoint_name)

    # Who may enter

    def access_for(self, view_name: str) -> gate.Requirement:
        if view_name in self._WRITES and self.write_permission:
            return gate.permission(self.write_permission)
        return super().access_for(view_name)

    def init_actions(self) -> None:
        self._actions, self._actions_data = [], {}

    # Which rows

    def get_query(self) -> QuerySet:
        """Everything of this model that the actor may see; every way to a document goes through here."""
        query = self.model.objects.max_time_ms(SLOW_MS)
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
        text = request.args.get("q", "").strip()[:SEARCH_LENGTH]
        page = self.page(self._narrowed(active, text), order)
        return self.render(
            self.list_template,
            page=page,
            count_cap=COUNT_CAP,
            columns=self.columns(),
            order=order,
            active_filters=active,
            search_text=text,
            row_url=self.row_url,
            show=self.show,
            list_url=self.list_url,
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
        count = query.limit(COUNT_CAP + 1).count(with_limit_and_skip=True)
        before = request.args.get("before")
        cursor = before or request.args.get("after")
        direction = order.reversed() if before else order
        if cursor:
            query = query.filter(__raw__=after(direction, decode(cursor)))
        rows = self._fetch(query, direction)
        more = len(rows) > self.page_size
        rows = rows[: self.page_size]
        if before:
            rows.reverse()
        self.prepare(rows)
        forward, back = (bool(before) or more), (more if before else bool(cursor))
        return Page(
            rows,
            count,
            encode(self._cursor(rows[-1], order)) if rows and forward else None,
            encode(self._cursor(rows[0], order)) if rows and back else None,
        )

    def _fetch(self, query: QuerySet, order: Order) -> list[Any]:
        sign = "-" if order.descending else ""
        keys = [f"{sign}{'pk' if field == '_id' else field}" for field, _ in order.keys]
        return list(query.no_dereference().order_by(*keys).limit(self.page_size + 1))

    def _cursor(self, row: Any, order: Order) -> Cursor:
        return Cursor(row.pk if order.field == "_id" else getattr(row, order.field), row.pk)

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
        return self.search(query, text) if text and self.search_fields else query

    def list_url(self, **changes: str | None) -> str:
        """This list with some arguments changed; a change of anything but the page begins at the first page."""
        kept = {k: v for k, v in request.args.items() if k not in {"after", "before", "lang"}}
        return self.get_url(".index_view", **{k: v for k, v in {**kept, **changes}.items() if v})

    # One document

    @expose("/details/")
    def details_view(self) -> str:
        document = self.get_or_absent(request.args.get("id", ""))
        names = self.column_details_list or self.column_list or self.scaffold_list_columns()
        facts = [(self.label(name), self.show(document, name)) for name in names]
        return self.render(self.details_template, model=document, facts=facts)

    # Several documents

    @expose("/action/", methods=("POST",))
    def action_view(self) -> Response:
        verb = next((each for each in self.bulk_verbs if each.name == request.form.get("verb")), None)
        if verb is None:
            raise NotFound(Words("操作", "Action"), request.form.get("verb", ""))
        if not gate.permission(verb.permission).admits(current_actor()):
            raise Forbidden(verb.permission)
        self._run_bulk(verb, self.actionable(request.form.getlist("rowid")))
        return redirect(came_from() or self.get_url(".index_view"), code=303)

    def actionable(self, ids: Sequence[str]) -> list[Any]:
        """The documents of these ids that the actor may see; the rest does not exist for him."""
        wanted = [ObjectId(key) for key in ids[:BULK_CAP] if ObjectId.is_valid(key)]
        return list(self.get_query().filter(pk__in=wanted))

    def _run_bulk(self, verb: BulkVerb, documents: list[Any]) -> None:
        done, actor = 0, current_actor()
        for document in documents:
            try:
                verb.run(document, actor)
                done += 1
            except AnjuError as error:
                flash(f"{document}: {say(error.words)}", "error")
        flash(
            say(Words("“{verb}”已处理 {count} 条", "“{verb}” done for {count}").fill(verb=verb.words, count=done)),
            "info",
        )

    # Writing: a form that ends in a verb

    def _refresh_forms_cache(self) -> None:
        if self.can_create or self.can_edit:
            super()._refresh_forms_cache()
            return
        self._form_ajax_refs, self.form_widget_args = {}, self.form_widget_args or {}
        self._create_form_class = self._edit_form_class = SecureForm
        self._delete_form_class, self._action_form_class = self.get_delete_form(), SecureForm
        self.column_editable_list = {}

    def create_record(self, values: dict[str, Any], actor: Actor) -> Any:
        """Make a document with a verb of the store and return it."""
        raise NotImplementedError

    def update_record(self, document: Any, values: dict[str, Any], actor: Actor) -> object:
        """Change a document with a verb of the store."""
        raise NotImplementedError

    def delete_record(self, document: Any, actor: Actor) -> object:
        """Remove a document with a verb of the store."""
        raise NotImplementedError

    def create_model(self, form: Form) -> Any:
        made: list[Any] = []
        ok = self._written(form, lambda: made.append(self.create_record(form_values(form), current_actor())))
        return (made[0] or True) if ok else False

    def update_model(self, form: Form, model: Any) -> bool:
        return self._written(form, lambda: self.update_record(model, form_values(form), current_actor()))

    def delete_model(self, model: Any) -> bool:
        return self._written(None, lambda: self.delete_record(model, current_actor()))

    def _written(self, form: Form | None, verb: Callable[[], object]) -> bool:
        try:
            verb()
        except AnjuError as error:
            show_on_form(form, error)
            return False
        return True

    @expose("/new/", methods=("GET", "POST"))
    def create_view(self) -> str | Response:
        self._refuse_unless(self.can_create)
        return super().create_view()

    @expose("/edit/", methods=("GET", "POST"))
    def edit_view(self) -> str | Response:
        self._refuse_unless(self.can_edit)
        self.get_or_absent(request.args.get("id", ""))
        return super().edit_view()

    @expose("/delete/", methods=("POST",))
    def delete_view(self) -> Response:
        self._refuse_unless(self.can_delete)
        self.get_or_absent(request.form.get("id", ""))
        return super().delete_view()

    def _refuse_unless(self, allowed: bool) -> None:
        if not allowed:
            raise Forbidden(self.write_permission or "write")


def form_values(form: Form) -> dict[str, Any]:
    """What was typed, without the token."""
    return {name: field.data for name, field in form._fields.items() if name != "csrf_token"}


def show_on_form(form: Form | None, error: AnjuError) -> None:
    """Put each problem at its field, and what has no field of this form on top of the page."""
    fields = form._fields if form is not None else {}
    for problem in problems_of(error):
        field = fields.get((problem.field or "").split(".")[0])
        if field is None:
            flash(say(problem.words), "error")
        else:
            field.errors = [*field.errors, say(problem.words)]


def names_by_code(document: type[Document], codes: Iterable[str | None], label: str = "name") -> dict[str, Any]:
    """code → name of all of them in one query, for `prepare`."""
    wanted = sorted({code for code in codes if code})
    found = document.objects(code__in=wanted).only("code", label) if wanted else ()
    return {each.code: getattr(each, label) for each in found}


__all__ = [
    "BackofficeView",
    "BulkVerb",
    "Choice",
    "Guarded",
    "ListFilter",
    "MenuPlace",
    "SecureForm",
    "SecureModelView",
    "attempt",
    "field_filter",
    "form_values",
    "names_by_code",
    "show_on_form",
]
