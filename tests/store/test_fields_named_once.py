"""What a kind of field is stands in its family: nobody else asks of a field which kind it is."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from store.fields.kinds import KINDS
from store.fields.nested import GROUP, LIST

ROOT = Path(__file__).parents[2]
FILES = [
    file
    for package in ("store", "schemas", "admin_app", "jobs", "seeds")
    for file in sorted((ROOT / package).rglob("*.py"))
    if "store/fields" not in file.as_posix()
]
TEMPLATES = sorted((ROOT / "admin_app" / "templates").rglob("*.html"))
# Groups and lists are gone into by whoever goes through a specification.
NAMES = frozenset(KINDS) - {GROUP, LIST}
# Where a cell of a spreadsheet or a filter of the API is of a kind.
OTHERS = {
    "store/transfer/correcting.py": {"date"},
    "admin_app/api/description.py": {"text", "integer"},
    "admin_app/api/queries.py": {"boolean", "integer"},
}
_ASKED = re.compile(r"\.kind(?:\.name)? (?:==|!=|in|not in) ([^%}]{1,200})")


def compared(tree: ast.AST) -> Iterator[str]:
    """The texts with which somebody's kind is compared."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare) and isinstance(node.left, ast.Attribute) and node.left.attr == "kind":
            for each in node.comparators:
                yield from (
                    part.value for part in ast.walk(each) if isinstance(part, ast.Constant) and part.value in NAMES
                )


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.relative_to(ROOT).as_posix())
def test_no_file_but_its_family_asks_which_kind_a_field_is(file: Path) -> None:
    allowed = OTHERS.get(file.relative_to(ROOT).as_posix(), set())
    assert set(compared(ast.parse(file.read_text(encoding="utf-8")))) <= allowed


@pytest.mark.parametrize("file", TEMPLATES, ids=lambda file: file.relative_to(ROOT).as_posix())
def test_no_template_asks_which_kind_a_field_is(file: Path) -> None:
    asked = " ".join(_ASKED.findall(file.read_text(encoding="utf-8")))
    assert not {name for name in NAMES if f'"{name}"' in asked}


def test_every_kind_names_a_macro_that_there_is() -> None:
    drawn = (ROOT / "admin_app" / "templates" / "forms" / "controls.html").read_text(encoding="utf-8")
    assert {each.control for each in KINDS.values()} <= set(re.findall(r"macro (\w{1,20})\(", drawn)) | {"group"}


def test_the_search_sees_what_it_is_for() -> None:
    assert [*compared(ast.parse("field.kind in ('choice', 'other')"))] == ["choice"]
    assert _ASKED.findall('{% if it.kind == "choice" %}') == ['"choice" ']
