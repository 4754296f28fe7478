"""The page of one piece of content: edit, preview, revisions, used by, replay. What is written is written by the verbs."""

from collections.abc import Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from flask import flash, g, redirect, request
from flask_admin import expose
from werkzeug.wrappers import Response

from admin_app.accounts.current import current_actor
from admin_app.backoffice.content import verbs
from admin_app.backoffice.content.codes import suggest_code
from admin_app.backoffice.content.lists import ContentList
from admin_app.backoffice.content.merging import changed_fields, merged, undone
from admin_app.backoffice.content.places import url_of
from admin_app.backoffice.content.replay import replay
from admin_app.backoffice.content.tabs import TABS, compared, history, used_by
from admin_app.backoffice.content.wording import Reader
from admin_app.backoffice.forms.controls import Builder
from admin_app.backoffice.forms.parsing import posted
from admin_app.backoffice.records.parts import asked_part
from admin_app.shell import gate
from admin_app.shell.errors import problems_of, status_of
from admin_app.shell.formats import zone_named
from admin_app.shell.language import say
from admin_app.shell.preferences import chosen_estate, visible_estates
from store import clock
from store.access import permits
from store.actor import Actor
from store.calendars.operations import fill_from_file, fill_statutory
from store.content import audience, reading, rules
from store.content import operations as content
from store.content.documents import Content
from store.errors import AnjuError, Conflict, Invalid, Problem
from store.fields.kinds import kind_of
from store.fields.posted import parse, to_form
from store.premises.documents import Estate
from store.words import Words, translated

Body = Mapping[str, Any]
Answer = str | Response | tuple[str, int]

SAVED = Words("草稿已保存", "Draft saved")
CREATED = Words("草稿已建立，发布后生效", "Draft made; it takes force once it is published")
SAVED_BUT = Words(
    "草稿已保存，但还不能「{verb}」：请看标出的地方", "The draft is saved, but “{verb}” must wait: see what is marked"
)
NOTHING_WRITTEN = Words("还没有填写任何内容", "Nothing has been filled in yet")
NOT_SAVED = Words("还没有保存：请改正标出的地方", "Not saved yet: please mend what is marked")


def may(actor: Actor, permission: str, kind: str, estate: str | None = None) -> bool:
    """Whether the actor has a permission that writes, and the type's definition lets him."""
    return permits(actor, permission, estate) and audience.writes(actor, kind)


class ContentPages(ContentList):
    """Everything of one type: the list, and the pages of each entry."""

    @expose("/-/new/", methods=("GET",))
    @gate.requires("content.write")
    def create_view(self) -> Answer:
        audience.require_writing(current_actor(), self.kind)
        copied = request.args.get("copy")
        body = dict(reading.get(self.kind, copied, current_actor()).draft) if copied else self._beginning()
        return self._new_form("", body)

    @expose("/-/new/", methods=("POST",))
    @gate.requires("content.write")
    def create_entry(self) -> Answer:
        body = self._posted_body(self._zone(request.form.get("estate")))
        code = request.form.get("code", "").strip() or suggest_code(self.kind, body)
        try:
            filled = self._filled(body)
            self._refuse_junk(code, filled)
            head = content.create(self.kind, code, filled, actor=current_actor(), now=clock.now())
        except AnjuError as error:
            return self._new_form(request.form.get("code", ""), body, error)
        flash(say(CREATED), "success")
        return self._then(head)

    def _refuse_junk(self, code: str, body: Body) -> None:
        """Nothing is stored of a form in which nobody wrote anything, nor of one that was to be published at once and
        cannot be: it would stand in the list as a draft without a name. Raises `Invalid`."""
        if request.form.get("then") in verbs.THEN:
            content.check(self.kind, code, body, actor=current_actor(), now=clock.now())
        if request.form.get("then") == "schedule":
            verbs.moment_in(self._zone(None), request.form.get("at", ""))
        if not any(body.get(each.name) for each in self.content_type().fields if not kind_of(each).is_preset):
            raise Invalid.one("nothing_written", NOTHING_WRITTEN, None)

    @expose("/<code>/", methods=("GET",))
    def entry(self, code: str) -> Answer:
        head = reading.get(self.kind, code, current_actor())
        if not may(current_actor(), "content.write", self.kind, head.estate):
            return redirect(url_of(self.kind, "preview", code=code))
        return self._edit_form(head, head.draft)

    @expose("/<code>/", methods=("POST",))
    @gate.requires("content.write")
    def save(self, code: str) -> Answer:
        head = reading.get(self.kind, code, current_actor())
        body = self._posted_body(self._zone(request.form.get("estate") or head.estate))
        try:
            seen = verbs.seen()
            filled = self._filled(body)
            head = content.save_draft(self.kind, code, filled, actor=current_actor(), now=clock.now(), seen=seen)
        except Conflict as error:
            return (
                self._conflict(head, body, error)
                if error.code == "changed_meanwhile"
                else self._refused(head, body, error)
            )
        except AnjuError as error:
            return self._refused(head, body, error)
        return self._then(head)

    def _then(self, head: Content) -> Answer:
        """Save, and perhaps go on to publish: one press for what is one thought."""
        then = request.form.get("then", "")
        if then not in verbs.THEN:
            flash(say(SAVED), "success")
            return self._back_to(head)
        try:
            done = verbs.THEN[then](head, self._zone(head.estate))
        except AnjuError as error:
            flash(say(SAVED_BUT.fill(verb=rules.VERBS[then])), "warning")
            return self._refused(head, head.draft, error, saved=True)
        flash(say(done), "success")
        return self._back_to(head)

    def _back_to(self, head: Content) -> Response:
        return redirect(url_of(head.type, "entry", code=head.code), code=303)

    @expose("/<code>/preview/")
    def preview(self, code: str) -> Answer:
        head = reading.get(self.kind, code, current_actor())
        live = reading.live(self.kind, code, clock.now())
        which = "live" if live and request.args.get("of") == "live" else "draft"
        body = live.body if live and which == "live" else head.draft
        return self._tab(head, "preview", controls=self._builder(head.estate).controls(body), live=live, which=which)

    @expose("/<code>/revisions/")
    def revisions(self, code: str) -> Answer:
        head = reading.get(self.kind, code, current_actor())
        zone = self._zone(head.estate)
        comparison = compared(self.content_type(), head, request.args.get("from"), request.args.get("to"), zone)
        return self._tab(
            head, "revisions", comparison=comparison, history=history(self.content_type(), asked_part(head), zone)
        )

    @expose("/<code>/uses/")
    def uses(self, code: str) -> Answer:
        head = reading.get(self.kind, code, current_actor())
        return self._tab(head, "uses", groups=used_by(head, current_actor()))

    @expose("/<code>/replay/")
    def replay(self, code: str) -> Answer:
        head = reading.get(self.kind, code, current_actor())
        return self._tab(head, "replay", result=replay(head, self._zone(head.estate).key, clock.now()))

    @expose("/<code>/verbs/<verb>/", methods=("POST",))
    @gate.requires("content.write")
    def verb(self, code: str, verb: str) -> Answer:
        """Verbs that need no form. Refusals are told on the page that the reader came from."""
        return verbs.perform(self.kind, code, verb)

    # Drawing

    def _new_form(self, code: str, body: Body, error: AnjuError | None = None) -> Answer:
        problems = problems_of(error) if error else ()
        g.content_service = body.get("service")
        builder = self._builder(None, problems)
        controls = builder.controls(body)
        of_code = [say(each.words) for each in problems if each.field == "code"]
        page = self.render(
            "content/new.html",
            controls=controls,
            by_name={each.name: each for each in controls},
            content_type=self.content_type(),
            code=code,
            code_errors=of_code,
            unplaced=[each for each in builder.unplaced() if each not in of_code] + _without_field(problems),
            head=None,
            zone=self._zone(str(body.get("estate") or "")),
            may_publish=may(current_actor(), "content.publish", self.kind),
            not_saved=say(NOT_SAVED) if error else "",
        )
        return (page, status_of(error)) if error else page

    def _edit_form(self, head: Content, body: Body, problems: Sequence[Problem] = (), not_saved: str = "") -> str:
        builder = self._builder(head.estate, problems)
        controls = builder.controls(body)
        return self._tab(
            head,
            "entry",
            controls=controls,
            by_name={each.name: each for each in controls},
            unplaced=builder.unplaced() + _without_field(problems),
            not_saved=not_saved,
        )

    def _refused(self, head: Content, body: Body, error: AnjuError, saved: bool = False) -> Answer:
        """The form as it was typed, with what is wrong at its fields."""
        not_saved = "" if saved else say(NOT_SAVED)
        return self._edit_form(head, body, problems_of(error), not_saved), status_of(error)

    def _conflict(self, head: Content, mine: Body, error: Conflict) -> Answer:
        """The other one's change beside mine. Nothing has been written, and nothing typed is lost."""
        zone, theirs, fields = self._zone(head.estate), error.details["theirs"], self.content_type().fields
        g.content_service = head.draft.get("service")
        base = undone(head.draft, theirs)
        both = merged(base, head.draft, mine) if base is not None else None
        reader = Reader(self.content_type(), zone, [head.draft, mine, base or {}])
        page = self.render(
            "content/conflict.html",
            head=head,
            name=say(translated(head.name)) or head.code,
            words=error.words,
            theirs=theirs,
            verbs=rules.VERBS,
            their_lines=reader.difference(base, head.draft) if base is not None else [],
            my_lines=reader.difference(head.draft if base is None else base, mine),
            met=changed_fields(base, head.draft) & changed_fields(base, mine) if base is not None else set(),
            merged_pairs=list(to_form(fields, both, zone)) if both is not None else None,
            pairs=list(to_form(fields, mine, zone)),
            zone=zone,
        )
        return page, status_of(error)

    def _tab(self, head: Content, tab: str, **values: Any) -> str:
        actor = current_actor()
        g.content_service = head.draft.get("service")
        return self.render(
            f"content/{tab}.html",
            head=head,
            content_type=self.content_type(),
            name=say(translated(head.name)) or head.code,
            tab=tab,
            tabs=[(each, words, url_of(self.kind, each, code=head.code)) for each, words in TABS],
            zone=self._zone(head.estate),
            states=rules.STATES,
            allowed=verbs.allowed(head, actor),
            may_write=may(actor, "content.write", self.kind, head.estate),
            may_publish=may(actor, "content.publish", self.kind, head.estate),
            may_start=permits(actor, "incidents.start"),
            **values,
        )

    # What a form begins with, and what came back

    def _beginning(self) -> dict[str, Any]:
        fields = self.content_type().fields
        body = {each.name: each.default for each in fields if each.default is not None}
        known, estates = {each.name for each in fields}, visible_estates()
        if "estate" in known:
            body["estate"] = chosen_estate() or (estates[0].code if len(estates) == 1 else None)
        given = {name: request.args[name] for name in ("service", "estate", "clause") if name in request.args}
        today = clock.now().astimezone(self._zone(None)).date().isoformat()
        return {**body, **given, **({"start_date": today} if "start_date" in known else {})}

    def _posted_body(self, zone: ZoneInfo) -> dict[str, Any]:
        return parse(self.content_type().fields, posted(request.form), zone)

    def _filled(self, body: dict[str, Any]) -> dict[str, Any]:
        """A calendar with the statutory days of the year whose button was pressed, or with those of a file.
        Raises `StatutoryDaysUnknown`, `Invalid`."""
        year = request.form.get("fill", "")
        if self.kind == "working_calendar" and year == "file":
            sent = request.files.get("ics")
            return fill_from_file(body, sent.read() if sent else b"")
        if self.kind != "working_calendar" or not (year.isdecimal() and len(year) == 4):
            return body
        return fill_statutory(body, int(year))

    def _builder(self, estate: str | None, problems: Sequence[Problem] = ()) -> Builder:
        return Builder(self.content_type().fields, self._zone(estate), problems)

    def _zone(self, estate: str | None) -> ZoneInfo:
        found = Estate.objects(code=estate).only("timezone").first() if estate else None
        return zone_named(found.timezone if found else None)


def _without_field(problems: Sequence[Problem]) -> list[str]:
    return [say(each.words) for each in problems if not each.field]
