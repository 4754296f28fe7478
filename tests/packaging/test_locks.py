"""The lock files: complete, hashed, and the same everywhere."""

import re
import tomllib

import pytest

from tests.packaging.deployment import ROOT, locked

LOCKS = ["requirements.lock", "requirements.prod.lock"]
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


@pytest.mark.parametrize("lock", LOCKS)
def test_every_dependency_is_locked(lock: str) -> None:
    assert names(PROJECT["project"]["dependencies"]) - set(locked(lock)) == set()


def test_development_is_locked_too() -> None:
    groups = PROJECT["dependency-groups"]
    assert names(groups["dev"] + groups["embedded"]) - set(locked("requirements.lock")) == set()


def test_production_installs_no_test_tool_and_no_embedded_server() -> None:
    groups = PROJECT["dependency-groups"]
    wanted = names(PROJECT["project"]["dependencies"])
    only_here = names(groups["dev"] + groups["embedded"]) - wanted
    assert only_here & set(locked("requirements.prod.lock")) == set()


def test_production_has_the_versions_that_were_tested() -> None:
    tested = locked("requirements.lock")
    differing = {
        name for name, entry in locked("requirements.prod.lock").items() if version(entry) != version(tested[name])
    }
    assert differing == set()


def test_every_dependency_is_explained_at_the_version_that_is_locked() -> None:
    page = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")
    explained = dict(re.findall(r"^\| `([a-z0-9-]+)` \| (\S+) \| \S", page, re.MULTILINE))
    groups = PROJECT["dependency-groups"]
    wanted = names(PROJECT["project"]["dependencies"] + groups["dev"] + groups["embedded"])
    locks = locked("requirements.lock")
    assert explained == {name: version(locks[name]) for name in wanted}
