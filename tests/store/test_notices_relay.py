"""The relay: whatever runs how often and is killed where, each intent has its notices once."""

import logging
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from pymongo.collection import Collection
from pymongo.errors import BulkWriteError

from store import relay as makers
from store.content.documents import Content
from store.health.documents import BadRecord
from store.notices import relay as relaying
from store.notices.documents import Notice
from store.notices.relay import relay
from store.versioned import Change, commit
from tests import cast
from tests.cast import NOW
from tests.store.notice_sources import add_event, intent, keys, make_source, make_template, one

HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def _company(database: Any) -> None:
    make_template()
    cast.make_staff("guard")
    cast.make_staff("desk", channels=[{"url": "wecombot://secret-key"}, {"url": "json://example.com/hook"}])


@pytest.fixture
def made() -> Iterator[list[str]]:
    """Keys that the maker of "thing" was asked for."""
    asked: list[str] = []
    makers.makes("thing")(lambda wanted, source, actor, now: asked.append(wanted["key"]))
    yield asked
    makers._MAKERS.pop("thing")


def test_everybody_is_told_by_every_channel_he_has() -> None:
    make_source(intent("guard", "desk"))
    assert relay(NOW) == 1
    reached = keys()
    assert reached[0:1] + reached[3:] == ["1:desk:app", "1:desk:email", "1:guard:app", "1:guard:email"]
    assert all(each.startswith("1:desk:apprise-") for each in reached[1:3])


def test_a_notice_knows_what_it_is_about_and_pins_its_template() -> None:
    source = make_source(intent(due_at=NOW - HOUR, urgent=True))
    make_template(subject="二版", now=NOW)
    relay(NOW)
    notice = one(channel="email")
    assert notice.about == {"kind": "content", "id": str(source.pk), "number": "one", "event": 1}
    assert notice.template == {"code": "reminder", "revision": 2}
    assert (notice.due_at, notice.created_at, notice.urgent, notice.state) == (NOW - HOUR, NOW, True, "queued")
    assert notice.estate == cast.ESTATE


def test_nothing_secret_and_nothing_personal_is_in_a_notice() -> None:
    make_source(intent("desk"))
    relay(NOW)
    stored = str(list(Notice._get_collection().find({})))
    for canary in ("secret-key", "desk@anju.example", "吴安晴"):
        assert canary not in stored


def test_the_inbox_needs_no_sender() -> None:
    make_source(intent())
    relay(NOW)
    assert (one(channel="app").state, one(channel="app").sent_at) == ("sent", NOW)


def test_channels_narrow_the_ways() -> None:
    make_source(intent("desk", channels=["app"]))
    relay(NOW)
    assert keys() == ["1:desk:app"]


def test_a_group_robot_is_told_without_a_reader() -> None:
    make_source(intent(to=[], channels=["wecombot://the-group"]))
    relay(NOW)
    assert one(channel="apprise").recipient == ""


def test_a_reader_who_has_left_is_a_dead_notice_not_silence() -> None:
    make_source(intent("gone"))
    relay(NOW)
    assert (one().state, one().last_error) == ("dead", "reader_unknown")


def test_one_event_tells_a_reader_once_and_the_urgent_way_wins() -> None:
    make_template("overdue", urgent=True)
    make_source(intent(channels=["email"]), intent(channels=["email"], template="overdue"))
    relay(NOW)
    assert (one().template["code"], one().urgent) == ("overdue", True)


def test_running_twice_makes_nothing_twice(made: list[str]) -> None:
    source = make_source(intent(), make=[{"kind": "thing", "key": "k1", "values": {}}])
    assert relay(NOW) == 1
    before = list(Notice._get_collection().find({}))
    assert relay(NOW + HOUR) == 0
    Content.objects(pk=source.pk).update(pending=True, relayed=0)
    assert relay(NOW + HOUR) == 1
    assert list(Notice._get_collection().find({})) == before
    assert made == ["k1", "k1"]


def test_killed_between_insert_and_mark_it_is_done_again_without_doubles(monkeypatch: pytest.MonkeyPatch) -> None:
    source = make_source(intent())

    def die(*_: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(relaying, "_mark", die)
        with pytest.raises(KeyboardInterrupt):
            relay(NOW)
    assert Content.objects.get(pk=source.pk).pending is True
    assert relay(NOW + HOUR) == 1
    assert [notice.created_at for notice in Notice.objects] == [NOW, NOW]
    assert Content.objects.get(pk=source.pk).pending is None


def test_eight_relays_at_once_make_each_notice_once() -> None:
    for number in range(40):
        make_source(intent("guard", "desk"), code=f"s{number}")
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: relay(NOW, 15), range(32)))
    assert Notice.objects.count() == 40 * 6
    assert Content.objects(pending=True).count() == 0


def test_an_event_that_comes_meanwhile_stays_pending(monkeypatch: pytest.MonkeyPatch) -> None:
    source = make_source(intent())
    insert = relaying._insert

    def and_somebody_writes(notices: Any) -> None:
        insert(notices)
        add_event(source, intent("desk", channels=["app"]))

    with monkeypatch.context() as patch:
        patch.setattr(relaying, "_insert", and_somebody_writes)
        relay(NOW)
    current = Content.objects.get(pk=source.pk)
    assert (current.pending, current.relayed) == (True, 1)
    assert keys() == ["1:guard:app", "1:guard:email"]
    relay(NOW)
    assert keys() == ["1:guard:app", "1:guard:email", "2:desk:app"]
    assert Content.objects.get(pk=source.pk).relayed == 2


def test_a_slower_relay_never_takes_back_the_mark_of_a_faster_one() -> None:
    source = make_source(intent())
    [old] = relaying._pending({"content": Content}, NOW, 10)["content"]
    add_event(source, intent("desk"))
    relay(NOW)
    relaying._mark("content", Content, [old], NOW)
    assert Content.objects.get(pk=source.pk).relayed == 2


def test_only_new_events_are_relayed() -> None:
    source = make_source(intent())
    relay(NOW)
    Notice.objects.delete()
    add_event(Content.objects.get(pk=source.pk), intent("desk", channels=["app"]))
    relay(NOW)
    assert keys() == ["2:desk:app"]


def test_a_bad_record_is_put_aside_for_an_hour_and_the_others_go_on(
    made: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    bad = make_source(intent(), make=[{"kind": "nobody-makes-this", "key": "13900000001", "values": {}}], code="bad")
    make_source(intent(), make=[{"kind": "thing", "key": "good", "values": {}}], code="good", now=NOW + HOUR)
    with caplog.at_level(logging.ERROR):
        relay(NOW + HOUR)
    assert made == ["good"]
    assert Content.objects.get(code="good").pending is None
    shown = BadRecord.objects.get()
    assert (shown.job, shown.about["number"], shown.until) == ("relay", "bad", NOW + 2 * HOUR)
    assert "NoMaker" in shown.error
    assert "13900000001" not in caplog.text + shown.error
    assert relay(NOW + 2 * HOUR - timedelta(milliseconds=1)) == 0
    assert relay(NOW + 2 * HOUR) == 1
    assert BadRecord.objects.get().times == 2
    assert Content.objects.get(pk=bad.pk).pending is True


def test_a_record_that_changed_under_a_maker_is_tried_again_at_the_next_pass_and_not_in_an_hour() -> None:
    target = make_source(code="target")
    stale = [target]

    def note(wanted: Any, source: Any, actor: Any, now: Any) -> None:
        known = stale.pop() if stale else Content.objects.get(pk=target.pk)
        commit(known, Change("noted", {"key": wanted["key"]}), actor=actor, now=now)

    add_event(target)  # what `stale` holds is not what is stored any more
    source = make_source(make=[{"kind": "noting", "key": "k", "values": {}}], code="source")
    makers.makes("noting")(note)
    try:
        relay(NOW)
        assert Content.objects.get(pk=source.pk).pending is True
        relay(NOW + timedelta(seconds=2))
    finally:
        makers._MAKERS.pop("noting")
    assert [event.verb for event in Content.objects.get(pk=target.pk).events] == ["create", "save", "noted"]
    assert Content.objects.get(pk=source.pk).pending is None
    assert BadRecord.objects.count() == 0


def test_a_mended_record_disappears_from_the_page() -> None:
    make_source(make=[{"kind": "late-maker", "key": "k", "values": {}}])
    relay(NOW)
    makers.makes("late-maker")(lambda *_: None)
    try:
        relay(NOW + HOUR)
    finally:
        makers._MAKERS.pop("late-maker")
    assert BadRecord.objects.count() == 0
    assert Content.objects.get(code="one").relay_after is None


def test_the_oldest_record_goes_first() -> None:
    for number in range(3):
        make_source(intent(channels=["app"]), code=f"s{number}", now=NOW - number * HOUR)
    relay(NOW, 1)
    assert one().about["number"] == "s2"


def test_marking_does_not_count_as_a_change() -> None:
    """An editor who has the record open must not be told that "somebody" changed it."""
    source = make_source(intent())
    relay(NOW)
    commit(source, Change("save"), actor=cast.manager(), now=NOW)


def test_a_record_waits_while_its_notices_are_not_sure_to_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    source = make_source(intent("desk"))

    def not_yet_safe(*_: Any, **__: Any) -> None:
        raise BulkWriteError({"writeErrors": [], "writeConcernErrors": [{"code": 64, "errmsg": "timed out"}]})

    with monkeypatch.context() as patch:
        patch.setattr(Collection, "insert_many", not_yet_safe)
        with pytest.raises(BulkWriteError):
            relay(NOW)
    assert Content.objects.get(pk=source.pk).pending
