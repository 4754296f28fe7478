"""The inbox and the list of notices are read by an index, and a letter is written into few of them."""

from datetime import timedelta
from typing import Any

import pytest

from store.connection import ensure_indexes
from store.notices.documents import Notice
from tests import cast

# Of each way out and each state that a list is narrowed to.
OF_EACH = 100
STATES = {"app": ("sent",), "email": ("sent", "dead", "held", "queued")}


@pytest.fixture
def notices(database: Any) -> Any:
    ensure_indexes()
    made = [
        {
            "_id": f"work_order:{state}:{n}:guard:{channel}",
            "estate": cast.ESTATE,
            "recipient": "guard",
            "channel": channel,
            "state": state,
            "urgent": False,
            "not_before": cast.NOW,
            "created_at": cast.NOW + timedelta(minutes=n),
        }
        for channel, states in STATES.items()
        for state in states
        for n in range(OF_EACH)
    ]
    Notice._get_collection().insert_many(made)
    return database


def examined(database: Any, query: dict[str, Any], sort: dict[str, int]) -> int:
    command = {"find": "notices", "filter": query, "sort": sort, "limit": 10}
    explained = database.command("explain", command, verbosity="executionStats")
    return int(explained["executionStats"]["totalDocsExamined"])


@pytest.mark.parametrize("read", [{}, {"read_at": None}])
def test_a_page_of_the_inbox_reads_what_it_shows(notices: Any, read: dict[str, Any]) -> None:
    mine = {"recipient": "guard", "channel": "app", **read}
    assert examined(notices, mine, {"created_at": -1, "_id": -1}) == 10


@pytest.mark.parametrize("query", [{}, {"estate": cast.ESTATE}])
def test_a_page_of_the_list_reads_what_it_shows(notices: Any, query: dict[str, Any]) -> None:
    assert examined(notices, query, {"created_at": -1}) == 10


@pytest.mark.parametrize("state", ["dead", "held", "queued"])
def test_of_the_few_that_were_not_sent_no_other_is_read(notices: Any, state: str) -> None:
    assert examined(notices, {"estate": cast.ESTATE, "state": state}, {"created_at": -1}) <= OF_EACH


def test_a_letter_is_in_none_of_the_inboxes_indexes(notices: Any) -> None:
    inbox = {name: index for name, index in Notice._get_collection().index_information().items() if "inbox" in name}
    assert len(inbox) == 2
    assert all(index["partialFilterExpression"] == {"channel": "app"} for index in inbox.values())


def test_an_index_of_a_version_before_is_dropped_once_its_successor_stands(database: Any) -> None:
    collection = Notice._get_collection()
    collection.create_index([("estate", 1), ("state", 1), ("created_at", -1)])
    collection.create_index([("recipient", 1), ("channel", 1), ("created_at", -1), ("_id", -1)])
    ensure_indexes()
    ensure_indexes()
    assert not set(Notice.RETIRED_INDEXES) & set(collection.index_information())
    assert {"inbox", "inbox_unread"} <= set(collection.index_information())
