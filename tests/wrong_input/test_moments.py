"""Moments at the ends of the calendar, which no wall clock shows: refused by name, and never a record nobody can open."""

from typing import Any

import pytest

from store.tablet.entries import read_moment
from store.work.documents import WorkOrder
from tests import cast
from tests.admin_app.content_samples import CALENDAR, POLICY, form_of, post
from tests.api.conftest import Program, make_tablet_token
from tests.api.test_field import batch, entry
from tests.api.world import make_drill, make_order
from tests.wrong_input.conftest import Doors, Taken

ENDS = ("0001-01-01T00:00:00+14:00", "0001-01-01T00:00:00+00:00", "9999-12-31T23:59:59+00:00", "2200-01-01T00:00:00Z")
at_each_end = pytest.mark.parametrize("moment", ENDS)


@at_each_end
def test_the_api_names_the_field(doors: Doors, taken: Taken, moment: str) -> None:
    order, drill = make_order(), make_drill()
    asked: tuple[tuple[str, str, dict[str, Any]], ...] = (
        ("device_at", f"/work-orders/{order.number}/start", {}),
        ("to", f"/drills/{drill.number}/move", {"reason": "x"}),
        ("start", "/deadlines/explanations", {"minutes": 60, "calendar": "office"}),
        ("start", "/escalations/simulations", {"minutes": 60, "policy": "patrol-chain", "estate": cast.ESTATE}),
    )
    before = taken()
    for field, address, body in asked:
        answer = doors.api.post(address, {**body, field: moment})
        assert (answer.status_code, answer.json["code"], answer.json["field"]) == (422, "out_of_range", field), address
        assert answer.json["errors"][0]["detail"].endswith("must lie in the years 1900 to 2199")
    assert taken() == before


@at_each_end
def test_what_a_tablet_says_of_its_clock_hinders_nobody(doors: Doors, moment: str) -> None:
    order, guard = make_order(), Program(doors.screen.application, make_tablet_token(cast.guard()))
    sent = guard.post("/field/operations", batch(entry(order, "start", device_at=moment), device_now=moment))
    assert sent.get_json()["outcomes"][0]["result"] == "applied"
    assert WorkOrder.objects.get(pk=order.pk).events[-1].device_at is None
    for address in (f"/admin/work/{order.number}", "/admin/devices/", "/admin/work/"):
        assert doors.screen.get(address).status_code == 200, address


def test_a_device_far_off_is_still_believed_to_say_so() -> None:
    assert [read_moment(f"{year}-01-01T00:00:00Z") is not None for year in (1899, 1900, 2199, 2200)] == [
        False,
        True,
        True,
        False,
    ]


@pytest.mark.parametrize("typed", ["0001-01-01T00:00", "9999-12-31T23:59", "0001-01-01"])
def test_a_form_takes_no_such_moment_either(doors: Doors, taken: Taken, typed: str) -> None:
    drill = make_drill()
    before = taken()
    form = {"version": str(drill.version), "to": typed, "reason": "x", "force": "yes"}
    assert post(doors.screen, f"/admin/drills/{drill.number}/move", form).status_code == 422
    asked = {"sim_estate": cast.ESTATE, "sim_item": "suspect/response", "sim_at": typed}
    for tool, values in (
        ("calendars", form_of("working_calendar", CALENDAR, cal_at=typed, cal_minutes="60")),
        ("escalations", form_of("escalation_policy", POLICY, **asked)),
    ):
        assert post(doors.screen, f"/admin/content/-/{tool}/", values).status_code == 200, tool
    assert taken() == before
