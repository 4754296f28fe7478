"""The migration of a type's entries in the office: the values to be filled in, every change, and the one press that does it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from flask import flash, redirect, request, url_for
from flask_admin import expose
from werkzeug.wrappers import Response

from admin_app.accounts.current import current_actor
from admin_app.backoffice.content.places import url_of
from admin_app.backoffice.content.verbs import seen
from admin_app.backoffice.content.wording import Reader
from admin_app.backoffice.forms.controls import Builder
from admin_app.backoffice.forms.parsing import posted
from admin_app.backoffice.frame.base import BackofficeView
from admin_app.shell import gate
from admin_app.shell.errors import problems_of, status_of
from admin_app.shell.formats import zone_named
from admin_app.shell.language import say
from store import clock
from store.content import migration, reading
from store.content.documents import Content
from store.content.migration_plan import Entry, Plan
from store.content.types import ContentType
from store.errors import AnjuError
from store.fields.posted import parse
from store.fields.spec import Field
from store.words import Words, translated

Answer = str | Response | tuple[str, int]
MOST_SHOWN = 200
DONE = Words(
    "已迁移 {n} 条内容，新的定义与它们同时生效", "{n} entries migrated; they and the definition take force together"
)
ASKED = Words("已开始迁移，完成前一切照旧", "The migration has begun; until it is done everything stays as it was")
FILLS = "fills."


class Row(NamedTuple):
    """One line of the preview: a change of a field, or why it cannot be made."""

    code: str
    name: str
    url: str
    field: str
    old: str = ""
    new: str = ""
    problem: str = ""


class Migration(BackofficeView):
    permission = "content.read"
    title = Words("迁移内容", "Migrate entries")
    endpoint_name = "content_migration"
    address = "/admin/content/-/migrations"

    @expose("/")
    def index(self) -> Response:
        return redirect(url_of(migration.KIND))

    @expose("/<code>/", methods=("GET",))
    @gate.requires("content.publish")
    def preview(self, code: str) -> Answer:
        return self._page(code, {}, ())

    @expose("/<code>/", methods=("POST",))
    @gate.requires("content.publish")
    def migrate(self, code: str) -> Answer:
        """`then=migrate` does it; every other button shows the preview with what has been filled in."""
        fields = self._asked_for(code, request.form.getlist("needs"))
        fills = parse(fields, posted(request.form), zone_named(None), FILLS)
        fills = {name: value for name, value in fills.items() if value not in ("", None, [], {})}
        if request.form.get("then") != "migrate":
            return self._page(code, fills, fields)
        note, total = request.form.get("note", "").strip()[:500], request.form.get("total", "")
        try:
            head = migration.migrate(code, fills, actor=current_actor(), now=clock.now(), seen=seen(), note=note)
        except AnjuError as error:
            return self._page(code, fills, fields, error)
        flash(say(ASKED if head.migrating else DONE.fill(n=total)), "success")
        where = url_for("content_migration.preview", code=code) if head.migrating else url_of(code)
        return redirect(where, code=303)

    def _asked_for(self, code: str, names: Sequence[str]) -> list[Field]:
        head = reading.get(migration.KIND, code, current_actor())
        return [each for each in reading.defined(code, head.draft).fields if each.name in names]

    def _page(
        self, code: str, fills: Mapping[str, Any], asked: Sequence[Field], error: AnjuError | None = None
    ) -> Answer:
        head = reading.get(migration.KIND, code, current_actor())
        values: dict[str, Any] = {"head": head, "name": translated(head.draft.get("name")), "back": _entry_of(head)}
        if head.migrating:
            return self.render("content/migrating.html", **values)
        try:
            plan = migration.preview(code, fills, actor=current_actor(), now=clock.now())
        except AnjuError as wrong:
            error = error or wrong
            plan = Plan(code, head.draft, [], [])
        problems = problems_of(error) if error else ()
        of_fills = [each for each in problems if (each.field or "").startswith(FILLS)]
        fields = [*asked, *(each for each in plan.needs if each.name not in {one.name for one in asked})]
        builder = Builder([_to_fill_in(each) for each in fields], zone_named(None), of_fills)
        page = self.render(
            "content/migration.html",
            **values,
            controls=builder.controls({FILLS + name: value for name, value in fills.items()}),
            needs=[each.name for each in fields],
            plan=plan,
            wrong=[say(each.words) for each in problems if not (each.field or "").startswith(FILLS)],
            **_shown(plan, head, request.form.get("after", "")),
        )
        return (page, status_of(error)) if error and request.method == "POST" else page


def _entry_of(head: Content) -> str:
    return url_of(migration.KIND, "entry", code=head.code)


def _to_fill_in(field: Field) -> Field:
    """The field as the form asks for it: apart from what else is posted, and whatever stands beside it."""
    return replace(field, name=FILLS + field.name, shown_when=None)


def _shown(plan: Plan, head: Content, after: str) -> dict[str, Any]:
    """What cannot be done first, then the changes, a part at a time."""
    now = clock.now()
    new = reading.defined(plan.code, plan.definition) if plan.entries else None
    old = reading.type_of(plan.code, now) if head.revision and not head.withdrawn and plan.entries else new
    left = [each for each in plan.entries if each.head.code > after]
    part = left[:MOST_SHOWN]
    rows = list(_rows(part, old, new)) if old and new else []
    return {
        "refused": list(_refusals(plan))[:MOST_SHOWN],
        "rows": rows,
        "next": part[-1].head.code if len(left) > MOST_SHOWN else "",
    }


def _rows(entries: Sequence[Entry], old: ContentType, new: ContentType) -> Iterator[Row]:
    bodies = [each.head.draft for each in entries]
    before, after = (
        Reader(old, zone_named(None), bodies),
        Reader(new, zone_named(None), [each.draft for each in entries]),
    )
    for entry in entries:
        url = url_of(entry.head.type, "entry", code=entry.head.code)
        for change in entry.changes:
            was = before.line({"field": change.field, "old": change.old, "new": None}).old
            becomes = after.line({"field": change.field, "old": None, "new": change.new}).new
            yield Row(entry.head.code, say(entry.name) or entry.head.code, url, say(change.label), was, becomes)


def _refusals(plan: Plan) -> Iterator[Row]:
    """What somebody has to mend; for a value that is only missing the form asks above."""
    asked = {each.name for each in plan.needs}
    for entry in plan.refused:
        url = url_of(entry.head.type, "entry", code=entry.head.code)
        for each in entry.problems:
            if not (each.code == "required" and each.field in asked):
                name = say(entry.name) or entry.head.code
                yield Row(entry.head.code, name, url, each.field or "", problem=say(each.words))
