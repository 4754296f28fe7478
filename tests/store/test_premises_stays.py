"""Moving out and in: a stay ends with a day, and what was recorded of it stays."""

from datetime import timedelta
from typing import Any

import pytest

from store.errors import AnjuError
from store.premises.documents import Household
from store.premises.operations import find_households
from store.premises.stays import move_in, move_out, stays_of
from store.requests import operations as requests
from tests import cast
from tests.admin_app.office import make_world

NOW = cast.NOW
HOME = "sunshine-3-1201"


@pytest.fixture(autouse=True)
def home(database: Any) -> None:
    make_world()


def out(on: str = "2026-11-20", **options: Any) -> Household:
    return move_out(HOME, {"on": on}, **{"actor": cast.desk(), "now": NOW, **options})


def back(on: str = "2026-11-24", **options: Any) -> Household:
    return move_in(HOME, {"on": on}, **{"actor": cast.desk(), "now": NOW, **options})


def refusal(run: Any, *args: Any, **options: Any) -> str:
    with pytest.raises(AnjuError) as caught:
        run(*args, **options)
    return caught.value.code


def test_a_former_household_stays_on_its_unit_with_its_days(home: None) -> None:
    assert out().events[-1].verb == "move_out"
    assert find_households("3-1201", cast.desk(), NOW) == []
    new = {"estate": cast.ESTATE, "unit": HOME, "members": [{"name": "新住户"}]}
    cast.make_entry("household", "sunshine-3-1201-b", new)
    shown = stays_of(Household.objects.get(code=HOME).unit, cast.ESTATE, cast.desk())
    assert [(each.code, each.until, each.lives_there) for each in shown] == [
        ("sunshine-3-1201-b", None, True),
        (HOME, "2026-11-20", False),
    ]
    assert refusal(back) == "unit_taken"
    assert stays_of(shown[0].code, cast.ESTATE, cast.guard()) == []


def test_its_requests_are_ended_before_it_goes_and_stay_with_it(home: None) -> None:
    values = {"estate": cast.ESTATE, "kind": "repair", "item": "tap", "channel": "phone", "words": "厨房漏水"}
    request = requests.create({**values, "household": HOME}, actor=cast.desk(), now=NOW)
    assert refusal(out) == "in_use"
    requests.cancel(request.number, reason="搬走了", actor=cast.desk(), now=NOW)
    out()
    assert requests.get(request.number, cast.desk()).household == HOME


def test_a_return_begins_no_earlier_than_the_leaving_and_nothing_lies_ahead(home: None) -> None:
    assert refusal(out, "2026-11-25") == "to_come"
    out()
    assert refusal(out) == "moved_out"
    assert refusal(back, "2026-11-19") == "too_early"
    again = back()
    assert (again.active, again.moved_in, again.moved_out) == (True, "2026-11-24", None)
    assert refusal(back) == "not_moved_out"
    assert refusal(out, "2026-11-23", now=NOW + timedelta(days=1)) == "too_early"


def test_a_guard_moves_nobody_and_a_stranger_finds_nothing(home: None) -> None:
    assert refusal(out, actor=cast.guard()) == "forbidden"
    assert refusal(out, actor=cast.stranger()) == "not_found"
    assert refusal(out, seen=9) == "changed_meanwhile"
