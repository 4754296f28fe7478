"""No record is ever full: events that are no longer new go to a collection of their own, none lost and none doubled."""

from contextlib import suppress
from typing import Any

import pytest
from bson import encode
from pymongo.collection import Collection
from pymongo.errors import BulkWriteError, OperationFailure

from store import clock, history, versioned
from store.content import operations as content
from store.content.documents import Content
from store.errors import RuleBroken
from store.history import PastEvent
from store.notices import relay
from store.notices.documents import Notice
from store.parts import count_of
from store.versioned import Change, commit, events_of
from tests import cast

NOW = cast.NOW
Body = dict[str, Any]


def policy(round_: int) -> Body:
    clauses = [{"number": "1.1", "title": {"zh": "巡查"}, "text": {"zh": f"每日巡查并记录。第 {round_} 稿"}}]
    chapters = [{"number": 1, "title": {"zh": "总则"}, "clauses": clauses}]
    return {"title": {"zh": "服务制度"}, "effective_date": "2026-01-01", "chapters": chapters}


@pytest.fixture
def head(database: Any) -> Content:
    return content.create("policy", "house", policy(0), actor=cast.manager(), now=NOW)


def save(times: int, since: int = 1) -> Content:
    for number in range(since, since + times):
        found = content.save_draft("policy", "house", policy(number), actor=cast.manager(), now=NOW)
    return found


def stored() -> dict[str, Any]:
    found = Content._get_collection().find_one({"code": "house"})
    assert found is not None
    return found


def numbers() -> list[int]:
    return [event.n for event in events_of(Content.objects.get(code="house"))]


def write(head: Content, size: int = 0, **intents: Any) -> Content:
    change = Change("save", {"changes": [], "note": "记" * size}, **intents)
    return commit(head, change, actor=cast.manager(), now=NOW)


def killed_at(patch: pytest.MonkeyPatch, name: str) -> None:
    """The process ends before the command of this name that a step would send next."""

    def killed(*_: Any, **__: Any) -> None:
        raise SystemExit

    patch.setattr(Collection, name, killed)


def test_a_record_keeps_its_newest_events_and_the_others_are_found(head: Content) -> None:
    found = save(400)
    kept = stored()["events"]
    assert history.KEPT <= len(kept) < history.MOST + history.STEP
    assert [each["n"] for each in kept] == list(range(found.version - len(kept) + 1, found.version + 1))
    assert numbers() == list(range(1, 402))
    assert [event.n for event in events_of(found, above=250)] == list(range(251, 402))
    assert events_of(found)[1].detail["changes"][0]["field"] == "chapters.0.clauses.0.text.zh"


def test_a_record_with_few_events_keeps_them(head: Content) -> None:
    save(140)
    assert len(stored()["events"]) == 141
    assert PastEvent.objects.count() == 0


def test_few_large_events_leave_too(head: Content) -> None:
    for _ in range(40):
        head = write(head, 20_000)
    assert len(encode(stored())) < 1_600_000
    assert numbers() == list(range(1, 42))


@pytest.mark.parametrize("command", ["insert_many", "update_one"])
def test_a_step_that_was_cut_off_loses_nothing_and_doubles_nothing(
    head: Content, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    save(158)
    with monkeypatch.context() as patch:
        killed_at(patch, command)
        with pytest.raises(SystemExit):
            save(1, since=159)
    assert numbers() == list(range(1, 161))
    assert count_of(Content.objects.get(code="house")) == 160
    save(16, since=160)
    assert len(stored()["events"]) == history.KEPT
    assert numbers() == list(range(1, 177))
    assert sorted(PastEvent.objects.scalar("n")) == list(range(1, 77))


@pytest.mark.parametrize("command", ["insert_many", "update_one"])
def test_a_later_step_that_was_cut_off_counts_nothing_twice(
    head: Content, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    save(159)
    assert stored()["in_history"] == 60
    save(63, since=160)
    with monkeypatch.context() as patch:
        killed_at(patch, command)
        with pytest.raises(SystemExit):
            save(1, since=223)
    assert count_of(Content.objects.get(code="house")) == 224


def test_events_stay_while_it_is_not_sure_that_their_copies_do(head: Content, monkeypatch: pytest.MonkeyPatch) -> None:
    save(158)
    refused = {"writeErrors": [], "writeConcernErrors": [{"code": 64, "errmsg": "waiting for replication timed out"}]}

    def not_yet_safe(*_: Any, **__: Any) -> None:
        raise BulkWriteError(refused)

    with monkeypatch.context() as patch:
        patch.setattr(Collection, "insert_many", not_yet_safe)
        with pytest.raises(BulkWriteError):
            save(1, since=159)
    assert len(stored()["events"]) == 160


def test_two_that_take_the_same_step_do_it_once(head: Content) -> None:
    save(150)
    before = stored()
    for _ in range(2):
        history.settle(Content._get_collection(), "content", before)
    assert numbers() == list(range(1, 152))
    assert len(stored()["events"]) == history.KEPT


def test_what_was_not_told_yet_stays_with_its_record(head: Content) -> None:
    told = {"template": "publication-refused", "to": ["manager"], "params": {"due": NOW, "count": 1}}
    head = write(head, notify=[told])
    for _ in range(320):
        head = write(head)
    assert len(stored()["events"]) == 322
    relay.relay(NOW)
    assert len(stored()["events"]) == history.KEPT
    assert numbers() == list(range(1, 323))
    assert Notice.objects(about__event=2).count() >= 1


def test_a_record_that_is_full_makes_room_for_the_next_event(head: Content) -> None:
    events = stored()["events"]
    events += [{**events[0], "n": n, "detail": {"note": "记" * 1_300_000}} for n in (2, 3, 4, 5)]
    full = {"$set": {"events": events, "version": 5}}
    Content._get_collection().update_one({"_id": head.pk}, full)
    after = write(Content.objects.get(pk=head.pk), 500_000)
    assert [event.n for event in events_of(after)] == [1, 2, 3, 4, 5, 6]
    assert len(encode(stored())) < 6_000_000


def test_what_is_full_without_its_history_is_told_by_name(head: Content) -> None:
    Content._get_collection().update_one({"_id": head.pk}, {"$set": {"name": {"zh": "满" * 5_590_000}}})
    with pytest.raises(RuleBroken) as refused:
        write(Content.objects.get(pk=head.pk), 10_000)
    assert refused.value.code == "record_full"


def test_what_does_not_fit_into_the_servers_cache_is_told_by_name() -> None:
    with pytest.raises(RuleBroken) as refused, versioned._within_bounds():
        raise OperationFailure("Transaction is too large and will not fit in the storage engine cache", 388)
    assert refused.value.code == "record_full"


def test_a_torn_event_keeps_all_where_they_are(head: Content) -> None:
    save(150)
    Content._get_collection().update_one({"_id": head.pk}, {"$set": {"events.7": "torn"}})
    head = Content.objects.only("version", "type", "code").get(pk=head.pk)
    for _ in range(20):
        head = write(head)
    assert len(stored()["events"]) == 171


@pytest.mark.parametrize("command", ["", "update_one"])
def test_the_history_of_a_removed_draft_goes_with_it(
    head: Content, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    save(158)
    with monkeypatch.context() as patch, suppress(SystemExit):
        if command:
            killed_at(patch, command)
        save(1, since=159)
    assert PastEvent.objects.count() == 60
    content.remove("policy", "house", actor=cast.manager(), now=clock.now())
    assert PastEvent.objects.count() == 0
