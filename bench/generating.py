"""(b) Work orders from plans, against a bare insertion of the same documents."""

from datetime import datetime, timedelta
from typing import Any

from bench.ground import Ground
from bench.population import NOW, Patterns, Raw, copy_base
from bench.table import Measured
from bench.timing import Trial, in_turns, ratio
from store.actor import SYSTEM
from store.connection import ensure_indexes
from store.content import operations as content
from store.content.documents import Content
from store.people.documents import Roster
from store.plans.operations import generate_due
from store.work.documents import WorkOrder

DATABASE = "anju_plans"
PLANS = 100
# Twelve rounds a day for 25 days, and the one at the moment of publication: 301 slots of each plan, all caught up.
TIMES = [f"{hour:02d}:00" for hour in range(0, 24, 2)]
DAYS = 25
CHECKPOINTS = 6
# As the worker asks for them (`jobs.tasks.SOME`).
BATCH = 100
ROUNDS = 3


def measure(ground: Ground, patterns: list[Patterns]) -> list[Measured]:
    copy_base(ground, DATABASE)
    ensure_indexes()
    began = NOW - timedelta(days=DAYS)
    _publish_plans(began)
    ground.use(DATABASE)
    collection = WorkOrder._get_collection()
    _begin_anew()
    _generate()
    documents: list[Raw] = list(collection.find({}))
    trials = {
        "bare": Trial(_begin_anew, lambda: collection.insert_many(documents, ordered=False)),
        "plans": Trial(_begin_anew, _generate),
    }
    times = in_turns(trials, ROUNDS)
    made = collection.count_documents({"state": "open"})
    if made != len(documents):
        raise RuntimeError(f"{made} orders were made instead of {len(documents)}")
    figures = f"{PLANS} plans: generate {times['plans']}, insert_many {times['bare']}"
    name = f"generating {len(documents):,} work orders ÷ bare insert_many"
    return [Measured(name, figures, ratio(times["plans"], times["bare"]), 3.0)]


def _publish_plans(now: datetime) -> None:
    """Plans and their routes through the verbs; the plans of the seeds rest."""
    Content._get_collection().update_many({"type": "plan"}, {"$unset": {"next_generate_at": ""}})
    roster = Roster.objects.order_by("code").first()
    for number in range(PLANS):
        _publish("route", f"bench-route-{number}", _route(number, roster.estate), now)
        _publish("plan", f"bench-plan-{number}", _plan(number, roster, now), now)


def _publish(kind: str, code: str, body: Raw, now: datetime) -> None:
    content.create(kind, code, body, actor=SYSTEM, now=now)
    content.publish(kind, code, actor=SYSTEM, now=now)


def _route(number: int, estate: str) -> Raw:
    points = [
        {
            "code": f"point-{n}",
            "name": {"zh": f"{n} 号点", "en": f"Point {n}"},
            "place": f"{number} 号区 {n} 号柱旁",
            "offset_minutes": n * 6,
            "tolerance_minutes": 10,
        }
        for n in range(CHECKPOINTS)
    ]
    return {"name": {"zh": f"路线 {number}", "en": f"Route {number}"}, "estate": estate, "checkpoints": points}


def _plan(number: int, roster: Any, now: datetime) -> Raw:
    return {
        "name": {"zh": f"巡更 {number}", "en": f"Patrol {number}"},
        "estate": roster.estate,
        "service": "patrol",
        "clause": "3.5",
        "frequency": "daily",
        "times": TIMES,
        "start_date": (now - timedelta(days=1)).date().isoformat(),
        "route": f"bench-route-{number}",
        "duration_minutes": 55,
        "reminder_minutes": [10],
        "assign_to": "on_duty",
        "roster": roster.code,
        "missed": "all",
        "escalation": "patrol-chain",
    }


def _begin_anew() -> None:
    """No orders, in a new collection with all its indexes; nothing has been generated since the plans were published."""
    WorkOrder._get_collection().drop()
    WorkOrder.ensure_indexes()
    began = NOW - timedelta(days=DAYS)
    ours = {"type": "plan", "code": {"$regex": "^bench-"}}
    Content._get_collection().update_many(
        ours, {"$set": {"next_generate_at": began}, "$unset": {"generated_until": ""}}
    )


def _generate() -> None:
    while generate_due(NOW, BATCH) >= BATCH:
        pass
