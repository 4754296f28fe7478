"""接待: take in what a resident asks for, in under 20 seconds and by the keyboard (clauses 2.1, 3.1, 6.1)."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from flask import Response as FlaskResponse
from flask import jsonify, redirect, request, session, url_for
from flask_admin import expose

from admin_app.accounts.current import current_actor
from admin_app.backoffice.frame.base import MenuPlace
from admin_app.backoffice.records.cells import title_of
from admin_app.backoffice.records.names import places_of_reader
from admin_app.backoffice.records.views import OfficeView
from admin_app.backoffice.requests.intake_promise import promise_of
from admin_app.backoffice.requests.pages import deadline_of
from admin_app.shell.chips import chip_of
from admin_app.shell.errors import problems_of
from admin_app.shell.formats import day_and_time
from admin_app.shell.language import say
from admin_app.shell.preferences import chosen_estate
from store import clock
from store.access import require
from store.catalogue.rules import aliases_of
from store.content.reading import live_all
from store.errors import AnjuError, Invalid
from store.name_tokens import pinyin_tokens
from store.premises import operations as premises
from store.requests import operations as requests
from store.requests import rules
from store.requests.documents import ServiceRequest
from store.words import Words, translated

LAST = 3
MOST_OPEN = 10
NO_HOME = Words(
    "还没有选定住户：从列表里选一户，或清空此框", "No home is chosen: choose one from the list, or empty this box"
)
FIELDS = ("estate", "kind", "item", "channel", "words", "place", "household", "contact_name", "contact_phone")


class Intake(OfficeView):
    permission = "requests.write"
    title = Words("接待", "Intake")
    endpoint_name = "office_intake"
    path = "intake"
    menu_place = MenuPlace("requests", 5)

    @expose("/")
    def index(self) -> str:
        return self._page({"estate": chosen_estate() or "", "channel": session.get("intake_channel", "phone")})

    def _page(self, values: Mapping[str, str], mistakes: Mapping[str, list[str]] | None = None) -> str:
        made = self._made()
        return self.render(
            "requests/intake.html",
            values=values,
            mistakes=mistakes or {},
            made=made,
            places=places_of_reader(),
            kinds=rules.KINDS,
            channels={key: words for key, words in rules.CHANNELS.items() if key in ("desk", "phone", "email")},
        )

    def _made(self) -> dict[str, Any] | None:
        """The request that was recorded just now, for its number to be read out; shown once."""
        number = request.args.get("made", "")
        if not number:
            return None
        made = requests.get(number, current_actor())
        return {
            "number": made.number,
            "title": title_of(made),
            "promises": promise_of(made.clocks, made.estate, clock.now()),
        }

    @expose("/", methods=("POST",))
    def record(self) -> Any:
        values = {name: request.form.get(name, "").strip() for name in FIELDS}
        who = request.form.get("who", "").strip()
        try:
            if who and not values["household"]:
                # Recorded for nobody, it would be missing from the home's history, and nobody would notice.
                raise Invalid.one("home_not_chosen", NO_HOME, "household")
            made = requests.create(
                {name: value for name, value in values.items() if value}, actor=current_actor(), now=clock.now()
            )
        except AnjuError as error:
            mistakes: dict[str, list[str]] = {}
            for problem in problems_of(error):
                mistakes.setdefault(problem.field or "", []).append(say(problem.words))
            return self._page({**values, "who": who}, mistakes), 422
        session["intake_channel"] = values["channel"]
        return redirect(url_for("office_intake.index", made=made.number), code=303)

    # Look-ups of the page's script

    @expose("/households")
    def households(self) -> FlaskResponse:
        """Homes by room, telephone, name or pinyin; numbers are masked."""
        actor = current_actor()
        estate = chosen_estate()
        found = premises.find_households(request.args.get("q", ""), actor, clock.now(), limit=8, estate=estate)
        names = places_of_reader()
        return jsonify([_home(each, names) for each in found])

    @expose("/history")
    def history(self) -> FlaskResponse:
        """What is open for a household, and the last three that are not."""
        actor = current_actor()
        home = premises.household(request.args.get("household", ""), actor)
        now = clock.now()
        fields = ("number", "title", "state", "due_at", "created_at", "estate")
        query = ServiceRequest.objects(household=home.code).only(*fields).order_by("-created_at")
        open_ = query.filter(state__in=sorted(rules.UNCLOSED)).limit(MOST_OPEN)
        last = query.filter(state__nin=sorted(rules.UNCLOSED)).limit(LAST)
        return jsonify({"open": _rows(open_, now), "last": _rows(last, now)})

    @expose("/items")
    def items(self) -> FlaskResponse:
        """Every service item in force, with what it is found by: name, pinyin, category."""
        now = clock.now()
        categories = {each.code: say(translated(each.body["name"])) for each in live_all("service_category", now)}
        return jsonify([_item(each, categories) for each in live_all("service_item", now)])

    @expose("/promise")
    def promise(self) -> FlaskResponse:
        """What would be promised if it were saved now, and why."""
        actor = current_actor()
        estate, code = request.args.get("estate", ""), request.args.get("item", "")
        require(actor, "requests.write", estate or None)
        now = clock.now()
        found = next((each for each in live_all("service_item", now) if each.code == code), None)
        clocks = requests.start_clocks(found.body, at=now, moment=now) if found else []
        return jsonify([each._asdict() for each in promise_of(clocks, estate, now)])


def _home(found: premises.Found, places: Mapping[str, Any]) -> dict[str, Any]:
    place = places.get(found.estate)
    members = [{"name": each.get("name", ""), "phone": each.get("phone", "")} for each in found.members]
    return {
        "code": found.code,
        "room": found.room,
        "estate": found.estate,
        "estate_name": place.name if place else found.estate,
        "members": members,
    }


def _rows(rows: Iterable[Any], now: datetime) -> list[dict[str, str]]:
    places = places_of_reader()
    return [_row(each, now, places) for each in rows]


def _row(row: Any, now: datetime, places: Mapping[str, Any]) -> dict[str, str]:
    due = deadline_of(row)
    late = due is not None and due < now
    chip = chip_of("overdue") if late else chip_of(row.state, rules.STATES.get(row.state))
    zone = places[row.estate].zone
    return {
        "number": row.number,
        "title": title_of(row),
        "state": say(chip.words),
        "tone": chip.tone,
        "icon": chip.icon,
        "at": say(day_and_time(row.created_at, now, zone)),
        "url": url_for("office_requests.record_view", key=row.number),
    }


def _item(revision: Any, categories: Mapping[str, str]) -> dict[str, Any]:
    name = translated(revision.body["name"])
    aliases = aliases_of(revision.body)
    spoken = (each for text in (name.zh, *aliases) for each in pinyin_tokens(text))
    return {
        "code": revision.code,
        "name": say(name),
        "kinds": revision.body.get("kinds") or [],
        "urgency": revision.body.get("urgency", ""),
        "category": categories.get(revision.body.get("category", ""), ""),
        "found_by": " ".join([name.zh, name.en.lower(), *aliases, *spoken]),
    }
