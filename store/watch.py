"""What a process that is alone with its database knows of it by having sent every command: nothing that it wrote itself
must be asked for again."""

from collections import OrderedDict, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

from pymongo.monitoring import CommandFailedEvent, CommandListener, CommandStartedEvent, CommandSucceededEvent

Raw = Mapping[str, Any]
WRITES = frozenset({"insert", "update", "findAndModify", "delete"})
# The marks by which workers find what there is to do: a moment each, and whether something is left for the relay.
MOMENTS = ("next_check_at", "next_generate_at", "publish_at")
MARKS = (*MOMENTS, "pending")
# Records that are kept as they were written; a day of two estates writes some hundred.
MOST_KEPT = 500


class _Write(NamedTuple):
    """One change of a command: which documents it is for, and what becomes of their marks (None: the mark is taken off).

    `ids` is None where the condition does not name them; `doubtful` are marks of which the change does not say what
    they become.
    """

    ids: list[Any] | None
    marks: Mapping[str, Any]
    doubtful: frozenset[str] = frozenset()


class Watch(CommandListener):
    """Hears every command of a client, from the moment on at which the database was empty.

    Where a command does not tell what has become of a mark, it is in doubt until somebody has looked (`learn`).
    """

    def __init__(self) -> None:
        self._marks: dict[tuple[str, str], dict[Any, Any]] = defaultdict(dict)
        self._first: dict[tuple[str, str], datetime | None] = {}
        self._doubtful: set[tuple[str, str]] = set()
        self._new: set[str] = set()
        # By the request, for a delivery sends from several threads.
        self._sent: dict[int, tuple[str, list[_Write]]] = {}
        self._records: OrderedDict[tuple[str, Any], Raw] = OrderedDict()

    def take_new(self) -> set[str]:
        """The collections into which something was inserted since the last time."""
        new, self._new = self._new, set()
        return new

    def is_in_doubt(self, collection: str, mark: str) -> bool:
        return (collection, mark) in self._doubtful

    def learn(self, collection: str, mark: str, marked: Iterable[Raw]) -> None:
        """All documents of the collection that have the mark, as they were read."""
        self._marks[collection, mark] = {raw["_id"]: raw[mark] for raw in marked}
        self._first.pop((collection, mark), None)
        self._doubtful.discard((collection, mark))

    def first(self, collection: str, mark: str) -> datetime | None:
        """The earliest of the moments that documents of the collection are marked with."""
        key = collection, mark
        if key not in self._first:
            self._first[key] = min(self._marks[key].values(), default=None)
        return self._first[key]

    def due(self, collection: str, mark: str, now: datetime) -> list[Any]:
        """The ids of those whose moment has come."""
        first = self.first(collection, mark)
        if first is None or first > now:
            return []
        return [key for key, moment in self._marks[collection, mark].items() if moment <= now]

    def marked(self, collection: str, mark: str) -> list[Any]:
        return list(self._marks[collection, mark])

    def is_anything_marked(self, mark: str) -> bool:
        return any(marks for (_, name), marks in self._marks.items() if name == mark) or any(
            name == mark for _, name in self._doubtful
        )

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
        writes = list(_writes(event.command_name, event.command))
        self._sent[event.request_id] = collection, writes
        if event.command_name == "insert":
            self._new.add(collection)
        for write in writes:
            self._drop(collection, write.ids)

    def succeeded(self, event: CommandSucceededEvent) -> None:
        if event.command_name in WRITES:
            collection, writes = self._sent.pop(event.request_id)
            has_met_all = not event.reply.get("writeErrors") and _met(event) == _meant(writes)
            for write in writes:
                self._hear(collection, write, has_met_all)

    def failed(self, event: CommandFailedEvent) -> None:
        if event.command_name in WRITES:
            collection, writes = self._sent.pop(event.request_id)
            for write in writes:
                self._hear(collection, write, has_met=False)

    def _hear(self, collection: str, write: _Write, has_met: bool) -> None:
        if write.ids is None or not has_met:
            # Where nothing has the mark, none can have been taken off.
            taken_off = {mark for mark, value in write.marks.items() if value is None}
            empty = {mark for mark in taken_off if not self._marks[collection, mark]}
            self._doubtful |= {(collection, mark) for mark in {*write.marks, *write.doubtful} - empty}
            return
        self._doubtful |= {(collection, mark) for mark in write.doubtful}
        for mark, value in write.marks.items():
            marks = self._marks[collection, mark]
            for key in write.ids:
                if value is None:
                    marks.pop(key, None)
                else:
                    marks[key] = value
            self._first.pop((collection, mark), None)

    def _drop(self, collection: str, ids: Iterable[Any] | None) -> None:
        if ids is None:
            ids = [key for place, key in self._records if place == collection]
        for key in ids:
            self._records.pop((collection, key), None)


def _writes(name: str, command: Raw) -> Iterator[_Write]:
    if name == "insert":
        for document in command["documents"]:
            marks = {mark: _value(mark, document[mark]) for mark in MARKS if document.get(mark) is not None}
            yield _Write([document["_id"]], marks)
    elif name == "update":
        yield from (_changed(each["q"], each["u"]) for each in command["updates"])
    elif name == "delete":
        yield from (_removed(each["q"]) for each in command["deletes"])
    elif command.get("remove"):
        yield _removed(command["query"])
    else:
        yield _changed(command["query"], command["update"])


def _removed(query: Raw) -> _Write:
    return _Write(_ids(query), dict.fromkeys(MARKS))


def _changed(query: Raw, change: Any) -> _Write:
    if isinstance(change, list):  # of a pipeline nobody but the server knows what comes out
        named = {
            name for stage in change for fields in stage.values() if isinstance(fields, Mapping) for name in fields
        }
        return _Write(_ids(query), {}, frozenset(named.intersection(MARKS)))
    if not any(name.startswith("$") for name in change):
        return _Write(_ids(query), {mark: _value(mark, change.get(mark)) for mark in MARKS})
    values, gone = change.get("$set", {}), change.get("$unset", {})
    marks = {mark: _value(mark, values.get(mark)) for mark in MARKS if mark in values or mark in gone}
    return _Write(_ids(query), marks, frozenset(MARKS).intersection(change.get("$setOnInsert", {})))


def _value(mark: str, value: Any) -> Any:
    """As the server keeps it, which knows milliseconds; None for what is no mark."""
    if mark not in MOMENTS:
        return value or None
    if not isinstance(value, datetime):
        return None
    moment = value.replace(microsecond=value.microsecond // 1000 * 1000)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _ids(query: Raw) -> list[Any] | None:
    key = query.get("_id")
    if isinstance(key, Mapping):
        several = key.get("$in")
        return list(several) if several is not None and len(key) == 1 else None
    return None if key is None else [key]


def _meant(writes: Iterable[_Write]) -> int:
    return sum(len(write.ids) for write in writes if write.ids is not None)


def _met(event: CommandSucceededEvent) -> int:
    """How many documents the command has met."""
    if event.command_name != "findAndModify":
        return int(event.reply.get("n", 0))
    last: Raw = event.reply.get("lastErrorObject") or {}
    return int(last.get("n", 0))
