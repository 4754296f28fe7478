"""What an import would do, and did. Nothing here is stored."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from store.errors import Problem
from store.transfer.comparing import Change


class FilePlace(NamedTuple):
    """Where in the file something stands; `column` is the file's own header, "" for a whole row."""

    sheet: str
    row: int
    column: str


@dataclass
class ReportRow:
    """One row of the main table. `action` is `create`, `update`, `unchanged` or `error`."""

    number: int
    code: str
    action: str
    problems: list[Problem] = field(default_factory=list)
    values: dict[str, Any] = field(default_factory=dict)
    # The version of the entry that the row was compared with.
    seen: int | None = None
    sheet: str = ""
    changes: list[Change] = field(default_factory=list)
    # Where in the file each part of the values comes from, by the paths of problems (`members.2`).
    sources: Mapping[str, tuple[str, int]] = field(default_factory=dict)
    headers: Mapping[tuple[str, str], str] = field(default_factory=dict)

    def place(self, problem: Problem) -> FilePlace:
        """Sheet, row and column of a problem, as the file itself calls them."""
        path = problem.field or ""
        source = max((each for each in self.sources if _is_within(path, each)), key=len, default="")
        sheet, number = self.sources.get(source, (self.sheet, self.number))
        key = path[len(source) :].strip(".")
        keys = (key, f"{key}.zh", f"{_list_of(source)}:{key}", key.rpartition(".")[0])
        found = next((self.headers[sheet, each] for each in keys if (sheet, each) in self.headers), key)
        return FilePlace(sheet, number, found)


def _is_within(path: str, above: str) -> bool:
    return path == above or path.startswith(f"{above}.")


def _list_of(source: str) -> str:
    return ".".join(each for each in source.split(".") if not each.isdecimal())


@dataclass
class Report:
    """`problems` concern the file as a whole; with any of them nothing can be imported."""

    kind: str
    rows: list[ReportRow] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    # True once the rows say what was done instead of what would be.
    applied: bool = False
    left_out: tuple[str, ...] = ()

    @property
    def counts(self) -> dict[str, int]:
        counted = Counter(row.action for row in self.rows)
        return {action: counted[action] for action in ("create", "update", "unchanged", "error")}

    @property
    def has_errors(self) -> bool:
        return bool(self.problems) or self.counts["error"] > 0

    def told(self, kind: str) -> int:
        """How many changes of a kind (`removed`, `kept`) the rows tell of."""
        return sum(each.kind == kind for row in self.rows for each in row.changes)

    @property
    def doubles(self) -> int:
        """Rows that wait for somebody to say that they are meant."""
        return sum(any(each.code.startswith("double_") for each in row.problems) for row in self.rows)
