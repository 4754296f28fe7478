"""What is restored equals what was backed up, to the byte; nothing is overwritten by accident."""

import stat
import tomllib
from pathlib import Path

import pytest

from store.backup import restoring
from store.backup.manifest import APP_VERSION, Manifest
from store.backup.reading import verified
from store.backup.writing import MARKER
from store.errors import RuleBroken
from tests.cast import NOW
from tests.store.backup_samples import back_up, contents, fill, own_database, put_back, silent


@pytest.fixture
def source(database):
    yield from own_database(database, "backup_source")


@pytest.fixture
def target(database):
    yield from own_database(database, "backup_target")


@pytest.fixture
def path(tmp_path):
    return tmp_path / "anju.zip"


def test_every_type_of_value_index_and_option_comes_back_equal(source, target, path):
    fill(source)
    made = back_up(source, path)
    assert put_back(target, path) == made
    assert contents(target) == contents(source)
    assert made.count == sum(len(documents) for documents, _, _ in contents(source).values())


def test_a_backup_of_the_restored_database_has_the_same_hashes(source, target, path, tmp_path):
    fill(source)
    made = back_up(source, path)
    put_back(target, path)
    assert back_up(target, tmp_path / "again.zip").parts == made.parts


def test_more_documents_than_fit_into_one_batch_come_back(source, target, path):
    source["many"].insert_many([{"n": n, "text": "x" * 30} for n in range(5_500)])
    source["large"].insert_many([{"n": n, "bytes": bytes(5_000_000)} for n in range(5)])
    back_up(source, path)
    put_back(target, path)
    assert contents(target) == contents(source)


def test_all_collections_are_of_the_same_moment(source, target, path):
    """A transfer between two collections during the backup is in both or in neither."""
    source["a"].insert_many([{"_id": n} for n in range(100)])
    source["b"].insert_one({"_id": "first"})

    def move(name, done, total):
        source["b"].insert_one({"moved": source["a"].find_one_and_delete({})})
        source["a"].create_index("later")

    back_up(source, path, tell=move)
    put_back(target, path)
    assert target["a"].count_documents({}) == 100
    assert [each["_id"] for each in target["b"].find()] == ["first"]


def test_the_file_is_for_its_owner_only_and_says_what_it_is(source, path):
    fill(source, 3)
    back_up(source, path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    head = path.read_bytes()[:1000].decode(errors="replace")
    assert MARKER in head
    assert "personal data" in head
    assert "个人信息" in head


def test_the_manifest_tells_moment_version_counts_and_views(source, path):
    fill(source, 3)
    source.command("create", "late_records", viewOn="records", pipeline=[])
    back_up(source, path)
    with verified(path, silent) as archive:
        manifest = archive.manifest
    assert (manifest.made_at, manifest.app_version, manifest.views) == (NOW, APP_VERSION, ("late_records",))
    counts = {part.name: part.count for part in manifest.parts}
    assert counts == {"records": 3, "odd": 1, "keys": 8, "empty": 0, "checked": 1, "fs.files": 2, "fs.chunks": 3}
    assert Manifest.from_json(manifest.to_json()) == manifest


def test_the_version_is_that_of_the_project():
    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text())
    assert project["project"]["version"] == APP_VERSION


def test_progress_is_told_for_every_collection(source, path):
    fill(source, 3)
    told = []
    back_up(source, path, tell=lambda *step: told.append(step))
    assert {name for name, done, total in told if done == total} >= {"records", "fs.files", "empty"}


def test_a_backup_never_overwrites(source, path):
    fill(source, 3)
    path.write_text("precious")
    with pytest.raises(RuleBroken) as refused:
        back_up(source, path)
    assert refused.value.code == "backup_exists"
    assert path.read_text() == "precious"


def test_two_backups_to_one_name_do_not_mix(source, path):
    fill(source, 3)
    refusals = []

    def second(name, done, total):
        with pytest.raises(RuleBroken) as refused:
            back_up(source, path)
        refusals.append(refused.value.code)

    back_up(source, path, tell=second)
    assert set(refusals) == {"backup_running"}
    with verified(path, silent):
        assert list(path.parent.iterdir()) == [path]


def test_a_backup_that_fails_leaves_nothing(source, path):
    fill(source, 3)

    def fail(name, done, total):
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space"):
        back_up(source, path, tell=fail)
    assert not list(path.parent.iterdir())


def test_an_empty_database_is_not_backed_up(source, path):
    source["beats"].create_index("name")
    with pytest.raises(RuleBroken) as refused:
        back_up(source, path)
    assert refused.value.code == "database_empty"
    assert not path.exists()


def test_a_database_that_holds_something_is_not_touched_without_replace(source, target, path):
    fill(source, 3)
    back_up(source, path)
    target["requests"].insert_one({"_id": 1})
    before = contents(target)
    with pytest.raises(RuleBroken) as refused:
        put_back(target, path)
    assert refused.value.code == "database_not_empty"
    assert "requests" in refused.value.words.en
    assert contents(target) == before


def test_indexes_alone_do_not_make_a_database_occupied(source, target, path):
    fill(source, 3)
    back_up(source, path)
    target["requests"].create_index("number")
    put_back(target, path)
    assert contents(target) == contents(source)


def test_replacing_removes_what_the_backup_does_not_hold(source, target, path):
    fill(source, 3)
    back_up(source, path)
    target["records"].insert_many([{"estate": "old", "number": n} for n in range(50)])
    target["other"].insert_one({"_id": 1})
    put_back(target, path, replace=True)
    assert contents(target) == contents(source)


def test_a_restore_that_does_not_come_out_equal_changes_nothing_over(source, target, path):
    fill(source, 3)
    back_up(source, path)
    target["records"].insert_one({"_id": "old"})

    def spoil(name, done, total):
        target["restoring.records"].update_one({"number": 1}, {"$set": {"number": 99}})

    with pytest.raises(RuleBroken) as refused:
        put_back(target, path, replace=True, tell=spoil)
    assert refused.value.code == "restored_otherwise"
    assert list(target["records"].find()) == [{"_id": "old"}]


def test_leftovers_of_a_cut_off_restore_are_neither_backed_up_nor_kept(source, target, path):
    fill(source, 3)
    source["restoring.records"].insert_one({"_id": "half"})
    made = back_up(source, path)
    assert "restoring.records" not in {part.name for part in made.parts}
    target["restoring.records"].insert_one({"_id": "half"})
    put_back(target, path)
    assert not restoring.leftovers(target)
    assert target["records"].count_documents({}) == 3
