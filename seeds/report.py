"""The table that a simulation prints: every slot accounted for, every escalation and drill counted."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from seeds.simulation import Simulation
from store.content.documents import Content
from store.content.reading import live_all
from store.deadlines.rules import state as clock_state
from store.emergencies.documents import Drill
from store.findings.documents import Finding
from store.incidents.documents import Incident
from store.notices.documents import Notice
from store.people.operations import Directory
from store.plans.foresight import workdays
from store.plans.operations import LEAD
from store.plans.recurrence import slots
from store.requests.documents import ServiceRequest
from store.words import translated
from store.work.documents import WorkOrder

PLAN_HEAD = (
    f"{'plan':<34}{'slots':>7}{'made':>7}{'skipped':>9}{'missing':>9}{'doubled':>9}{'done':>7}{'missed':>8}  计划"
)


@dataclass(frozen=True)
class PlanLine:
    """One plan: what its rule demands, and what became of it. `missing` and `doubled` must be 0."""

    code: str
    name: str
    slots: int
    made: int
    skipped: int
    missing: int
    doubled: int
    done: int
    missed: int

    def __str__(self) -> str:
        numbers = f"{self.slots:>7}{self.made:>7}{self.skipped:>9}{self.missing:>9}{self.doubled:>9}{self.done:>7}{self.missed:>8}"
        return f"{self.code:<34}{numbers}  {self.name}"


def lines(simulation: Simulation, since: datetime) -> Iterator[str]:
    """The whole report, line by line; the same for the same run."""
    yield PLAN_HEAD
    plans = [_plan_line(head, since, simulation.until) for head in Content.objects(type="plan").order_by("code")]
    yield from (str(line) for line in plans)
    yield str(_total(plans))
    yield ""
    yield from _escalations()
    yield ""
    yield from _drills(since, simulation.until)
    yield ""
    yield repairs()
    yield findings()
    yield _incidents()
    orders, requests = WorkOrder.objects.count(), ServiceRequest.objects.count()
    yield f"work orders {orders}, requests {requests}, notices {Notice.objects.count()}, refused acts {simulation.refused}"


def _total(plans: Sequence[PlanLine]) -> PlanLine:
    names = ("slots", "made", "skipped", "missing", "doubled", "done", "missed")
    return PlanLine("total", "合计", **{name: sum(getattr(line, name) for line in plans) for name in names})


def _plan_line(head: Content, since: datetime, until: datetime) -> PlanLine:
    zone = Directory.load().timezone(head.estate)
    # What starts within the last hour is made already, what starts later is not asked for.
    demanded = [
        key
        for slot in slots(head.draft, zone, since, until, workdays(head.draft, until))
        for key in (slot.nominal_local, *slot.absorbed)
    ]
    window = {"slot.at": {"$gt": since, "$lte": until}, "plan.code": head.code}
    orders = list(WorkOrder._get_collection().find(window, {"slot.local": 1, "state": 1}))
    found = Counter(order["slot"]["local"] for order in orders)
    states = Counter(order["state"] for order in orders)
    return PlanLine(
        head.code,
        translated(head.name).zh,
        len(demanded),
        len(orders) - states["skipped"],
        states["skipped"],
        sum(1 for key in demanded if key not in found),
        sum(number - 1 for number in found.values()),
        states["done"],
        states["missed"],
    )


def _escalations() -> Iterator[str]:
    """How often each step of each chain fired, and how many found nobody."""
    fired: Counter[tuple[str, str, str]] = Counter()
    for document in (ServiceRequest, WorkOrder):
        for raw in document._get_collection().find({"clocks.steps.0": {"$exists": True}}, {"clocks": 1}):
            for clock in raw["clocks"]:
                for step in clock["steps"]:
                    policy = clock["policy"]["code"] if clock["policy"] else ""
                    fired[policy, step["key"].split("#")[0], step.get("skipped", "sent")] += 1
    yield f"{'escalation policy':<34}{'step':>7}{'fired':>7}  outcome"
    for (policy, step, outcome), number in sorted(fired.items()):
        yield f"{policy:<34}{step:>7}{number:>7}  {outcome}"


def findings() -> str:
    """What was found wrong, and what became of it."""
    found = list(Finding._get_collection().find({}, {"state": 1, "rounds.n": 1, "clocks": 1, "repeats": 1}))
    states = Counter(each["state"] for each in found)
    ended = ", ".join(f"{name} {number}" for name, number in sorted(states.items()))
    back = sum(len(each["rounds"]) - 1 for each in found)
    late = sum(any(clock_state(clock, clock["started_at"]) == "late" for clock in each["clocks"]) for each in found)
    repeats = sum(bool(each["repeats"]) for each in found)
    return f"findings {len(found)}: {ended}; sent back {back}, late {late}, repeats {repeats}"


def repairs() -> str:
    """How the repairs ended, and what was charged."""
    found = list(ServiceRequest.objects(kind="repair", charge__exists=True, charge__ne={}))
    ways = Counter((request.acceptance or {}).get("how") or request.state for request in found)
    yuan = sum(request.charge["total_fen"] for request in found) // 100
    free = sum(bool(request.warranty) for request in found)
    called = sum(bool(request.callback) for request in found)
    ended = ", ".join(f"{way} {number}" for way, number in sorted(ways.items()))
    disputed = sum(request.disputed for request in found)
    return f"repairs {len(found)}: {ended}; disputed {disputed}, warranty {free}, called back {called}, charged ¥{yuan}"


def _incidents() -> str:
    """How many plans were started, how they ended, and how many of their steps escalated."""
    ended = Counter(each.state for each in Incident.objects.only("state"))
    steps = WorkOrder.objects(kind="incident_step")
    escalated = steps.filter(events__verb="escalate").count()
    states = ", ".join(f"{number} {state}" for state, number in sorted(ended.items())) or "none"
    return f"incidents: {states}; {steps.count()} steps, {escalated} escalated"


def _drills(since: datetime, until: datetime) -> Iterator[str]:
    """Held and planned drills against the quota of each estate and year."""
    yield f"{'estate':<14}{'emergency plan':<22}{'year':>6}{'quota':>7}{'dated':>7}{'held':>7}{'overdue':>9}"
    directory = Directory.load()
    for plan in live_all("emergency_plan", until):
        quota = int(plan.body.get("tabletop_per_year") or 0) + int(plan.body.get("live_per_year") or 0)
        for estate in plan.body["estates"]:
            zone = ZoneInfo(directory.timezone(estate))
            # A run that ends at the midnight of New Year belongs to the year before.
            for year in range(since.astimezone(zone).year, (until - LEAD).astimezone(zone).year + 1):
                found = list(Drill.objects(estate=estate, year=year, plan__code=plan.code))
                held = sum(drill.state == "held" for drill in found)
                open_ = [drill for drill in found if drill.state in ("planned", "confirmed")]
                overdue = sum(drill.planned_for + timedelta(days=1) < until for drill in open_)
                yield f"{estate:<14}{plan.code:<22}{year:>6}{quota:>7}{len(found):>7}{held:>7}{overdue:>9}"
