"""The directory: estates, buildings, units, households, departments, staff, rosters. Written by the verbs only."""

from collections.abc import Mapping
from typing import Any

from flask import flash, redirect, request, url_for
from flask_admin import expose
from mongoengine import QuerySet
from werkzeug.wrappers import Response

from admin_app.accounts.current import current_actor
from admin_app.backoffice.forms.controls import Builder
from admin_app.backoffice.forms.parsing import posted
from admin_app.backoffice.frame.base import Choice, ListFilter, MenuPlace, SecureModelView, field_filter
from admin_app.backoffice.people.directory_rows import Cells, Theirs, done_meanwhile, history_of, summary_columns
from admin_app.backoffice.records.lists import estate_filter
from admin_app.backoffice.records.names import estates_of_reader, places_of_reader
from admin_app.backoffice.records.parts import asked_part
from admin_app.backoffice.records.verbs import Posted
from admin_app.shell import gate
from admin_app.shell.errors import problems_of, status_of
from admin_app.shell.formats import zone_named
from admin_app.shell.language import say
from admin_app.shell.preferences import chosen_estate
from store import clock, directory
from store.access import permits
from store.directory import DirectoryEntry
from store.errors import AnjuError, Conflict, Forbidden
from store.fields.posted import parse
from store.kinds import address_of
from store.premises.rules import masked_members
from store.premises.stays import stays_of
from store.usage import users_of
from store.words import Words, translated

Answer = str | Response | tuple[str, int]
SAVED = Words("已保存", "Saved")
CREATED = Words("已新建“{name}”", "“{name}” was made")


class DirectoryPages(SecureModelView):
    """Everything of one kind: the list, the form made of its fields, history, users."""

    can_view_details = False
    list_template = "people/list.html"
    date_field = "changed_at"
    date_words = Words("修改日期", "Changed")
    list_sort = "code"
    column_sortable_list = ("code", "changed_at")
    search_fields = ("code",)
    search_hint = Words("编号、名称或拼音", "Code, name or pinyin")

    def __init__(self, kind: str, place: MenuPlace, words: Words, read: str = "directory.read") -> None:
        self.kind, self.menu_place, self.title, self.permission = kind, place, words, read
        self.endpoint_name = f"office_{kind}"
        self.entry_class = directory.kinds()[kind]
        # Who belongs to which estates is asked by the entry itself, not by one field.
        self.estate_field = "estate" if "estate" in {each.name for each in self.entry_class.FIELDS} else None
        self.columns_of_kind = summary_columns(self.entry_class)
        self.column_list = tuple(each.name for each in self.columns_of_kind)
        self.column_labels = {each.name: each.words for each in self.columns_of_kind}
        self.list_filters = self._filters()
        self.empty = Words("还没有{label}", "No {label} yet").fill(label=self.entry_class.LABEL)
        super().__init__(self.entry_class)
        self.url = f"directory/{kind}"

    def _filters(self) -> list[ListFilter]:
        states = (Choice("active", Words("启用", "In use")), Choice("inactive", Words("停用", "Out of use")))
        found = [field_filter("active", Words("状态", "State"), states)]
        found[0] = ListFilter(
            "active",
            found[0].words,
            found[0].choices,
            lambda value: {"active__ne" if value == "active" else "active": False},
        )
        if self.estate_field:
            found.append(estate_filter())
        return found

    def render(self, template: str, **kwargs: Any) -> str:
        return super().render(template, visible_estates=estates_of_reader, **kwargs)

    # The list

    def get_query(self) -> QuerySet:
        query, actor = super().get_query(), current_actor()
        if self.estate_field or actor.estates is None or self.kind not in ("estate", "staff"):
            return query
        field = "code" if self.kind == "estate" else "estates"
        return query.filter(__raw__={field: {"$in": sorted(actor.estates)}})

    def search(self, query: QuerySet, text: str) -> QuerySet:
        wanted = text.lower()
        found: list[Mapping[str, Any]] = [{"code": {"$regex": f"^{_escaped(wanted)}"}}]
        if "tokens" in self.model._fields:
            found.append({"tokens": {"$regex": f"^(r:|n:|y:|p:)?{_escaped(wanted)}"}})
        found.append({"name.zh": {"$regex": _escaped(text)}})
        return query.filter(__raw__={"$or": found})

    def _fetch(self, query: QuerySet, order: Any) -> list[Any]:
        return super()._fetch(query.exclude("events"), order)

    def prepare(self, rows: list[Any]) -> None:
        self._cells = Cells.of(self.columns_of_kind, rows)

    def show(self, row: Any, name: str) -> Any:
        return self._cells.show(row, name)

    def row_url(self, row: Any) -> str | None:
        return url_for(f"{self.endpoint_name}.entry", code=row.code)

    @expose("/")
    def index_view(self) -> str:
        self._template_args["may_write"] = permits(current_actor(), self.entry_class.WRITE)
        self._template_args["may_export"] = permits(current_actor(), "transfer.export")
        self._template_args["may_import"] = permits(current_actor(), "transfer.import")
        return super().index_view()

    @expose("/details/")
    def details_view(self) -> Response:
        return redirect(url_for(".entry", code=self.get_or_absent(request.args.get("id", "")).code))

    # One entry

    @expose("/-/new", methods=("GET", "POST"))
    def new(self) -> Answer:
        self._require_write()
        code = request.form.get("code", "").strip()
        if request.method == "GET":
            return self._form(None, self._beginning(), code)
        values = self._typed()
        try:
            entry = directory.create(self.kind, code, values, actor=current_actor(), now=clock.now())
        except AnjuError as error:
            return self._form(None, values, code, error)
        flash(say(CREATED.fill(name=translated(entry.name))), "success")
        return redirect(url_for(".entry", code=entry.code), code=303)

    @expose("/-/<code>", methods=("GET", "POST"))
    def entry(self, code: str) -> Answer:
        actor = current_actor()
        found = directory.get(self.kind, code, actor)
        if request.method == "GET":
            return self._form(found, found.values(), code)
        self._require_write()
        values = self._typed()
        try:
            seen = Posted(request.form).version()
            directory.update(self.kind, code, values, actor=actor, now=clock.now(), seen=seen)
        except AnjuError as error:
            return self._form(directory.get(self.kind, code, actor), values, code, error)
        flash(say(SAVED), "success")
        return redirect(url_for(".entry", code=code), code=303)

    @expose("/-/<code>/active", methods=("POST",))
    def active(self, code: str) -> Answer:
        """Out of use – refused with the list of users – or back."""
        self._require_write()
        wanted, actor = request.form.get("active") == "yes", current_actor()
        try:
            seen = Posted(request.form).version()
            directory.set_active(self.kind, code, wanted, actor=actor, now=clock.now(), seen=seen)
        except AnjuError as error:
            found = directory.get(self.kind, code, actor)
            return self._form(found, found.values(), code, error)
        flash(say(Words("已启用", "In use again") if wanted else Words("已停用", "Out of use")), "success")
        return redirect(url_for(".entry", code=code), code=303)

    def _require_write(self) -> None:
        if not gate.permission(self.entry_class.WRITE).admits(current_actor()):
            raise Forbidden(self.entry_class.WRITE)

    def _typed(self) -> dict[str, Any]:
        return parse(self.entry_class.FIELDS, posted(request.form), zone_named(None))

    def _beginning(self) -> dict[str, Any]:
        values = {each.name: each.default for each in self.entry_class.FIELDS if each.default is not None}
        estates = list(places_of_reader())
        if "estate" in {each.name for each in self.entry_class.FIELDS}:
            values["estate"] = chosen_estate() or (estates[0] if len(estates) == 1 else None)
        return values

    def _form(
        self, entry: DirectoryEntry | None, values: Mapping[str, Any], code: str, error: AnjuError | None = None
    ) -> Answer:
        actor = current_actor()
        may_write = permits(actor, self.entry_class.WRITE, entry.estate if entry else None)
        problems = problems_of(error) if error else ()
        builder = Builder(self.entry_class.FIELDS, zone_named(None), problems)
        controls = builder.controls(values if may_write else self._masked(values))
        page = self.render(
            "people/entry.html",
            entry=entry,
            code=code,
            controls=controls,
            may_write=may_write,
            refused=error is not None,
            label=self.entry_class.LABEL,
            code_errors=[say(each.words) for each in problems if each.field == "code"],
            general=[say(each.words) for each in problems if not each.field or each.field in ("active",)],
            theirs=self._theirs(error),
            users=users_of(self.kind, code, actor)[:50] if entry else (),
            user_page=lambda user: address_of(user.kind, user.code),
            history=history_of(asked_part(entry), self.entry_class.FIELDS) if entry else (),
            back=self.get_url(".index_view"),
            stays=stays_of(code, entry.estate, actor) if entry and self.kind == "unit" else (),
        )
        return (page, status_of(error)) if error else page

    def _theirs(self, error: AnjuError | None) -> list[Theirs]:
        theirs = error.details.get("theirs", ()) if isinstance(error, Conflict) else ()
        return done_meanwhile(theirs, self.entry_class.FIELDS)

    def _masked(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Whoever may not write personal data is not shown it here."""
        hidden = {each.name for each in self.entry_class.FIELDS if each.personal}
        shown = {name: value for name, value in values.items() if name not in hidden}
        return {**shown, "members": masked_members(values.get("members") or ())} if "members" in hidden else shown


def _escaped(text: str) -> str:
    return "".join(f"\\{each}" if each in r"\.^$*+?()[]{}|" else each for each in text)
