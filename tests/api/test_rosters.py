"""Single days of a roster over the API."""

from datetime import datetime, timedelta

import pytest

from store import clock
from store.people.documents import Roster
from store.people.operations import Directory
from tests import cast
from tests.api.conftest import AsProgram, body_of
from tests.api.world import make_world

PATH = "/rosters/sunshine-guards/exceptions"


@pytest.fixture(autouse=True)
def world(app: object) -> None:
    make_world()


def day(n: int) -> str:
    return (clock.now() + timedelta(hours=8, days=n)).date().isoformat()


def test_a_day_is_changed_listed_and_given_back(program: AsProgram) -> None:
    manager = program(cast.manager())
    swap = {"kind": "stand_in", "staff": "guard", "since": day(3), "instead": "cleaner", "reason": "家里有事"}
    made = manager.post(PATH, swap)
    assert (made.status_code, made.headers["ETag"]) == (201, '"2"')
    assert {name: body_of(made)[name] for name in (*swap, "number", "by")} == {**swap, "number": 1, "by": "manager"}
    noon = datetime.fromisoformat(f"{day(3)}T04:00:00+00:00")
    assert Directory.load().on_duty(cast.ESTATE, noon) == ["cleaner"]
    gone = manager.post(f"{PATH}/1/withdrawal", {"reason": "不需要了"}, headers={"If-Match": '"2"'})
    assert (gone.status_code, body_of(gone)["withdrawn_why"]) == (200, "不需要了")
    assert [each["number"] for each in body_of(program(cast.desk()).get(PATH))["data"]] == [1]
    assert Directory.load().on_duty(cast.ESTATE, noon) == ["guard"]
    again = manager.post(f"{PATH}/1/withdrawal")
    assert (again.status_code, body_of(again)["code"]) == (422, "withdrawn")


def test_what_may_not_be_is_refused_by_its_field(program: AsProgram) -> None:
    manager = program(cast.manager())
    extra = {"kind": "extra", "staff": "guard", "since": day(3), "start": "08:00", "end": "09:00"}
    refused = manager.post(PATH, extra)
    assert refused.status_code == 422
    assert [(each["code"], each["field"]) for each in body_of(refused)["errors"]] == [("double_shift", "staff")]
    assert (
        manager.post(PATH, {**extra, "start": "06:00", "end": "07:00"}, headers={"If-Match": '"9"'}).status_code == 412
    )
    assert Roster.objects.get(code="sunshine-guards").version == 1


def test_the_same_exception_sent_twice_is_one(program: AsProgram) -> None:
    manager, key = program(cast.manager()), {"Idempotency-Key": "swap-0001"}
    leave = {"kind": "leave", "staff": "guard", "since": day(1)}
    first, again = (manager.post(PATH, leave, headers=key) for _ in range(2))
    assert (first.status_code, again.status_code, body_of(first)) == (201, 201, body_of(again))
    assert len(Roster.objects.get(code="sunshine-guards").exceptions) == 1


def test_the_desk_sees_and_does_not_change(program: AsProgram) -> None:
    leave = {"kind": "leave", "staff": "guard", "since": day(1)}
    assert program(cast.desk()).post(PATH, leave).status_code == 403
    assert program(cast.stranger()).post(PATH, leave).status_code == 404
