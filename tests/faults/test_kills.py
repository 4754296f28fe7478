"""Every verb of time is killed (and frozen) before and after each of its writes; another process carries on."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from tests.faults import oracle, worlds
from tests.faults.nursery import Nursery
from tests.faults.surround import LATER, surround
from tests.faults.tally import Row
from tests.faults.victim import Order
from tests.faults.worlds import MORNING, NOW
from tests.servers import SmtpReceiver

Begin = Callable[[str], Row]
PLANS = worlds.nightly()


def order(verb: str, now: Any = MORNING, **changes: Any) -> Order:
    return Order(verb, now.isoformat(), **changes)


KILL_AND_FREEZE = pytest.mark.parametrize("how", ["kill", "freeze"])
# Freezing asks most of what is leased or read long before it is written; elsewhere it is left to `make torture`.
KILL_MOSTLY = pytest.mark.parametrize("how", ["kill", pytest.param("freeze", marks=pytest.mark.torture)])


@pytest.fixture
def planned(database: Any) -> Any:
    """Three plans whose night has passed without anybody generating."""
    worlds.make_people()
    worlds.make_plans(PLANS)
    return database


@pytest.fixture
def overdue(planned: Any, nursery: Nursery) -> Any:
    """The orders of that night, long overdue, with nobody told yet."""
    assert nursery.run(order("generate"))[0].ended == "done"
    return planned


@pytest.fixture
def intents(database: Any) -> Any:
    """Requests whose intents wait for the relay."""
    worlds.make_people()
    worlds.make_requests(3)
    return database


@pytest.fixture
def letters(intents: Any, nursery: Nursery) -> Any:
    """Mail that is due."""
    assert nursery.run(order("relay"))[0].ended == "done"
    return intents


@KILL_MOSTLY
def test_generation_ends_the_same_wherever_it_is_struck(planned: Any, nursery: Nursery, row: Begin, how: Any) -> None:
    def check() -> None:
        oracle.check_generated(planned, PLANS, MORNING, one_pass=True)

    surround(nursery, planned, order("generate"), order("generate"), check, row(f"generate_due: {how}"), how=how)


@KILL_AND_FREEZE
def test_a_sweep_ends_the_same_wherever_it_is_struck(overdue: Any, nursery: Nursery, row: Begin, how: Any) -> None:
    def check() -> None:
        assert oracle.check_escalated(overdue, MORNING) > 0

    sweep = order("sweep", limit=1)
    surround(nursery, overdue, sweep, sweep, check, row(f"sweep: {how}"), how=how, survivors=2)


@KILL_AND_FREEZE
def test_the_relay_ends_the_same_wherever_it_is_struck(intents: Any, nursery: Nursery, row: Begin, how: Any) -> None:
    def check() -> None:
        assert oracle.check_relayed(intents) > 0

    relay = order("relay", limit=2)
    surround(nursery, intents, relay, relay, check, row(f"relay: {how}"), how=how, survivors=2)


@KILL_MOSTLY
def test_publication_ends_the_same_wherever_it_is_struck(database: Any, nursery: Nursery, row: Begin, how: Any) -> None:
    worlds.make_scheduled(3)

    def check() -> None:
        oracle.check_published(database, 3, NOW)

    publish = order("publish")
    surround(nursery, database, publish, publish, check, row(f"publish_due: {how}"), how=how, survivors=2)


@KILL_AND_FREEZE
def test_mail_ends_sent_and_comes_at_most_twice_for_a_fault(
    letters: Any, nursery: Nursery, smtp: SmtpReceiver, row: Begin, how: Any
) -> None:
    told = row(f"deliver: {how}")
    repeated: list[int] = []

    def check() -> None:
        repeated.append(oracle.check_delivered(letters, smtp, faults=1))

    settle = order("deliver", MORNING + LATER)
    # A run of half a second, so that a frozen one has outslept it when it is thawed.
    victim = order("deliver", seconds=0.5 if how == "freeze" else 25.0)
    surround(nursery, letters, victim, settle, check, told, how=how, reset=smtp.messages.clear)
    told.remarks.append(f"{sum(repeated)} letters handed over twice, {max(repeated)} at most for one fault")


def test_a_letter_with_many_notices_comes_again_as_it_was(
    database: Any, nursery: Nursery, smtp: SmtpReceiver, row: Begin
) -> None:
    """What has joined the queue meanwhile has a letter of its own, or the reader could not tell a repetition."""
    worlds.make_people()
    worlds.make_requests(7)
    assert nursery.run(order("relay", limit=20))[0].ended == "done"
    told = row("deliver: kill, many notices in one letter")
    repeated: list[int] = []

    def check() -> None:
        repeated.append(oracle.check_delivered(database, smtp, faults=1))
        assert not database.notices.find_one({"former_letters": {"$exists": True}})

    victim, settle = order("deliver", limit=20), order("deliver", MORNING + LATER, limit=20)
    surround(nursery, database, victim, settle, check, told, reset=smtp.messages.clear)
    told.remarks.append(f"{sum(repeated)} letters handed over twice, {max(repeated)} at most for one fault")


@pytest.mark.timeout(300)
def test_several_sessions_repeat_one_letter_each_at_most(
    letters: Any, nursery: Nursery, smtp: SmtpReceiver, row: Begin
) -> None:
    """Their marks go together, and no session begins another letter before its mark stands."""
    sessions = 2
    first = letters.notices.find_one({"channel": "email"})
    letters.notices.delete_many({})
    letters.notices.insert_many({**first, "_id": f"{first['_id']}:{n}", "urgent": True} for n in range(30))
    told = row("deliver: kill, several sessions")
    repeated: list[int] = []

    def check() -> None:
        repeated.append(oracle.check_delivered(letters, smtp, faults=sessions))

    victim, settle = order("deliver", limit=40), order("deliver", MORNING + LATER, limit=40)
    surround(nursery, letters, victim, settle, check, told, reset=smtp.messages.clear)
    told.remarks.append(f"{sum(repeated)} letters handed over twice, {max(repeated)} at most for one fault")


def test_mail_that_is_refused_for_ever_ends_dead(
    letters: Any, nursery: Nursery, smtp: SmtpReceiver, row: Begin
) -> None:
    """Eight attempts, each process killed at its second write; then it is *dead*, visible and resendable."""
    told = row("deliver: kill while refused")
    smtp.refusal = "451 try later"
    now = MORNING
    for _ in range(12):
        told.injected += 1
        told.hit += nursery.run(order("deliver", now, nth=3))[0].ended == "killed"
        now += LATER
        assert nursery.run(order("deliver", now))[0].ended == "done"
        now += timedelta(hours=1)
    oracle.check_delivered(letters, smtp, faults=0)
    assert letters.notices.count_documents({"channel": "email", "state": "dead"}) > 0
    assert not smtp.messages
