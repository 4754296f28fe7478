"""Killed at any moment, a backup leaves no file that looks whole, and a restore the old data or the way forward."""

import random
import signal
import subprocess
import sys
import time
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import pytest

from store.backup import restoring
from store.backup.operations import RESTORING
from store.backup.reading import verified
from store.backup.writing import UNFINISHED
from store.errors import RuleBroken
from tests.store.backup_samples import back_up, contents, fill, own_database, put_back, silent

KILLED = -signal.SIGKILL


@pytest.fixture
def source(database):
    for store in own_database(database, "backup_source"):
        fill(store, 60)
        yield store


@pytest.fixture
def target(database):
    """A database with other data in it."""
    for store in own_database(database, "backup_target"):
        store["records"].insert_many([{"estate": "old", "number": n} for n in range(50)])
        store["other"].insert_one({"_id": 1})
        yield store


@pytest.fixture
def victim(mongo_server):
    """`victim("back_up", store, path, "write:3")`: its exit status."""

    def start(verb, store, path, point):
        uri = urlunsplit(urlsplit(mongo_server)._replace(path=f"/{store.name}"))
        return subprocess.Popen([sys.executable, "-m", "tests.store.backup_victim", verb, uri, str(path), point])

    return start


def assert_nothing_looks_whole(path):
    assert not path.exists()
    left = list(path.parent.iterdir())
    assert [each.name for each in left] in ([], [path.name + UNFINISHED])


@pytest.mark.parametrize(
    "point",
    ["command:2", "command:9", "write:1", "write:4", "write:40", "before:fsync", "before:rename"],
)
def test_a_killed_backup_leaves_no_file_that_looks_whole(source, victim, tmp_path, point):
    path = tmp_path / "out" / "anju.zip"
    path.parent.mkdir()
    assert victim("back_up", source, path, point).wait(60) == KILLED
    assert_nothing_looks_whole(path)
    back_up(source, path)
    assert list(path.parent.iterdir()) == [path], "the next backup takes the leftover's place"
    with verified(path, silent):
        pass


def test_a_backup_that_has_its_name_is_whole(source, target, victim, tmp_path):
    path = tmp_path / "anju.zip"
    assert victim("back_up", source, path, "after:rename").wait(60) == KILLED
    put_back(target, path, replace=True)
    assert contents(target) == contents(source)


def test_a_leftover_is_refused_by_restore(source, target, victim, tmp_path):
    path = tmp_path / "anju.zip"
    assert victim("back_up", source, path, "write:40").wait(60) == KILLED
    with pytest.raises(RuleBroken) as refused:
        put_back(target, path.with_name(path.name + UNFINISHED), replace=True)
    assert refused.value.code == "backup_incomplete"


def in_use(store):
    """What the product sees: without what lies beside it."""
    return {name: each for name, each in contents(store).items() if not name.startswith(RESTORING)}


def restore_killed_at(number, source, target, victim, tmp_path):
    """Whether there was a command number so and so; if there was, everything is old, or one more call makes it new."""
    path = tmp_path / "anju.zip"
    if not path.exists():
        back_up(source, path)
    before, new = in_use(target), contents(source)
    ended = victim("put_back", target, path, f"command:{number}").wait(60)
    found = in_use(target)
    if ended == 0:
        assert found == new
        return "done"
    assert ended == KILLED
    if restoring.unfinished(target) is None and found != new:
        assert found == before
        return "old"
    put_back(target, path, replace=True)
    assert contents(target) == new
    return "new"


def test_a_restore_killed_while_it_loads_leaves_the_old_data(source, target, victim, tmp_path):
    assert restore_killed_at(12, source, target, victim, tmp_path) == "old"


def test_a_restore_killed_in_the_change_over_is_finished_by_the_next_call(source, target, victim, tmp_path):
    path = tmp_path / "anju.zip"
    back_up(source, path)
    assert victim("put_back", target, path, f"command:{first_rename(source, target, path) + 3}").wait(60) == KILLED
    assert restoring.unfinished(target) is not None
    with pytest.raises(RuleBroken) as refused:
        back_up(target, tmp_path / "mixed.zip")
    assert refused.value.code == "restore_unfinished"
    put_back(target, path)
    assert contents(target) == contents(source)


def test_an_unfinished_change_over_is_finished_before_another_backup_is_restored(source, target, victim, tmp_path):
    first, second = tmp_path / "first.zip", tmp_path / "second.zip"
    back_up(source, first)
    as_first = contents(source)
    source["records"].delete_many({})
    back_up(source, second)
    assert victim("put_back", target, first, f"command:{first_rename(source, target, first) + 3}").wait(60) == KILLED
    with pytest.raises(RuleBroken) as refused:
        put_back(target, second, replace=True)
    assert refused.value.code == "earlier_restore"
    assert contents(target) == as_first
    put_back(target, second, replace=True)
    assert contents(target) == contents(source)


def first_rename(source, target, path):
    """The number of the command that changes the first collection over, counted on a restore that is let through."""
    from pymongo import MongoClient, monitoring

    names = []

    class Listener(monitoring.CommandListener):
        def started(self, event):
            names.append(event.command_name)

        def succeeded(self, event): ...

        def failed(self, event): ...

    host, port = target.client.address
    kept = contents(target)
    listening: MongoClient[Any] = MongoClient(host, port, event_listeners=[Listener()], uuidRepresentation="standard")
    with listening as client:
        own = client[f"{target.name}_counted"]
        for name in kept:
            own[name].insert_one({"_id": "old"})
        names.clear()
        put_back(own, path, replace=True)
        client.drop_database(own.name)
    return names.index("renameCollection") + 1


def wait_for(path):
    deadline = time.monotonic() + 60
    while not path.exists():
        assert time.monotonic() < deadline, path
        time.sleep(0.002)


def time_of_writing(path):
    """Seconds from the first byte of a backup that is let through to its name."""
    wait_for(path.with_name(path.name + UNFINISHED))
    began = time.monotonic()
    wait_for(path)
    return time.monotonic() - began


@pytest.mark.torture
@pytest.mark.timeout(900)
def test_fifty_kills_during_backup_leave_nothing_that_looks_whole(source, target, victim, tmp_path):
    path = tmp_path / "out" / "anju.zip"
    path.parent.mkdir()
    source["bulk"].insert_many([{"n": n, "text": random.Random(n).randbytes(400)} for n in range(60_000)])
    process = victim("back_up", source, path, "never")
    writing = time_of_writing(path)
    assert process.wait() == 0
    killed, finished = 0, 0
    moments = random.Random(12)
    while killed < 50:
        path.unlink(missing_ok=True)
        path.with_name(path.name + UNFINISHED).unlink(missing_ok=True)
        process = victim("back_up", source, path, "never")
        wait_for(path.with_name(path.name + UNFINISHED))
        time.sleep(moments.uniform(0, 1.1 * writing))
        process.kill()
        if process.wait() == KILLED and not path.exists():
            killed += 1
            assert_nothing_looks_whole(path)
        else:
            finished += 1
            with verified(path, silent):
                pass
    print(f"\nbackup: {killed} killed in flight, {finished} had finished and were whole")


@pytest.mark.torture
@pytest.mark.timeout(900)
def test_a_restore_killed_before_each_of_its_commands_is_old_or_new(source, target, victim, tmp_path):
    number, told = 1, []
    old = [dict(document) for document in target["records"].find()]
    while True:
        told.append(restore_killed_at(number, source, target, victim, tmp_path))
        if told[-1] == "done":
            break
        if told[-1] == "new":
            for name in target.list_collection_names():
                target.drop_collection(name)
            target["records"].insert_many(old)
            target["other"].insert_one({"_id": 1})
        number += 1
    assert {"old", "new"} < set(told)
    print(f"\nrestore: {number - 1} kills, {told.count('old')} old, {told.count('new')} new on the next call")
