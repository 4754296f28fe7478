"""A class has a name of its own, where one name once stood for several things."""

import ast
from collections import defaultdict
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PRODUCT = ("admin_app", "bench", "jobs", "schemas", "seeds", "store")


@cache
def _classes() -> dict[str, list[str]]:
    """name → the files that have a class of it."""
    found = defaultdict(list)
    for file in (each for package in PRODUCT for each in (ROOT / package).rglob("*.py")):
        for node in ast.parse(file.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef):
                found[node.name].append(file.relative_to(ROOT).as_posix())
    return found


@pytest.mark.parametrize("name", ["Choice", "Column", "Line", "Option", "Place", "ShownStep", "Verb"])
def test_one_name_is_one_thing(name: str) -> None:
    assert len(_classes()[name]) <= 1, _classes()[name]
