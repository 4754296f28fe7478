"""The harness is tested itself: each planted bug must be caught by the very check that the product passes."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, Literal

import pytest

from tests.faults import oracle, worlds
from tests.faults.nursery import Nursery
from tests.faults.oracle import Broken
from tests.faults.surround import LATER, surround
from tests.faults.tally import Row
from tests.faults.victim import Order
from tests.faults.worlds import MORNING, NOW
from tests.servers import SmtpReceiver

PLANS = worlds.nightly()


def order(verb: str, now: Any = MORNING, **changes: Any) -> Order:
    return Order(verb, now.isoformat(), **changes)


@pytest.fixture
def caught(nursery: Nursery, database: Any, row: Callable[[str], Row]) -> Callable[..., Broken]:
    """Surround a verb, with a bug planted in the victim and in those that carry on; the check must raise."""

    def catch(
        plant: str, victim: Order, check: Callable[[], object], how: Literal["kill", "freeze"] = "kill", **more: Any
    ) -> Broken:
        planted = replace(victim, plant=plant)
        with pytest.raises(Broken) as found:
            surround(nursery, database, planted, more.pop("settle", planted), check, Row(plant), how=how, **more)
        row(f"planted: {plant.replace('_', ' ') or 'no unique key'}").remarks.append(f"caught: {found.value}")
        return found.value

    return catch


@pytest.fixture
def no_unique_key(database: Any) -> Iterator[None]:
    """Without the unique index on (estate, key)."""
    indexes = database.work_orders.index_information()
    [name] = [name for name, each in indexes.items() if each["key"] == [("estate", 1), ("key", 1)]]
    database.work_orders.drop_index(name)
    yield
    database.work_orders.delete_many({})
    database.work_orders.create_index([("estate", 1), ("key", 1)], unique=True, name=name)


@pytest.fixture
def planned(database: Any) -> Any:
    worlds.make_people()
    worlds.make_plans(PLANS)
    return database


def check_generated(database: Any) -> Callable[[], object]:
    return lambda: oracle.check_generated(database, PLANS, MORNING, one_pass=True)


def test_a_dropped_unique_key_is_caught(planned: Any, no_unique_key: None, caught: Callable[..., Broken]) -> None:
    assert caught("", order("generate"), check_generated(planned)).doubled


def test_a_mark_that_moves_before_the_orders_is_caught(planned: Any, caught: Callable[..., Broken]) -> None:
    assert caught("moves_the_mark_first", order("generate"), check_generated(planned)).lost


def test_a_due_moment_counted_from_now_is_caught(planned: Any, caught: Callable[..., Broken]) -> None:
    assert caught("counts_due_from_now", order("generate"), check_generated(planned))


def test_a_sweep_that_writes_whatever_others_did_is_caught(
    planned: Any, nursery: Nursery, caught: Callable[..., Broken]
) -> None:
    nursery.run(order("generate"))

    def check() -> object:
        return oracle.check_escalated(planned, MORNING)

    assert caught("drops_the_version_filter", order("sweep"), check, how="freeze").doubled


def test_a_relay_that_marks_before_it_writes_is_caught(database: Any, caught: Callable[..., Broken]) -> None:
    worlds.make_people()
    worlds.make_requests(3)
    assert caught("clears_pending_first", order("relay"), lambda: oracle.check_relayed(database)).lost


def test_a_publication_that_forgets_its_intent_is_caught(database: Any, caught: Callable[..., Broken]) -> None:
    worlds.make_scheduled(2)
    check = lambda: oracle.check_published(database, 2, NOW)  # noqa: E731
    assert caught("forgets_the_intent", order("publish"), check).lost


def test_a_letter_marked_before_it_was_sent_is_caught(
    database: Any, nursery: Nursery, smtp: SmtpReceiver, caught: Callable[..., Broken]
) -> None:
    worlds.make_people()
    worlds.make_requests(3)
    nursery.run(order("relay"))

    def check() -> object:
        return oracle.check_delivered(database, smtp, faults=1)

    plant, settle = "marks_before_it_sends", order("deliver", MORNING + LATER, plant="marks_before_it_sends")
    assert caught(plant, order("deliver"), check, settle=settle, reset=smtp.messages.clear).lost
