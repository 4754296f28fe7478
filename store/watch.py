"""What a process that is alone with its database knows of it by having sent every command: nothing that it wrote itself
must be asked for again."""

from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from pymongo.monitoring import CommandFailedEvent, CommandListener, CommandStartedEvent, CommandSucceededEvent

from store.clock import earliest

Raw = Mapping[str, Any]
WRITES = frozenset({"insert", "update", "findAndModify", "delete"})
# Records that are kept as they were written; a day of two estates writes some hundred.
MOST_KEPT = 500


class Watch(CommandListener):
    """Hears every command of a client. It may believe that more has changed than has, never less.

    `touched` are the collections that were written to, `pending` tells whether something was left for the relay, and
    `check` is the first moment at which one of the written records is to be looked at; whoever looks, takes them.
    """

    def __init__(self) -> None:
        self.touched: set[str] = set()
        self.pending = False
        self._checks: dict[tuple[str, Any], datetime | None] = {}
        self._records: OrderedDict[tuple[str, Any], Raw] = OrderedDict()

    @property
    def check(self) -> datetime | None:
        return earliest(*self._checks.values())

    def take(self) -> set[str]:
        """What was touched since the last time; from now on the checks are those that are written after it."""
        touched, self.touched = self.touched, set()
        self._checks.clear()
        return touched

    def keep(self, collection: str, raw: Raw) -> None:
        """The record as it stands now; with the next write to it this is over."""
        self._records[collection, raw["_id"]] = raw
        if len(self._records) > MOST_KEPT:
            self._records.popitem(last=False)

    def kept(self, collection: str, key: object) -> Raw | None:
        return self._records.get((collection, key))

    def started(self, event: CommandStartedEvent) -> None:
        if event.command_name not in WRITES:
            return
        collection = str(event.command[event.command_name])
        self.touched.add(collection)
        for query, change in _writes(event.command_name, event.command):
            self._drop(collection, query)
            for values in _values(change):
                self.pending = self.pending or "pending" in values
                if "next_check_at" in values:
                    self._checks[collection, str(query.get("_id"))] = values["next_check_at"]

    def succeeded(self, event: CommandSucceededEvent) -> None: ...

    def failed(self, event: CommandFailedEvent) -> None: ...

    def _drop(self, collection: str, query: Raw) -> None:
        key = query.get("_id")
        if key is None or isinstance(key, Mapping):
            for each in [each for each in self._records if each[0] == collection]:
                del self._records[each]
        else:
            self._records.pop((collection, key), None)


def _writes(name: str, command: Raw) -> Iterator[tuple[Raw, Any]]:
    """(which documents, what of them) of each write that is in a command."""
    if name == "insert":
        yield from ((document, {"$set": document}) for document in command["documents"])
    elif name == "update":
        yield from ((each["q"], each["u"]) for each in command["updates"])
    elif name == "delete":
        yield from ((each["q"], {}) for each in command["deletes"])
    else:
        yield command["query"], command.get("update", {})


def _values(change: Any) -> Iterable[Raw]:
    """What a change sets, by the names of fields; of a pipeline every stage."""
    stages = change if isinstance(change, list) else [change]
    return [stage[name] for stage in stages for name in ("$set", "$setOnInsert") if name in stage]
