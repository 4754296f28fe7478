"""What notices need to know about people, estates, templates and records; each is read once in a batch."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, time
from typing import Any, TypeGuard
from zoneinfo import ZoneInfo

from bson import ObjectId

from store import history
from store.alone import kept
from store.calendars.working_time import zone_of
from store.content import reading
from store.content.documents import Revision
from store.directory import DirectoryEntry, kinds, values_of
from store.errors import NotFound
from store.notices import push, residents
from store.notices.rules import Reader
from store.people.operations import CHANNEL
from store.requests.rules import RESIDENT
from store.settings import Settings
from store.soundness import Flaw, Unsound, parted
from store.versioned import Versioned, kind_name
from store.words import Words, translated

# The events of a busy record are large and a text needs none of them.
_FACTS = {"number": 1, "code": 1, "title": 1, "title_en": 1, "name": 1, "place": 1, "due_at": 1, "estate": 1}


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


def reader_of(raw: Mapping[str, Any]) -> tuple[Reader, Exception | None]:
    """A stored member of staff as a reader, and what is wrong with it. A part that cannot be read is left out: rather
    told at night than not at all."""
    parts, wrong = parted(raw, _PARTS)
    return Reader(code=raw["code"], **parts), wrong


def _text(raw: Mapping[str, Any], name: str) -> str | None:
    value = raw.get(name)
    if value is not None and not isinstance(value, str):
        raise Unsound(name)
    return value or None


def _targets(raw: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(str(each["url"]) for each in raw.get("channels") or () if each.get("url"))


def _quiet(raw: Mapping[str, Any]) -> tuple[time, time] | None:
    start, end = _text(raw, "quiet_start"), _text(raw, "quiet_end")
    # Stripped: a version before has stored them as they were typed.
    return (time.fromisoformat(start.strip()), time.fromisoformat(end.strip())) if start and end else None


_PARTS: dict[str, tuple[Callable[[Mapping[str, Any]], Any], Any]] = {
    "name": (lambda raw: translated(raw.get("name") or raw["code"]), Words("", "")),
    "language": (lambda raw: _text(raw, "language") or "zh", "zh"),
    "email": (lambda raw: _text(raw, "email"), None),
    "targets": (_targets, ()),
    "quiet": (_quiet, None),
    "digest": (lambda raw: bool(raw.get("digest")), False),
}


def _group_of(raw: Mapping[str, Any]) -> Reader:
    """A channel as a reader. Raises `Unsound`."""
    url = _text(raw, "url")
    if url is None:
        raise Unsound("url")
    return Reader(CHANNEL + raw["code"], translated(raw.get("name") or raw["code"]), targets=(url,), is_group=True)


class ReaderCache:
    """A memory for one batch at `now`. `zone` is the installation's, for what belongs to no estate."""

    def __init__(self, now: datetime, zone: str = Settings.timezone) -> None:
        self._now = now
        self._zone = ZoneInfo(zone)
        # Staff and groups are what is written into the directory; a resident is found anew in every batch.
        self._staff: dict[str, Reader | None] = kept(Reader, dict)
        self._readers = dict(self._staff)
        self._estates: dict[str, tuple[Words, ZoneInfo]] = {}
        self._templates: dict[tuple[str, int], Mapping[str, Any] | None] = {}
        self._pins: dict[str, tuple[int | None, bool]] = {}
        self._records: dict[tuple[str, str], Mapping[str, Any]] = {}
        # What was used without a part of it, for the jobs page.
        self.flaws: list[Flaw] = []
        # The ids of the readers that were read, sound or not.
        self.read: list[object] = []

    def load_readers(self, codes: Iterable[str]) -> None:
        missing = sorted(set(codes) - set(self._readers))
        if not missing:
            return
        self._readers.update(dict.fromkeys(missing))
        self._readers.update(residents.readers_of(code for code in missing if code.startswith(RESIDENT)))
        pushes = push.addresses_of(code for code in missing if not code.startswith((CHANNEL, RESIDENT)))
        for raw in _entries("staff", missing):
            reader, wrong = reader_of(raw)
            self._readers[raw["code"]] = replace(reader, pushes=tuple(pushes.get(raw["code"], ())))
            self._note("staff", raw, wrong)
        groups = [code.removeprefix(CHANNEL) for code in missing if code.startswith(CHANNEL)]
        for raw in _entries("channel", groups) if groups else ():
            try:
                self._readers[CHANNEL + raw["code"]] = _group_of(raw)
                self._note("channel", raw, None)
            except Unsound as wrong:
                self._note("channel", raw, wrong)
        self._staff.update((code, self._readers[code]) for code in missing if not code.startswith(RESIDENT))

    def _note(self, kind: str, raw: Mapping[str, Any], wrong: Exception | None) -> None:
        self.read.append(raw["_id"])
        if wrong is not None:
            self.flaws.append(Flaw(kind, raw, wrong))

    def reader(self, code: str) -> Reader | None:
        """None for somebody who has left."""
        if code not in self._readers:
            self.load_readers([code])
        return self._readers[code]

    def estate(self, code: str | None) -> tuple[Words, ZoneInfo]:
        """Its name and time zone."""
        if not code:
            return Words("", ""), self._zone
        if code not in self._estates:
            values = values_of("estate", code) or {}
            self._estates[code] = translated(values.get("name") or code), self._zone_of(values)
        return self._estates[code]

    def _zone_of(self, values: Mapping[str, Any]) -> ZoneInfo:
        try:
            return zone_of(values) if values.get("timezone") else self._zone
        except ValueError:  # what is wrong with the estate must not keep its people untold
            return self._zone

    def pin(self, code: str) -> tuple[int | None, bool]:
        """(number of the template's revision in force, whether it is urgent); no number where none is in force."""
        if code not in self._pins:
            found = reading.live("notification_template", code, self._now)
            self._pins[code] = (found.number, bool(found.body.get("urgent"))) if _is_usable(found) else (None, False)
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
        key = _key(about)
        if key not in self._records:
            self.load_records([about])
        return self._records[key]


def _is_usable(template: Revision | None) -> TypeGuard[Revision]:
    """A template that cannot be read counts as never published: its readers are told in few words."""
    return template is not None and isinstance(template.body, Mapping) and isinstance(template.number, int)


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
    found: Iterable[dict[str, Any]] = document._get_collection().find(
        {"_id": {"$in": keys}}, dict(fields), batch_size=len(keys) + 1
    )
    return found


def intents_of(about: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The notification intents of the event that a notice comes from."""
    fields = {"events": {"$elemMatch": {"n": about.get("event")}}}
    kind, record_id = _key(about)
    found = list(_find(kind, [record_id], fields))
    events = [event for each in found for event in each.get("events") or _in_history(kind, each["_id"], about)]
    return [intent for event in events for intent in event.get("to_notify") or ()]


def _in_history(kind: str, key: object, about: Mapping[str, Any]) -> list[dict[str, Any]]:
    return history.one(kind_name(sources()[kind]), key, about.get("event"))
