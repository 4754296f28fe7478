"""What a process knows that hears its own writes: never less than has changed, and doubt where it cannot know."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from bson import ObjectId
from pymongo import InsertOne, MongoClient, UpdateMany, UpdateOne
from pymongo.errors import BulkWriteError, DuplicateKeyError
from pymongo.monitoring import CommandFailedEvent, CommandStartedEvent, CommandSucceededEvent

from store import alone
from store.watch import MOST_KEPT, Watch

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
PLACE = ("127.0.0.1", 27017)


def hear(watch, command, reply):
    """The command and its answer, in the words of the driver."""
    name = next(iter(command))
    watch.started(CommandStartedEvent(command, "anju", 1, PLACE, 1))
    watch.succeeded(CommandSucceededEvent(timedelta(), reply, name, 1, PLACE, 1))


def update(query, change):
    return {"update": "work_orders", "updates": [{"q": query, "u": change}]}


@pytest.fixture
def watch():
    return Watch()


@pytest.fixture
def known(watch):
    """Two orders that were inserted with their moments."""
    documents = [{"_id": 1, "next_check_at": NOW, "pending": True}, {"_id": 2, "next_check_at": LATER}]
    hear(watch, {"insert": "work_orders", "documents": documents}, {"n": 2})
    return watch


def test_what_is_inserted_is_known_with_its_marks(known):
    assert known.first("work_orders", "next_check_at") == NOW
    assert known.due("work_orders", "next_check_at", NOW) == [1]
    assert known.due("work_orders", "next_check_at", NOW - timedelta(seconds=1)) == []
    assert known.marked("work_orders", "pending") == [1]
    assert known.is_anything_marked("pending")
    assert (known.take_new(), known.take_new()) == ({"work_orders"}, set())


def test_what_an_update_says_is_so_once_it_has_met_its_record(known):
    hear(
        known, update({"_id": 1, "version": 3}, {"$set": {"next_check_at": LATER}, "$unset": {"pending": ""}}), {"n": 1}
    )
    assert known.due("work_orders", "next_check_at", NOW) == []
    assert not known.is_anything_marked("pending")
    hear(known, update({"_id": {"$in": [1, 2]}}, {"$unset": {"next_check_at": ""}}), {"n": 2})
    assert known.first("work_orders", "next_check_at") is None


def test_a_moment_is_known_as_the_server_keeps_it(watch):
    exact = NOW.replace(microsecond=1_999)
    hear(watch, {"insert": "requests", "documents": [{"_id": 1, "next_check_at": exact}]}, {"n": 1})
    assert watch.first("requests", "next_check_at") == NOW.replace(microsecond=1_000)


@pytest.mark.parametrize(
    ("command", "reply"),
    [
        (update({"_id": 1, "version": 3}, {"$set": {"next_check_at": LATER}}), {"n": 0}),
        (update({"number": "W-1"}, {"$set": {"next_check_at": LATER}}), {"n": 1}),
        (update({"_id": {"$gt": 0}}, {"$unset": {"next_check_at": ""}}), {"n": 2}),
        (update({"_id": {"$in": [1, 2]}}, {"$set": {"next_check_at": LATER}}), {"n": 1}),
        (update({"_id": 1}, [{"$set": {"next_check_at": "$due_at"}}]), {"n": 1}),
        (update({"_id": 3}, {"$setOnInsert": {"next_check_at": NOW}}), {"n": 1}),
        ({"delete": "work_orders", "deletes": [{"q": {}, "limit": 0}]}, {"n": 2}),
    ],
)
def test_where_a_command_does_not_tell_what_became_of_a_mark_it_is_in_doubt(known, command, reply):
    hear(known, command, reply)
    assert known.is_in_doubt("work_orders", "next_check_at")
    known.learn("work_orders", "next_check_at", [{"_id": 7, "next_check_at": LATER}])
    assert not known.is_in_doubt("work_orders", "next_check_at")
    assert known.due("work_orders", "next_check_at", LATER) == [7]


def test_what_is_deleted_where_nothing_is_marked_leaves_no_doubt(watch):
    hear(watch, {"delete": "bad_records", "deletes": [{"q": {"_id": {"$in": [1, 2]}}, "limit": 0}]}, {"n": 0})
    assert not watch.is_anything_marked("pending")
    assert not watch.is_in_doubt("bad_records", "pending")


def test_two_threads_may_send_at_the_same_time(known):
    first = update({"_id": 1}, {"$set": {"next_check_at": LATER}})
    second = update({"_id": 2}, {"$unset": {"next_check_at": ""}})
    for number, command in enumerate((first, second)):
        known.started(CommandStartedEvent(command, "anju", number, PLACE, 1))
    for number in (0, 1):
        known.succeeded(CommandSucceededEvent(timedelta(), {"n": 1}, "update", number, PLACE, 1))
    assert known.first("work_orders", "next_check_at") == LATER
    assert known.due("work_orders", "next_check_at", LATER) == [1]


def test_a_command_that_failed_may_have_been_carried_out(known):
    command = update({"_id": 1}, {"$set": {"next_check_at": LATER}})
    known.started(CommandStartedEvent(command, "anju", 1, PLACE, 1))
    known.failed(CommandFailedEvent(timedelta(), {}, "update", 1, PLACE, 1))
    assert known.is_in_doubt("work_orders", "next_check_at")


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
    watch.started(CommandStartedEvent(command, "anju", 1, PLACE, 1))
    assert watch.kept("work_orders", 1) is None
    assert watch.kept("requests", 1) == {"_id": 1}


def test_only_the_last_records_are_kept(watch):
    for number in range(MOST_KEPT + 1):
        watch.keep("work_orders", {"_id": number})
    assert watch.kept("work_orders", 0) is None
    assert watch.kept("work_orders", MOST_KEPT) == {"_id": MOST_KEPT}


@pytest.fixture
def collection(settings, watch):
    """One that this process alone writes to, and hears."""
    client: MongoClient[dict[str, Any]] = MongoClient(settings.mongodb_uri, tz_aware=True, event_listeners=[watch])
    with client:
        yield client.get_default_database()["heard"]


def test_a_process_that_is_alone_knows_what_the_database_would_say(database, collection, watch):
    def asked():
        due = collection.find({"next_check_at": {"$lte": NOW, "$type": "date"}}, {"_id": 1})
        pending = collection.find({"pending": True}, {"_id": 1})
        return sorted(each["_id"] for each in due), sorted(each["_id"] for each in pending)

    def known():
        due, pending = alone.due(collection, "next_check_at", NOW), alone.marked(collection, "pending")
        return sorted(due or []), sorted(pending or [])

    ids = [ObjectId() for _ in range(6)]
    with alone.alone(watch):
        collection.insert_many(
            [{"_id": each, "n": n, "next_check_at": NOW, "pending": True} for n, each in enumerate(ids)]
        )
        assert known() == asked()
        with pytest.raises(DuplicateKeyError):
            collection.insert_one({"_id": ids[0], "next_check_at": LATER})
        assert known() == asked()
        collection.find_one_and_update({"_id": ids[1], "n": 99}, {"$set": {"next_check_at": LATER}})
        collection.find_one_and_update({"_id": ids[2]}, {"$set": {"next_check_at": LATER}, "$unset": {"pending": ""}})
        assert known() == asked()
        collection.bulk_write(
            [
                UpdateOne({"_id": ids[3], "n": 99}, {"$set": {"next_check_at": LATER}}),
                UpdateMany({"_id": {"$in": ids[:2]}}, {"$unset": {"pending": ""}}),
            ],
            ordered=False,
        )
        assert known() == asked()
        with pytest.raises(BulkWriteError):
            collection.bulk_write([InsertOne({"_id": ids[4]}), InsertOne({"next_check_at": NOW})], ordered=False)
        assert known() == asked()
        collection.replace_one({"_id": ids[4]}, {"n": 4})
        collection.delete_one({"_id": ids[5]})
        collection.update_many({"n": 0}, {"$set": {"next_check_at": LATER}})
        assert known() == asked()
    assert alone.due(collection, "next_check_at", NOW) is None
