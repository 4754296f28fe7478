"""`python -m embedded parts`: a part that ends is started again and takes nothing else with it."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.embedded.test_run import ends, is_alive

Start = Callable[..., "subprocess.Popen[str]"]
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="process ids are looked up in /proc")
# Notes its process id and lives until it is asked to stop.
LIVES = "import os, signal, sys, time; open(sys.argv[1], 'a').write(f'{os.getpid()}\\n'); signal.pause()"


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    started: list[subprocess.Popen[str]] = []

    def start(*lines: str) -> subprocess.Popen[str]:
        procfile = tmp_path / "Procfile"
        procfile.write_text("\n".join(lines))
        words = [sys.executable, "-m", "embedded", "parts", str(procfile)]
        started.append(subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True))
        return started[-1]

    yield start
    for process in started:
        process.terminate()
        process.communicate(timeout=40)


def part(name: str, file: Path) -> str:
    return f'{name}: {sys.executable} -c "{LIVES}" {file}'


def pids(file: Path) -> list[int]:
    return [int(line) for line in file.read_text().splitlines()] if file.exists() else []


def await_starts(file: Path, count: int) -> int:
    """The process id of the last start."""
    assert ends(lambda: len(pids(file)) < count, 20), f"{file.name}: {pids(file)}"
    return pids(file)[-1]


@pytest.mark.server
def test_a_killed_part_comes_back_and_the_others_go_on(start: Start, tmp_path: Path) -> None:
    web, ticker = tmp_path / "web", tmp_path / "ticker"
    process = start(part("web", web), part("ticker", ticker))
    other = await_starts(ticker, 1)
    os.kill(await_starts(web, 1), signal.SIGKILL)
    again = await_starts(web, 2)
    os.kill(again, signal.SIGKILL)
    await_starts(web, 3)
    assert pids(ticker) == [other]
    assert is_alive(other)
    process.send_signal(signal.SIGINT)
    said, _ = process.communicate(timeout=40)
    assert process.returncode == 0
    assert "anju: web ended unexpectedly (signal 9) and is started again in 1 s." in said
    assert "anju: web ended unexpectedly (signal 9) and is started again in 2 s." in said
    assert not any(is_alive(pid) for pid in (other, *pids(web)))


@pytest.mark.server
def test_nothing_outlives_it_when_it_is_killed_by_kill_9(start: Start, tmp_path: Path) -> None:
    process = start(part("web", tmp_path / "web"))
    pid = await_starts(tmp_path / "web", 1)
    process.kill()
    assert ends(lambda: is_alive(pid))


@pytest.mark.server
def test_a_part_that_never_comes_up_ends_everything_with_a_sentence(
    start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from embedded import parts
    from embedded.errors import EmbeddedError

    monkeypatch.setattr(parts, "FIRST_PAUSE_SECONDS", 0.01)
    broken = parts.Part("web", [sys.executable, "-c", "raise SystemExit(3)"], 3)

    def turn() -> None:
        while True:
            broken.turn(time.monotonic())

    with pytest.raises(EmbeddedError, match=r"^web has ended 5 times in a row \(exit code 3\)"):
        turn()


@pytest.mark.server
@pytest.mark.parametrize("end", ["os.kill(os.getpid(), 9)", "raise SystemExit(128 + 9)"], ids=["itself", "its child"])
def test_a_part_that_is_killed_again_and_again_ends_nothing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], end: str
) -> None:
    """Somebody outside did it – the kernel, say, that lacks memory –, and not the part."""
    from embedded import parts

    monkeypatch.setattr(parts, "FIRST_PAUSE_SECONDS", 0.0)
    killed = parts.Part("web", [sys.executable, "-c", f"import os; {end}"], 3)
    said = ""

    def goes_on() -> bool:
        nonlocal said
        killed.turn(time.monotonic())
        said += capsys.readouterr().err
        return said.count("is started again") < 2 * parts.MOST_FAILED_STARTS

    assert ends(goes_on, 60)
    killed.kill()


def test_names_are_filled_in_and_a_missing_file_is_named(tmp_path: Path) -> None:
    from embedded.errors import EmbeddedError
    from embedded.parts import read

    (tmp_path / "Procfile").write_text('web: serve --port $PORT --host $ANJU_BIND "a b"\nticker: tick\n')
    assert read(tmp_path / "Procfile", {"PORT": "8001", "ANJU_BIND": "127.0.0.1"}) == {
        "web": ["serve", "--port", "8001", "--host", "127.0.0.1", "a b"],
        "ticker": ["tick"],
    }
    with pytest.raises(EmbeddedError, match="cannot be read"):
        read(tmp_path / "none", {})


@pytest.mark.server
def test_every_line_is_printed_with_its_part(start: Start, tmp_path: Path) -> None:
    process = start(f'web: {sys.executable} -c "print(1); import signal; signal.pause()"', "ticker: sleep 300")
    assert process.stdout is not None
    assert process.stdout.readline() == "web    | 1\n"
