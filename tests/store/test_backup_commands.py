"""`flask --app wsgi backup|restore`, as an operator runs them: in words, in both languages, with an exit status."""

from urllib.parse import urlsplit, urlunsplit

import pytest
from click.testing import CliRunner

from jobs import safekeeping
from jobs.commands import commands
from store.backup import operations
from store.errors import RuleBroken
from tests.conftest import SECRET_KEY
from tests.jobs.test_doctor import add_worker
from tests.store.backup_samples import contents, fill, own_database


@pytest.fixture
def source(database):
    yield from own_database(database, "backup_source")


@pytest.fixture
def target(database):
    yield from own_database(database, "backup_target")


@pytest.fixture
def run(redis, redis_server, mongo_server, monkeypatch):
    """`run(store, "backup", path)`: the result of the command on that database. Indexes are made by nobody here."""
    monkeypatch.setenv("REDIS_URL", redis_server)
    monkeypatch.setenv("SECRET_KEY", SECRET_KEY)
    monkeypatch.setenv("MONGODB_URI", urlunsplit(urlsplit(mongo_server)._replace(path="/elsewhere")))
    made = []
    monkeypatch.setattr(safekeeping, "ensure_indexes", lambda: made.append(True))
    by_name = {each.name: each for each in commands}

    def start(store, name, *arguments, typed=""):
        monkeypatch.setattr(safekeeping, "get_db", lambda: store)
        result = CliRunner().invoke(by_name[name], [str(each) for each in arguments], input=typed)
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        return result

    return start


def test_backup_and_restore_from_the_command_line(source, target, run, tmp_path):
    fill(source, 10)
    path = tmp_path / "anju.zip"
    made = run(source, "backup", path)
    assert made.exit_code == 0
    assert "备份完成" in made.output
    assert "Backup made" in made.output
    assert "个人信息" in made.output
    assert "personal data" in made.output
    assert "records" in made.output, "progress is shown"
    restored = run(target, "restore", path)
    assert restored.exit_code == 0, restored.output
    assert "equal to the backup byte by byte" in restored.output
    assert contents(target) == contents(source)


def test_replacing_wants_the_name_of_the_database_typed(source, target, run, tmp_path):
    fill(source, 3)
    path = tmp_path / "anju.zip"
    run(source, "backup", path)
    target["requests"].insert_one({"_id": "old"})
    before = contents(target)
    for typed in ("", "yes\n", f"{source.name}\n"):
        refused = run(target, "restore", path, "--replace", typed=typed)
        assert refused.exit_code == 1
        assert contents(target) == before
    assert target.name in refused.output
    assert run(target, "restore", path, "--replace", typed=f"{target.name}\n").exit_code == 0
    assert contents(target) == contents(source)


def test_a_database_that_is_not_empty_is_refused_with_the_way_on(source, target, run, tmp_path):
    fill(source, 3)
    path = tmp_path / "anju.zip"
    run(source, "backup", path)
    target["requests"].insert_one({"_id": "old"})
    refused = run(target, "restore", path)
    assert refused.exit_code == 1
    assert "请加 --replace" in refused.output
    assert "add --replace" in refused.output


def test_running_workers_are_refused_unless_one_insists(source, target, run, redis, tmp_path):
    from store.clock import now

    fill(source, 3)
    path = tmp_path / "anju.zip"
    run(source, "backup", path)
    add_worker(redis, "ticks", now())
    refused = run(target, "restore", path)
    assert refused.exit_code == 1
    assert "Workers are running (ticks)" in refused.output
    assert not target.list_collection_names()
    assert run(target, "restore", path, "--while-running").exit_code == 0


def test_without_redis_a_restore_goes_on(source, target, run, tmp_path, monkeypatch):
    fill(source, 3)
    path = tmp_path / "anju.zip"
    run(source, "backup", path)
    monkeypatch.setenv("REDIS_URL", "redis://127.0.0.1:1/0")
    assert run(target, "restore", path).exit_code == 0


@pytest.mark.parametrize("content", [None, b"", b"PK\x03\x04", b"hello"])
def test_a_file_that_is_no_backup_is_refused_by_name(target, run, tmp_path, content):
    path = tmp_path / "letter.zip"
    if content is not None:
        path.write_bytes(content)
    refused = run(target, "restore", path)
    assert refused.exit_code == 1
    assert "letter.zip" in refused.output
    assert not target.list_collection_names()


def test_a_backup_into_a_folder_that_is_not_there_is_a_sentence(source, run, tmp_path):
    fill(source, 3)
    refused = run(source, "backup", tmp_path / "nowhere" / "anju.zip")
    assert refused.exit_code == 1
    assert "No such file or directory" in refused.output


def test_mongodb_that_fails_is_a_sentence(source, run, tmp_path, monkeypatch):
    from pymongo.errors import AutoReconnect

    def fail(*arguments, **more):
        raise AutoReconnect("connection closed")

    monkeypatch.setattr(operations, "back_up", fail)
    refused = run(source, "backup", tmp_path / "anju.zip")
    assert refused.exit_code == 1
    assert "AutoReconnect" in refused.output


def test_every_refusal_is_said_in_both_languages():
    from store.backup.words import _REFUSALS, refusal

    values = dict.fromkeys(["path", "database", "name", "kind", "found", "known", "part", "names", "made_at"], "x")
    for code in _REFUSALS:
        error = refusal(code, **values)
        assert isinstance(error, RuleBroken)
        assert error.words.zh != error.words.en
        assert "{{" not in error.words.zh + error.words.en
