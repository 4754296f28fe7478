"""Today's time line and the sparkline, computed as plain shapes for an SVG: no library, nothing inline."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from admin_app.backoffice.records.cells import title_of
from admin_app.backoffice.today.figures import OnTime
from admin_app.shell.language import say
from admin_app.shell.sound import each_sound
from store.words import Words
from store.work.rules import OPEN_STATES, RUNNING, STATES

LANES: tuple[tuple[str, Words, tuple[str, ...]], ...] = (
    ("patrol", Words("巡更", "Patrol"), ("patrol",)),
    ("cleaning", Words("保洁", "Cleaning"), ("cleaning",)),
    ("greening", Words("绿化", "Greening"), ("greening",)),
    ("security", Words("安全", "Safety"), ("security", "drill", "drill_step", "incident_step")),
    ("repair", Words("维修", "Repair"), ("repair",)),
    ("other", Words("其他", "Other"), ("complaint", "enquiry", "suggestion", "other")),
)
# The drawing is 1,000 wide; a lane has rows, so that bars at the same time stand below each other.
WIDTH = 1000
ROW = 14
LEAST = 7
MOST_ROWS = 6
MINUTES_A_DAY = 1440


COMING = Words("计划中", "Planned")


class Bar(NamedTuple):
    """One work order. `x` and `width` are of 1,000; the same as words for those who cannot see it."""

    x: float
    y: int
    width: float
    tone: str
    words: str
    number: str


class Lane(NamedTuple):
    code: str
    words: Words
    bars: list[Bar]
    height: int
    hidden: int


class Day(NamedTuple):
    lanes: list[Lane]
    now_x: float


def day_of(orders: Sequence[Mapping[str, Any]], midnight: datetime, now: datetime) -> Day:
    sound = list(each_sound(orders, lambda order: _checked(order, midnight, now)))
    lanes = [
        _lane(code, words, [o for o in sound if o["kind"] in kinds], midnight, now) for code, words, kinds in LANES
    ]
    return Day([lane for lane in lanes if lane.bars], _x(now, midnight))


def _checked(order: Mapping[str, Any], midnight: datetime, now: datetime) -> Mapping[str, Any]:
    """The order, if it can be drawn."""
    _stretch(order, midnight, now)
    tone_of(order, now)
    _words(order, midnight)
    return order


def _x(moment: datetime, midnight: datetime) -> float:
    minutes = (moment - midnight) / timedelta(minutes=1)
    return round(max(0.0, min(1.0, minutes / MINUTES_A_DAY)) * WIDTH, 1)


def _lane(code: str, words: Words, orders: Sequence[Mapping[str, Any]], midnight: datetime, now: datetime) -> Lane:
    ends: list[float] = []
    bars, hidden = [], 0
    for order in sorted(orders, key=_begin):
        x, width = _stretch(order, midnight, now)
        row = next((n for n, end in enumerate(ends) if end + 2 <= x), len(ends))
        if row >= MOST_ROWS:
            hidden += 1
            continue
        if row == len(ends):
            ends.append(0)
        ends[row] = x + width
        bars.append(Bar(x, row * ROW + 3, width, tone_of(order, now), _words(order, midnight), order["number"]))
    return Lane(code, words, bars, max(len(ends), 1) * ROW + 6, hidden)


def _begin(order: Mapping[str, Any]) -> datetime:
    moment: datetime = order.get("starts_at") or order["created_at"]
    return moment


def _stretch(order: Mapping[str, Any], midnight: datetime, now: datetime) -> tuple[float, float]:
    begin = _begin(order)
    end = order.get("finished_at") or order.get("due_at") or begin
    if order["state"] in RUNNING and end < now:
        end = now  # late and still open: it grows
    x = min(_x(begin, midnight), WIDTH - LEAST)
    return x, max(_x(end, midnight) - x, LEAST)


def tone_of(order: Mapping[str, Any], now: datetime) -> str:
    if order["state"] == "coming":
        return "coming"
    if order["state"] == "missed" or order.get("missed_count"):
        return "missed"
    due = order.get("due_at")
    if order["state"] == "done":
        return "late" if due and order.get("finished_at") and order["finished_at"] > due else "done"
    if order["state"] in RUNNING and due and due < now:
        return "late"
    return {"in_progress": "doing", "paused": "paused"}.get(
        order["state"], "open" if order["state"] in OPEN_STATES else "quiet"
    )


def _words(order: Mapping[str, Any], midnight: datetime) -> str:
    begin = _begin(order).astimezone(midnight.tzinfo)
    state = say(STATES.get(order["state"], COMING))
    return f"{begin:%H:%M} {title_of(order)} · {state} {order['number']}".rstrip()


class Spark(NamedTuple):
    """The line of the percentages: `points` for a polyline, `area` for the fill below, `last` the newest day."""

    points: str
    area: str
    last: OnTime | None
    mean: int | None


SPARK_WIDTH, SPARK_HEIGHT = 300, 56


def spark_of(days: Sequence[OnTime]) -> Spark:
    step = SPARK_WIDTH / max(len(days) - 1, 1)
    known = [(round(n * step, 1), each) for n, each in enumerate(days) if each.percent is not None]
    places = [(x, round(SPARK_HEIGHT - 4 - (each.percent or 0) / 100 * (SPARK_HEIGHT - 8), 1)) for x, each in known]
    total = sum(each.total for _, each in known)
    mean = round(100 * sum(each.met for _, each in known) / total) if total else None
    points = " ".join(f"{x},{y}" for x, y in places)
    area = f"{places[0][0]},{SPARK_HEIGHT} {points} {places[-1][0]},{SPARK_HEIGHT}" if places else ""
    return Spark(points, area, known[-1][1] if known else None, mean)
