"""The verbs of drills, and the worker that dates a year of them (clauses 7.1, 7.2)."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from bson import ObjectId

from store import directory as entries
from store import lifecycle, records
from store.access import require
from store.actor import SYSTEM, Actor
from store.calendars.operations import day_note
from store.calendars.working_time import DEFAULT_TIMEZONE
from store.clock import earliest
from store.content.documents import Revision
from store.content.reading import live, live_all, revision_body
from store.emergencies import planning, rules, steps
from store.emergencies.documents import DRILL, DRILL_KINDS, Drill
from store.emergencies.planning import PlannedDrill, Quota, Shortfall, World
from store.errors import Conflict, Invalid, Problem
from store.fields.checking import needed_text
from store.lifecycle import does
from store.numbering import take
from store.people import duty
from store.people.documents import Roster
from store.people.operations import Directory
from store.plans.foresight import workdays
from store.records import told_of
from store.relay import makes
from store.versioned import Change, commit, events_of
from store.versioned import create as create_document
from store.words import Words, translated

DECEMBER = 12
LONGEST_SUMMARY = 5_000
MARKS = {"tabletop": Words("【桌面推演】", "[Tabletop] "), "live": Words("【演练】", "[Drill] ")}
STEP_PRIORITY = 2
OVER = Words("演练已结束", "The drill is over")
PASSED = Words("计划日期已过，请改期，或登记演练结果", "This date has passed: move the drill, or record it as held")
MOVED = Words("演练已改期", "The drill was moved")
CALLED_OFF = Words("演练已取消", "The drill was cancelled")
MOST_TRIES = 5


def plan_all(now: datetime) -> int:
    """Date every drill that the quotas demand; the next year from December on. Returns how many were dated anew."""
    plans = live_all("emergency_plan", now)
    directory = Directory.load()
    done = 0
    for estate in sorted({code for plan in plans for code in plan.body["estates"]}):
        local = now.astimezone(ZoneInfo(directory.timezone(estate)))
        years = [local.year, local.year + 1] if local.month == DECEMBER else [local.year]
        for year in years:
            done += len(_plan(estate, year, plans, directory, now)[0])
    return done


def replan(estate: str, year: int, *, actor: Actor, now: datetime) -> list[Shortfall]:
    """Spread all drills of the year that nobody has confirmed evenly again. Returns what has no day."""
    require(actor, "drills.write", estate)
    _, shortfalls = _plan(estate, year, live_all("emergency_plan", now), Directory.load(), now, spread=True)
    return shortfalls


def shortfalls(estate: str, year: int, now: datetime) -> list[Shortfall]:
    """What the quotas demand and the rest of the year has no day for; nothing is written."""
    plans, directory = live_all("emergency_plan", now), Directory.load()
    here = [plan for plan in plans if estate in plan.body["estates"]]
    world = _world(estate, here, directory.timezone(estate), now)
    known, beside = _known(estate, year, here, world), _beside(estate, year, here, world)
    kept = [_kept(each, [*known, *beside], world, now) for each in known]
    return planning.plan_year(_quotas(here), year, now, [*kept, *beside], world).shortfalls


def _plan(
    estate: str, year: int, plans: Sequence[Revision], directory: Directory, now: datetime, spread: bool = False
) -> tuple[list[PlannedDrill], list[Shortfall]]:
    here = [plan for plan in plans if estate in plan.body["estates"]]
    zone = directory.timezone(estate)
    world = _world(estate, here, zone, now)
    stored = {drill.key: drill for drill in Drill.objects(estate=estate, year=year)}
    known = [_as_rule(drill, here, world) for drill in stored.values()]
    beside = _beside(estate, year, here, world)
    # Dates stay as they are while they are good; only what has become impossible moves. A full spread is asked for.
    fixed = known if spread else [_kept(each, [*known, *beside], world, now) for each in known]
    planned = planning.plan_year(_quotas(here), year, now, [*fixed, *beside], world)
    pins = {plan.code: {"code": plan.code, "revision": plan.number} for plan in here}
    names = {plan.code: translated(plan.body["name"]) for plan in here}
    fresh = [each for each in planned.drills if _date(estate, each, stored, pins, names, zone, now)]
    return fresh, planned.shortfalls


def _quotas(plans: Sequence[Revision]) -> list[Quota]:
    return [
        Quota(
            plan.code,
            translated(plan.body["name"]),
            int(plan.body.get("tabletop_per_year") or 0),
            int(plan.body.get("live_per_year") or 0),
        )
        for plan in plans
    ]


def _world(estate: str, plans: Sequence[Revision], zone: str, now: datetime) -> World:
    calendar = next((plan.body["calendar"] for plan in plans if plan.body.get("calendar")), None)
    days = live("working_calendar", calendar, now) if calendar else None
    rosters = [roster.plan for roster in Roster.objects(estate=estate, active__ne=False)]

    def nobody(day: date) -> bool:
        return bool(rosters) and all(duty.empty_on(roster, day) for roster in rosters)

    def name(day: date) -> Words | None:
        return day_note(days.body, day) if days else None

    return World(workdays({"calendar": calendar}, now), nobody, zone, name)


def _known(estate: str, year: int, plans: Sequence[Revision], world: World) -> list[planning.Drill]:
    return [_as_rule(drill, plans, world) for drill in Drill.objects(estate=estate, year=year)]


def _beside(estate: str, year: int, plans: Sequence[Revision], world: World) -> list[planning.Drill]:
    """The drills of the years before and after: a drill of January keeps its distance from one of December."""
    found = [*_known(estate, year - 1, plans, world), *_known(estate, year + 1, plans, world)]
    return [_fixed(each) for each in found if each.state != planning.CANCELLED]


def _as_rule(drill: Drill, plans: Sequence[Revision], world: World) -> planning.Drill:
    code, day = drill.plan["code"], drill.planned_for.astimezone(ZoneInfo(world.timezone)).date()
    named = (translated(plan.body["name"]) for plan in plans if plan.code == code)
    name = next(named, Words(drill.title, drill.title))
    return planning.Drill(code, drill.kind, drill.year, drill.ordinal, day, drill.state, name)


def _fixed(drill: planning.Drill) -> planning.Drill:
    return replace(drill, state="confirmed")


def _kept(drill: planning.Drill, others: Sequence[planning.Drill], world: World, now: datetime) -> planning.Drill:
    """A planned date that is still good – or past, which is overdue and not to be tidied away – counts as fixed."""
    if drill.state != "planned":
        return drill
    at = world.moment(drill.day)
    if at > now and planning.check_move(drill, at, now, others, world):
        return drill
    return _fixed(drill)


def _date(
    estate: str,
    planned: PlannedDrill,
    stored: Mapping[str, Drill],
    pins: Mapping[str, dict[str, Any]],
    names: Mapping[str, Words],
    zone: str,
    now: datetime,
) -> bool:
    """Store one date; whether anything is new. Somebody faster is no error: his year is as good."""
    reason = {"zh": planned.reason.zh, "en": planned.reason.en}
    drill = stored.get(planned.key)
    try:
        if drill is None:
            _create(estate, planned, pins[planned.plan], names[planned.plan], reason, zone, now)
        elif drill.planned_for != planned.at:
            change = Change("replan", {"from": drill.planned_for, "to": planned.at}, {"reason": reason})
            _write(drill, change, {"planned_for": planned.at, "told": {}}, SYSTEM, now)
        else:
            return False
    except Conflict:
        return False
    return True


def _create(
    estate: str,
    planned: PlannedDrill,
    pin: dict[str, Any],
    name: Words,
    reason: dict[str, str],
    zone: str,
    now: datetime,
) -> None:
    drill = Drill(
        pk=ObjectId(),
        estate=estate,
        number=take(Drill.KIND.prefix, now, zone)[0],
        state="planned",
        title=f"{name.zh} · {DRILL_KINDS[planned.kind].zh}",
        title_en=f"{name.en} · {DRILL_KINDS[planned.kind].en}",
        key=planned.key,
        kind=planned.kind,
        plan=pin,
        year=planned.year,
        ordinal=planned.ordinal,
        planned_for=planned.at,
        reason=reason,
    )
    drill.next_check_at = _next(drill.state, planned.at, {})
    create_document(drill, Change("plan", {"to": planned.at}), actor=SYSTEM, now=now)


def _next(state: str, planned_for: datetime, told: Mapping[str, datetime]) -> datetime | None:
    return earliest(*(moment for _, moment in rules.drill_checks(state, planned_for, told)))


def _write(drill: Drill, change: Change, fields: Mapping[str, Any], actor: Actor, now: datetime) -> Drill:
    values = {"state": drill.state, "planned_for": drill.planned_for, "told": drill.told, **change.set, **fields}
    check = _next(values["state"], values["planned_for"], values["told"])
    if check is not None:
        values["next_check_at"] = check
    gone = () if check is not None else ("next_check_at",)
    written = replace(change, set=values, unset=gone)
    return commit(drill, written, actor=actor, now=now)


def get(key: object, actor: Actor) -> Drill:
    """Raises `NotFound`."""
    return records.get(Drill, key, actor)


@does(DRILL, "confirm")
def confirm(key: object, *, actor: Actor, now: datetime, seen: int | None = None) -> Drill:
    """The date stands; the day before, it becomes a work order of those who are on duty.

    Raises `Invalid` `in_the_past` when it is over: then the drill is moved, or recorded as held.
    """
    drill, state = lifecycle.begin(Drill, key, "confirm", actor, seen)
    if drill.planned_for <= now:
        raise Invalid.one("in_the_past", PASSED, "planned_for")
    leads = Directory.load().recipients({"kind": "role", "ref": "supervisor"}, drill.estate, now)
    told = [{"to": leads, "template": "drill-planned", "urgent": False, "params": params(drill)}] if leads else []
    return _write(drill, Change("confirm", {}, notify=told), {"state": state}, actor, now)


@does(DRILL, "move")
def move(
    key: object, *, to: datetime, reason: str, actor: Actor, now: datetime, seen: int | None = None, force: bool = False
) -> Drill:
    """Hold it on another day; it then counts as confirmed, and the planner leaves it there. The order of the old day is
    taken back.

    Raises `Invalid` with what speaks against the day; `force` overrules everything but the past and the year.
    """
    drill, state = lifecycle.begin(Drill, key, "move", actor, seen)
    problems = warnings(drill, to, now)
    if force:
        problems = [each for each in problems if each.code in ("in_the_past", "other_year")]
    if problems:
        raise Invalid(problems)
    reason = needed_text(reason, "reason")
    detail = {"from": drill.planned_for, "to": to, "reason": reason}
    change = Change("move", detail, make=_dispatch_taken_back(drill, MOVED))
    return _write(drill, change, {"state": state, "planned_for": to, "told": {}}, actor, now)


def warnings(drill: Drill, to: datetime, now: datetime) -> list[Problem]:
    """What speaks against holding the drill at `to`."""
    here = [plan for plan in live_all("emergency_plan", now) if drill.estate in plan.body["estates"]]
    estate = entries.values_of("estate", drill.estate) or {}
    world = _world(drill.estate, here, estate.get("timezone", DEFAULT_TIMEZONE), now)
    others = [*_known(drill.estate, drill.year, here, world), *_beside(drill.estate, drill.year, here, world)]
    return planning.check_move(_as_rule(drill, here, world), to, now, others, world)


@does(DRILL, "begin")
def begin(key: object, *, actor: Actor, now: datetime, seen: int | None = None) -> Drill:
    """The drill starts: roles are filled with who is there now, and every step becomes a work order with its clock.

    It runs under the plan's revision in force now, which it pins: what is rehearsed is what would be done in earnest.
    """
    drill, state = lifecycle.begin(Drill, key, "begin", actor, seen)
    pin, body = _rehearsed(drill, now)
    roles = steps.filled_roles(body, drill.estate, now, Directory.load())
    begun = steps.begun_steps(body, now)
    started = steps.Started("drill", str(drill.pk), drill.number, "7.2", None, STEP_PRIORITY, MARKS[drill.kind])
    change = Change(
        "begin",
        {"steps": len(begun)},
        notify=steps.told_people(roles, begun, "drill-begun", params(drill)),
        make=steps.step_orders(body, roles, started, now),
    )
    fields = {"state": state, "began_at": now, "plan": pin, "roles": roles, "steps": begun}
    return _write(drill, change, fields, actor, now)


def _rehearsed(drill: Drill, now: datetime) -> tuple[dict[str, Any], Mapping[str, Any]]:
    """The plan's revision in force; of a plan that was withdrawn meanwhile, the one that the drill was dated under."""
    found = live("emergency_plan", drill.plan["code"], now)
    if found is not None:
        return {"code": found.code, "revision": found.number}, found.body
    return drill.plan, revision_body("emergency_plan", drill.plan["code"], drill.plan["revision"])


@makes("drill_step_progress")
def note_progress(intent: Mapping[str, Any], source: Mapping[str, Any], actor: Actor, now: datetime) -> None:
    """The order of a step reports what became of it; the drill shows it, once."""
    report = intent["values"]
    for attempt in range(MOST_TRIES):
        drill = get(report["record"], actor)
        after = steps.with_report(drill.steps, report, over=drill.state not in rules.OPEN_STATES)
        if after is None:
            return
        change = steps.reported(report)
        try:
            _write(drill, change, {"steps": after}, actor, now)
            return
        except Conflict:
            # Other steps report at the same moment, and people write too.
            if attempt == MOST_TRIES - 1:
                raise


@does(DRILL, "hold")
def hold(
    key: object,
    *,
    score: int,
    summary: str,
    actor: Actor,
    now: datetime,
    participants: Sequence[str] = (),
    seen: int | None = None,
) -> Drill:
    """Record that it was held, with its score (0–100) and what was learnt. Raises `Invalid`.

    Steps that are not finished stay so in its record, and their orders are taken back.
    """
    drill, state = lifecycle.begin(Drill, key, "hold", actor, seen)
    problems = rules.check_score(score)
    if not summary.strip():
        problems.append(Problem("required", Words("请写明演练小结", "Write what was learnt"), "summary"))
    if problems:
        raise Invalid(problems)
    fields = {"state": state, "held_at": now, "score": score, "summary": summary[:LONGEST_SUMMARY]}
    detail = {"score": score, **({"steps": rules.step_counts(drill.steps, now)} if drill.steps else {})}
    change = Change("hold", detail, make=_taken_back(drill))
    return _write(drill, change, {**fields, "participants": list(participants)}, actor, now)


@does(DRILL, "cancel")
def cancel(key: object, *, reason: str, actor: Actor, now: datetime, seen: int | None = None) -> Drill:
    """Its orders are taken back. Raises `Invalid` without a reason."""
    drill, state = lifecycle.begin(Drill, key, "cancel", actor, seen)
    reason = needed_text(reason, "reason")
    orders = [*_dispatch_taken_back(drill, CALLED_OFF), *_taken_back(drill)]
    change = Change("cancel", {"reason": reason}, make=orders)
    return _write(drill, change, {"state": state}, actor, now)


def _taken_back(drill: Drill) -> list[dict[str, Any]]:
    return steps.withdrawals("drill", str(drill.pk), drill.steps, OVER.zh)


def _dispatch_taken_back(drill: Drill, reason: Words) -> list[dict[str, Any]]:
    """Nobody is to come on the day before which an order was made of the drill."""
    if "dispatch" not in drill.told:
        return []
    made = [intent["key"] for event in events_of(drill) if event.verb == "dispatch" for intent in event.to_make]
    return [steps.withdrawal(made[-1], reason.zh)]


def params(drill: Drill | Mapping[str, Any]) -> dict[str, Any]:
    """What a notification template may say of a drill."""
    planned = drill["planned_for"]
    return {**told_of(drill), "date": planned, "due": planned}
