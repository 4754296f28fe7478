"""A page begins at its cursor: nothing that stands before it is read, and nothing is lost or doubled between pages."""

from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from bson import ObjectId

from admin_app.shell.keyset import Cursor, Order, after
from tests.cast import NOW

ESTATES: dict[str, Any] = {"estate": {"$in": ["east", "west"]}}
PAGE = 7


@pytest.fixture
def rows(database: Any) -> Any:
    """300 rows of two estates; three share each moment, every tenth has none."""
    collection = database["keyset_rows"]
    collection.delete_many({})
    collection.create_index([("estate", 1), ("at", -1), ("_id", -1)])
    collection.insert_many(
        {
            "_id": ObjectId(),
            "estate": ("east", "west")[n % 2],
            "at": NOW + timedelta(minutes=n // 3) if n % 10 else None,
        }
        for n in range(300)
    )
    return collection


def pages(rows: Any, order: Order) -> list[Any]:
    found: list[Any] = []
    query: dict[str, Any] = ESTATES
    for _ in count():
        page = list(rows.find(query).sort(order.keys).limit(PAGE))
        if not page:
            return found
        found += page
        query = {"$and": [ESTATES, after(order, Cursor(page[-1]["at"], page[-1]["_id"]))]}
    raise AssertionError


@pytest.mark.parametrize("descending", [True, False])
def test_the_pages_together_are_the_list(rows: Any, descending: bool) -> None:
    order = Order("at", descending)
    whole = list(rows.find(ESTATES).sort(order.keys))
    assert [each["_id"] for each in pages(rows, order)] == [each["_id"] for each in whole]


@pytest.mark.parametrize("descending", [True, False])
def test_a_page_in_the_middle_reads_a_page(rows: Any, descending: bool) -> None:
    order = Order("at", descending)
    middle = list(rows.find(ESTATES).sort(order.keys))[150]
    query = {"$and": [ESTATES, after(order, Cursor(middle["at"], middle["_id"]))]}
    found = {"find": rows.name, "filter": query, "sort": dict(order.keys), "limit": PAGE}
    told = rows.database.command("explain", found, verbosity="executionStats")["executionStats"]
    assert told["nReturned"] == PAGE
    assert told["totalDocsExamined"] <= PAGE + 6  # the rows that share the cursor's moment
