"""What a migration would do: to each entry, and to the definition that it follows."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from store.content.conversion import ValueChange
from store.content.documents import Content
from store.content.types import Body
from store.errors import Problem
from store.fields.spec import Field
from store.words import Words, translated


@dataclass
class Entry:
    """One entry that changes: what of it is in force, its draft, and what is scheduled."""

    head: Content
    live: Body | None = None
    draft: Body = field(default_factory=dict)
    scheduled: Body | None = None
    changes: list[ValueChange] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    @property
    def name(self) -> Words:
        return translated(self.head.name)

    @property
    def is_changed(self) -> bool:
        scheduled = self.head.scheduled.get("body") if self.head.scheduled else None
        return bool(self.changes) or self.draft != self.head.draft or self.scheduled != scheduled


@dataclass
class Plan:
    """What a migration would do. `needs` are fields for which a value must be given."""

    code: str
    definition: dict[str, Any]
    entries: list[Entry]
    needs: list[Field]
    # Of the newest revisions that there are the last to begin.
    begun_at: datetime | None = None

    @property
    def fields(self) -> list[str]:
        return sorted({each.field for entry in self.entries for each in entry.changes})

    @property
    def refused(self) -> list[Entry]:
        return [each for each in self.entries if each.problems]
