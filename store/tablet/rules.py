"""Rules of entries: when they took place, and whether they still stand. Pure functions over plain values."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from store.actor import SYSTEM
from store.words import Words
from store.work.documents import WORK_ORDER

RESULTS: dict[str, Words] = {
    "applied": Words("已生效", "Applied"),
    "merged": Words("已与他人的修改合并", "Merged with what others changed"),
    "conflict": Words("与他人的操作冲突", "In conflict with what others did"),
    "refused": Words("未被接受", "Refused"),
    "waiting": Words("等待工单生成", "Waiting for the order to be made"),
}
# Who signed is a resident: his name is kept with the order, from which it can be erased, and nowhere else.
PERSONAL = frozenset({"signed_by"})
STANDS = frozenset({"applied", "merged"})
CONFLICT = Words("{who} 已先处理，您的记录未生效", "{who} was first; your entry was not carried out")
UNKNOWN_VERSION = Words(
    "您看到的内容比服务器上的更新（服务器可能刚从备份恢复），请核对后再决定",
    "You saw a later state than the server has (it may have been restored from a backup); compare before you decide",
)

Event = Mapping[str, Any]
Touches = Callable[[Mapping[str, Any]], set[str]]


def reckon(
    *,
    now: datetime,
    same_run: bool,
    sent_elapsed: timedelta | None,
    entry_elapsed: timedelta | None,
    sent_device: datetime | None,
    entry_device: datetime | None,
    not_before: datetime | None,
) -> datetime:
    """When an entry took place: never later than `now`, else never earlier than `not_before`.

    Within the run in which it is sent it is `now` less the time that has run since, and no clock of the device is asked.
    Across a restart the device's time is corrected by the offset that it has while it sends.
    """
    ago = timedelta(0)
    if same_run and sent_elapsed is not None and entry_elapsed is not None:
        ago = sent_elapsed - entry_elapsed
    elif sent_device is not None and entry_device is not None:
        ago = sent_device - entry_device
    return min(now, max(_earlier(now, ago), not_before or _earlier(now, ago)))


def _earlier(now: datetime, ago: timedelta) -> datetime:
    try:
        return now - ago
    except OverflowError:  # a device in the year 1 or 9999: its clock says nothing
        return now


def not_before(events: Sequence[Event], seen: int | None, previous: datetime | None) -> datetime | None:
    """An entry is later than the one before it, and than the version of the order that it was made on."""
    shown = [event["at"] for event in events if seen is not None and event["n"] == seen]
    known = [moment for moment in (previous, *shown) if moment is not None]
    return max(known, default=None)


def event_of(events: Iterable[Event], operation: str) -> Event | None:
    """The event that an entry has left, if it has acted."""
    return next((event for event in events if event.get("operation") == operation), None)


def theirs(events: Iterable[Event], seen: int | None, *, person: str, device: str, before: int | None) -> list[Event]:
    """What others – and he himself elsewhere – did after the version that was seen, up to the entry's own event.

    `before` is the number of that event where the entry has acted already.
    """
    return [
        event
        for event in events
        if event["n"] > (seen or 1)
        and (before is None or event["n"] < before)
        and not (event["actor"] == person and event.get("device") == device)
    ]


def is_of_another_time(seen: int | None, version: int) -> bool:
    """Whether an entry was made on a version that the server does not have: what it would overwrite nobody can tell."""
    return seen is not None and seen > version


def clash(body: Mapping[str, Any], others: Iterable[Event], touches: Mapping[str, Touches], verb: str) -> list[Event]:
    """Those events of others that touched what this entry touches: the same item, checkpoint or field."""
    mine = touches[verb](body)
    return [
        each for each in others if each["verb"] in touches and touches[each["verb"]](each.get("detail") or {}) & mine
    ]


def changed_state(others: Iterable[Event]) -> list[Event]:
    """Those events that may have made a verb impossible."""
    return [each for each in others if _moves(each["verb"])]


def _moves(verb: str) -> bool:
    described = WORK_ORDER.verb(verb)
    return verb in ("missed", "round_over") or (described is not None and described.after is not None)


def result_of(others: Iterable[Event]) -> str:
    """Of an entry that stands. What the clock did by itself is nobody's change."""
    return "merged" if any(each["actor"] != SYSTEM.code for each in others) else "applied"


def told(event: Event) -> dict[str, Any]:
    """An event of somebody else, as it is shown beside one's own entry."""
    shown = {name: event[name] for name in ("n", "at", "verb", "happened_at", "device_at") if event.get(name)}
    return {**shown, "by": event.get("actor_name") or event["actor"], "detail": dict(event.get("detail") or {})}


def named_in(body: Mapping[str, Any]) -> list[str]:
    """The hashes of all photos, signatures and voice notes that a body names."""
    return [*photos_in(body), *filter(None, [body.get("voice")])]


def photos_in(body: Mapping[str, Any]) -> list[str]:
    """The hashes of all photos and signatures that a body names, at any depth."""
    found: list[str] = []
    for name, value in body.items():
        if name in ("signature", "counter_signature", "hash") and isinstance(value, str):
            found.append(value)
        elif name == "photos" and isinstance(value, list):
            found += [each for each in value if isinstance(each, str)]
        if isinstance(value, list):
            found += [each for row in value if isinstance(row, Mapping) for each in photos_in(row)]
    return list(dict.fromkeys(found))
