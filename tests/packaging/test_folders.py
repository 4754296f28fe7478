"""Rooms are on floors, and folders import each other in one direction only: the contracts are kept, and they bite."""

import subprocess
import sys
import tomllib
from pathlib import Path
from shutil import copy, copytree

import pytest

ROOT = Path(__file__).parents[2]
CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
ROOTS = CONTRACTS["root_packages"]


def without_files(folder: str, names: list[str]) -> list[str]:
    return [each for each in names if "." in each and not each.endswith(".py")]


def judged(folder: Path) -> subprocess.CompletedProcess[str]:
    contracts = ["--contract", "rooms", "--contract", "one-way"]
    command: list[str | Path] = [Path(sys.executable).parent / "lint-imports", "--no-cache", *contracts]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """The code, to be spoilt."""
    for package in ROOTS:
        copytree(ROOT / package, tmp_path / package, ignore=without_files)
    copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_rooms_and_folders_import_each_other_in_one_direction_only(copied: Path) -> None:
    said = judged(copied)
    assert said.returncode == 0, said.stdout


@pytest.mark.parametrize(
    ("module", "imported"),
    [
        ("admin_app/backoffice/records/lists.py", "admin_app.backoffice.work.pages"),
        ("admin_app/backoffice/findings/pages.py", "admin_app.backoffice.repairs.cards"),
        ("admin_app/shell/gate.py", "admin_app.signing_in.pages"),
        ("store/charges/rules.py", "store.repairs.operations"),
    ],
)
def test_an_arrow_upward_or_to_a_neighbour_is_refused(module: str, imported: str, copied: Path) -> None:
    spoilt = copied / module
    spoilt.write_text(f"{spoilt.read_text()}\nimport {imported}\n")
    said = judged(copied)
    assert said.returncode == 1
    assert "BROKEN" in said.stdout


def test_a_room_on_no_floor_is_refused(copied: Path) -> None:
    room = copied / "admin_app/backoffice/attic"
    room.mkdir()
    (room / "__init__.py").touch()
    assert "attic" in judged(copied).stdout


def test_the_sketch_of_the_rooms_shows_the_floors_that_are_held() -> None:
    held = next(each["layers"] for each in CONTRACTS["contracts"] if each["id"] == "rooms")
    lines = (ROOT / "docs/architecture.md").read_text(encoding="utf-8").split("```\nregister.py\n")[1].split("```")[0]
    # A floor's rooms are told apart by dots; what is said of them stands behind a gap.
    drawn = [line.split("  ")[0].split(" · ") for line in lines.splitlines()]
    assert [sorted(floor) for floor in drawn] == [sorted(floor.split(" | ")) for floor in held[1:]]
