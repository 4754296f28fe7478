"""Leases: who holds one may mark, who has lost it may not; failures back off, end dead and can be sent again."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from store.errors import Forbidden, NotFound, RuleBroken
from store.notices import operations as notices
from store.notices.documents import Notice
from store.notices.leased import Leased
from tests import cast
from tests.cast import NOW
from tests.store.notice_sources import make_notice, make_template, one

MINUTE = timedelta(minutes=1)
MOMENT = timedelta(milliseconds=1)


@pytest.fixture(autouse=True)
def _company(database: Any) -> None:
    make_template()
    make_template("overdue", urgent=True)
    cast.make_staff("guard")


def claim(now: Any = NOW, limit: int = 10, token: str = "a") -> list[Leased]:
    return notices.claim(now, limit, 60, token)


def test_a_claimed_notice_is_nobody_elses() -> None:
    make_notice()
    assert [each.key for each in claim()] == [one(channel="email").key]
    assert claim(token="b") == []


def test_eight_claims_at_once_share_the_notices() -> None:
    for number in range(40):
        make_notice(code=f"s{number}")
    with ThreadPoolExecutor(8) as pool:
        found = pool.map(lambda n: [each.key for each in claim(limit=10, token=f"t{n}")], range(24))
    claimed = [key for keys in found for key in keys]
    assert len(claimed) == len(set(claimed)) == 40


def test_of_two_that_read_the_same_notice_one_gets_it(monkeypatch: pytest.MonkeyPatch) -> None:
    make_notice()
    real = Notice._get_collection()
    won: list[Leased] = []

    class SomebodyIsFaster:
        """The ids are read; before they are leased, another worker leases them."""

        def find(self, *query: Any, **how: Any) -> Any:
            found = list(real.find(*query, **how))
            if found and not won:
                monkeypatch.setattr(Notice, "_get_collection", lambda: real)
                won.extend(claim(token="faster"))

            class Cursor:
                def sort(self, *_: Any) -> "Cursor":
                    return self

                def limit(self, _: int) -> list[Any]:
                    return found

            return Cursor()

        def update_many(self, *update: Any) -> Any:
            return real.update_many(*update)

    monkeypatch.setattr(Notice, "_get_collection", SomebodyIsFaster)
    slower = claim(token="slower")
    assert [each.lease_token for each in won] == ["faster"]
    assert slower == []


def test_urgent_ones_are_claimed_first() -> None:
    make_notice(code="calm", now=NOW - MINUTE)
    make_notice(code="burning", template="overdue")
    assert [each.about["number"] for each in claim(limit=1)] == ["burning"]
    assert [each.about["number"] for each in claim(limit=1, token="b")] == ["calm"]


def test_nothing_is_claimed_before_its_time() -> None:
    make_notice()
    assert claim(NOW - MOMENT) == []


def test_a_lease_that_ran_out_is_taken_over_and_not_before() -> None:
    make_notice()
    claim()
    assert claim(NOW + MINUTE - MOMENT, token="b") == []
    assert len(claim(NOW + MINUTE, token="b")) == 1


def test_who_lost_his_lease_cannot_mark_anything() -> None:
    make_notice()
    [stale] = claim()
    claim(NOW + MINUTE, token="b")
    assert notices.mark_sent(stale, NOW) is False
    assert notices.mark_failed(stale, "refused", NOW) is False
    assert notices.mark_dead(stale, "bad_address") is False
    assert notices.release(stale, NOW) is False
    assert (one(channel="email").state, one(channel="email").lease_token) == ("leased", "b")


def test_sent_is_sent_for_good() -> None:
    make_notice()
    [notice] = claim()
    assert notices.mark_sent(notice, NOW + MINUTE) is True
    assert notices.mark_failed(notice, "refused", NOW) is False
    assert (one(channel="email").state, one(channel="email").sent_at) == ("sent", NOW + MINUTE)
    assert claim(NOW + 100 * MINUTE) == []


def fail_once(now: Any, token: str) -> None:
    [notice] = claim(now, token=token)
    assert notices.mark_failed(notice, "refused", now)


def test_it_backs_off_until_it_is_dead_and_can_be_sent_again() -> None:
    make_notice()
    now = NOW
    for attempt, minutes in enumerate([1, 2, 4, 8, 16, 32, 60], 1):
        fail_once(now, f"t{attempt}")
        assert (one(channel="email").state, one(channel="email").attempts) == ("queued", attempt)
        assert claim(now + minutes * MINUTE - MOMENT) == []
        now += minutes * MINUTE
    fail_once(now, "t8")
    dead = one(channel="email")
    assert (dead.state, dead.last_error, dead.attempts) == ("dead", "refused", 8)
    assert claim(now + 10_000 * MINUTE) == []
    again = notices.resend(dead.key, actor=cast.manager(), now=now)
    assert (again.state, again.attempts, again.last_error) == ("queued", 0, None)
    assert again.events[0]["actor"] == "manager"
    assert len(claim(now, token="again")) == 1


def test_only_what_failed_is_sent_again() -> None:
    notice = make_notice()
    with pytest.raises(RuleBroken):
        notices.resend(notice.key, actor=cast.manager(), now=NOW)


def test_resending_needs_a_role_and_the_estate() -> None:
    notice = make_notice()
    Notice.objects.update(state="dead")
    with pytest.raises(Forbidden):
        notices.resend(notice.key, actor=cast.guard(), now=NOW)
    with pytest.raises(NotFound):
        notices.resend(notice.key, actor=cast.stranger(), now=NOW)
    with pytest.raises(NotFound):
        notices.resend({"$ne": None}, actor=cast.manager(), now=NOW)
    assert one(channel="email").state == "dead"


def test_reading_twice_keeps_the_first_moment() -> None:
    make_notice(channel="app")
    for moment in (NOW, NOW + MINUTE):
        notices.mark_read(one().key, actor=cast.guard(), now=moment)
    assert one().read_at == NOW


def test_nobody_reads_somebody_elses_inbox() -> None:
    make_notice(channel="app")
    with pytest.raises(NotFound):
        notices.mark_read(one().key, actor=cast.manager(), now=NOW)
    assert one().read_at is None


def test_the_claim_and_the_bell_are_answered_by_indexes(database: Any) -> None:
    make_notice()
    due = {"state": {"$in": ["queued", "leased"]}, "urgent": False, "not_before": {"$lte": NOW}}
    unread = {"recipient": "guard", "channel": "app", "read_at": None}
    for query in (due, unread):
        plan = str(database.notices.find(query).explain()["queryPlanner"]["winningPlan"])
        assert "IXSCAN" in plan
        assert "COLLSCAN" not in plan
