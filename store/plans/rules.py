"""Rules of plans and patrol routes: pure functions on plain bodies; `now` is an argument (clauses 2.3–2.5, 3.3–3.5)."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from hashlib import sha256
from itertools import pairwise, takewhile
from typing import Any, Literal, NamedTuple

from store.errors import Problem
from store.plans.pattern import MIDNIGHT, ONE_DAY, Pattern, compile_pattern, try_pattern
from store.plans.places import PLACE, check_places
from store.plans.recurrence import IsWorkday, Slot, plan_days, slots
from store.words import Words

Body = Mapping[str, Any]
OnDuty = Callable[[str], list[str]]

# The field makes a duration compulsory; a draft that has none yet is shown with this one.
DEFAULT_DURATION_MINUTES = 60
DEFAULT_TOLERANCE_MINUTES = 10
LONGEST_REMINDER = 7 * 1440
_ONE_MINUTE = timedelta(minutes=1)

NEEDS: Mapping[str, tuple[str, str, Words]] = {
    "person": ("staff", "staff_missing", Words("请选择由谁来做", "Choose the person who does it")),
    "rota": ("staff", "staff_missing", Words("请选择轮值的人员", "Choose who takes turns")),
    "on_duty": ("roster", "roster_missing", Words("请选择班表", "Choose the roster")),
    "department": ("department", "department_missing", Words("请选择部门", "Choose the department")),
}
ASSIGN_TO_MISSING = Words("请选择由谁来做", "Choose who does it")
ROUTE_MISSING = Words("巡更计划需要路线", "A patrol plan needs a route")
CHECKLIST_MISSING = Words("保洁和绿化计划需要检查表", "A cleaning or greening plan needs a checklist")
DURATION_WRONG = Words("限时应大于 0 分钟", "The time to do it must be more than 0 minutes")
REMINDER_RANGE = Words("提前提醒应为 1 分钟至 7 天", "A reminder is 1 minute to 7 days ahead")
REMINDER_TWICE = Words("提前 {minutes} 分的提醒重复", "The reminder {minutes} minutes ahead is given twice")
REMINDER_TOO_EARLY = Words(
    "提前 {minutes} 分的提醒早于上一次的开始（间隔 {gap} 分）",
    "A reminder {minutes} minutes ahead comes before the previous time begins ({gap} minutes apart)",
)
NO_CHECKPOINTS = Words("路线至少需要一个巡更点", "A route needs at least one checkpoint")
CODE_TWICE = Words("巡更点编号 {code} 重复", "The checkpoint code {code} is given twice")
TOLERANCE_WRONG = Words("允许误差应大于 0 分钟", "The tolerance must be more than 0 minutes")
OFFSET_WRONG = Words("相对出发的时间不能小于 0", "The time from the start cannot be less than 0")
OFFSETS_UNSORTED = Words(
    "按顺序的路线：{code} 的时间早于前一个巡更点", "In a route in order, {code} is earlier than the one before it"
)
SAME_MOMENT = Words(
    "按顺序的路线：{code} 与前一个巡更点时间相同，无法同时到达",
    "In a route in order, {code} has the same time as the one before it: nobody is at two places at once",
)
CLOSING_NOT_LAST = Words(
    "收尾点 {code} 应是路线的最后一点", "The closing checkpoint {code} must be the route's last one"
)
VARIES_IN_ORDER = Words(
    "顺序每轮变化的路线不能同时要求按顺序", "A route whose order varies cannot be walked in one order as well"
)


# --- what is wrong with a plan or a route ----------------------------------------------------------------------------


def check(body: Body) -> list[Problem]:
    """Everything that is wrong with a plan beyond its single fields, each with the path of its field."""
    pattern, problems = try_pattern(body)
    return [*problems, *_check_work(body), *_check_assignment(body), *_check_reminders(body, pattern)]


def check_route(body: Body) -> list[Problem]:
    """Codes unique, windows open, and – where the order counts – one checkpoint after the other.

    Windows that overlap are right: with ±10 minutes and a checkpoint every 6 they always do.
    """
    checkpoints = list(body.get("checkpoints") or ())
    if not checkpoints:
        return [Problem("required", NO_CHECKPOINTS, "checkpoints")]
    problems = [
        *_duplicate_codes(checkpoints),
        *_check_windows(checkpoints),
        *_check_closing(checkpoints),
        *check_places(checkpoints),
    ]
    if body.get("varies") and body.get("ordered"):
        problems.append(Problem("varies_in_order", VARIES_IN_ORDER, "varies"))
    return [*problems, *_check_order(checkpoints)] if body.get("ordered") else problems


def _check_work(body: Body) -> Iterator[Problem]:
    service = body.get("service")
    if service == "patrol" and not body.get("route"):
        yield Problem("route_missing", ROUTE_MISSING, "route")
    if service in ("cleaning", "greening") and not body.get("checklist"):
        yield Problem("checklist_missing", CHECKLIST_MISSING, "checklist")
    if (body.get("duration_minutes") or 0) <= 0:
        yield Problem("duration_not_positive", DURATION_WRONG, "duration_minutes")


def _check_assignment(body: Body) -> Iterator[Problem]:
    assign_to = str(body.get("assign_to"))
    if assign_to not in NEEDS:
        yield Problem("not_a_choice", ASSIGN_TO_MISSING, "assign_to")
        return
    name, code, words = NEEDS[assign_to]
    if not body.get(name):
        yield Problem(code, words, name)


def _check_reminders(body: Body, pattern: Pattern | None) -> Iterator[Problem]:
    reminders = list(body.get("reminder_minutes") or ())
    gap = None if pattern is None else _shortest_gap(body, pattern)
    for index, minutes in enumerate(reminders):
        path = f"reminder_minutes.{index}"
        if not 1 <= minutes <= LONGEST_REMINDER:
            yield Problem("out_of_range", REMINDER_RANGE, path)
        elif minutes in reminders[:index]:
            yield Problem("duplicate_reminder", REMINDER_TWICE.fill(minutes=minutes), path)
        elif gap is not None and minutes >= gap:
            yield Problem("reminder_too_early", REMINDER_TOO_EARLY.fill(minutes=minutes, gap=gap), path)


def _shortest_gap(body: Body, pattern: Pattern) -> int | None:
    """Minutes between the closest two times that the plan's words alone make sure of; None when there are no two."""
    if pattern.hourly:
        return pattern.rule.interval * 60
    gaps = [later - earlier for earlier, later in pairwise(pattern.minutes)]
    if body.get("frequency") == "daily":
        gaps.append(pattern.rule.interval * 1440 + pattern.minutes[0] - pattern.minutes[-1])
    return min(gaps, default=None)


def _duplicate_codes(checkpoints: Sequence[Body]) -> Iterator[Problem]:
    counted: Counter[str] = Counter()
    for index, each in enumerate(checkpoints):
        code = str(each.get("code"))
        counted[code] += 1
        if counted[code] > 1:
            yield Problem("duplicate_code", CODE_TWICE.fill(code=code), f"checkpoints.{index}.code")


def _check_windows(checkpoints: Sequence[Body]) -> Iterator[Problem]:
    for index, each in enumerate(checkpoints):
        if _tolerance(each) <= 0:
            yield Problem("tolerance_not_positive", TOLERANCE_WRONG, f"checkpoints.{index}.tolerance_minutes")
        if _offset(each) < 0:
            yield Problem("offset_negative", OFFSET_WRONG, f"checkpoints.{index}.offset_minutes")


def _check_closing(checkpoints: Sequence[Body]) -> Iterator[Problem]:
    for index, each in enumerate(checkpoints[:-1]):
        if each.get("closing"):
            words = CLOSING_NOT_LAST.fill(code=each.get("code"))
            yield Problem("closing_not_last", words, f"checkpoints.{index}.closing")


def _check_order(checkpoints: Sequence[Body]) -> Iterator[Problem]:
    for index, (before, each) in enumerate(pairwise(checkpoints), start=1):
        path = f"checkpoints.{index}.offset_minutes"
        if _offset(each) < _offset(before):
            yield Problem("offsets_unsorted", OFFSETS_UNSORTED.fill(code=each.get("code")), path)
        elif _offset(each) == _offset(before):
            yield Problem("checkpoints_overlap", SAME_MOMENT.fill(code=each.get("code")), path)


def _offset(checkpoint: Body) -> int:
    return int(checkpoint.get("offset_minutes") or 0)


def _tolerance(checkpoint: Body) -> int:
    tolerance = checkpoint.get("tolerance_minutes")
    return DEFAULT_TOLERANCE_MINUTES if tolerance is None else int(tolerance)


# --- what a slot becomes ---------------------------------------------------------------------------------------------


def due_at(slot: Slot, body: Body) -> datetime:
    """When the slot's work must be done: from the nominal time, never from when it was generated."""
    return slot.nominal_utc + (body.get("duration_minutes") or DEFAULT_DURATION_MINUTES) * _ONE_MINUTE


def reminders(slot: Slot, body: Body) -> list[datetime]:
    """When to remind before the slot begins, the earliest first."""
    ahead = sorted(body.get("reminder_minutes") or (), reverse=True)
    return [slot.nominal_utc - minutes * _ONE_MINUTE for minutes in ahead]


class Window(NamedTuple):
    """When a checkpoint may be passed, by the time since the round's start; `named` is what it is called."""

    named: Mapping[str, Any]
    opens: timedelta
    closes: timedelta


def compile_windows(route_body: Body) -> list[Window]:
    """The windows of a route's checkpoints, in the route's order; for `checkpoint_windows` of all its rounds."""
    return [_window(each) for each in route_body.get("checkpoints") or ()]


def _window(checkpoint: Body) -> Window:
    middle, tolerance = _offset(checkpoint) * _ONE_MINUTE, _tolerance(checkpoint) * _ONE_MINUTE
    named = {name: checkpoint.get(name) for name in ("code", "name", "place")}
    named |= {name: True for name in ("closing", "photo_required") if checkpoint.get(name)}
    named |= {name: checkpoint[name] for name in PLACE if checkpoint.get(name) is not None}
    return Window(named, middle - tolerance, middle + tolerance)


def varied(windows: Sequence[Window], key: str) -> list[Window]:
    """The same times with the checkpoints in another order, the same one again for the same `key`: nobody can tell when
    a guard comes by, and every checkpoint is passed in every round. A closing one stays last."""
    closing = [each for each in windows if each.named.get("closing")]
    free = [each for each in windows if not each.named.get("closing")]
    drawn = sorted(free, key=lambda each: sha256(f"{key}:{each.named['code']}".encode()).digest())
    return [time._replace(named=point.named) for time, point in zip(windows, [*drawn, *closing], strict=True)]


def checkpoint_windows(windows: Iterable[Window], round_start_utc: datetime) -> list[dict[str, Any]]:
    """What a round is expected to pass, in the route's order:
    `[{"code", "name", "place", "opens_at", "closes_at", "state": "pending"}]`. The windows include both moments."""
    return [
        {**named, "opens_at": round_start_utc + opens, "closes_at": round_start_utc + closes, "state": "pending"}
        for named, opens, closes in windows
    ]


def assignee(body: Body, slot: Slot, on_duty: OnDuty) -> list[str]:
    """The codes of the staff who have the slot; empty when it is left to the department, or nobody is on duty.
    `on_duty` tells who of a roster is when the work begins.

    A rota takes turns by the slot's number, counted from the plan's start by the rule alone: slots that were missed,
    skipped or moved have used their turn, so an outage does not change who walks tonight.
    """
    how, staff = body.get("assign_to"), list(body.get("staff") or ())
    if how == "on_duty":
        return on_duty(str(body.get("roster")))
    if how == "rota" and staff:
        return [staff[slot_number(body, slot) % len(staff)]]
    return staff if how == "person" else []


def slot_number(body: Body, slot: Slot) -> int:
    """The slot's number in its plan, 0 at the start, whatever season and holidays leave out. Raises `Invalid`."""
    pattern = compile_pattern(body)
    nominal = datetime.fromisoformat(slot.nominal_local)
    if pattern.hourly:
        return _moments_before(pattern, nominal)
    day, minute = nominal.date(), nominal.hour * 60 + nominal.minute
    if minute not in pattern.minutes and minute + 1440 in pattern.minutes:
        day, minute = day - ONE_DAY, minute + 1440
    return _day_number(body, pattern, day) * len(pattern.minutes) + bisect_left(pattern.minutes, minute)


def _day_number(body: Body, pattern: Pattern, day: date) -> int:
    start, interval = pattern.start, pattern.rule.interval
    if body.get("frequency") == "daily":
        return (day - start).days // interval
    if body.get("frequency") == "weekly":
        weekdays = sorted(body["weekdays"])
        weeks = (day.toordinal() - 1) // 7 - (start.toordinal() - 1) // 7
        return weeks // interval * len(weekdays) + bisect_left(weekdays, day.isoweekday())
    if body.get("frequency") == "monthly":
        month_days = sorted(each for each in body["month_days"] if each > 0)
        months = (day.year - start.year) * 12 + day.month - start.month
        return months // interval * len(body["month_days"]) + bisect_left(month_days, day.day)
    return _moments_before(pattern, datetime.combine(day, MIDNIGHT))


def _moments_before(pattern: Pattern, moment: datetime) -> int:
    return sum(1 for _ in takewhile(lambda each: each < moment, pattern.rule.moments(pattern.rule.start)))


# --- what was missed -------------------------------------------------------------------------------------------------

Reason = Literal["on_time", "caught_up", "missed", "superseded", "merged"]
REASONS: Mapping[Reason, Words] = {
    "on_time": Words("按时", "On time"),
    "caught_up": Words("补做，迟 {minutes} 分", "Caught up {minutes} min late"),
    "missed": Words("错过，按计划不补", "Missed; the plan does not catch up"),
    "superseded": Words("错过，由后一次补做代替", "Missed; a later catch-up stands for it"),
    "merged": Words("与 {slot} 并为一次", "Merged into {slot}"),
}


@dataclass(frozen=True, slots=True)
class SlotDecision:
    """What becomes of the slot `key` (its nominal local time). Of a merged one `slot` is the slot that took it in."""

    key: str
    slot: Slot
    action: Literal["make", "skip"]
    reason: Reason
    words: Words
    late_minutes: int = 0

    @property
    def begins(self) -> datetime:
        """When it can be begun at the earliest: what is caught up is not done in the past."""
        return self.slot.nominal_utc + self.late_minutes * _ONE_MINUTE


def account_missed(plan_body: Body, missed_slots: Sequence[Slot], now: datetime) -> list[SlotDecision]:
    """One decision for every slot and every slot merged into one, in order of the slots' moments.

    A slot is missed when its work should have been done before `now`; one whose time still runs is made as usual. Of
    the missed, `skip` makes none, `once` the newest, `all` all of them; what is caught up carries its lateness.
    """
    ordered = sorted(missed_slots, key=lambda each: (each.nominal_utc, each.nominal_local))
    late = [each for each in ordered if due_at(each, plan_body) < now]
    policy = plan_body.get("missed") or "once"
    made = {"skip": [], "once": late[-1:], "all": late}[policy]
    late_keys, made_keys = {each.nominal_local for each in late}, {each.nominal_local for each in made}
    decisions = []
    for each in ordered:
        key = each.nominal_local
        decisions.append(_decide(each, key in late_keys, key in made_keys, bool(made), now))
        decisions += [_merged(key, each) for key in each.absorbed]
    return decisions


def _decide(slot: Slot, late: bool, made: bool, any_made: bool, now: datetime) -> SlotDecision:
    if not late:
        return SlotDecision(slot.nominal_local, slot, "make", "on_time", REASONS["on_time"])
    if made:
        minutes = (now - slot.nominal_utc) // _ONE_MINUTE
        words = REASONS["caught_up"].fill(minutes=minutes)
        return SlotDecision(slot.nominal_local, slot, "make", "caught_up", words, minutes)
    reason: Reason = "superseded" if any_made else "missed"
    return SlotDecision(slot.nominal_local, slot, "skip", reason, REASONS[reason])


def _merged(key: str, slot: Slot) -> SlotDecision:
    return SlotDecision(key, slot, "skip", "merged", REASONS["merged"].fill(slot=slot.nominal_local.replace("T", " ")))


# --- what a plan weighs, and what a change of it does ----------------------------------------------------------------


def overlaps(
    slots_a: Sequence[Slot], slots_b: Sequence[Slot], *, minutes_a: int, minutes_b: int
) -> list[tuple[Slot, Slot]]:
    """The pairs of which each begins before the other must be done. Both sequences are in order."""
    found, first = [], 0
    for a in slots_a:
        while first < len(slots_b) and slots_b[first].nominal_utc + minutes_b * _ONE_MINUTE <= a.nominal_utc:
            first += 1
        for b in slots_b[first:]:
            if b.nominal_utc >= a.nominal_utc + minutes_a * _ONE_MINUTE:
                break
            found.append((a, b))
    return found


def hours_per_week(body: Body) -> float:
    """Working hours a week, in season and holidays not looked at, from a year of the rule. Raises `Invalid`."""
    pattern = compile_pattern(body)
    since = pattern.start
    year = plan_days({**body, "months": []}, since, since + timedelta(days=52 * 7 - 1))
    minutes = sum(len(each.minutes) for each in year) * (body.get("duration_minutes") or DEFAULT_DURATION_MINUTES)
    weeks = 52.0 if pattern.end is None else min(52.0, max(1.0, ((pattern.end - since).days + 1) / 7))
    return round(minutes / 60 / weeks, 1)


@dataclass(frozen=True, slots=True)
class Difference:
    """What a new body does to the slots of a window. `moved` are pairs (before, after)."""

    added: list[Slot] = field(default_factory=list)
    removed: list[Slot] = field(default_factory=list)
    moved: list[tuple[Slot, Slot]] = field(default_factory=list)
    kept: list[Slot] = field(default_factory=list)


def difference(
    old_body: Body | None,
    new_body: Body | None,
    timezone: str,
    after_utc: datetime,
    until_utc: datetime,
    is_workday: IsWorkday,
    was_workday: IsWorkday | None = None,
) -> Difference:
    """The slots that a change adds, removes, moves and keeps; None is a plan that is not there. Moved are slots whose
    key stays but not their moment, and those that stand in for another on the same nominal day. Raises `Invalid`."""
    old = _keyed(old_body, timezone, after_utc, until_utc, was_workday or is_workday)
    new = _keyed(new_body, timezone, after_utc, until_utc, is_workday)
    both = [(old[key], new[key]) for key in old if key in new]
    removed, added = [old[key] for key in old if key not in new], [new[key] for key in new if key not in old]
    replaced = [pair for day in _days(removed) for pair in zip(_on(day, removed), _on(day, added), strict=False)]
    moved = [pair for pair in both if pair[0].nominal_utc != pair[1].nominal_utc] + replaced
    paired = {each.nominal_local for pair in replaced for each in pair}
    return Difference(
        added=[each for each in added if each.nominal_local not in paired],
        removed=[each for each in removed if each.nominal_local not in paired],
        moved=sorted(moved, key=lambda pair: pair[0].nominal_utc),
        kept=[after for before, after in both if before.nominal_utc == after.nominal_utc],
    )


def _keyed(
    body: Body | None, timezone: str, after_utc: datetime, until_utc: datetime, is_workday: IsWorkday
) -> dict[str, Slot]:
    found = slots(body, timezone, after_utc, until_utc, is_workday) if body else ()
    return {each.nominal_local: each for each in found}


def _days(found: Sequence[Slot]) -> list[str]:
    return list(dict.fromkeys(each.nominal_local[:10] for each in found))


def _on(day: str, found: Sequence[Slot]) -> list[Slot]:
    return [each for each in found if each.nominal_local.startswith(day)]
