"""The page of one record: what happened, what is allowed now. Every verb is a POST with the version that was seen."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import flash, redirect, request, url_for
from flask_admin import expose
from mongoengine import QuerySet
from werkzeug.wrappers import Response

from admin_app.accounts.current import current_actor
from admin_app.backoffice.records.cells import title_of
from admin_app.backoffice.records.described import Looks, described
from admin_app.backoffice.records.lists import RecordList
from admin_app.backoffice.records.muting import mutes_of_record
from admin_app.backoffice.records.names import Place, place
from admin_app.backoffice.records.search import by_number_or_title
from admin_app.backoffice.records.verbs import Attempt, Posted, VerbForm, attempted, find_verb, permitted
from admin_app.shell.language import say
from admin_app.shell.paths import own_path
from admin_app.shell.punctuation import COLON
from store import clock, lifecycle
from store.actor import Actor
from store.errors import AnjuError
from store.words import Words

DONE = Words("已{verb}：{number}", "{verb}: {number}")


class RecordPages(RecordList):
    """A list of records and their pages, at `/admin/<endpoint>/<number>`."""

    record_template: str

    def open_record(self, key: str, actor: Actor) -> Any:
        """Raises `NotFound`, for a foreign estate's too."""
        raise NotImplementedError

    def verbs(self, record: Any) -> Sequence[VerbForm]:
        """Every verb there is; which are shown is `allowed`'s business."""
        return described(record, self.looks(record))

    def looks(self, record: Any) -> Looks:
        """What the inputs of its verbs have on this record's page."""
        return {}

    def allowed(self, record: Any, actor: Actor) -> Sequence[str]:
        """The verbs that the record's state allows now."""
        return lifecycle.allowed(record.KIND, record.state)

    def context(self, record: Any, actor: Actor) -> Mapping[str, Any]:
        """What the page shows besides."""
        return {}

    def key_of(self, record: Any) -> str:
        """What its address names."""
        return str(record.number)

    def place_of(self, record: Any) -> Place:
        """The estate whose clock the page shows."""
        return place(record.estate)

    def row_url(self, row: Any) -> str | None:
        return self.url_of(self.key_of(row))

    def url_of(self, number: str) -> str:
        return url_for(f"{self.endpoint_name}.record_view", key=number)

    @expose("/details/")
    def details_view(self) -> Response:
        record = self.get_or_absent(request.args.get("id", ""))
        return redirect(self.url_of(self.key_of(record)), code=302)

    @expose("/<key>")
    def record_view(self, key: str) -> str | Response:
        actor = current_actor()
        record = self.open_record(key, actor)
        if key != self.key_of(record):
            return redirect(self.url_of(self.key_of(record)), code=302)
        return self.shown(record, actor)

    @expose("/<key>/<verb>", methods=("POST",))
    def verb_view(self, key: str, verb: str) -> Any:
        actor = current_actor()
        record = self.open_record(key, actor)
        wanted = find_verb(self.verbs(record), verb, actor)
        form = Posted(request.form, request.files)
        try:
            wanted.run(form, actor=actor, now=clock.now(), seen=form.version())
        except AnjuError as error:
            return self.refused(self.open_record(key, actor), attempted(wanted, request.form, error), actor)
        flash(say(wanted.done or DONE.fill(verb=wanted.words, number=self.name_of(record))), "success")
        return redirect(own_path(request.form.get("back")) or self.url_of(self.key_of(record)), code=303)

    def refused(self, record: Any, attempt: Attempt, actor: Actor) -> Any:
        """The page again with what was typed – or, for a form that came from elsewhere, its page with the reason."""
        back = own_path(request.form.get("back"))
        if back:
            for mistakes in attempt.mistakes.values():
                for mistake in mistakes:
                    flash(f"{self.name_of(record)}{say(COLON)}{mistake}", "error")
            return redirect(back, code=303)
        return self.shown(record, actor, attempt), attempt.status

    def shown(self, record: Any, actor: Actor, attempt: Attempt | None = None) -> str:
        allowed = set(self.allowed(record, actor))
        verbs = [verb for verb in permitted(self.verbs(record), actor) if verb.name in allowed]
        return self.render(
            self.record_template,
            record=record,
            named=title_of(record) or self.key_of(record),
            place=self.place_of(record),
            verbs=verbs,
            verb_names={verb.name for verb in verbs},
            attempt=attempt or Attempt("", {}),
            mutes=mutes_of_record(record.to_mongo(), clock.now()),
            verb_url=lambda verb: url_for(f"{self.endpoint_name}.verb_view", key=self.key_of(record), verb=verb.name),
            **self.context(record, actor),
        )


class NumberedPages(RecordPages):
    """Records with a number and a title, of an estate each: what their lists have in common."""

    search_fields = ("number", "title")

    def search(self, query: QuerySet, text: str) -> QuerySet:
        return by_number_or_title(query, text)

    def columns(self) -> list[tuple[str, str]]:
        """Whoever works in one estate need not be told which."""
        several = len(self.places()) > 1
        return [each for each in super().columns() if several or each[0] != "estate"]
