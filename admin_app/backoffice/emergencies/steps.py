"""The steps of a drill or an incident as their pages show them: who has each, how it stands, and its clock."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from admin_app.backoffice.records.names import staff_names
from admin_app.backoffice.records.timeline import names_of
from admin_app.shell.chips import Chip, chip_of
from admin_app.shell.formats import day_and_time
from admin_app.shell.language import say
from store.emergencies import rules
from store.emergencies.steps import step_key
from store.versioned import Event
from store.words import Words, translated
from store.work.documents import WorkOrder

CHIPS = {"started": "in_progress", "late": "overdue", "not_done": "missed"}
STEP_TONES = {"step_started": "open", "step_done": "done", "step_cancelled": "soon"}


class ShownStep(NamedTuple):
    """`clock` is the bar from the start to the limit; none for a step that nobody will do any more."""

    name: str
    role: str
    people: str
    stand_in: bool
    chip: Chip
    clock: Mapping[str, Any] | None
    limit_minutes: int
    began_at: datetime | None
    order: str | None


def shown_steps(kind: str, record: Any, began_at: datetime, now: datetime, *, over: bool) -> list[ShownStep]:
    """The steps in the plan's order. Whoever has taken a step stands for its role; one query for all orders."""
    keys = [step_key(kind, record.pk, step["code"]) for step in record.steps]
    orders = WorkOrder.objects(estate=record.estate, key__in=keys).only("key", "number", "assignee")
    by_key = {order.key: order for order in orders}
    roles = {role["code"]: role for role in record.roles}
    assignees = (order.assignee for order in by_key.values())
    names = staff_names([*(code for role in record.roles for code in role["people"]), *assignees])
    return [
        _shown(step, roles.get(step["role"]) or {}, by_key.get(key), names, began_at, now, over)
        for key, step in zip(keys, record.steps, strict=True)
    ]


def _shown(
    step: Mapping[str, Any],
    role: Mapping[str, Any],
    order: Any,
    names: Mapping[str, str],
    began_at: datetime,
    now: datetime,
    over: bool,
) -> ShownStep:
    outcome = rules.step_outcome(step, now, over=over)
    taken = [order.assignee] if order is not None and order.assignee else role.get("people") or []
    clock = {"name": "complete", "started_at": began_at, "due_at": step["due_at"], "stopped_at": step.get("ended_at")}
    return ShownStep(
        name=say(translated(step["name"])),
        role=say(translated(role.get("name") or step["role"])),
        people=names_of(taken, names),
        stand_in=bool(role.get("stand_in")),
        chip=chip_of(CHIPS.get(outcome, outcome), rules.STEP_OUTCOMES[outcome]),
        clock=None if outcome == "not_done" else clock,
        limit_minutes=step["limit_minutes"],
        began_at=step.get("started_at"),
        order=order.number if order is not None else None,
    )


def step_facts(
    event: Event, steps: Sequence[Mapping[str, Any]], names: Mapping[str, str], now: datetime, zone: ZoneInfo
) -> Iterable[str]:
    """Which step an event is about, who reported it and when it took place; how the steps stood when all was over."""
    code = event.detail.get("step")
    if code:
        known = {step["code"]: say(translated(step["name"])) for step in steps}
        at = event.detail.get("at")
        when = say(day_and_time(at, now, zone)) if isinstance(at, datetime) else ""
        return [known.get(str(code), str(code)), names.get(str(event.detail.get("by")), ""), when]
    counts = event.detail.get("steps")
    return [counted(counts)] if isinstance(counts, Mapping) else []


def people_in(events: Sequence[Event]) -> list[str]:
    """Who did steps; the relay writes their events, so their names are not the events' actors."""
    return [str(event.detail["by"]) for event in events if event.detail.get("by")]


def counted(counts: Mapping[str, int]) -> str:
    words = Words(
        "按时 {done} 步，超时 {late} 步，未完成 {not_done} 步", "{done} in time, {late} late, {not_done} not done"
    )
    return say(words.fill(**counts))
