"""What a process knows that hears its own writes: never less than has changed."""

from datetime import UTC, datetime, timedelta

import pytest
from pymongo.monitoring import CommandStartedEvent

from store.watch import MOST_KEPT, Watch

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)


def heard(watch, command):
    watch.started(CommandStartedEvent(command, "anju", 1, ("127.0.0.1", 27017), 1))


def update(query, change):
    return {"update": "work_orders", "updates": [{"q": query, "u": change}]}


@pytest.fixture
def watch():
    return Watch()


@pytest.mark.parametrize(
    "command",
    [
        {"insert": "work_orders", "documents": [{"_id": 1, "pending": True}]},
        update({"_id": 1}, {"$set": {"pending": True}}),
        update({"_id": 1}, [{"$set": {"pending": True}}]),
        update({"_id": 1}, {"$setOnInsert": {"pending": True}}),
        {"findAndModify": "work_orders", "query": {"_id": 1}, "update": {"$set": {"pending": True}}},
    ],
)
def test_what_is_left_for_the_relay_is_heard_however_it_is_written(watch, command):
    heard(watch, command)
    assert watch.pending
    assert watch.take() == {"work_orders"}


def test_reading_and_taking_a_mark_off_leave_nothing(watch):
    heard(watch, {"find": "work_orders", "filter": {}})
    assert watch.take() == set()
    heard(watch, update({"_id": 1}, {"$unset": {"pending": ""}}))
    assert not watch.pending


def test_the_last_check_of_a_record_counts_and_of_all_records_the_first(watch):
    heard(watch, update({"_id": 1}, {"$set": {"next_check_at": NOW}}))
    heard(watch, update({"_id": 2}, {"$set": {"next_check_at": LATER + timedelta(hours=1)}}))
    assert watch.check == NOW
    heard(watch, update({"_id": 1}, {"$set": {"next_check_at": LATER}}))
    assert watch.check == LATER
    watch.take()
    assert watch.check is None


@pytest.mark.parametrize(
    "command",
    [
        update({"_id": 1, "version": 3}, {"$set": {"state": "done"}}),
        update({"_id": {"$in": [1, 2]}}, {"$set": {"state": "done"}}),
        update({"number": "W-1"}, {"$set": {"state": "done"}}),
        {"findAndModify": "work_orders", "query": {"_id": 1}, "remove": True},
        {"delete": "work_orders", "deletes": [{"q": {}, "limit": 0}]},
    ],
)
def test_a_record_is_read_again_after_any_write_that_may_have_met_it(watch, command):
    watch.keep("work_orders", {"_id": 1})
    watch.keep("requests", {"_id": 1})
    heard(watch, command)
    assert watch.kept("work_orders", 1) is None
    assert watch.kept("requests", 1) == {"_id": 1}


def test_only_the_last_records_are_kept(watch):
    for number in range(MOST_KEPT + 1):
        watch.keep("work_orders", {"_id": number})
    assert watch.kept("work_orders", 0) is None
    assert watch.kept("work_orders", MOST_KEPT) == {"_id": MOST_KEPT}
