"""What notices need to know about people, estates, templates and records; each is read once in a batch."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from bson import ObjectId

from store.content import reading
from store.directory import DirectoryEntry, kinds, values_of
from store.errors import NotFound
from store.notices import push, residents
from store.notices.rules import Reader
from store.people.operations import CHANNEL
from store.requests.rules import RESIDENT
from store.settings import Settings
from store.versioned import Versioned, kind_name
from store.words import Words, translated

# The events of a busy record are large and a text needs none of them.
_FACTS = {"number": 1, "code": 1, "title": 1, "name": 1, "place": 1, "due_at": 1, "estate": 1}


def sources() -> dict[str, type[Versioned]]:
    """kind → document, for everything whose events can carry intents."""
    found: dict[str, type[Versioned]] = {}
    waiting: list[type[Versioned]] = [Versioned]
    while waiting:
        for document in waiting.pop().__subclasses__():
            waiting.append(document)
            if not document._meta.get("abstract") and document.__module__.startswith("store."):
                found[kind_of(document)] = document
    return dict(sorted(found.items()))


def kind_of(document: type[Versioned]) -> str:
    """`WorkOrder` → `work_order`; directory entries say it themselves."""
    if issubclass(document, DirectoryEntry):
        return document.KIND
    return kind_name(document)


def reader_of(raw: Mapping[str, Any]) -> Reader:
    """A stored member of staff as a reader."""
    quiet = raw.get("quiet_start"), raw.get("quiet_end")
    return Reader(
        code=raw["code"],
        name=translated(raw.get("name") or raw["code"]),
        language=raw.get("language") or "zh",
        email=raw.get("email") or None,
        targets=tuple(each["url"] for each in raw.get("channels") or () if each.get("url")),
        quiet=(time.fromisoformat(quiet[0]), time.fromisoformat(quiet[1])) if quiet[0] and quiet[1] else None,
        digest=bool(raw.get("digest")),
    )


class Shelf:
    """A memory for one batch at `now`. `zone` is the installation's, for what belongs to no estate."""

    def __init__(self, now: datetime, zone: str = Settings.timezone) -> None:
        self._now = now
        self._zone = ZoneInfo(zone)
        self._readers: dict[str, Reader | None] = {}
        self._estates: dict[str, tuple[Words, ZoneInfo]] = {}
        self._templates: dict[tuple[str, int], Mapping[str, Any] | None] = {}
        self._pins: dict[str, tuple[int | None, bool]] = {}
        self._records: dict[tuple[str, str], Mapping[str, Any]] = {}

    def load_readers(self, codes: Iterable[str]) -> None:
        missing = sorted(set(codes) - set(self._readers))
        if not missing:
            return
        self._readers.update(dict.fromkeys(missing))
        self._readers.update(residents.readers_of(code for code in missing if code.startswith(RESIDENT)))
        pushes = push.addresses_of(code for code in missing if not code.startswith((CHANNEL, RESIDENT)))
        for raw in _entries("staff", missing):
            self._readers[raw["code"]] = replace(reader_of(raw), pushes=tuple(pushes.get(raw["code"], ())))
        groups = [code.removeprefix(CHANNEL) for code in missing if code.startswith(CHANNEL)]
        for raw in _entries("channel", groups) if groups else ():
            name = translated(raw.get("name") or raw["code"])
            self._readers[CHANNEL + raw["code"]] = Reader(
                CHANNEL + raw["code"], name, targets=(raw["url"],), is_group=True
            )

    def reader(self, code: str) -> Reader | None:
        """None for somebody who has left."""
        self.load_readers([code])
        return self._readers[code]

    def estate(self, code: str | None) -> tuple[Words, ZoneInfo]:
        """Its name and time zone."""
        if not code:
            return Words("", ""), self._zone
        if code not in self._estates:
            values = values_of("estate", code) or {}
            zone = ZoneInfo(values["timezone"]) if values.get("timezone") else self._zone
            self._estates[code] = translated(values.get("name") or code), zone
        return self._estates[code]

    def pin(self, code: str) -> tuple[int | None, bool]:
        """(number of the template's revision in force, whether it is urgent); no number where none is in force."""
        if code not in self._pins:
            found = reading.live("notification_template", code, self._now)
            self._pins[code] = (found.number if found else None), bool(found and found.body.get("urgent"))
        return self._pins[code]

    def template(self, code: str, revision: int | None) -> Mapping[str, Any] | None:
        if revision is None:
            return None
        if (code, revision) not in self._templates:
            try:
                self._templates[code, revision] = reading.revision_body("notification_template", code, revision)
            except NotFound:
                self._templates[code, revision] = None
        return self._templates[code, revision]

    def load_records(self, abouts: Iterable[Mapping[str, Any]]) -> None:
        """What notices are about, with one query for each kind of record."""
        missing = {_key(about) for about in abouts} - set(self._records)
        self._records.update((key, {}) for key in missing)
        for kind in sorted({kind for kind, _ in missing}):
            for raw in _find(kind, [record_id for each, record_id in missing if each == kind], _FACTS):
                self._records[kind, str(raw["_id"])] = raw

    def record(self, about: Mapping[str, Any]) -> Mapping[str, Any]:
        """The facts of the record that a notice is about; empty when it is gone."""
        self.load_records([about])
        return self._records[_key(about)]


def _key(about: Mapping[str, Any]) -> tuple[str, str]:
    return str(about.get("kind")), str(about.get("id"))


def _entries(kind: str, codes: Sequence[str]) -> Iterable[Mapping[str, Any]]:
    query = {"code": {"$in": list(codes)}, "active": {"$ne": False}}
    return kinds()[kind]._get_collection().find(query, {"events": 0, "tokens": 0})


def _find(kind: str, record_ids: Iterable[str], fields: Mapping[str, Any]) -> Iterable[dict[str, Any]]:
    document = sources().get(kind)
    if document is None:
        return ()
    keys: list[object] = [ObjectId(each) if ObjectId.is_valid(each) else each for each in record_ids]
    found: Iterable[dict[str, Any]] = document._get_collection().find({"_id": {"$in": keys}}, dict(fields))
    return found


def intents_of(about: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The notification intents of the event that a notice comes from."""
    fields = {"events": {"$elemMatch": {"n": about.get("event")}}}
    kind, record_id = _key(about)
    found = _find(kind, [record_id], fields)
    return [intent for each in found for event in each.get("events") or () for intent in event.get("to_notify") or ()]
