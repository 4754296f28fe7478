"""What an import would do, and did. Nothing here is stored."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from store.errors import Problem


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


@dataclass
class Report:
    """`problems` concern the file as a whole; with any of them nothing can be imported."""

    kind: str
    rows: list[ReportRow] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    # True once the rows say what was done instead of what would be.
    applied: bool = False

    @property
    def counts(self) -> dict[str, int]:
        counted = Counter(row.action for row in self.rows)
        return {action: counted[action] for action in ("create", "update", "unchanged", "error")}

    @property
    def has_errors(self) -> bool:
        return bool(self.problems) or self.counts["error"] > 0
