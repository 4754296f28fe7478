"""What is in force is read past the marks, quickly with them and rightly without: old data, and what was cut off."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from threading import Barrier, Thread
from typing import Any

import pytest

from store.backup import restoring
from store.catching_up import PROGRESS
from store.connection import ensure_indexes
from store.content import current, in_force, known, reading, superseding
from store.content import operations as content
from store.content.documents import Content, Revision
from tests import cast
from tests.store.backup_samples import back_up, put_back
from tests.store.superseding_victim import CODE, KIND, LATER

NOW = cast.NOW
MANAGER = cast.manager()
MOMENTS = [NOW + timedelta(minutes=each) for each in (-1, 0, 30, 59, 60, 61, 180, 1_000)]
INDEXES_BEFORE = (
    [("type", 1), ("code", 1), ("effective_at", -1), ("number", -1)],
    [("type", 1), ("effective_at", -1)],
)


@pytest.fixture(autouse=True)
def _indexes_of_this_version() -> Iterator[None]:
    yield
    ensure_indexes()


def wanted(**changes: Any) -> in_force.Wanted:
    values: dict[str, Any] = {
        "kind": KIND,
        "estates": None,
        "where": [],
        "descending": False,
        "after": None,
        "most": 51,
    }
    return in_force.Wanted(**{**values, **changes})


def save_and_publish(code: str, zh: str, at: datetime) -> None:
    body = {"name": {"zh": zh}, "clause": "2.1"}
    if Content.objects(type=KIND, code=code).first() is None:
        content.create(KIND, code, body, actor=MANAGER, now=at)
    else:
        content.save_draft(KIND, code, body, actor=MANAGER, now=at)
    content.publish(KIND, code, actor=MANAGER, now=at)


def make_history(count: int = 5) -> None:
    """Published, published again, withdrawn and back again, of each piece of content something else."""
    dice = Random(5)
    for n in range(count):
        code, at = f"c{n}", NOW
        save_and_publish(code, "一", at)
        for zh in "二三四"[: dice.randrange(4)]:
            at += timedelta(minutes=dice.choice([0, 30, 60]))
            save_and_publish(code, zh, at)
        if dice.random() < 0.3:
            content.withdraw(KIND, code, actor=MANAGER, now=at + timedelta(hours=1))


def as_the_version_before_left_it() -> None:
    """No marks, no note of how far they are, the indexes that had none."""
    revisions = Revision._get_collection()
    revisions.update_many({}, {"$unset": {"superseded_at": ""}})
    revisions.database.drop_collection(PROGRESS)
    for index in INDEXES_BEFORE:
        revisions.create_index(index)


def truth(moment: datetime) -> list[str]:
    """From all revisions, one after the other."""
    stands: dict[str, Any] = {}
    for each in Revision._get_collection().find({"type": KIND, "effective_at": {"$lte": moment}}):
        last = stands.get(each["code"])
        if last is None or (last["effective_at"], last["number"]) < (each["effective_at"], each["number"]):
            stands[each["code"]] = each
    return [stands[code]["_id"] for code in sorted(stands) if not stands[code]["withdrawn"]]


def check_every_reader() -> None:
    for moment in MOMENTS:
        right = truth(moment)
        assert [each.key for each in reading.live_all(KIND, moment)] == right, moment
        for most in (1, 2, 51):
            assert [each.key for each in in_force.at(wanted(most=most), moment)] == right[:most], (moment, most)
            backwards = in_force.at(wanted(most=most, descending=True), moment)
            assert [each.key for each in backwards] == right[::-1][:most], (moment, most)
        assert in_force.count(wanted(), moment, 100) == len(right)
    # Heads know only what is in force by now.
    assert [each.key for each in in_force.now(wanted(), MOMENTS[-1])] == truth(MOMENTS[-1])


def check_every_mark() -> None:
    """Each revision ends when the next of its rank begins; the last ends never."""
    by_content: dict[Any, list[Any]] = {}
    for each in Revision._get_collection().find({}).sort([("content", 1), ("effective_at", 1), ("number", 1)]):
        by_content.setdefault(each["content"], []).append(each)
    for revisions in by_content.values():
        begins = [each["effective_at"] for each in revisions[1:]]
        assert [each.get("superseded_at") for each in revisions] == [*begins, None]


def test_every_reader_finds_what_all_revisions_tell(database: Any) -> None:
    make_history(8)
    check_every_reader()
    check_every_mark()


def test_of_two_publications_the_later_counts_though_a_slower_clock_brought_it(database: Any) -> None:
    save_and_publish(CODE, "30", NOW + timedelta(minutes=30))
    content.withdraw(KIND, CODE, actor=MANAGER, now=NOW + timedelta(minutes=60))
    save_and_publish(CODE, "59", NOW + timedelta(minutes=59))
    check_every_reader()
    check_every_mark()
    assert [each.body["name"]["zh"] for each in reading.live_all(KIND, MOMENTS[-1])] == ["59"]


def test_revisions_out_of_order_are_marked_by_when_they_begin(database: Any) -> None:
    begins = enumerate((30, 60, 59, 0), 1)
    rows = [{"_id": str(n), "number": n, "effective_at": NOW + timedelta(minutes=each)} for n, each in begins]
    assert {mark.key: mark.superseded_at for mark in superseding.marks(rows)} == {
        "4": rows[0]["effective_at"],
        "1": rows[2]["effective_at"],
        "3": rows[1]["effective_at"],
    }


def test_data_of_the_version_before_is_read_rightly_and_then_marked(database: Any) -> None:
    make_history(8)
    as_the_version_before_left_it()
    check_every_reader()
    assert [superseding.catch_up(3) for _ in range(4)] == [3, 3, 2, 0]
    check_every_reader()
    check_every_mark()


def test_indexes_that_a_process_of_the_version_before_makes_again_go_with_the_next_start(database: Any) -> None:
    while superseding.catch_up(10):
        pass
    as_the_version_before_left_it()
    ensure_indexes()
    indexes = [[*each["key"].items()] for each in Revision._get_collection().list_indexes()]
    assert not [each for each in INDEXES_BEFORE if each in indexes]


def test_what_a_process_of_the_version_before_publishes_later_is_marked_with_the_next(database: Any) -> None:
    save_and_publish(CODE, "一", NOW)
    superseding.catch_up(10)
    save_and_publish(CODE, "二", LATER)
    Revision._get_collection().update_many({}, {"$unset": {"superseded_at": ""}})
    check_every_reader()
    save_and_publish(CODE, "三", LATER + timedelta(hours=1))
    check_every_mark()


def test_a_restored_backup_of_the_version_before_is_marked_too(database: Any, tmp_path: Path) -> None:
    make_history(3)
    as_the_version_before_left_it()
    back_up(database, tmp_path / "before")
    assert superseding.catch_up(10)
    assert superseding.catch_up(10) == 0
    put_back(database, tmp_path / "before", replace=True)
    assert restoring.unfinished(database) is None
    check_every_reader()
    assert superseding.catch_up(10) == 3
    check_every_mark()


@pytest.mark.parametrize("torn", [{"$unset": {"effective_at": ""}}, {"$set": {"effective_at": "soon"}}])
def test_a_torn_revision_keeps_nobody_from_publishing_or_marking(database: Any, torn: dict[str, Any]) -> None:
    make_history(4)
    as_the_version_before_left_it()
    database.revisions.update_one({"code": "c1", "number": 1}, torn)
    save_and_publish("c1", "又", LATER)
    assert superseding.catch_up(10) == 4
    assert superseding.catch_up(10) == 0
    for moment in MOMENTS:
        assert [each.key for each in reading.live_all(KIND, moment)] == truth(moment)
    assert database.revisions.count_documents({"code": "c1", "number": {"$gt": 1}, "superseded_at": None}) == 1


def test_many_may_mark_at_once(database: Any) -> None:
    make_history(9)
    as_the_version_before_left_it()
    start = Barrier(6)

    def run() -> None:
        start.wait()
        while superseding.catch_up(2):
            pass

    threads = [Thread(target=run) for _ in range(6)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    check_every_reader()
    check_every_mark()


def killed_before_every_write(act: str, uri: str) -> Iterator[int]:
    """The number of each write before which a process was killed; the last one came through."""
    for number in range(1, 20):
        command = [sys.executable, "-m", "tests.store.superseding_victim", act, uri, str(number)]
        status = subprocess.run(command, cwd=Path(__file__).parents[2], check=False).returncode
        assert status in (0, -signal.SIGKILL)
        yield number
        if status == 0:
            return
    pytest.fail("it wrote and wrote")


def test_a_publication_killed_between_any_two_writes_shows_the_one_or_the_other(
    database: Any, mongo_server: str
) -> None:
    save_and_publish(CODE, "一", NOW)
    save_and_publish("other", "一", NOW)
    content.save_draft(KIND, CODE, {"name": {"zh": "二"}, "clause": "2.1"}, actor=MANAGER, now=NOW)
    heads, revisions = ([*each.find()] for each in (database.content, database.revisions))
    for number in killed_before_every_write("publish", mongo_server):
        check_every_reader()
        content.publish_due(LATER + timedelta(minutes=1))
        check_every_reader()
        check_every_mark()
        assert Revision.objects(code=CODE).count() == (1 if number == 1 else 2)
        database.content.delete_many({})
        database.revisions.delete_many({})
        database.content.insert_many(heads)
        database.revisions.insert_many(revisions)


def test_marking_killed_between_any_two_writes_goes_on(database: Any, mongo_server: str) -> None:
    make_history(5)
    as_the_version_before_left_it()
    for _ in killed_before_every_write("catch_up", mongo_server):
        check_every_reader()
        while superseding.catch_up(2):
            pass
        check_every_mark()
        as_the_version_before_left_it()


# what a process knows


def test_what_a_reader_has_learnt_stays_his_when_another_thread_makes_room(database: Any) -> None:
    save_and_publish(CODE, "一", NOW)
    (key,) = truth(NOW)
    learnt = known.learn([key])
    known.forget()
    assert learnt[key].code == CODE


def test_more_than_a_process_keeps_is_still_read_in_one_command(database: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    make_history(3)
    monkeypatch.setattr(known, "MOST_KNOWN", 1)
    monkeypatch.setattr(current, "live", lambda *_: pytest.fail("asked for one by one"))
    read = current.Current([KIND], [])
    found = [read.find(KIND, head.code, MOMENTS[-1]) for head in read.of(KIND)]
    assert [each.key for each in found if each] == truth(MOMENTS[-1])


# what it costs


def test_a_page_of_any_moment_reads_no_more_revisions_than_it_shows(database: Any) -> None:
    for n in range(8):
        for hour in range(6):
            save_and_publish(f"c{n}", str(hour), NOW + timedelta(hours=hour))
    for hours in (0, 3, 9):
        moment = NOW + timedelta(hours=hours)
        query = {"type": KIND, **superseding.unmarked_at(moment)}
        found = Revision._get_collection().find(query).sort("code", 1).limit(3).explain()["executionStats"]
        assert found["totalDocsExamined"] <= 3
    everything = Revision._get_collection().find({"type": KIND, **superseding.unmarked_at(moment)})
    assert everything.explain()["executionStats"]["totalDocsExamined"] <= 8
