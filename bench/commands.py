"""What goes to MongoDB, for counting it and for writing the same again."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from pymongo import monitoring
from pymongo.monitoring import CommandFailedEvent, CommandListener, CommandStartedEvent, CommandSucceededEvent

Raw = dict[str, Any]


@dataclass
class Seen:
    """Names of commands in their order, and the updates of each collection."""

    names: list[str] = field(default_factory=list)
    updates: dict[str, list[Raw]] = field(default_factory=dict)


class _Listener(CommandListener):
    def __init__(self) -> None:
        self.seen: Seen | None = None

    def started(self, event: CommandStartedEvent) -> None:
        if self.seen is None:
            return
        self.seen.names.append(event.command_name)
        if event.command_name == "update":
            found = [{"q": each["q"], "u": each["u"]} for each in event.command["updates"]]
            self.seen.updates.setdefault(str(event.command["update"]), []).extend(found)

    def succeeded(self, event: CommandSucceededEvent) -> None: ...

    def failed(self, event: CommandFailedEvent) -> None: ...


_LISTENER = _Listener()


def listen() -> None:
    """To every client that is opened from now on."""
    monitoring.register(_LISTENER)


@contextmanager
def seen() -> Iterator[Seen]:
    """Everything sent inside."""
    _LISTENER.seen = Seen()
    try:
        yield _LISTENER.seen
    finally:
        _LISTENER.seen = None
