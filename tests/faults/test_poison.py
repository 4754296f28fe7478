"""One record that cannot be worked on, whatever is wrong with it, stops no other; a receiver that hangs neither."""

import random
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from pymongo.errors import ServerSelectionTimeoutError, WriteError

from store import directory, domains
from store.actor import SYSTEM
from store.content import operations as content
from store.deadlines import operations as deadlines
from store.deadlines.operations import sweep
from store.notices.delivery import deliver
from store.notices.relay import relay
from store.notices.robots import RobotSender
from store.notices.smtp import SmtpSender
from store.plans import operations as plans
from tests.faults import oracle, worlds
from tests.faults.tally import Row
from tests.faults.worlds import MINUTE, MORNING, NOW, restore, snapshot
from tests.servers import SmtpReceiver, WebhookReceiver

Begin = Callable[[str], Row]
GONE = object()
JUNK: tuple[Any, ...] = (GONE, None, "junk", 7, -1.5, ["junk"], {"junk": 1}, True)
# What a query finds the record by; poison there only hides it.
KEYS = {"_id", "next_check_at", "pending", "next_generate_at", "publish_at", "type", "relay_after"}


# Where a poison once stopped the others: always tried, the rest by lot; `make torture` tries everything.
STOPPED_ONCE = {"version", "events", "scheduled", "publishing", "recipient", "channel"}
BY_LOT = 12
# MongoDB's code for it.
PARALLEL_ARRAYS = 171
MOST_SECONDS = 8.0


@pytest.fixture(params=[BY_LOT, pytest.param(10_000, marks=pytest.mark.torture)], ids=["some", "all"])
def lot(request: pytest.FixtureRequest) -> int:
    return int(request.param)


def poisons(record: dict[str, Any], lot: int, seed: int) -> list[tuple[str, Any]]:
    every = [(field, junk) for field in record if field not in KEYS for junk in JUNK]
    known = [each for each in every if each[0] in STOPPED_ONCE]
    others = [each for each in every if each[0] not in STOPPED_ONCE]
    return [*known, *random.Random(seed).sample(others, min(lot, len(others)))]


def poison(collection: Any, record_id: Any, field: str, junk: Any) -> bool:
    """Whether the database took it: two lists in the fields of one index it refuses, so no record can be like that."""
    update = {"$unset": {field: ""}} if junk is GONE else {"$set": {field: junk}}
    try:
        collection.update_one({"_id": record_id}, update)
    except WriteError as error:
        if error.code != PARALLEL_ARRAYS:
            raise
        return False
    return True


def try_all(
    database: Any,
    name: str,
    victim: dict[str, Any],
    work: Callable[[], object],
    others_done: Callable[[Any], bool],
    row: Row,
    lot: int,
    seed: int,
) -> None:
    """Each poison into the record that comes first; then all others must be done after two runs of `work`."""
    first_day = snapshot(database)
    stopped = []
    ends = time.monotonic() + MOST_SECONDS
    for field, junk in poisons(victim, lot, seed):
        if time.monotonic() > ends:
            break  # a slow machine tries fewer of the lot; the table says how many
        restore(database, first_day)
        if not poison(database[name], victim["_id"], field, junk):
            continue
        row.injected += 1
        row.hit += 1
        errors = []
        for _ in range(2):
            try:
                work()
            except Exception as error:
                errors.append(f"{type(error).__name__}: {error}"[:150])
        if errors or not others_done(victim["_id"]):
            stopped.append((field, "gone" if junk is GONE else junk, errors))
    row.lost = len(stopped)
    for each in stopped:
        print(each)
    assert not stopped


@pytest.fixture
def overdue(database: Any) -> Any:
    worlds.make_people()
    worlds.make_requests(1, MORNING)
    worlds.make_plans(worlds.nightly())
    while plans.generate_due(MORNING):
        pass
    return database


def test_a_poisoned_order_stops_no_sweep(overdue: Any, row: Begin, lot: int, seed: int) -> None:
    victim = overdue.work_orders.find({"next_check_at": {"$lte": MORNING}}).sort("next_check_at", 1)[0]

    def others_done(bad: Any) -> bool:
        due = {"next_check_at": {"$lte": MORNING}, "_id": {"$ne": bad}}
        return overdue.work_orders.count_documents(due) == overdue.requests.count_documents(due) == 0

    try_all(
        overdue, "work_orders", victim, lambda: sweep(MORNING), others_done, row("poisoned order, sweep"), lot, seed
    )


def test_a_poisoned_request_stops_no_relay(database: Any, row: Begin, lot: int, seed: int) -> None:
    domains.load("operations")
    worlds.make_people()
    worlds.make_requests(3)
    victim = database.requests.find({"pending": True}).sort("changed_at", 1)[0]

    def others_done(bad: Any) -> bool:
        return database.requests.count_documents({"pending": True, "_id": {"$ne": bad}}) == 0

    try_all(
        database, "requests", victim, lambda: relay(MORNING), others_done, row("poisoned request, relay"), lot, seed
    )


def test_a_poisoned_plan_stops_no_other(database: Any, row: Begin, lot: int, seed: int) -> None:
    worlds.make_people()
    worlds.make_plans(worlds.nightly())
    victim = database.content.find({"type": "plan"}).sort("next_generate_at", 1)[0]

    def others_done(bad: Any) -> bool:
        return database.content.count_documents({"next_generate_at": {"$lte": MORNING}, "_id": {"$ne": bad}}) == 0

    work = lambda: plans.generate_due(MORNING)  # noqa: E731
    try_all(database, "content", victim, work, others_done, row("poisoned plan, generate_due"), lot, seed)


def test_a_poisoned_publication_stops_no_other(database: Any, row: Begin, lot: int, seed: int) -> None:
    worlds.make_scheduled(3)
    victim = database.content.find({"type": "price_list"}).sort("publish_at", 1)[0]

    def others_done(bad: Any) -> bool:
        return database.content.count_documents({"publish_at": {"$lte": MORNING}, "_id": {"$ne": bad}}) == 0

    work = lambda: content.publish_due(MORNING)  # noqa: E731
    try_all(database, "content", victim, work, others_done, row("poisoned schedule, publish_due"), lot, seed)


def test_a_poisoned_notice_stops_no_other(database: Any, smtp: SmtpReceiver, row: Begin, lot: int, seed: int) -> None:
    domains.load("operations")
    worlds.make_people()
    worlds.make_requests(3)
    relay(MORNING)
    victim = database.notices.find({"state": "queued"}).sort("not_before", 1)[0]

    def others_done(bad: Any) -> bool:
        return database.notices.count_documents({"state": {"$in": ["queued", "leased"]}, "_id": {"$ne": bad}}) == 0

    moments = iter(range(1, 100_000))

    def work() -> None:
        deliver(MORNING + next(moments) * 2 * MINUTE, [SmtpSender(smtp.url)])

    try_all(database, "notices", victim, work, others_done, row("poisoned notice, deliver"), lot, seed)


@pytest.mark.parametrize("work", [sweep, plans.generate_due])
def test_a_database_that_was_away_delays_nothing_by_an_hour(
    overdue: Any, monkeypatch: pytest.MonkeyPatch, work: Callable[[Any], int]
) -> None:
    """A lost connection is no fault of the record that was just worked on: it must not be put aside."""
    overdue.content.update_many({"type": "plan"}, {"$set": {"next_generate_at": NOW}})
    before = due_moments(overdue)

    def away(*_: Any) -> Any:
        raise ServerSelectionTimeoutError

    with monkeypatch.context() as broken:
        broken.setattr(deadlines.Sweep, "directory", property(away))
        broken.setattr(plans, "generate", away)
        with pytest.raises(ServerSelectionTimeoutError):
            work(MORNING)
    assert due_moments(overdue) == before
    assert overdue.bad_records.count_documents({}) == 0


def due_moments(database: Any) -> list[Any]:
    orders = database.work_orders.find({}, {"next_check_at": 1}).sort("_id", 1)
    return [*orders, *database.content.find({"type": "plan"}, {"next_generate_at": 1}).sort("_id", 1)]


def test_a_receiver_that_hangs_holds_up_nobody_else(
    database: Any, smtp: SmtpReceiver, webhook: WebhookReceiver, row: Begin
) -> None:
    """Thirty notices go out at once, in one letter, beside a robot that takes the message and says nothing."""
    told = row("receiver hangs beside a mail server that works")
    domains.load("operations")
    worlds.make_people()
    hook = webhook.url.replace("http://", "json://") + "/hook"
    directory.update(
        "staff", "manager", {**staff_values("manager"), "channels": [{"url": hook}]}, actor=SYSTEM, now=NOW
    )
    worlds.make_requests(30)
    database.requests.update_one({}, {"$push": {"events.0.to_notify.0.to": "manager"}})
    relay(MORNING)
    webhook.answer(hang=30)
    began = time.monotonic()
    seconds: list[float] = []
    watcher = threading.Thread(target=lambda: seconds.append(len(smtp.wait_for(1, 20)) and time.monotonic() - began))
    watcher.start()
    deliver(MORNING, [SmtpSender(smtp.url), RobotSender(allow_private=True)], seconds=4)
    watcher.join()
    told.injected, told.hit = 1, len(webhook.requests)
    told.remarks.append(
        f"30 notices in {seconds[0]:.1f} s, the hanging one ended after {time.monotonic() - began:.1f} s"
    )
    oracle.check_delivered(database, smtp, faults=0)
    hung = database.notices.find_one({"channel": "apprise"})
    assert (hung["state"], hung["attempts"], hung["last_error"]) == ("queued", 1, "timed_out")


def staff_values(code: str) -> dict[str, Any]:
    found = directory.values_of("staff", code)
    assert found
    return {name: value for name, value in found.items() if name in ("name", "department", "estates", "roles")}
