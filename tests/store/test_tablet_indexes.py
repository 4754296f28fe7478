"""What tablets ask for is read by indexes: nobody's day grows longer with the years of others."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from store import records
from store.actor import SYSTEM, Actor
from store.errors import NotFound
from store.findings.documents import Finding
from store.photos.documents import PhotoChunk
from store.tablet import listing, streams
from store.tablet.documents import EntryOutcome
from store.work.documents import WorkOrder
from tests import cast

ENOUGH = 300
YEARS_AGO = cast.NOW - timedelta(days=700)


def examined(kind: Any, query: Mapping[str, Any], sort: Mapping[str, int] | None = None) -> int:
    """How many documents the server looks at for this query."""
    command: dict[str, Any] = {"find": kind._get_collection_name(), "filter": query, "limit": 1_000}
    if sort:
        command["sort"] = sort
    explained = kind._get_db().command("explain", command, verbosity="executionStats")
    return int(explained["executionStats"]["totalDocsExamined"])


def keep(kind: Any, **values: Any) -> None:
    kind._get_collection().insert_many([{"_id": str(uuid4()), "version": 1, **_each(values, n)} for n in range(ENOUGH)])


def _each(values: Mapping[str, Any], n: int) -> dict[str, Any]:
    return {name: value(n) if callable(value) else value for name, value in values.items()}


def old_orders(**values: Any) -> None:
    usual = {"estate": cast.ESTATE, "number": lambda n: f"W-{uuid4()}", "key": lambda n: str(uuid4())}
    keep(WorkOrder, **usual, due_at=YEARS_AGO, **values)


@pytest.mark.parametrize("whose", [{"assignee": "cleaner"}, {"team": ["cleaner"]}, {"department": "cleaning"}])
def test_a_day_s_list_reads_no_order_that_was_done_long_ago(database: Any, whose: dict[str, Any]) -> None:
    old_orders(state="done", finished_at=YEARS_AGO, **whose)
    query = listing.mine(cast.cleaner(), [cast.ESTATE], cast.NOW)
    assert examined(WorkOrder, query, {"due_at": 1, "_id": 1}) == 0


def test_a_day_s_list_reads_no_open_order_of_others(database: Any) -> None:
    old_orders(state="open", assignee="guard", team=["guard"], department="security")
    query = listing.mine(cast.cleaner(), [cast.ESTATE], cast.NOW)
    assert examined(WorkOrder, query, {"due_at": 1, "_id": 1}) == 0


def test_a_batch_reads_no_outcome_of_other_streams(database: Any) -> None:
    usual = {"stream": lambda n: f"device:{n}", "seq": 1, "operation": lambda n: str(uuid4())}
    keep(EntryOutcome, **usual)
    assert examined(EntryOutcome, {"operation": {"$in": [str(uuid4())]}}) == 0
    assert examined(EntryOutcome, {"stream": "device:7"}, {"seq": -1}) == 1
    assert streams.newest("device:7")["seq"] == 1


def test_a_part_of_a_photo_reads_nothing_of_other_people(database: Any) -> None:
    keep(PhotoChunk, sha256="ab" * 32, sender="guard", n=lambda n: n, received_at=cast.NOW)
    assert examined(PhotoChunk, {"sender": "cleaner"}, {"received_at": 1}) == 0
    assert examined(PhotoChunk, {"sha256": "ab" * 32, "sender": "cleaner"}) == 0


def test_a_finding_looks_for_its_like_only_at_its_place(database: Any) -> None:
    usual = {"estate": cast.ESTATE, "number": lambda n: f"F-{n}", "key": lambda n: str(n), "found_at": cast.NOW}
    keep(Finding, **usual, place="五栋", subject="hazard:fire")
    same = {"estate": cast.ESTATE, "place": "六栋", "subject": "hazard:fire", "found_at": {"$gte": YEARS_AGO}}
    assert examined(Finding, same, {"found_at": -1}) == 0


@pytest.mark.parametrize("who", [cast.manager(), SYSTEM])
def test_a_record_is_found_by_the_number_that_was_read_out_without_reading_others(database: Any, who: Actor) -> None:
    old_orders(state="done")
    assert examined(WorkOrder, records.by("W-2611-0042")) == 0
    with pytest.raises(NotFound):
        records.get(WorkOrder, "W-2611-0042", who)
