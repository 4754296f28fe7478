"""The lock files: complete, hashed, and the same everywhere."""

import json
import re
import tomllib
from typing import Any

import pytest

from tests.packaging.deployment import ROOT, locked

LOCKS = ["requirements.lock", "requirements.prod.lock", "requirements.node.lock", "requirements.build.lock"]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())


def names(requirements: list[str]) -> set[str]:
    return {re.match(r"[A-Za-z0-9._-]+", each)[0].lower().replace("_", "-") for each in requirements}


def version(entry: str) -> str:
    return entry.split("==")[1].split()[0]


@pytest.mark.parametrize("lock", LOCKS)
def test_every_package_has_a_hash(lock: str) -> None:
    assert locked(lock)
    assert [name for name, entry in locked(lock).items() if "--hash=sha256:" not in entry] == []


@pytest.mark.parametrize("lock", LOCKS)
def test_no_address_of_a_registry_is_written_down(lock: str) -> None:
    assert not re.search(r"://|--(extra-)?index-url|--find-links|--trusted-host", (ROOT / lock).read_text())


@pytest.mark.parametrize("lock", LOCKS[:2])
def test_every_dependency_is_locked(lock: str) -> None:
    assert names(PROJECT["project"]["dependencies"]) - set(locked(lock)) == set()


def test_development_is_locked_too() -> None:
    groups = PROJECT["dependency-groups"]
    assert names(groups["dev"] + groups["embedded"]) - set(locked("requirements.lock")) == set()
    assert names(groups["node"]) - set(locked("requirements.node.lock")) == set()
    assert names(groups["build"]) - set(locked("requirements.build.lock")) == set()


def test_production_installs_no_test_tool_and_no_embedded_server() -> None:
    groups = PROJECT["dependency-groups"]
    wanted = names(PROJECT["project"]["dependencies"])
    only_here = names(groups["dev"] + groups["embedded"] + groups["node"]) - wanted
    assert only_here & set(locked("requirements.prod.lock")) == set()


def test_production_has_the_versions_that_were_tested() -> None:
    tested = locked("requirements.lock")
    differing = {
        name for name, entry in locked("requirements.prod.lock").items() if version(entry) != version(tested[name])
    }
    assert differing == set()


def test_every_dependency_is_explained_at_the_version_that_is_locked() -> None:
    groups = PROJECT["dependency-groups"]
    wanted = names(sum((groups[each] for each in groups), PROJECT["project"]["dependencies"]))
    locks = locked("requirements.build.lock") | locked("requirements.node.lock") | locked("requirements.lock")
    assert explained_before_and_after("npm")[0] == {name: version(locks[name]) for name in wanted}


def explained_before_and_after(heading: str) -> list[dict[str, str]]:
    """Package → version in the tables of the page, in the two parts that a heading of the second level divides."""
    page = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")
    before, rest = re.split(rf"^## {heading}\b.*$", page, flags=re.MULTILINE)
    inside, *after = re.split(r"^(?=## )", rest, maxsplit=1, flags=re.MULTILINE)
    parts = ("".join([before, *after]), inside)
    return [dict(re.findall(r"^\| `([a-z0-9@/-]+)` \| (\S+) \| \S", part, re.MULTILINE)) for part in parts]


def npm_lock() -> dict[str, Any]:
    packages: dict[str, Any] = json.loads((ROOT / "frontend" / "package-lock.json").read_text())["packages"]
    return packages


def test_every_package_of_the_tablet_app_is_explained_at_the_version_that_is_locked() -> None:
    packages = npm_lock()
    wanted = packages[""]["dependencies"] | packages[""]["devDependencies"]
    locks = {name: packages[f"node_modules/{name}"]["version"] for name in wanted}
    assert explained_before_and_after("npm")[1] == locks


def test_the_lock_of_the_tablet_app_names_no_registry_and_has_every_hash() -> None:
    rest = {path: each for path, each in npm_lock().items() if path}
    assert [path for path, each in rest.items() if "resolved" in each] == []
    assert [path for path, each in rest.items() if not each["integrity"].startswith("sha512-")] == []


def test_the_lock_of_the_tablet_app_builds_on_every_system() -> None:
    # npm on one system can leave the compiled parts of the others out, and then only that system builds.
    for part in ("@rolldown/binding", "@biomejs/cli"):
        for system in ("linux-x64", "linux-arm64", "darwin-arm64", "win32-x64"):
            assert [path for path in npm_lock() if path.startswith(f"node_modules/{part}-{system}")], (part, system)
