"""The pages of the kinds that are only described: a list, the page of each record, and the form that makes one."""

from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import Any
from uuid import uuid4

from flask import flash, g, redirect, request, url_for
from flask_admin import expose
from markupsafe import Markup

from admin_app.accounts.current import current_actor
from admin_app.backoffice.forms.controls import Look, Looks
from admin_app.backoffice.frame.base import MenuPlace
from admin_app.backoffice.kinds import inputs, listing, values
from admin_app.backoffice.photos.pictures import Picture, pictures_of
from admin_app.backoffice.records.described import making_form
from admin_app.backoffice.records.names import place
from admin_app.backoffice.records.pages import NumberedPages
from admin_app.backoffice.records.parts import asked_part
from admin_app.backoffice.records.timeline import timeline
from admin_app.backoffice.records.verbs import Attempt, Posted, VerbForm, attempted
from admin_app.shell import gate
from admin_app.shell.errors import status_of
from admin_app.shell.language import say
from admin_app.shell.preferences import chosen_estate
from admin_app.shell.punctuation import COLON
from store import clock
from store import records as stored
from store.access import permits
from store.actor import Actor
from store.described import operations, rules
from store.described.documents import DOCUMENTS
from store.descriptions import Making, Office
from store.errors import AnjuError, NotFound
from store.fields.kinds import kind_of
from store.fields.spec import Field
from store.kinds import MADE as MADE_EVENT
from store.kinds import RecordKind, made_kinds
from store.notices.operations import of_record
from store.photos.operations import here
from store.premises.documents import Estate
from store.versioned import Event
from store.words import Words

MADE = Words("已{verb}：{number}", "Done: {verb}, {number}")
_OWN_DOORS = frozenset({"make_form", "make_record", "reveal_view"})


class DescribedPages(NumberedPages):
    """The screens of one kind. What a kind needs besides is a class of its own, in a room of its own."""

    list_template = "kinds/list.html"
    record_template = "kinds/record.html"

    def __init__(self, kind: RecordKind, making: Making, office: Office) -> None:
        self.kind, self.making = kind, making
        self.permission = kind.permission
        self.endpoint_name, self.path = kind.list_endpoint, kind.page
        self.title = kind.many
        self.menu_place = MenuPlace(office.section, office.order)
        self.tabs = listing.tabs_of(kind)
        self.record_columns = listing.columns_of(kind, office)
        self.list_filters = listing.filters_of(kind, office)
        self.heavy = listing.heavy_of(kind, office)
        self.date_field, self.list_sort = office.date, f"-{office.date}"
        dated = {each.name: each.label for each in kind.fields}
        self.date_words = dated.get(office.date, listing.RECORDED)
        self.search_hint = Words("编号或{one}", "Number or {one}").fill(one=Words(kind.one.zh, kind.one.en.lower()))
        self.empty, self.empty_hint = office.empty, office.empty_hint
        self._referring = listing.references_of(kind, (*office.columns, *office.exported))
        super().__init__(DOCUMENTS[kind.name])

    def access_for(self, view_name: str) -> gate.Requirement:
        """Who makes one also sees what is personal in it."""
        return gate.permission(self.making.permission) if view_name in _OWN_DOORS else super().access_for(view_name)

    def render(self, template: str, **kwargs: Any) -> str:
        may_make = permits(current_actor(), self.making.permission)
        return super().render(template, kind=self.kind, making=self.making if may_make else None, **kwargs)

    def prepare(self, rows: list[Any]) -> None:
        values.learn(self._referring, ({each.name: row[each.name] for each in self._referring} for row in rows))

    # The page of one

    def open_record(self, key: str, actor: Actor) -> Any:
        return stored.get(DOCUMENTS[self.kind.name], key, actor)

    def looks(self, record: Any) -> Looks:
        """Each field begins with what stands in the one of its name."""
        zone, now, raw = self.place_of(record).zone, self.now, record.to_mongo().to_dict()
        found: dict[str, Look] = {}
        for verb in self.kind.verbs:
            rows_of = verb.button.rows_of if verb.button else {}
            for each in verb.fields:
                value = raw.get(each.name)
                made = {each.name: inputs.look(each, value, record.estate, now)}
                if each.name in rows_of:
                    begun = inputs.rows_begun(each, value or [], raw.get(rows_of[each.name]) or [])
                    made = inputs.looks_of_rows(each, begun, record.estate, zone, now)
                found |= {f"{verb.name}.{path}": look for path, look in made.items()}
        return found

    def context(self, record: Any, actor: Actor) -> Mapping[str, Any]:
        """Everything that stands in its fields; of what is personal only the ends, until somebody asks for it."""
        raw, zone = record.to_mongo().to_dict(), self.zone(record.estate)
        hidden = {} if g.get("revealed") else rules.hidden(self.kind, raw)
        said = {**raw, **hidden}
        events = asked_part(record)
        # Its history names who is in none of its fields any more.
        values.learn(self.kind.fields, [said, *(_one_each(self.kind.fields, each.detail) for each in events.events)])
        return {
            "chips": listing.chips_of(self.kind, record, self.now),
            "facts_said": values.facts_of(self.kind.fields, said, zone, permits(actor, "content.read")),
            "texts": values.texts_of(self.kind.fields, said),
            "tables": values.tables_of(self.kind.fields, said, zone),
            "photos": self._pictures(raw),
            "reveal_url": self.url_of_reveal(record) if hidden and permits(actor, self.making.permission) else None,
            "verb_words": self.kind.event_words,
            "entries": timeline(
                events,
                of_record(self.kind.name, record.pk),
                self.kind.event_words,
                facts=partial(self._facts, zone),
                tones=self._tones(),
            ),
        }

    def _pictures(self, raw: Mapping[str, Any]) -> list[Picture]:
        hashes = rules.pictures_in(self.kind.fields, raw)
        return pictures_of(hashes, here(hashes)) if hashes else []

    def url_of_reveal(self, record: Any) -> str:
        return url_for(".reveal_view", key=self.key_of(record))

    @expose("/<key>/reveal", methods=("POST",))
    def reveal_view(self, key: str) -> str:
        """The same page with what is personal in full, once; the look is in the audit before it is shown."""
        actor = current_actor()
        record = operations.reveal(self.kind, key, actor=actor, now=clock.now())
        g.revealed = True
        return self.shown(record, actor)

    def _facts(self, zone: str, event: Event, _: Mapping[str, str]) -> Iterable[str]:
        """What was said with a verb, less the reason, which stands below it."""
        if event.verb == MADE_EVENT:
            return []
        verb = self.kind.verb(event.verb)
        asked = (each for each in (verb.fields if verb else ()) if each.name != "reason")
        return [_fact(each, event.detail[each.name], zone) for each in asked if each.name in event.detail]

    def _tones(self) -> dict[str, str]:
        """A verb that leads to what proves the clause is done, one that ends otherwise is quiet."""
        proves = self.kind.proves.state if self.kind.proves else None
        ends = {
            each.name: each.after for each in self.kind.verbs if each.after and each.after not in self.kind.open_states
        }
        return {MADE_EVENT: "open", **{name: "done" if after == proves else "soon" for name, after in ends.items()}}

    # The form of a new one

    @expose("/make/")
    def make_form(self) -> str:
        return self._make_page(self._estate(request.args.get("estate", "")), uuid4().hex)

    @expose("/make/", methods=("POST",))
    def make_record(self) -> Any:
        estate, key = self._estate_of_form(), request.form.get("key", "")[:64]
        form = self._form(estate)
        try:
            made = form.run(Posted(request.form, request.files), actor=current_actor(), now=clock.now(), seen=None)
        except AnjuError as error:
            return self._make_page(estate, key, attempted(form, request.form, error)), status_of(error)
        number = self.name_of(made)
        flash(say(MADE.fill(verb=self.making.words, number=number)), "success")
        return redirect(self.url_of(number), code=303)

    def _estate(self, asked: str) -> str:
        """The one that is asked for, where the reader sees it; else the one on the top bar, else the first."""
        seen = self.places()
        return asked if asked in seen else chosen_estate() or next(iter(seen), "")

    def _estate_of_form(self) -> str:
        """What was typed for one estate is made in no other. Raises `NotFound`, for a foreign one too."""
        asked = request.form.get("estate", "")
        if asked and asked not in self.places():
            raise NotFound(Estate.LABEL, asked)
        return self._estate(asked)

    def _form(self, estate: str) -> VerbForm:
        first = inputs.first_values(self.kind, place(estate).zone, self.now)
        fields = self.kind.fields_named(self.making.asks)
        looks = {each.name: inputs.look(each, first.get(each.name), estate, self.now) for each in fields}
        return making_form(self.kind, estate, looks)

    def _make_page(self, estate: str, key: str, attempt: Attempt | None = None) -> str:
        return self.render(
            "kinds/make.html",
            form=self._form(estate),
            attempt=attempt or Attempt("", {}),
            estate=estate,
            key=key,
            places=self.places(),
        )


def _one_each(fields: Iterable[Field], detail: Mapping[str, Any]) -> dict[str, Any]:
    """What an event says in the fields that hold one thing; of the others it says a number."""
    single = (each.name for each in fields if not (kind_of(each).nested or kind_of(each).several))
    return {name: detail[name] for name in single if name in detail}


def _fact(field: Field, value: Any, zone: str) -> Any:
    """A list is told by its length."""
    said = (
        str(value)
        if isinstance(value, int) and (kind_of(field).nested or kind_of(field).several)
        else values.shown(field, value, zone)
    )
    return Markup("{}{}{}").format(say(field.label), say(COLON), said)


def described_pages() -> Iterator[DescribedPages]:
    """One view for each kind that says where the office lists it."""
    for kind in made_kinds():
        if kind.making and kind.office:
            yield DescribedPages(kind, kind.making, kind.office)
