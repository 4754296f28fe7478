"""The plan editor's preview while one writes, and the sheet of QR codes of a route."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from flask import Response, jsonify, request
from flask_admin import Admin, expose

from admin_app.accounts.current import current_actor
from admin_app.backoffice.content.places import url_of
from admin_app.backoffice.forms.parsing import posted
from admin_app.backoffice.frame import code_sheets
from admin_app.backoffice.frame.base import BackofficeView
from admin_app.shell.formats import zone_named
from admin_app.shell.language import current_language
from store import clock, directory
from store.access import require
from store.calendars.working_time import minute_of
from store.content import reading
from store.errors import AnjuError, Problem
from store.fields.checking import clean
from store.fields.numbers import whole_typed
from store.fields.posted import parse
from store.plans import rules
from store.plans.documents import PLAN
from store.plans.foresight import BEFORE, Foreseen, Foresight
from store.plans.outlook import Outlook, outlook
from store.plans.recurrence import Slot, slots, times_between
from store.plans.wording import in_words
from store.tablet.place_codes import checkpoint_code
from store.words import Words, translated

Body = Mapping[str, Any]
COUNT = 20
OVERLAP_SPAN = timedelta(days=14)
MOST_SLOTS = 400


@dataclass(frozen=True)
class Overlap:
    """Another plan of the estate whose work would be done at the same time; `same_people` makes it a problem."""

    name: Words
    url: str
    times: int
    same_people: bool


@dataclass(frozen=True)
class Preview:
    sentence: str
    outlook: Outlook | None = None
    available: float | None = None
    overlaps: tuple[Overlap, ...] = ()
    problems: tuple[Problem, ...] = ()


class PlanTools(BackofficeView):
    permission = "content.read"
    title = Words("计划预览", "Plan preview")
    endpoint_name = "plan_tools"

    def _get_view_url(self, admin: Admin, url: str | None) -> str:
        return "/admin/content/-/plans"

    @expose("/")
    def index(self) -> Response:
        """`?start=22:00&end=06:00&every=120` → `{"times": […]}`. Raises `Invalid`."""
        every = whole_typed(request.args.get("every", "").strip())
        start, end = request.args.get("start", ""), request.args.get("end", "")
        return jsonify(times=times_between(start, end, every if isinstance(every, int) else 0))

    @expose("/preview/", methods=("POST",))
    def preview(self) -> str:
        body = parse(PLAN.fields, posted(request.form), zone_named(None))
        code = request.form.get("of", "")
        return self.render("plans/preview.html", it=_safely(body, code))


def _safely(body: Body, code: str) -> Preview:
    """A form that is being written is wrong most of the time: what is wrong is a part of the preview."""
    body, unreadable = PLAN.take_over(body, reading.looking_up(clock.now(), actor=current_actor()))
    cleaned, problems = clean(PLAN.fields, body)
    wrong = [*unreadable, *(each for each in problems if each.code != "required")]
    if wrong:
        return Preview("", problems=tuple(wrong))
    try:
        return preview_of(cleaned, code, clock.now())
    except AnjuError as error:
        sentence = in_words(cleaned, current_language())
        return Preview(sentence, problems=getattr(error, "problems", ()) or _one(error))


def _one(error: AnjuError) -> tuple[Problem, ...]:
    return (Problem(error.code, error.words, error.field),)


def preview_of(body: Body, code: str, now: datetime) -> Preview:
    """The next slots of a plan's body, its hours, and what else happens then. Raises `Invalid`, `NotFound`."""
    require(current_actor(), "content.read", body.get("estate"))
    found = outlook(body, code, now, COUNT)
    sentence = in_words(body, current_language())
    return Preview(sentence, found, _available(body), tuple(_overlaps(body, code, found, now)))


def _available(body: Body) -> float | None:
    """Hours a week that the plan's roster has people for."""
    roster = directory.values_of("roster", body["roster"]) if body.get("roster") else None
    if roster is None or body.get("assign_to") != "on_duty":
        return None
    minutes = sum(_shift_minutes(row) * len(row.get("staff") or ()) for row in roster["shifts"])
    return round(minutes / 60 / roster["cycle_days"] * 7, 1)


def _shift_minutes(row: Body) -> int:
    return (minute_of(row["end"]) - minute_of(row["start"])) % 1440 or 1440


def _overlaps(body: Body, code: str, found: Outlook, now: datetime) -> list[Overlap]:
    estate, since = body.get("estate"), found.begins or now
    if not estate:
        return []
    until = since + OVERLAP_SPAN
    mine = list(islice(slots(body, found.timezone, since - BEFORE, until, found.is_workday), MOST_SLOTS))
    others: dict[str, list[Foreseen]] = {}
    for each in Foresight([estate], {estate: found.timezone}, now).coming(since, until, made_too=True):
        if each.revision.code != code and each.revision.estate == estate:
            others.setdefault(each.revision.code, []).append(each)
    overlaps = [_overlap(body, mine, theirs[:MOST_SLOTS]) for theirs in others.values()]
    return sorted((each for each in overlaps if each), key=lambda each: (not each.same_people, -each.times))


def _overlap(body: Body, mine: list[Slot], theirs: list[Foreseen]) -> Overlap | None:
    other = theirs[-1]
    minutes = int(body.get("duration_minutes") or rules.DEFAULT_DURATION_MINUTES)
    pairs = rules.overlaps(mine, [each.slot for each in theirs], minutes_a=minutes, minutes_b=other.minutes)
    if not pairs:
        return None
    url = url_of("plan", "entry", code=other.revision.code)
    name = translated(other.revision.body.get("name"))
    return Overlap(name, url, len(pairs), _same_people(body, other.revision.body))


def _same_people(one: Body, other: Body) -> bool:
    staff = set(one.get("staff") or ()) & set(other.get("staff") or ())
    return bool(staff) or any(one.get(name) and one.get(name) == other.get(name) for name in ("roster", "department"))


class RouteCodes(BackofficeView):
    permission = "content.read"
    title = Words("巡更点二维码", "QR codes of checkpoints")
    endpoint_name = "route_codes"

    def _get_view_url(self, admin: Admin, url: str | None) -> str:
        return "/admin/content/-/routes"

    @expose("/<code>/codes/")
    def sheet(self, code: str) -> str:
        """One page to print: a code for each checkpoint. What is in force is printed; a draft only before that."""
        head = reading.get("route", code, current_actor())
        live = reading.live("route", code, clock.now())
        body = live.body if live else head.draft
        name = translated(body.get("name"))
        cards = [_card(code, name, n, row) for n, row in enumerate(body.get("checkpoints") or (), 1)]
        return self.render(
            code_sheets.TEMPLATE,
            title=name,
            subtitle=Words("巡更点二维码", "Checkpoint codes"),
            hint=HINT if live else Words(HINT.zh + UNPUBLISHED.zh, f"{HINT.en} {UNPUBLISHED.en}"),
            cards=cards,
            page=1,
            pages=1,
            back=url_of("route", "entry", code=code),
        )

    @expose("/")
    def index(self) -> Response:
        return jsonify(payload=checkpoint_code("{route}", "{code}"))


HINT = Words(
    "裁开后贴在对应位置；扫码内容写明路线和点位，贴错会被发现。",
    "Cut apart and put each at its place; a code names its route and checkpoint, so a misplaced one is noticed.",
)
UNPUBLISHED = Words("这条路线还没有发布。", "This route is not published yet.")


def _card(route: str, route_name: Words, n: int, row: Body) -> code_sheets.Card:
    """The code names route and checkpoint, so that a moved sticker is noticed."""
    code = str(row.get("code"))
    named = Words("{n}. {name}", "{n}. {name}").fill(n=n, name=translated(row.get("name")))
    small = Words("{route} · {code}", "{route} · {code}").fill(route=route_name, code=code)
    return code_sheets.card(checkpoint_code(route, code), named, row.get("place") or "", small)
