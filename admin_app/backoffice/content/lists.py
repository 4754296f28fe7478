"""Lists of content: one class for every type, built in or defined by managers."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from flask import Blueprint, g, get_template_attribute, has_request_context, redirect, url_for
from flask_admin import Admin, expose
from markupsafe import Markup
from mongoengine import QuerySet
from werkzeug.wrappers import Response

from admin_app.accounts.current import current_actor
from admin_app.backoffice.content.places import PLACES, ContentPlace, place_of_service, url_of
from admin_app.backoffice.content.summaries import summary
from admin_app.backoffice.forms.references import Labels
from admin_app.backoffice.frame.base import BulkVerb, Choice, ListFilter, SecureModelView, field_filter
from admin_app.backoffice.frame.lists import SLOW_MS
from admin_app.backoffice.records.names import places_of_reader, who_did
from admin_app.shell import gate
from admin_app.shell.formats import local_time
from admin_app.shell.language import say
from admin_app.shell.preferences import visible_estates
from store import clock
from store.actor import Actor
from store.content import audience, reading
from store.content import operations as content
from store.content.documents import Content
from store.content.rules import STATES
from store.content.searching import found_by
from store.content.types import ContentType, built_in
from store.fields.kinds import kind_of
from store.fields.spec import Field
from store.words import Words, translated

COLUMNS = {
    "name": Words("名称", "Name"),
    "summary": Words("概要", "In short"),
    "estate": Words("小区", "Estate"),
    "clause": Words("条款", "Clause"),
    "state": Words("状态", "State"),
    "revision": Words("版本", "Revision"),
    "changed_at": Words("最近修改", "Last changed"),
}
# Fields by which a list may be narrowed besides state, estate and clause.
_NARROWING = ("service", "category", "urgency", "kind", "indicator", "frequency")
_EMPTY = Words("还没有{label}", "There is no “{label}” yet")
_EMPTY_HINT = Words(
    "{help}点「新建」写第一份草稿，发布后生效。", "{help} Press “New” for a first draft; it counts once published."
)


def _publish(head: Content, actor: Actor) -> object:
    return content.publish(head.type, head.code, actor=actor, now=clock.now())


def _submit(head: Content, actor: Actor) -> object:
    return content.submit(head.type, head.code, actor=actor, now=clock.now())


def _withdraw(head: Content, actor: Actor) -> object:
    return content.withdraw(head.type, head.code, actor=actor, now=clock.now())


BULK = (
    BulkVerb("submit", Words("提交审核", "Submit for review"), "content.write", _submit),
    BulkVerb(
        "publish",
        Words("发布", "Publish"),
        "content.publish",
        _publish,
        Words("发布所选内容的草稿？发布后立即生效。", "Publish the chosen drafts? They take force at once."),
    ),
    BulkVerb(
        "withdraw",
        Words("撤回", "Withdraw"),
        "content.publish",
        _withdraw,
        Words(
            "撤回所选内容？撤回后不再生效，历史记录不变。",
            "Withdraw the chosen? They lose force; history stays as it is.",
        ),
    ),
)


class ContentList(SecureModelView):
    permission = "content.read"
    date_field = "changed_at"
    date_words = Words("修改日期", "Changed")
    list_sort = "-changed_at"
    column_list = tuple(COLUMNS)
    column_sortable_list = ("changed_at", "state", "revision")
    search_fields = ("tokens",)
    search_hint = Words("搜索名称或编号", "Name or code")
    bulk_verbs = BULK
    list_template = "content/list.html"

    # Content has pages of its own.
    details_view = None

    def __init__(self, endpoint: str, url: str, kind: str | None, place: ContentPlace | None = None) -> None:
        self._address, self._kind, self.place = url, kind, place
        self.endpoint_name = endpoint
        self.menu_place = place.menu if place else None
        super().__init__(Content)

    def access_for(self, view_name: str) -> gate.Requirement:
        return gate.permission("content.write") if view_name == "create_view" else super().access_for(view_name)

    # Where it hangs

    def _get_view_url(self, admin: Admin, url: str | None) -> str:
        return self._address

    def create_blueprint(self, admin: Admin) -> Blueprint:
        blueprint = super().create_blueprint(admin)
        if self._kind is None:
            blueprint.url_value_preprocessor(_take_kind)
            blueprint.url_defaults(_give_kind)
        return blueprint

    def _run_view(self, fn: Any, *args: Any, **kwargs: Any) -> Any:
        # The library calls a view again in another way when it raised a TypeError, and so hides where it came from.
        return fn(self, *args, **kwargs)

    @property
    def kind(self) -> str:
        return self._kind or str(g.content_kind)

    @property
    def title(self) -> Words:  # type: ignore[override]
        if self.place:
            return self.place.words
        if self._kind is None and not has_request_context():
            return Words("自定义内容", "Custom content")
        return self.content_type().label

    def content_type(self) -> ContentType:
        """Raises `NotFound` for a type that is not there."""
        found = reading.type_of(self.kind, clock.now())
        self._require_reading()
        return found

    def _require_reading(self) -> None:
        """Types of the house name no readers of their own, and are asked for before anybody asks."""
        if self._kind is None:
            audience.require_reading(current_actor(), self.kind)

    def field(self, name: str) -> Field | None:
        return next((each for each in self.content_type().fields if each.name == name), None)

    def render(self, template: str, **values: Any) -> str:
        return str(
            super().render(
                template,
                form_of=lambda kind: kind if kind in built_in() else "generic",
                list_address=self.list_address,
                list_words=self.list_words,
                may_create=self.access_for("create_view").admits(current_actor()),
                url_of=url_of,
                **values,
            )
        )

    def list_address(self, head: Content | None = None) -> str:
        """The list in which an entry stands: plans have one for each service."""
        if self.kind == "plan":
            return url_for(f"{place_of_service(g.get('content_service'))}.index_view")
        return url_of(self.kind)

    def list_words(self, head: Content | None = None) -> Words:
        if self.kind == "plan":
            wanted = place_of_service(g.get("content_service"))
            return next(each.words for each in PLACES if each.endpoint == wanted)
        return self.title

    # The list

    def get_query(self) -> QuerySet:
        self._require_reading()
        query = super().get_query().filter(type=self.kind).fields(slice__events=-1)
        services = self.place.services if self.place else ()
        return query.filter(draft__service__in=list(services)) if services else query

    def search(self, query: QuerySet, text: str) -> QuerySet:
        return query.filter(__raw__=found_by(text))

    @property
    def list_filters(self) -> Sequence[ListFilter]:  # type: ignore[override]
        filters = [field_filter("state", COLUMNS["state"], (Choice(k, words) for k, words in STATES.items()))]
        if self.field("estate"):
            filters.append(ListFilter("estate", COLUMNS["estate"], _estates, lambda code: {"estate": code}))
        if self.field("clause"):
            filters.append(ListFilter("clause", COLUMNS["clause"], self._clauses, lambda it: {"draft__clause": it}))
        return [*filters, *(each for name in _NARROWING if (each := self._narrowing(name)))]

    def _narrowing(self, name: str) -> ListFilter | None:
        field = self.field(name)
        if field is None or (name == "service" and self.place and len(self.place.services) == 1):
            return None
        if kind_of(field).chooses:
            wanted = self.place.services if self.place and name == "service" else dict(field.choices)
            choices = [Choice(value, words) for value, words in field.choices if value in wanted]
            return field_filter(name, field.label, choices, f"draft__{name}")
        if kind_of(field).refers and field.target:
            return ListFilter(name, field.label, lambda: self._used(field), lambda it: {f"draft__{name}": it})
        return None

    def _used(self, field: Field) -> list[Choice]:
        found = self._found_in_list()
        names = ((code, found.labels.name(str(field.target), code)) for code in sorted(found.values[field.name]))
        return [Choice(code, Words(name, name)) for code, name in names]

    def _clauses(self) -> list[Choice]:
        found = self._found_in_list().values["clause"]
        return [Choice(each, Words(each, each)) for each in sorted(found, key=_clause_order)]

    def _found_in_list(self) -> "_Found":
        """One look for the choices of all filters, however often the page asks for them."""
        if "content_found" not in g:
            targets = {n: str(f.target) for n in _NARROWING if (f := self.field(n)) and kind_of(f).refers}
            names = ("clause", *targets)
            values = _values_in(self.get_query(), names)
            labels = Labels.of((target, code) for name, target in targets.items() for code in values[name])
            g.content_found = _Found(values, labels)
        found: _Found = g.content_found
        return found

    def columns(self) -> list[tuple[str, str]]:
        absent = {name for name in ("estate", "clause") if not self.field(name)}
        return [(name, say(words)) for name, words in COLUMNS.items() if name not in absent]

    def show(self, row: Any, name: str) -> Any:
        return getattr(self, f"_show_{name}")(row)

    def _show_name(self, row: Content) -> Markup:
        name = say(translated(row.name)) or row.code
        return Markup('<span class="named">{}<small>{}</small></span>').format(name, row.code)

    def _show_summary(self, row: Content) -> str:
        return summary(self.kind, row.draft)

    def _show_estate(self, row: Content) -> str:
        place = places_of_reader().get(row.estate)
        return place.name if place else row.estate or ""

    def _show_clause(self, row: Content) -> str:
        return str(row.draft.get("clause") or "")

    def _show_state(self, row: Content) -> Markup:
        chip = get_template_attribute("content/parts.html", "state_chip")
        return Markup(chip(row, STATES))  # noqa: S704 - made by a template, which escapes

    def _show_revision(self, row: Content) -> str:
        return f"v{row.revision}" if row.revision else "—"

    def _show_changed_at(self, row: Content) -> Markup:
        who = who_did(row.events[-1]) if row.events else ""
        return Markup('<span class="named">{}<small>{}</small></span>').format(local_time(row.changed_at), who)

    def row_url(self, row: Any) -> str:
        return url_of(row.type, "entry", code=row.code)

    @property
    def empty(self) -> Words:  # type: ignore[override]
        return _EMPTY.fill(label=self.title)

    @property
    def empty_hint(self) -> Words:  # type: ignore[override]
        return _EMPTY_HINT.fill(help=self.content_type().help)

    @expose("/-/action/", methods=("POST",))
    def action_view(self) -> Response:
        return super().action_view()

    @expose("/-/new/")
    def create_view(self) -> Any:
        service = self.place.services[0] if self.place and self.place.services else None
        return redirect(url_of(self.kind, "create_view", service=service), code=303)

    def name_of(self, document: Content) -> str:
        return say(translated(document.name)) or document.code


class _Found(NamedTuple):
    """What the drafts of a list hold under the fields by which it is narrowed, and the names of what they refer to."""

    values: Mapping[str, set[str]]
    labels: Labels


def _values_in(query: QuerySet, names: Iterable[str]) -> dict[str, set[str]]:
    group = {"_id": None, **{name: {"$addToSet": f"$draft.{name}"} for name in names}}
    found: Mapping[str, Any] = next(query.aggregate([{"$group": group}], maxTimeMS=SLOW_MS), {})
    return {name: {str(each) for each in found.get(name, ()) if each} for name in names}


def _take_kind(endpoint: str | None, values: dict[str, Any] | None) -> None:
    g.content_kind = (values or {}).pop("kind", "")


def _give_kind(endpoint: str, values: dict[str, Any]) -> None:
    values.setdefault("kind", g.get("content_kind"))


def _estates() -> list[Choice]:
    return [Choice(each.code, translated(each.name)) for each in visible_estates()]


def _clause_order(number: str) -> tuple[int, ...]:
    return tuple(int(part) if part.isdecimal() else 0 for part in number.split("."))
