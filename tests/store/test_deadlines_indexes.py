"""What is due is read by an index: a partial index is used only by a query that names the index's own condition."""

from datetime import timedelta
from typing import Any

from store.deadlines.operations import due_by
from store.work.documents import WorkOrder
from tests import cast

ENOUGH = 300


def make_orders() -> None:
    found = [
        {
            "estate": cast.ESTATE,
            "number": f"W-{n}",
            "key": f"k-{n}",
            "state": "open",
            "version": 1,
            "next_check_at": cast.NOW + timedelta(minutes=n + 1),
        }
        for n in range(ENOUGH)
    ]
    WorkOrder._get_collection().insert_many(found)


def examined(database: Any, query: dict[str, Any]) -> int:
    command = {"find": "work_orders", "filter": query, "sort": {"next_check_at": 1}, "limit": 10}
    explained = database.command("explain", command, verbosity="executionStats")
    return int(explained["executionStats"]["totalDocsExamined"])


def test_a_sweep_that_finds_nothing_reads_no_record(database: Any) -> None:
    make_orders()
    assert examined(database, due_by(cast.NOW)) == 0


def test_a_sweep_reads_no_more_records_than_are_due(database: Any) -> None:
    make_orders()
    assert examined(database, due_by(cast.NOW + timedelta(minutes=7))) == 7
