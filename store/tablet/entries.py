"""What a tablet sends: a batch of entries. Read leniently: what is wrong with one entry is refused with that entry."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID

from store.clock import cut, is_plausible
from store.errors import Conflict, Invalid
from store.fields.spec import MAX_TEXT
from store.words import Words

MOST_ENTRIES = 500
# A counter of milliseconds; nothing runs for a century.
LONGEST_RUN_MS = 100 * 366 * 86_400_000
HIGHEST = 10**9

TOO_MANY = Words("一次最多上传 {most} 条记录", "At most {most} entries are taken at once").fill(most=MOST_ENTRIES)
GAP = Words("记录序号不连续，应从 {next} 开始", "Numbers are missing: the next entry is number {next}")
UNREADABLE = Words("内容含有无法保存的字符或数字", "It contains characters or numbers that cannot be kept")
NO_VERSION = Words("版本号不正确，应为整数", "The version that was seen is a whole number")
NOT_AN_ENTRY = Words("记录格式不正确", "This is not an entry")


@dataclass(frozen=True)
class Entry:
    """One entry as it came. `raw` is what nobody has looked at yet: `estate`, `order`, `verb`, `body`."""

    id: str
    seq: int
    raw: Mapping[str, Any]

    def text(self, name: str) -> str | None:
        value = self.raw.get(name)
        return value if isinstance(value, str) and len(value) <= MAX_TEXT else None

    def number(self, name: str, most: int) -> int | None:
        value = self.raw.get(name)
        return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= most else None

    @property
    def seen(self) -> int | None:
        """The version of the order that was on the screen; None when it was still to be made."""
        return self.number("seen", HIGHEST)

    @property
    def elapsed_ms(self) -> int | None:
        return self.number("elapsed_ms", LONGEST_RUN_MS)

    @property
    def device_at(self) -> datetime | None:
        return read_moment(self.raw.get("device_at"))

    def check_readable(self) -> None:
        """Raises `Invalid` for an entry with contents that cannot be stored (`admin_app/api/bodies.py`), or with a version
        that is none: taken for "not seen" it would stand beside changes that its author may well have seen."""
        code = self.raw.get("unreadable")
        if code is not None:
            raise Invalid.one(str(code), UNREADABLE, "body")
        if self.seen is None and self.raw.get("seen") is not None:
            raise Invalid.one("not_integer", NO_VERSION, "seen")

    @property
    def body(self) -> dict[str, Any]:
        body = self.raw.get("body")
        return dict(body) if isinstance(body, Mapping) else {}


@dataclass(frozen=True)
class Batch:
    """`device_now` and `elapsed_ms` are the device's clocks at the moment of sending, `run` the start of its app."""

    device: str
    run: str
    elapsed_ms: int
    device_now: datetime | None
    entries: tuple[Entry, ...]

    @property
    def first(self) -> int:
        return self.entries[0].seq if self.entries else 0


def read_moment(value: object) -> datetime | None:
    """A device's moment in UTC; None for what is none, or cannot be shown. A wrong clock is no fault of the entry."""
    if not isinstance(value, str):
        return None
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return None
    return cut(moment.astimezone(UTC)) if moment.tzinfo is not None and is_plausible(moment) else None


def read_entries(given: Sequence[Any]) -> tuple[Entry, ...]:
    """Only what the order of the stream needs is demanded. Raises `Invalid`, `Conflict` `sequence_gap`."""
    if len(given) > MOST_ENTRIES:
        raise Invalid.one("too_many_operations", TOO_MANY, "operations")
    entries = tuple(_entry(row, f"operations.{index}") for index, row in enumerate(given))
    for before, after in pairwise(entries):
        if after.seq != before.seq + 1:
            raise gap(before.seq + 1)
    return entries


def gap(following: int) -> Conflict:
    return Conflict("sequence_gap", GAP.fill(next=following), "operations", next_seq=following)


def _entry(row: object, path: str) -> Entry:
    if not isinstance(row, Mapping):
        raise Invalid.one("wrong_shape", NOT_AN_ENTRY, path)
    seq = row.get("seq")
    if isinstance(seq, float) and seq.is_integer():
        seq = int(seq)  # 1.0 is a whole number to JSON
    if not isinstance(seq, int) or isinstance(seq, bool) or not 1 <= seq <= HIGHEST:
        raise Invalid.one("not_integer", NOT_AN_ENTRY, f"{path}.seq")
    return Entry(read_id(row.get("id"), f"{path}.id"), seq, row)


def read_id(value: object, path: str) -> str:
    """A UUID in its usual form. Raises `Invalid` `not_an_id`."""
    try:
        return str(UUID(value)) if isinstance(value, str) else _no_id(path)
    except ValueError:
        return _no_id(path)


def _no_id(path: str) -> str:
    raise Invalid.one("not_an_id", Words("应为 UUID", "must be a UUID"), path)


def since_start(elapsed_ms: int) -> timedelta:
    return timedelta(milliseconds=elapsed_ms)
