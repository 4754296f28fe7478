"""A record that was put aside is tried again at once, by an administrator, and that is on record."""

from datetime import timedelta

import pytest

from store.audit.documents import AuditEntry
from store.content.documents import Content
from store.deadlines import operations as deadlines
from store.errors import Forbidden, NotFound
from store.health import operations as health
from store.health.documents import BadRecord
from store.notices.relay import relay
from store.plans import operations as plans
from store.requests.documents import ServiceRequest
from tests import cast
from tests.cast import NOW
from tests.store.notice_sources import make_source

SOON = NOW + timedelta(minutes=5)
BROKEN = [{"name": "broken", "stopped_at": None}]


@pytest.fixture(autouse=True)
def _database(database):
    """Every test here needs the database."""


@pytest.fixture
def swept():
    """A request that no sweep can compute."""
    raw = {"estate": cast.ESTATE, "number": "R-X", "state": "open", "version": 1, "next_check_at": NOW}
    ServiceRequest._get_collection().insert_one({**raw, "clocks": BROKEN})
    deadlines.sweep(NOW)
    return BadRecord.objects.get()


def mend():
    ServiceRequest._get_collection().update_one({"number": "R-X"}, {"$set": {"clocks": []}})


def again(bad, actor=None, now=SOON):
    health.try_again(bad.key, actor=actor or cast.administrator(), now=now)


def test_a_swept_record_is_tried_again_and_leaves_the_page_once_it_is_mended(swept):
    mend()
    deadlines.sweep(SOON)
    assert BadRecord.objects.count() == 1, "without a word it waits its hour"
    again(swept)
    deadlines.sweep(SOON)
    assert BadRecord.objects.count() == 0


def test_one_that_is_still_bad_is_put_aside_again(swept):
    again(swept)
    deadlines.sweep(SOON)
    bad = BadRecord.objects.get()
    assert (bad.times, bad.until) == (2, SOON + timedelta(hours=1))


def test_a_relayed_record_is_tried_again():
    make_source(make=[{"kind": "nobody-makes-this", "key": "k", "values": {}}])
    relay(NOW)
    assert relay(SOON) == 0
    again(BadRecord.objects.get())
    assert relay(SOON) == 1
    assert BadRecord.objects.get().times == 2


def test_a_plan_is_tried_again():
    Content(type="plan", code="night", next_generate_at=NOW).save()
    plans.generate_due(NOW)
    assert plans.generate_due(SOON) == 0
    again(BadRecord.objects.get())
    assert plans.generate_due(SOON) == 1
    assert BadRecord.objects.get().times == 2


def test_a_record_that_has_moved_on_keeps_its_own_time_and_leaves_the_page(swept):
    own = NOW + timedelta(days=2)
    ServiceRequest._get_collection().update_one({"number": "R-X"}, {"$set": {"next_check_at": own}})
    again(swept)
    assert ServiceRequest._get_collection().find_one({"number": "R-X"})["next_check_at"] == own
    assert BadRecord.objects.count() == 0


def test_it_is_audited_and_for_administrators_who_see_the_estate(swept):
    with pytest.raises(Forbidden):
        again(swept, cast.manager())
    with pytest.raises(NotFound):
        again(swept, cast.administrator(estates=frozenset({"elsewhere"})))
    with pytest.raises(NotFound):
        health.try_again("sweep_deadlines:x:1", actor=cast.administrator(), now=SOON)
    assert AuditEntry.objects.count() == 0
    again(swept)
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.about, entry.actor) == (
        "retry_record",
        "service_request:R-X",
        cast.administrator().code,
    )
