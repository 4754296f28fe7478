"""Entries that mean harm, or that come at the worst moment: the stream goes on, and no record is bent by them."""

from datetime import timedelta
from typing import Any

import pytest

from store.deadlines import operations as deadlines
from store.work import operations as work
from store.work.documents import WorkOrder
from tests import cast
from tests.store.tablets import Tablet, codes, results

MINUTE = timedelta(minutes=1)
LATER = cast.NOW + 40 * MINUTE
# Under the 16 MB of a document, so that a note more is too much.
ALMOST = 16 * 1024 * 1024 - 2_000


@pytest.fixture
def order(database):
    cast.make_company()
    clock = deadlines.start("complete", 60, at=cast.NOW, under=deadlines.Terms(None, None))
    values: dict[str, Any] = {"estate": cast.ESTATE, "key": "k", "kind": "cleaning", "state": "open"}
    values |= {"title": "楼道检查", "priority": 3, "clocks": [clock], "source": {}, "team": ["cleaner"]}
    work.make([values], actor=cast.manager(), now=cast.NOW, timezone="Asia/Shanghai")
    return WorkOrder.objects.get(key="k")


def test_an_order_that_is_full_does_not_stop_the_stream(order):
    WorkOrder._get_collection().update_one({"_id": order.pk}, {"$set": {"title": "满" * (ALMOST // 3)}})
    tablet = Tablet(cast.cleaner())
    tablet.record(order, "supplement", note="记" * 2_000)
    tablet.record(cast.ESTATE, "report", title="漏水", place="车库", severity="normal")
    receipt = tablet.send()
    assert (codes(receipt), results(receipt)) == (["record_full", None], ["refused", "applied"])


def test_a_pause_is_never_over_before_it_began(order):
    """Two people pause and go on without a network; what they did reaches us in another order than it took place."""
    work.start(order.pk, actor=cast.cleaner(), now=cast.NOW)
    tablet = Tablet(cast.cleaner())
    tablet.record(order, "resume", cast.NOW + 10 * MINUTE, seen=2)
    work.pause(order.pk, reason="等料", actor=cast.manager(), now=cast.NOW + 20 * MINUTE)
    assert results(tablet.send(LATER)) == ["merged"]
    clock = WorkOrder.objects.get(pk=order.pk).clocks[0]
    assert clock["pauses"] == [{"from": cast.NOW + 20 * MINUTE, "to": cast.NOW + 20 * MINUTE}]
    assert clock["due_at"] == cast.NOW + 60 * MINUTE
