"""What an order is made of: where it comes from, its checkpoints, its answers – as its page shows them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from admin_app.backoffice.content.places import url_of
from admin_app.backoffice.photos.pictures import Picture
from admin_app.backoffice.records.names import staff_names
from admin_app.backoffice.records.origin import Origin
from admin_app.backoffice.work.evidence import pictures_of_points
from admin_app.shell.chips import Chip, chip_of
from admin_app.shell.language import say
from store.content.reading import revision_body
from store.errors import NotFound
from store.kinds import find as find_kind
from store.words import Words, translated
from store.work import rules, scans


class Beside(NamedTuple):
    """A scan that does not count: a colleague's, or one that was taken back."""

    at: datetime
    by: str
    taken_back: bool
    reason: str


class Point(NamedTuple):
    """A checkpoint of the round: `off` is how many minutes outside of its window it was scanned."""

    name: str
    place: str
    chip: Chip
    opens_at: datetime
    closes_at: datetime
    at: datetime | None
    device_at: datetime | None
    method: str
    by: str
    late: bool
    # It had been called missed before the word of it came.
    reported_late: bool = False
    # What is unusual about the scan, in words.
    unusual: tuple[str, ...] = ()
    others: tuple[Beside, ...] = ()
    photos: Sequence[Picture] = ()


class Answer(NamedTuple):
    name: str
    value: str
    tone: str


def source_of(order: Any) -> Origin | None:
    """A link to what the order comes from."""
    kind, number = order.source.get("kind"), order.source.get("number")
    if kind == "person":
        who = order.source.get("code") or ""
        return Origin(Words("手工新建", "Made by hand"), staff_names([who]).get(who, who), None)
    of_records = find_kind(kind) if kind else None
    if of_records:
        return Origin(of_records.one, number, of_records.address(number))
    if order.plan.get("code"):
        url = url_of("plan", "entry", code=order.plan["code"])
        return Origin(Words("计划", "Plan"), f"{order.plan['code']} v{order.plan.get('revision', 1)}", url)
    return None


def checklist_of(order: Any) -> Mapping[str, Any]:
    """The checklist in the revision that the order runs under; empty without one."""
    if not order.checklist:
        return {}
    try:
        return revision_body("checklist", order.checklist["code"], order.checklist["revision"])
    except NotFound:
        return {}


def shown_points(order: Any, names: Mapping[str, str], now: datetime) -> list[Point]:
    pictures = pictures_of_points(order)
    return [_point(each, names, pictures.get(each["code"], ()), now) for each in order.checkpoints]


def _point(raw: Mapping[str, Any], names: Mapping[str, str], photos: Sequence[Picture], now: datetime) -> Point:
    method = rules.SCAN_METHODS.get(raw.get("method") or "")
    return Point(
        name=say(translated(raw.get("name"))),
        place=raw.get("place") or "",
        chip=_point_chip(raw, now),
        opens_at=raw["opens_at"],
        closes_at=raw["closes_at"],
        at=raw.get("at"),
        device_at=raw.get("device_at"),
        method=say(method) if method else "",
        by=names.get(raw.get("by") or "", raw.get("by") or ""),
        late=raw["state"] == "missed" and bool(raw.get("at")),
        reported_late=bool(raw.get("reported_late")),
        unusual=tuple(say(scans.UNUSUAL[each]) for each in raw.get("unusual") or ()),
        others=tuple(_beside(each, names) for each in raw.get("others") or ()),
        photos=photos,
    )


def _beside(scan: Mapping[str, Any], names: Mapping[str, str]) -> Beside:
    who = names.get(scan.get("by") or "", scan.get("by") or "")
    return Beside(scan["at"], who, bool(scan.get("withdrawn_at")), scan.get("reason") or "")


def _point_chip(raw: Mapping[str, Any], now: datetime) -> Chip:
    if raw["state"] == "pending" and raw["opens_at"] <= now:
        return chip_of("in_progress", Words("窗口已开", "Window open"))
    words = {
        "pending": Words("未到时间", "To come"),
        "done": Words("已到点", "Reached"),
        "missed": Words("漏检", "Missed"),
    }
    return chip_of({"pending": "paused"}.get(raw["state"], raw["state"]), words.get(raw["state"]))


def shown_answers(order: Any, checklist: Mapping[str, Any]) -> list[Answer]:
    given = {each.get("item"): each.get("value") for each in order.answers}
    failed = set(rules.failed_items(checklist, [each for each in order.answers if each.get("item")]))
    items: Sequence[Mapping[str, Any]] = checklist.get("items") or ()
    return [
        Answer(
            say(translated(item["name"])),
            _value(item, given[item["code"]]),
            "late" if item["code"] in failed else "done",
        )
        for item in items
        if item["code"] in given
    ]


def _value(item: Mapping[str, Any], value: Any) -> str:
    if value in ("pass", "fail"):
        return say(Words("合格", "pass") if value == "pass" else Words("不合格", "fail"))
    return f"{value:g} / {item.get('max_score') or 100}" if item["kind"] == "score" else str(value)
