"""Every pattern of the product, read from its source, and texts that make a bad one take for ever."""

import ast
import itertools
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

# The library's own reading of a pattern; it has no public name.
_constants: Any = import_module("re._constants")
_parser: Any = import_module("re._parser")
ROOT = Path(__file__).parents[2]
PACKAGES = ("store", "schemas", "admin_app", "jobs", "seeds")
_FUNCTIONS = frozenset({"compile", "match", "search", "fullmatch", "sub", "subn", "split", "findall", "finditer"})
EVERY_WAY = _FUNCTIONS - {"compile"}
_ASKED = re.compile(r"\b([A-Z_]{2,40})\.(match|search|fullmatch|subn?|split|findall|finditer)\(")
# What stands for a class of characters that a pattern names.
_STANDING_FOR = {
    _constants.CATEGORY_DIGIT: "7",
    _constants.CATEGORY_SPACE: " ",
    _constants.CATEGORY_WORD: "a",
    _constants.CATEGORY_NOT_SPACE: "a",
    _constants.CATEGORY_NOT_DIGIT: "a",
    _constants.CATEGORY_NOT_WORD: "-",
}
MOST_CHARACTERS = 6
LONGEST_BEGINNING = 12


class Found(NamedTuple):
    """A pattern, where it stands, and the ways in which it is asked: searching is dearer than matching from the start."""

    place: str
    pattern: "re.Pattern[Any]"
    ways: frozenset[str]


def all_patterns() -> list[Found]:
    """Those written out in calls of `re`. One that is put together while the product runs must be escaped."""
    asked = _ways_by_name()
    files = [path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]
    return [found for path in files for found in _in_file(path, asked)]


def _ways_by_name() -> dict[str, frozenset[str]]:
    """What is asked of every name that looks like a pattern's: `_HOST.fullmatch(…)`."""
    sources = (path.read_text() for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
    found: dict[str, set[str]] = {}
    for source in sources:
        for name, way in _ASKED.findall(source):
            found.setdefault(name, set()).add(way)
    return {name: frozenset(ways) for name, ways in found.items()}


def _in_file(path: Path, asked: dict[str, frozenset[str]]) -> Iterator[Found]:
    tree = ast.parse(path.read_text())
    names = {
        id(node.value): node.targets[0].id
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _is_of_re(node.func) and node.args:
            first = node.args[0]
            place = f"{path.relative_to(ROOT)}:{node.lineno}"
            if isinstance(first, ast.Constant):
                own = node.func.attr  # type: ignore[attr-defined]
                ways = asked.get(names.get(id(node), ""), EVERY_WAY) if own == "compile" else frozenset({own})
                yield Found(place, re.compile(first.value), ways)
            elif "re.escape(" not in ast.unparse(first) and ast.unparse(first) != "pattern":
                raise AssertionError(f"{place}: a pattern that nobody can read before it runs")


def _is_of_re(function: ast.expr) -> bool:
    return (
        isinstance(function, ast.Attribute)
        and isinstance(function.value, ast.Name)
        and function.value.id == "re"
        and function.attr in _FUNCTIONS
    )


def pumps(pattern: "re.Pattern[Any]") -> Iterator[tuple[str, str, str]]:
    """(before, again and again, after): what a pattern repeats, repeated, and an end that fits nothing."""
    characters = sorted(set(_characters(_parser.parse(_text(pattern)))))[:MOST_CHARACTERS] or ["a"]
    example = "".join(_characters(_parser.parse(_text(pattern)))) or "a"
    begun = [
        example[:length] + more for length in range(1, min(len(example), LONGEST_BEGINNING) + 1) for more in ("", " ")
    ]
    pairs = ("".join(pair) for pair in itertools.permutations(characters, 2))
    for each in dict.fromkeys([*characters, *pairs, *begun]):
        for before in ("", example):
            yield before, each, "\x01"


def _text(pattern: "re.Pattern[Any]") -> str:
    return pattern.pattern.decode("latin-1") if isinstance(pattern.pattern, bytes) else pattern.pattern


def _characters(parsed: Any) -> Iterator[str]:
    for kind, value in parsed:
        if kind in (_constants.LITERAL, _constants.NOT_LITERAL):
            yield chr(value)
        elif kind == _constants.IN:
            yield from _of_class(value)
        elif kind == _constants.ANY:
            yield "a"
        else:
            yield from _inside(value)


def _of_class(items: Any) -> Iterator[str]:
    for kind, value in items:
        if kind == _constants.LITERAL:
            yield chr(value)
        elif kind == _constants.RANGE:
            yield chr(value[0])
        elif kind == _constants.CATEGORY:
            yield _STANDING_FOR[value]
        elif kind == _constants.NEGATE:
            yield "a"


def _inside(value: Any) -> Iterator[str]:
    """The parts of groups, repetitions and choices, however they are nested."""
    if isinstance(value, _parser.SubPattern):
        yield from _characters(value)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _inside(each)
