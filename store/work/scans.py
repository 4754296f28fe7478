"""Rules of scans: which of several counts at a checkpoint, and what is unusual about it. Pure functions over plain values.

Two guards may pass the same checkpoint, and word of the first may come last: what counts is when somebody was there, never
when we heard of it. Every scan is kept: the one that counts in the checkpoint itself, the rest in its `others`.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from store.errors import Invalid, RuleBroken
from store.lifecycle import next_state
from store.words import Words
from store.work.documents import WORK_ORDER
from store.work.rules import ROUND_OVER, SCAN_METHODS, round_is_over

Point = Mapping[str, Any]
Scan = Mapping[str, Any]
Photo = Mapping[str, Any]

FACTS = ("at", "device_at", "method", "by")
# What depends on which scan counts.
_COUNTED = (*FACTS, "others", "reported_late", "unusual")
EARLY, FAST, NOT_LAST, NO_PHOTO = "early", "fast", "not_last", "no_photo"
UNUSUAL: dict[str, Words] = {
    EARLY: Words("早于时间窗", "before its window"),
    FAST: Words("间隔过短", "too soon after another checkpoint"),
    NOT_LAST: Words("收尾点不是最后到", "closes the round and was not the last"),
    NO_PHOTO: Words("缺现场照片", "photo missing"),
}
# A photo shows that somebody was there when it was taken about then; one of the next morning shows something else.
PHOTO_WITHIN = timedelta(minutes=10)
# Nobody walks in a tenth of the planned time; next-door points are planned minutes apart, so there is a most as well.
PLANNED_SHARE = 10
LEAST_WALK, MOST_WALK = timedelta(seconds=15), timedelta(seconds=60)

UNKNOWN = Words("此路线没有该巡更点", "The route has no such checkpoint")
ALREADY = Words("该巡更点已打卡", "This checkpoint was scanned already")
NOTHING_OF_HIS = Words("您在该巡更点没有可撤回的打卡", "You have no scan of this checkpoint that could be taken back")


def check_method(method: str) -> None:
    """Raises `Invalid` `unknown_method`."""
    if method not in SCAN_METHODS:
        raise Invalid.one("unknown_method", Words("未知的打卡方式", "Unknown way of scanning"), "method")


def point_of(points: Sequence[Point], code: str) -> Point:
    """Raises `Invalid` `unknown_checkpoint`."""
    found = next((each for each in points if each["code"] == code), None)
    if found is None:
        raise Invalid.one("unknown_checkpoint", UNKNOWN, "checkpoint")
    return found


def check_new(point: Point, by: str) -> None:
    """Who stands there and has been there in time already is told so. Raises `RuleBroken` `already_scanned`."""
    if point.get("at") and point.get("by") == by and _is_within(point, point["at"]):
        raise RuleBroken("already_scanned", ALREADY, "checkpoint")


def with_scan(points: Sequence[Point], code: str, scan: Scan, photos: Sequence[Photo] = ()) -> list[dict[str, Any]]:
    """The checkpoints with one more scan of one of them; `photos` are the order's. Raises `Invalid` `unknown_checkpoint`."""
    point_of(points, code)
    counted = [_recounted(each, [*_scans(each), scan]) if each["code"] == code else each for each in points]
    return marked(counted, photos)


def taken_back(
    points: Sequence[Point], code: str, by: str, mark: Mapping[str, Any], photos: Sequence[Photo] = ()
) -> list[dict[str, Any]]:
    """The checkpoints with his last scan of one of them marked as a mistake; another's scan counts in its place, or none.

    Raises `Invalid` `unknown_checkpoint`, `RuleBroken` `nothing_taken_back`.
    """
    his = [each for each in _scans(point_of(points, code)) if each.get("by") == by and not each.get("withdrawn_at")]
    if not his:
        raise RuleBroken("nothing_taken_back", NOTHING_OF_HIS, "checkpoint")
    wrong = max(his, key=lambda each: each["at"])

    def without(point: Point) -> dict[str, Any]:
        return _recounted(point, [{**each, **mark} if each == wrong else each for each in _scans(point)])

    return marked([without(each) if each["code"] == code else each for each in points], photos)


def _scans(point: Point) -> list[Scan]:
    counting = {name: point.get(name) for name in FACTS}
    return [*([counting] if counting["at"] else []), *(point.get("others") or ())]


def _recounted(point: Point, scans: Sequence[Scan]) -> dict[str, Any]:
    """The best scan counts: in its window before any other, then the earliest."""
    valid = [each for each in scans if not each.get("withdrawn_at")]
    best = min(valid, key=lambda each: _rank(point, each), default=None)
    others = sorted((dict(each) for each in scans if each is not best), key=_order)
    after = {name: value for name, value in point.items() if name not in _COUNTED}
    after |= {"others": others} if others else {}
    if best is None:
        return {**after, "state": "missed" if _was_called_missed(point) else "pending"}
    after |= {name: best.get(name) for name in FACTS}
    in_time = is_in_time(point, best["at"])
    late_word = in_time and _was_called_missed(point)
    return {**after, "state": "done" if in_time else "missed", **({"reported_late": True} if late_word else {})}


def _was_called_missed(point: Point) -> bool:
    return point["state"] == "missed" or bool(point.get("reported_late"))


def is_in_time(point: Point, at: datetime) -> bool:
    """The closing moment belongs to the window, whether or not the checkpoint was called missed at it."""
    return bool(at <= point["closes_at"])


def _is_within(point: Point, at: datetime) -> bool:
    return bool(point["opens_at"] <= at <= point["closes_at"])


def _rank(point: Point, scan: Scan) -> tuple[bool, datetime, str, str]:
    return (not _is_within(point, scan["at"]), *_order(scan))


def _order(scan: Scan) -> tuple[datetime, str, str]:
    return scan["at"], str(scan.get("by")), str(scan.get("method"))


# --- what is unusual: marked, never refused --------------------------------------------------------------------------


def marked(points: Iterable[Point], photos: Sequence[Photo]) -> list[dict[str, Any]]:
    """The checkpoints with what is unusual about each, worked out anew."""
    bare = [{name: value for name, value in each.items() if name != "unusual"} for each in points]
    found = unusual(bare, photos)
    return [{**each, **({"unusual": found[each["code"]]} if each["code"] in found else {})} for each in bare]


def unusual(points: Sequence[Point], photos: Sequence[Photo] = ()) -> dict[str, list[str]]:
    """What is unusual about the scans that count, by the checkpoint's code; in one order whatever came first."""
    found: dict[str, list[str]] = {}
    for each in points:
        if each.get("at") and each["at"] < each["opens_at"]:
            found.setdefault(each["code"], []).append(EARLY)
    for code in _too_fast(points):
        found.setdefault(code, []).append(FAST)
    last = max((each["at"] for each in points if each.get("at")), default=None)
    for each in points:
        if each.get("closing") and each.get("at") and each["at"] < last:
            found.setdefault(each["code"], []).append(NOT_LAST)
        if lacks_photo(each, photos):
            found.setdefault(each["code"], []).append(NO_PHOTO)
    return found


def lacks_photo(point: Point, photos: Sequence[Photo]) -> bool:
    """Whether it was reached, and nobody has shown it as he must (clause 2.5)."""
    if not point.get("photo_required") or not point.get("at"):
        return False
    taken = [each["at"] for each in photos if each.get("checkpoint") == point["code"] and each.get("at")]
    return not any(abs(at - point["at"]) <= PHOTO_WITHIN for at in taken)


def _too_fast(points: Sequence[Point]) -> list[str]:
    """Codes of those that one person reached sooner after another checkpoint than anybody walks."""
    reached = sorted((each for each in points if each.get("at")), key=lambda each: (str(each.get("by")), each["at"]))
    pairs = [(one, after) for one, after in pairwise(reached) if one.get("by") == after.get("by")]
    return [after["code"] for one, after in pairs if after["at"] - one["at"] < _least_walk(one, after)]


def _least_walk(one: Point, other: Point) -> timedelta:
    planned: timedelta = abs(other["closes_at"] - one["closes_at"])
    return min(MOST_WALK, max(LEAST_WALK, planned / PLANNED_SHARE))


# --- what becomes of the round ---------------------------------------------------------------------------------------


def state_after(state: str, points: Sequence[Point], *, resumes: bool = True) -> str:
    """A round that was over stays over, unless a scan that came late proves that somebody walked it. A paused one goes on,
    unless the scan was made before the pause (`resumes` is false).

    Raises `RuleBroken` `not_allowed_now` in states in which nobody walks.
    """
    if state not in ROUND_OVER:
        after = next_state(WORK_ORDER, "scan", state)
        if not round_is_over(points):
            return after if resumes else state
    return "done" if any(each["state"] == "done" for each in points) else "missed"


def state_without(points: Sequence[Point]) -> str:
    """Of a round of which a scan was taken back: it goes on where a checkpoint is waited for again."""
    if not round_is_over(points):
        return "in_progress"
    return "done" if any(each["state"] == "done" for each in points) else "missed"


def out_of_order(points: Sequence[Point], code: str) -> bool:
    """Whether an earlier checkpoint is still pending: noted as unusual, never refused."""
    for each in points:
        if each["code"] == code:
            return False
        if each["state"] == "pending":
            return True
    return False


def skew_seconds(at: datetime, device_at: datetime | None) -> float | None:
    """Device time less when it happened by our reckoning; shown, never judged."""
    return None if device_at is None else (device_at - at) / timedelta(seconds=1)
