"""Floor plans in the office: their picture, and where on it the checkpoints of a route are."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from flask import redirect, request, url_for
from flask_admin import expose
from werkzeug.wrappers import Response

from admin_app.accounts.current import current_actor
from admin_app.backoffice.content.places import url_of
from admin_app.backoffice.content.verbs import seen
from admin_app.backoffice.frame.base import BackofficeView, attempt
from admin_app.backoffice.records.verbs import Posted
from admin_app.shell import gate
from store import clock
from store.access import permits
from store.content import reading
from store.content.documents import Content
from store.errors import Invalid
from store.plans import floor_plans
from store.plans.floor_plans import FloorPlan
from store.words import Words, translated

BROUGHT = Words("图片已存入草稿，发布后生效", "The picture is in the draft; publish it to make it count")
PLACED = Words("位置已存入草稿，发布后生效", "The place is in the draft; publish it to make it count")
ONE_FILE = Words("请选择一张图片", "Choose one picture")
NOT_A_FRACTION = Words("应为 0 到 1 之间的数", "must be a number between 0 and 1")


class Spot(NamedTuple):
    """A checkpoint of the route; `x` and `y` are in the picture's pixels, None where it is not on this plan."""

    number: int
    code: str
    name: Words
    elsewhere: str
    x: float | None
    y: float | None


class FloorPlanPicture(BackofficeView):
    permission = "content.read"
    title = Words("平面图图片", "Picture of a floor plan")
    endpoint_name = "floor_plan_picture"
    address = "/admin/content/-/floor_plans"

    @expose("/")
    def index(self) -> Response:
        return redirect(url_of(floor_plans.KIND))

    @expose("/<code>/", methods=("GET",))
    def picture(self, code: str) -> str:
        head = reading.get(floor_plans.KIND, code, current_actor())
        return self.render(
            "plans/floor_plan_picture.html",
            head=head,
            name=translated(head.draft.get("name")),
            plan=next(iter(floor_plans.drawn([head])), None),
            back=url_of(floor_plans.KIND, "entry", code=code),
            may_write=permits(current_actor(), "content.write", head.estate),
        )

    @expose("/<code>/", methods=("POST",))
    @gate.requires("content.write")
    def bring(self, code: str) -> Response:
        def verb() -> object:
            files = Posted(request.form, request.files).files("picture")
            if len(files) != 1:
                raise Invalid.one("required", ONE_FILE, "picture")
            data = files[0].data
            return floor_plans.bring_picture(code, data, actor=current_actor(), now=clock.now(), seen=seen())

        return attempt(verb, done=BROUGHT, back=url_for("floor_plan_picture.picture", code=code))


class RoutePlaces(BackofficeView):
    permission = "content.read"
    title = Words("巡更点在图上的位置", "Checkpoints on the floor plan")
    endpoint_name = "route_places"
    address = "/admin/content/-/routes/places"

    @expose("/")
    def index(self) -> Response:
        return redirect(url_of("route"))

    @expose("/<code>/", methods=("GET",))
    def places(self, code: str) -> str:
        """The route's draft on one of the estate's plans; the first checkpoint that is on none is chosen."""
        head = reading.get("route", code, current_actor())
        plans = floor_plans.of_estate(head.estate)
        plan = _chosen(plans, head)
        spots = _spots(head.draft.get("checkpoints") or (), plan)
        return self.render(
            "plans/route_places.html",
            head=head,
            name=translated(head.draft.get("name")),
            plans=plans,
            plan=plan,
            spots=spots,
            chosen=_next(spots),
            back=url_of("route", "entry", code=code),
            may_write=permits(current_actor(), "content.write", head.estate),
        )

    @expose("/<code>/", methods=("POST",))
    @gate.requires("content.write")
    def place(self, code: str) -> Response:
        given = Posted(request.form)
        checkpoint, plan = given.text("checkpoint"), given.text("plan")

        def verb() -> object:
            where = None if given.text("away") else (plan, _fraction(given, "x"), _fraction(given, "y"))
            return floor_plans.place(code, checkpoint, where, actor=current_actor(), now=clock.now(), seen=seen())

        back = url_for("route_places.places", code=code, plan=plan, after=checkpoint)
        return attempt(verb, done=PLACED, back=back)


def _fraction(given: Posted, name: str) -> float:
    try:
        value = round(float(given.text(name)), 4)
    except ValueError:
        value = -1.0
    if not 0 <= value <= 1:
        raise Invalid.one("out_of_range", NOT_A_FRACTION, name)
    return value


def _chosen(plans: Sequence[FloorPlan], head: Content) -> FloorPlan | None:
    """The plan that was asked for, else the one that the route is on already."""
    used = [each.get("floor_plan") for each in head.draft.get("checkpoints") or ()]
    by_code = {each.code: each for each in plans}
    wanted = [request.args.get("plan"), *used]
    found = next((by_code[code] for code in wanted if code in by_code), None)
    return found or next(iter(plans), None)


def _spots(rows: Sequence[Mapping[str, Any]], plan: FloorPlan | None) -> list[Spot]:
    return [_spot(number, row, plan) for number, row in enumerate(rows, 1)]


def _spot(number: int, row: Mapping[str, Any], plan: FloorPlan | None) -> Spot:
    code, name = str(row.get("code")), translated(row.get("name"))
    here, x, y = row.get("floor_plan"), row.get("plan_x"), row.get("plan_y")
    if plan is None or here != plan.code or x is None or y is None:
        return Spot(number, code, name, str(here or ""), None, None)
    return Spot(number, code, name, "", x * plan.width, y * plan.height)


def _next(spots: Sequence[Spot]) -> str:
    """The first one on no plan after the one just placed, for they are placed one after the other."""
    codes = [each.code for each in spots]
    after = request.args.get("after", "")
    start = codes.index(after) + 1 if after in codes else 0
    turned = [*spots[start:], *spots[:start]]
    return next((each.code for each in turned if each.x is None and not each.elsewhere), codes[0] if codes else "")
