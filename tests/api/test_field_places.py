"""What is behind a code on a wall: told to whoever works in its estate, and of residents only what he may know."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from schemas.field_places import PlaceHistorySchema, PlaceRowSchema
from store import clock
from store.actor import Actor
from store.tablet.place_codes import building_code, checkpoint_code, read_code, unit_code
from store.work.documents import WorkOrder
from tests import cast
from tests.api.conftest import Program, body_of, make_tablet_token
from tests.api.world import make_finding, make_order, make_request, make_world

POINT = {"code": "pump", "name": {"zh": "水泵房", "en": "Pump room"}, "place": "地下一层"}
ROUTE = {"name": {"zh": "车库路线"}, "estate": cast.ESTATE, "checkpoints": [{**POINT, "offset_minutes": 5}]}


@pytest.fixture
def tablet(app: Flask) -> Any:
    make_world()
    cast.publish("route", "garage", ROUTE, cast.LONG_AGO)

    def carried_by(who: Actor) -> Program:
        return Program(app, make_tablet_token(who))

    return carried_by


def ask(program: Program, code: str) -> dict[str, Any]:
    answer = program.get(f"/field/places/{code}")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = body_of(answer)
    return found


def make_round(by: str | None = None, *, ago: timedelta = timedelta()) -> WorkOrder:
    at = clock.now() - ago
    window: dict[str, Any] = {"opens_at": at - timedelta(minutes=5), "closes_at": at + timedelta(minutes=5)}
    visit: dict[str, Any] = {"state": "done", "at": at, "method": "qr", "by": by} if by else {"state": "pending"}
    values: dict[str, Any] = {"checkpoints": [{**POINT, **window, **visit}], "route": {"code": "garage", "revision": 1}}
    order = make_order(**values, state="done" if by else "open", finished_at=at if by else None)
    WorkOrder.objects(pk=order.pk).update(created_at=at)
    return order


def test_the_answer_is_described_as_it_is(tablet: Any) -> None:
    make_round("guard")
    found = ask(tablet(cast.guard()), checkpoint_code("garage", "pump"))
    assert set(found) == set(PlaceHistorySchema().fields)
    assert {name for row in found["history"] for name in row} == set(PlaceRowSchema().fields)
    # The description knows no title without words.
    assert all(isinstance(words, str) for row in found["history"] for words in row["title"].values())


def test_a_checkpoint_tells_who_was_there_what_was_found_and_what_is_open(tablet: Any) -> None:
    make_round("guard-2", ago=timedelta(hours=2))
    waiting = make_round()
    finding = make_finding(title="积水", place="水泵房 · 地下一层")
    found = ask(tablet(cast.guard()), checkpoint_code("garage", "pump"))
    spot = found["place"]
    assert (spot["kind"], spot["estate"], spot["place"]) == ("checkpoint", cast.ESTATE, "水泵房 · 地下一层")
    assert spot["within"]["zh"] == "车库路线"
    assert {row["number"] for row in found["open"]} == {waiting.number, finding.number}
    assert [(row["what"], row["state"]) for row in found["history"]] == [("finding", "open"), ("visit", "done")]
    assert found["history"][1]["by"]["zh"] == cast.second_guard().name


def test_what_is_older_than_ninety_days_is_not_told(tablet: Any) -> None:
    make_round("guard", ago=timedelta(days=89))
    make_round("guard", ago=timedelta(days=91))
    assert len(ask(tablet(cast.guard()), checkpoint_code("garage", "pump"))["history"]) == 1


def test_a_building_has_what_begins_with_its_name_and_not_the_next_one(tablet: Any) -> None:
    here = make_order(kind="cleaning", checkpoints=[], title="楼道", place="3号楼2单元四层")
    make_order(kind="cleaning", checkpoints=[], title="别处", place="13号楼大堂")
    found = ask(tablet(cast.guard()), building_code("sunshine-3"))
    assert [row["number"] for row in found["open"]] == [here.number]


def test_a_guard_does_not_learn_what_a_home_has_asked_for(tablet: Any) -> None:
    request = make_request(kind="repair", place="3-1201", household="sunshine-3-1201")
    source = {"kind": "request", "id": str(request.pk), "number": request.number}
    repair = make_order(kind="repair", checkpoints=[], place="3-1201", department="repair", source=source)
    code = unit_code(cast.ESTATE, "3-1201")
    guard, repairer, desk = (ask(tablet(who()), code) for who in (cast.guard, cast.repairer, cast.desk))
    assert (guard["open"], guard["requests_shown"]) == ([], False)
    assert [row["number"] for row in repairer["open"]] == [repair.number]
    assert {row["number"] for row in desk["open"]} == {repair.number, request.number}
    assert not any(
        word in str(found) for found in (guard, repairer, desk) for word in ("厨房漏水", "王清和", "1390000")
    )


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("3-1201", unit_code(cast.ESTATE, "3-1201")),
        ("3栋1201室", unit_code(cast.ESTATE, "3-1201")),
        ("3号楼", building_code("sunshine-3")),
        ("Sunshine-3", building_code("sunshine-3")),
        ("PUMP", checkpoint_code("garage", "pump")),
    ],
)
def test_what_is_typed_means_what_is_printed(tablet: Any, typed: str, code: str) -> None:
    assert ask(tablet(cast.guard()), typed)["place"]["code"] == code


@pytest.mark.parametrize(
    "code",
    ["anju:building:sunshine-9", "anju:unit:riverside:3-1201", "anju:unit:sunshine", "anju:boiler:1", "x" * 201, "x\0"],
)
def test_a_code_of_no_place_of_his_is_refused_by_name(tablet: Any, code: str) -> None:
    answer = tablet(cast.guard()).get(f"/field/places/{code}")
    assert (answer.status_code, body_of(answer)["code"]) == (404, "not_found")


def test_another_estates_place_is_absent(tablet: Any) -> None:
    assert tablet(cast.stranger()).get(f"/field/places/{checkpoint_code('garage', 'pump')}").status_code == 404


@pytest.mark.parametrize("text", ["", "  ", "anju", "https://example.org/a", "anju:unit::3", "anju:building:a:b"])
def test_only_whole_codes_are_read(text: str) -> None:
    asked = read_code(text)
    assert asked is None or asked.kind is None
