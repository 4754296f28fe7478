"""Escalation policies: what can be wrong with one, and its compiled form for sweeps over many clocks."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any, NamedTuple

from store.errors import Problem
from store.words import Words

RAISE_PRIORITY = "raise_priority"
MAX_MINUTES = 366 * 1440
# After a long outage every missed repeat is sent; beyond this many it would be noise, not escalation.
MAX_REPEATS = 100


class Target(NamedTuple):
    kind: str
    ref: str | None


class PolicyStep(NamedTuple):
    """`key` is the place in order of time, from "1"; it is stable because records pin the policy's revision."""

    key: str
    offset: timedelta
    action: str
    template: str | None
    targets: tuple[Target, ...]


class Policy(NamedTuple):
    """Steps in order of time. `acknowledge` of nothing: an acknowledgement never times out. `working_time`: what comes
    before the deadline is counted back by the clock's calendar."""

    steps: tuple[PolicyStep, ...]
    acknowledge: timedelta
    repeat: timedelta
    repeat_times: int
    working_time: bool = False


def compile_policy(body: Mapping[str, Any]) -> Policy:
    """The policy of an `escalation_policy` body that passed `check`. Compile once per revision, not once per record."""
    rows = sorted(body.get("steps") or (), key=_offset)
    return Policy(
        tuple(_step(number, row) for number, row in enumerate(rows, 1)),
        timedelta(minutes=int(body.get("acknowledge_minutes") or 0)),
        timedelta(minutes=int(body.get("repeat_minutes") or 0)),
        int(body.get("repeat_times") or 0),
        bool(body.get("working_time")),
    )


def compiled(policy: Policy | Mapping[str, Any]) -> Policy:
    return policy if isinstance(policy, Policy) else compile_policy(policy)


def _offset(row: Mapping[str, Any]) -> int:
    return int(row.get("offset_minutes") or 0)


def _step(number: int, row: Mapping[str, Any]) -> PolicyStep:
    targets = tuple(Target(str(each["kind"]), each.get("ref") or None) for each in row.get("targets") or ())
    action = str(row.get("action") or "notify")
    return PolicyStep(str(number), timedelta(minutes=_offset(row)), action, row.get("template"), targets)


def check(body: Mapping[str, Any]) -> list[Problem]:
    """Every problem of the body, with paths such as `steps.1.targets`. Steps may stand in any order of time."""
    return [*_check_steps(body.get("steps") or ()), *_check_minutes(body), *_check_repeat(body)]


def _check_steps(rows: Sequence[Mapping[str, Any]]) -> Iterator[Problem]:
    if not rows:
        yield Problem("no_steps", Words("请至少填写一个步骤", "Give at least one step"), "steps")
    seen: set[tuple[Any, ...]] = set()
    for index, row in enumerate(rows):
        # Raising the priority changes the record, so that step does something without telling anybody.
        if not row.get("targets") and row.get("action") != RAISE_PRIORITY:
            yield Problem("nobody", Words("请选择通知对象", "Choose who is told"), f"steps.{index}.targets")
        if abs(_offset(row)) > MAX_MINUTES:
            yield Problem("too_far", _TOO_FAR, f"steps.{index}.offset_minutes")
        identity = (_offset(row), row.get("action"), _identity(row))
        if identity in seen:
            words = Words("同一时刻已有相同的步骤", "There is the same step at the same moment")
            yield Problem("duplicate_step", words, f"steps.{index}.offset_minutes")
        seen.add(identity)


def _identity(row: Mapping[str, Any]) -> frozenset[tuple[str, str]]:
    return frozenset((str(each.get("kind")), str(each.get("ref") or "")) for each in row.get("targets") or ())


_TOO_FAR = Words("不能超过一年", "Must not be more than a year")
_NEGATIVE = Words("不能为负数", "Must not be negative")


def _check_minutes(body: Mapping[str, Any]) -> Iterator[Problem]:
    for name in ("acknowledge_minutes", "repeat_minutes"):
        minutes = body.get(name) or 0
        if minutes < 0:
            yield Problem("negative", _NEGATIVE, name)
        elif minutes > MAX_MINUTES:
            yield Problem("too_far", _TOO_FAR, name)


def _check_repeat(body: Mapping[str, Any]) -> Iterator[Problem]:
    times = body.get("repeat_times") or 0
    if times < 0:
        yield Problem("negative", _NEGATIVE, "repeat_times")
    elif times > MAX_REPEATS:
        words = Words("重复次数不能超过 {n}", "Must not be repeated more than {n} times").fill(n=MAX_REPEATS)
        yield Problem("too_many_repeats", words, "repeat_times")
    elif times and not body.get("repeat_minutes"):
        words = Words("请填写重复间隔", "Give the minutes between repeats")
        yield Problem("repeat_without_period", words, "repeat_minutes")
