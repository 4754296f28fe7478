"""What tablets say of findings: raised on the way, reported without an order, judged by another person (`docs/tablet.md`)."""

from datetime import timedelta
from typing import Any

import pytest

from store.findings.documents import Finding
from store.notices.relay import relay
from store.tablet.documents import EntryOutcome
from store.work import operations as work
from tests import cast
from tests.store import finding_chain as chain
from tests.store.tablets import Tablet, codes, results

MINUTE = timedelta(minutes=1)
LATER = cast.NOW + 60 * MINUTE
PHOTO = "ab" * 32


@pytest.fixture(autouse=True)
def _world(database):
    chain.make_world()


def test_a_finding_raised_offline_is_found_when_it_was_and_not_raised_again_by_the_completion():
    order, tablet = chain.make_order(), Tablet(cast.cleaner())
    body: dict[str, Any] = {
        "item": "floor",
        "title": "地面有油",
        "severity": "low",
        "photos": [PHOTO],
        "note": "靠近电梯",
    }
    tablet.record(order, "raise_finding", cast.NOW + MINUTE, **body)
    tablet.record(order, "complete", cast.NOW + 2 * MINUTE, answers=chain.FLOOR_FAILED)
    assert results(tablet.send(LATER)) == ["applied"] * 2
    relay(LATER)
    (finding,) = Finding.objects
    assert (finding.key, finding.title, finding.found_at) == ("k1:floor", "地面有油", cast.NOW + MINUTE)
    assert finding.rounds[0]["before"] == [PHOTO]
    # Nobody could have begun before we heard of it.
    assert finding.due_at == LATER + timedelta(minutes=1440)


def test_a_report_that_is_sent_again_after_a_cut_is_made_once():
    tablet = Tablet(cast.guard())
    tablet.record(cast.ESTATE, "report", title="消防通道停车", severity="high", place="东门", photos=[PHOTO])
    assert results(tablet.send(LATER)) == ["applied"]
    EntryOutcome.objects.delete()
    assert results(tablet.send(LATER + MINUTE)) == ["applied"]
    (finding,) = Finding.objects
    assert (finding.found_by, finding.severity, finding.place) == ("guard", "high", "东门")


def test_whoever_put_it_right_is_refused_by_name_and_another_one_closes_it():
    finding = chain.raised(cast.NOW)
    chain.put_right(finding, cast.NOW + MINUTE)
    order = chain.reinspection(finding)
    own = Tablet(cast.cleaner())
    own.record(order, "verdict", cast.NOW + 2 * MINUTE, passed=True)
    receipt = own.send(LATER)
    assert (results(receipt), codes(receipt)) == (["refused"], ["same_person"])
    other = Tablet(cast.supervisor())
    other.record(order, "verdict", cast.NOW + 3 * MINUTE, passed=True, photos=[PHOTO])
    assert results(other.send(LATER)) == ["applied"]
    relay(LATER)
    closed = chain.again(finding)
    assert (closed.state, closed.closed_at) == ("closed", cast.NOW + 3 * MINUTE)
    assert closed.rounds[0]["check"]["photos"] == [PHOTO]


def test_a_photo_that_is_none_is_refused_and_the_rest_is_kept():
    order, tablet = chain.make_order(), Tablet(cast.cleaner())
    tablet.record(order, "raise_finding", title="地面有油", photos=["no-hash"])
    tablet.record(order, "raise_finding", title="墙面有字")
    receipt = tablet.send(LATER)
    assert (results(receipt), codes(receipt)[0]) == (["refused", "applied"], "not_a_hash")


def test_an_item_that_somebody_else_raised_meanwhile_is_a_conflict():
    order, tablet = chain.make_order(), Tablet(cast.cleaner())
    tablet.record(order, "raise_finding", item="floor", title="地面有油")
    work.raise_finding(order.pk, item="floor", title="地面湿", actor=cast.supervisor(), now=cast.NOW)
    assert results(tablet.send(LATER)) == ["conflict"]
