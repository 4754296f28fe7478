"""The table that a simulation prints: every slot accounted for, every escalation and drill counted."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
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
from store.versioned import events_of
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


@dataclass(frozen=True)
class DrillLine:
    """The drills of an emergency plan in one estate and year, against their quota."""

    estate: str
    plan: str
    year: int
    quota: int
    dated: int
    held: int
    overdue: int

    def __str__(self) -> str:
        numbers = f"{self.year:>6}{self.quota:>7}{self.dated:>7}{self.held:>7}{self.overdue:>9}"
        return f"{self.estate:<14}{self.plan:<22}{numbers}"


@dataclass(frozen=True)
class Account:
    """What became of a stretch of time, as numbers. Those of estates that went through it apart can be added.

    `steps` are (policy, step, outcome), `ended` are (what, how).
    """

    plans: tuple[PlanLine, ...] = ()
    drills: tuple[DrillLine, ...] = ()
    steps: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    ended: Counter[tuple[str, str]] = field(default_factory=Counter)
    counts: Counter[str] = field(default_factory=Counter)

    def __add__(self, other: "Account") -> "Account":
        return Account(
            self.plans + other.plans,
            self.drills + other.drills,
            self.steps + other.steps,
            self.ended + other.ended,
            self.counts + other.counts,
        )


def account(simulation: Simulation, since: datetime) -> Account:
    """Of the database that the simulation has run on."""
    counts = Counter(refused=simulation.refused, orders=WorkOrder.objects.count())
    counts += Counter(requests=ServiceRequest.objects.count(), notices=Notice.objects.count())
    return Account(
        tuple(_plan_line(head, since, simulation.until) for head in Content.objects(type="plan")),
        tuple(_drills(since, simulation.until)),
        _steps(),
        _ended(),
        counts + _repairs() + _findings() + _incidents(),
    )


def lines(found: Account) -> Iterator[str]:
    """The whole report, line by line; the same for the same run."""
    yield PLAN_HEAD
    plans = sorted(found.plans, key=lambda line: line.code)
    yield from (str(line) for line in plans)
    yield str(_total(plans))
    yield ""
    yield f"{'escalation policy':<34}{'step':>7}{'fired':>7}  outcome"
    for (policy, step, outcome), number in sorted(found.steps.items()):
        yield f"{policy:<34}{step:>7}{number:>7}  {outcome}"
    yield ""
    yield f"{'estate':<14}{'emergency plan':<22}{'year':>6}{'quota':>7}{'dated':>7}{'held':>7}{'overdue':>9}"
    yield from (str(line) for line in sorted(found.drills, key=lambda line: (line.plan, line.estate, line.year)))
    yield ""
    n = found.counts
    yield (
        f"repairs {n['repairs']}: {_ways(found, 'repair')}; disputed {n['disputed']}, warranty {n['warranty']}, "
        f"called back {n['called back']}, charged ¥{n['fen'] // 100}"
    )
    yield (
        f"findings {n['findings']}: {_ways(found, 'finding')}; sent back {n['sent back']}, late {n['late']}, "
        f"repeats {n['repeats']}"
    )
    yield f"incidents: {_ways(found, 'incident') or 'none'}; {n['steps']} steps, {n['escalated']} escalated"
    yield (f"work orders {n['orders']}, requests {n['requests']}, notices {n['notices']}, refused acts {n['refused']}")


def _ways(found: Account, what: str) -> str:
    return ", ".join(f"{how} {number}" for (each, how), number in sorted(found.ended.items()) if each == what)


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


def _steps() -> Counter[tuple[str, str, str]]:
    """How often each step of each chain fired, and how many found nobody."""
    fired: Counter[tuple[str, str, str]] = Counter()
    for document in (ServiceRequest, WorkOrder):
        for raw in document._get_collection().find({"clocks.steps.0": {"$exists": True}}, {"clocks": 1}):
            for clock in raw["clocks"]:
                for step in clock["steps"]:
                    policy = clock["policy"]["code"] if clock["policy"] else ""
                    fired[policy, step["key"].split("#")[0], step.get("skipped", "sent")] += 1
    return fired


def _charged() -> list[ServiceRequest]:
    return list(ServiceRequest.objects(kind="repair", charge__exists=True, charge__ne={}))


def _ended() -> Counter[tuple[str, str]]:
    """How repairs, findings and incidents ended."""
    ended = Counter(("repair", (each.acceptance or {}).get("how") or each.state) for each in _charged())
    ended += Counter(("finding", each.state) for each in Finding.objects.only("state"))
    return ended + Counter(("incident", each.state) for each in Incident.objects.only("state"))


def _repairs() -> Counter[str]:
    """How many were charged, and what (in fen), disputed, free or asked about."""
    found = _charged()
    counts = Counter({"repairs": len(found), "fen": sum(request.charge["total_fen"] for request in found)})
    counts["warranty"] = sum(bool(request.warranty) for request in found)
    counts["called back"] = sum(bool(request.callback) for request in found)
    counts["disputed"] = sum(request.disputed for request in found)
    return counts


def _findings() -> Counter[str]:
    found = list(Finding._get_collection().find({}, {"rounds.n": 1, "clocks": 1, "repeats": 1}))
    counts = Counter({"findings": len(found), "repeats": sum(bool(each["repeats"]) for each in found)})
    counts["sent back"] = sum(len(each["rounds"]) - 1 for each in found)
    counts["late"] = sum(
        any(clock_state(clock, clock["started_at"]) == "late" for clock in each["clocks"]) for each in found
    )
    return counts


def _incidents() -> Counter[str]:
    """The steps of emergency plans that were started, and how many of them escalated."""
    steps = WorkOrder.objects(kind="incident_step")
    escalated = sum(any(event.verb == "escalate" for event in events_of(step)) for step in steps)
    return Counter(steps=steps.count(), escalated=escalated)


def _drills(since: datetime, until: datetime) -> Iterator[DrillLine]:
    """Held and planned drills against the quota of each estate and year."""
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
                yield DrillLine(estate, plan.code, year, quota, len(found), held, overdue)
