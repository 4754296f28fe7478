"""A file that is not exactly what was written is refused by name, before anything is written."""

import io
import random
import zipfile

import pytest

from store.backup.manifest import FORMAT
from store.backup.reading import verified
from store.backup.writing import MANIFEST, MARKER
from store.errors import RuleBroken
from tests.store.backup_samples import back_up, contents, fill, own_database, put_back, silent


@pytest.fixture
def target(database):
    yield from own_database(database, "backup_target")


@pytest.fixture
def sound(database, tmp_path):
    """The bytes of a sound backup."""
    for store in own_database(database, "backup_source"):
        fill(store, 40)
        back_up(store, tmp_path / "sound.zip")
    return (tmp_path / "sound.zip").read_bytes()


@pytest.fixture
def path(tmp_path):
    return tmp_path / "file.zip"


def refused(path):
    with pytest.raises(RuleBroken) as caught, verified(path, silent):
        pass
    assert path.name in caught.value.words.zh
    return caught.value.code


@pytest.mark.parametrize("share", [0.0001, 0.01, 0.25, 0.5, 0.9, 0.999])
def test_a_file_cut_off_anywhere_is_refused_and_nothing_is_written(sound, path, target, share):
    path.write_bytes(sound[: int(len(sound) * share)])
    target["requests"].insert_one({"_id": "old"})
    before = contents(target)
    with pytest.raises(RuleBroken) as caught:
        put_back(target, path, replace=True)
    assert caught.value.code in ("backup_incomplete", "backup_foreign")
    assert contents(target) == before


@pytest.mark.parametrize("missing", [1, 2, 21, 22, 63, 64, 65, 86, 87, 200])
def test_a_file_whose_last_bytes_are_missing_is_incomplete(sound, path, missing):
    path.write_bytes(sound[:-missing])
    assert refused(path) == "backup_incomplete"


def test_one_flipped_bit_anywhere_is_refused(sound, path, target):
    """Headers, names, padding, data, manifest, directory and seal: 400 places, the first and last hundred among them."""
    size, places = len(sound), random.Random(7)
    chosen = [*range(100), *range(size - 100, size), *(places.randrange(size) for _ in range(200))]
    for place in chosen:
        damaged = bytearray(sound)
        damaged[place] ^= 1 << places.randrange(8)
        path.write_bytes(damaged)
        assert refused(path).startswith("backup_"), place


def test_a_flipped_byte_writes_nothing(sound, path, target):
    path.write_bytes(sound[:5000] + bytes([sound[5000] ^ 255]) + sound[5001:])
    with pytest.raises(RuleBroken) as caught:
        put_back(target, path)
    assert caught.value.code == "backup_damaged"
    assert not target.list_collection_names()


def test_bytes_added_at_the_end_are_refused(sound, path):
    path.write_bytes(sound + b"\n")
    assert refused(path) == "backup_incomplete"


@pytest.mark.parametrize("content", [b"", b"x", b"%PDF-1.7 something", bytes(5000)])
def test_a_foreign_file_is_refused(path, content):
    path.write_bytes(content)
    assert refused(path) == "backup_foreign"


def test_another_zip_is_foreign(path):
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("letter.txt", "hello")
    assert refused(path) == "backup_foreign"


def test_a_newer_format_is_named_with_both_numbers(sound, path):
    path.write_bytes(sound.replace(b"backup, format 1\n", b"backup, format 2\n", 1))
    with pytest.raises(RuleBroken) as caught, verified(path, silent):
        pass
    assert caught.value.code == "backup_newer"
    assert f"format {FORMAT + 1}" in caught.value.words.en
    assert f"up to {FORMAT}" in caught.value.words.en


def test_a_hash_that_does_not_match_its_collection_is_refused_even_under_a_valid_seal(sound, path):
    """Whoever wrote it so had a defect: the hashes of the collections are checked for themselves."""
    path.write_bytes(rebuilt(sound, "data/odd.bson", b""))
    with pytest.raises(RuleBroken) as caught, verified(path, silent):
        pass
    assert (caught.value.code, "odd" in caught.value.words.en) == ("backup_damaged", True)


@pytest.mark.parametrize("manifest", [b"", b"[]", b"{}", b'{"parts": [], "views": [], "surprise": 1}', b"\xff\xfe"])
def test_a_manifest_that_is_none_is_refused_even_under_a_valid_seal(sound, path, manifest):
    path.write_bytes(rebuilt(sound, MANIFEST, manifest))
    assert refused(path) == "backup_damaged"


@pytest.mark.parametrize("stream", [b"\x05", b"\x05\0\0\0", b"\0\0\0\0\0", b"\xff\xff\xff\x7f", b"\x05\0\0\0\x01"])
def test_a_stream_that_is_no_bson_is_refused_even_under_a_valid_seal(sound, path, stream):
    path.write_bytes(rebuilt(sound, "data/odd.bson", stream))
    assert refused(path) == "backup_damaged"


def rebuilt(sound, name, content):
    """The same archive with one other member, sealed anew."""
    from store.backup.writing import SEAL, _Sealing

    out = io.BytesIO()
    sealing = _Sealing(out)
    with zipfile.ZipFile(io.BytesIO(sound)) as old, zipfile.ZipFile(sealing, "w") as new:
        for member in [MARKER, *(each for each in old.namelist() if each != MARKER)]:
            new.writestr(member, content if member == name else old.read(member))
        new.comment = b"0" * SEAL
    sealing.seal()
    return out.getvalue()
