"""The due moment that lists show is the earliest of the clocks that run: whoever made the record, and whenever."""

from datetime import timedelta
from typing import Any

import pytest

from store import domains
from store.catching_up import PROGRESS
from store.deadlines import operations as deadlines
from store.deadlines import shown
from store.deadlines.lateness import hidden, overdue
from store.work import operations as work
from store.work import rules
from store.work.documents import WorkOrder
from tests import cast

MINUTE = timedelta(minutes=1)
LATE = cast.NOW + 45 * MINUTE


@pytest.fixture
def orders(database: Any) -> Any:
    domains.load("operations")
    cast.make_company()
    return database.work_orders


def make(count: int, **values: Any) -> None:
    """Orders that are to be begun within 30 minutes and done within 600."""
    clocks = [
        deadlines.start(name, minutes, at=cast.NOW, under=deadlines.Terms(None, None))
        for name, minutes in (("response", 30), ("complete", 600))
    ]
    given = [
        {
            "estate": cast.ESTATE,
            "key": f"made:{n}",
            "kind": "cleaning",
            "title": "大堂保洁",
            "state": "open",
            "clocks": clocks,
            **values,
        }
        for n in range(count)
    ]
    work.make(given, actor=cast.manager(), now=cast.NOW, timezone="Asia/Shanghai")


def test_an_order_is_made_with_the_earliest_of_its_clocks_whatever_its_maker_says(orders: Any) -> None:
    make(1, due_at=cast.NOW + 600 * MINUTE)
    assert orders.find_one()["due_at"] == cast.NOW + 30 * MINUTE
    assert orders.count_documents(hidden()) == 0
    assert orders.count_documents(overdue(rules.RUNNING, LATE)) == 1


@pytest.mark.parametrize("stored", [{"$set": {"due_at": cast.NOW + 600 * MINUTE}}, {"$unset": {"due_at": ""}}])
def test_orders_of_the_version_before_are_corrected_some_at_a_time(orders: Any, stored: dict[str, Any]) -> None:
    make(5)
    orders.update_many({}, stored)
    assert orders.count_documents(hidden()) == 5
    assert [shown.catch_up(2) for _ in range(4)] == [2, 2, 1, 0]
    assert orders.count_documents(overdue(rules.RUNNING, LATE)) == 5


def test_what_runs_no_more_is_left_as_it_is(orders: Any) -> None:
    make(1)
    order = WorkOrder.objects.get()
    work.cancel(order.pk, reason="重复", actor=cast.manager(), now=cast.NOW)
    orders.update_many({}, {"$set": {"due_at": LATE}})
    assert shown.catch_up(10) == 0
    assert orders.find_one()["due_at"] == LATE


def test_a_run_that_was_cut_off_before_it_was_noted_is_made_again(orders: Any, database: Any) -> None:
    make(3)
    orders.update_many({}, {"$unset": {"due_at": ""}})
    shown.catch_up(2)
    database.drop_collection(PROGRESS)
    assert [shown.catch_up(2), shown.catch_up(2)] == [1, 0]
    assert orders.count_documents(hidden()) == 0


@pytest.mark.parametrize("torn", [{"junk": 1}, ["junk", {"junk": 1}]])
def test_a_torn_record_keeps_no_other_from_being_corrected(orders: Any, torn: Any) -> None:
    make(2)
    orders.update_many({}, {"$unset": {"due_at": ""}})
    orders.update_one({}, {"$set": {"clocks": torn}})
    assert [shown.catch_up(2), shown.catch_up(2)] == [1, 0]
    assert orders.count_documents(overdue(rules.RUNNING, LATE)) == 1
