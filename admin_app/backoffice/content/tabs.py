"""What the tabs of a content page show: two revisions side by side, the history, who uses it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from admin_app.backoffice.content.places import url_of
from admin_app.backoffice.content.wording import ChangedLine, Reader
from admin_app.backoffice.records.names import who_did
from admin_app.backoffice.records.parts import ways_from
from admin_app.shell.language import say
from admin_app.shell.punctuation import COLON
from store import clock, directory
from store.actor import Actor
from store.content import reading, rules
from store.content.documents import Content, Revision
from store.content.types import ContentType, built_in
from store.kinds import find as find_kind
from store.parts import Part
from store.usage import users_of
from store.versioned import Event
from store.words import Words, translated

TABS: tuple[tuple[str, Words], ...] = (
    ("entry", Words("编辑", "Edit")),
    ("preview", Words("预览", "Preview")),
    ("revisions", Words("版本", "Revisions")),
    ("uses", Words("使用情况", "Used by")),
    ("replay", Words("试运行", "Dry run")),
)
DRAFT = "draft"
# What of a change the history shows; the difference above it shows all.
MOST_LINES = 5
LONGEST = 80
MORE = Words("另有 {n} 处", "{n} more")


class Comparison(NamedTuple):
    """Two sides and the lines in which they differ; a side is a revision's number or `draft`."""

    revisions: list[Revision]
    in_force: int | None
    old: str
    new: str
    lines: list[ChangedLine]


def compared(content_type: ContentType, head: Content, old: str | None, new: str | None, zone: ZoneInfo) -> Comparison:
    """The newest revision against the draft, unless two others are asked for."""
    found = reading.revisions(head.type, head.code)
    bodies: dict[str, Mapping[str, Any]] = {DRAFT: head.draft, **{str(each.number): each.body or {} for each in found}}
    standing = [str(each.number) for each in found if not each.withdrawn]
    left = old if old in bodies else (standing[0] if standing else DRAFT)
    right = new if new in bodies else DRAFT
    reader = Reader(content_type, zone, [bodies[left], bodies[right]])
    live = reading.live(head.type, head.code, clock.now())
    return Comparison(found, live.number if live else None, left, right, reader.difference(bodies[left], bodies[right]))


class Entry(NamedTuple):
    """A line of the timeline, as `parts/record.html` draws it."""

    at: datetime
    who: str
    text: Words
    note: str
    tone: str
    device_at: datetime | None = None


_TONES = {"publish": "done", "withdraw": "late", "schedule": "open", "publish_refused": "late", "remove": "late"}
_MORE_VERBS = {
    "publish_refused": Words("定时发布未成功，已退回草稿", "The scheduled publication failed; it is a draft again"),
    "warn_missing": Words("提醒：缺少节假日安排", "Warned: statutory days are missing"),
}


class History(list[Entry]):
    """A part of it, newest first, and the ways to the other parts."""

    def __init__(self, entries: Iterable[Entry], part: Part) -> None:
        super().__init__(entries)
        self.ways = ways_from(part)


def history(content_type: ContentType, part: Part, zone: ZoneInfo) -> History:
    """Who did what, newest first."""
    reader = Reader(content_type, zone, [], (each for event in part.events for each in _shown(event)))
    return History((_entry(each, reader) for each in reversed(part.events)), part)


def _entry(event: Event, reader: Reader) -> Entry:
    verb = rules.VERBS.get(event.verb) or _MORE_VERBS.get(event.verb) or Words(event.verb, event.verb)
    if event.verb == "publish":
        verb = Words(f"{verb.zh} v{event.detail.get('number')}", f"{verb.en} v{event.detail.get('number')}")
    return Entry(event.at, who_did(event), verb, _note(event, reader), _TONES.get(event.verb, ""))


def _shown(event: Event) -> Sequence[Mapping[str, Any]]:
    changes: Sequence[Mapping[str, Any]] = event.detail.get("changes", ())
    return changes[:MOST_LINES]


def _in_one_line(line: ChangedLine) -> str:
    """`章 · 2 · 标题：旧 → 新`; of a row that came or went what stands in it."""
    texts = [each if len(each) <= LONGEST else f"{each[:LONGEST]}…" for each in (line.old, line.new)]
    said = " → ".join(text or "—" for text in texts) if line.what in ("", "moved") else "".join(texts)
    return f"{line.label}{say(COLON)}{said}"


def _note(event: Event, reader: Reader) -> str:
    lines = [_in_one_line(reader.line(each)) for each in _shown(event)]
    left = len(event.detail.get("changes", ())) - len(lines)
    problems = [say(translated(each)) for each in event.detail.get("problems", ())]
    parts = [
        str(event.detail.get("note") or ""),
        *lines,
        say(MORE.fill(n=left)) if left else "",
        say(Words("；", "; ")).join(problems),
    ]
    return "\n".join(each for each in parts if each)


class Usage(NamedTuple):
    name: Words
    code: str
    url: str | None


def used_by(head: Content, actor: Actor) -> list[tuple[Words, list[Usage]]]:
    """Users by kind. What the actor may not see is counted by its kind, but not named."""
    grouped: dict[str, list[Usage]] = {}
    types = {each.key for each in _types()}
    for user in users_of(head.type, head.code, actor):
        url = url_of(user.kind, "entry", code=user.code) if user.code and user.kind in types else None
        grouped.setdefault(user.kind, []).append(Usage(user.name, user.code, url))
    return [(kind_words(kind), users) for kind, users in grouped.items()]


def _types() -> Iterator[ContentType]:
    return iter(reading.all_types(clock.now()))


def kind_words(kind: str) -> Words:
    """The label of a content type, a directory kind or a kind of record."""
    if directory.is_kind(kind):
        return directory.kinds()[kind].LABEL
    if kind in built_in():
        return built_in()[kind].label
    of_records = find_kind(kind)
    if of_records:
        return of_records.one
    return next((each.label for each in _types() if each.key == kind), Words(kind, kind))


__all__ = ["TABS", "Comparison", "Entry", "Usage", "compared", "history", "kind_words", "used_by"]
