"""Small worlds in which faults happen, made by the verbs, and a way back to their first day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from store.actor import SYSTEM
from store.content import operations as content
from store.requests import operations as requests
from tests import cast

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
NOW = cast.NOW
LONG_AGO = cast.LONG_AGO
# Shanghai has had no summer time since 1991.
SHANGHAI = timedelta(hours=8)
# The moment at which the offline worlds have been left alone for a night: nothing happens within minutes of it.
MORNING = NOW + timedelta(hours=22, minutes=7)
CHAIN = (("guard", -10), ("security-lead", 15), ("manager", 60))
TEMPLATE = {
    "name": {"zh": "提醒"},
    "subject": {"zh": "提醒 {number}：{title}", "en": "Reminder {number}: {title}"},
    "body": {"zh": "{name} {due}", "en": "{name} {due}"},
}


@dataclass(frozen=True)
class Plan:
    """What the oracle is told of a plan: the facts of its body, nothing that the product computed."""

    code: str
    times: Sequence[str]
    published_at: datetime
    duration: int = 30
    reminder: int = 10
    missed: str = "all"


def body_of(plan: Plan) -> dict[str, Any]:
    return {
        "name": {"zh": f"巡查 {plan.code}"},
        "estate": cast.ESTATE,
        "service": "other",
        "frequency": "daily",
        "times": list(plan.times),
        "start_date": "2026-01-01",
        "duration_minutes": plan.duration,
        "reminder_minutes": [plan.reminder],
        "assign_to": "person",
        "staff": ["guard"],
        "missed": plan.missed,
        "escalation": "chain",
    }


def make_people() -> None:
    """The company, of whom only the lead of security reads mail, and one escalation policy."""
    cast.make_company()
    for actor in cast.everybody():
        if actor.code != "security-lead":
            _without_mail(actor.code)
    steps = [
        {"offset_minutes": offset, "action": "notify", "targets": [{"kind": "staff", "ref": who}]}
        for who, offset in CHAIN
    ]
    cast.publish("escalation_policy", "chain", {"name": {"zh": "升级"}, "steps": steps}, cast.LONG_AGO)


def _without_mail(code: str) -> None:
    from store.people.documents import Staff

    Staff._get_collection().update_one({"code": code}, {"$unset": {"email": ""}})


def make_plans(plans: Sequence[Plan]) -> None:
    for plan in plans:
        cast.publish("plan", plan.code, body_of(plan), plan.published_at)


def nightly(count: int = 3) -> list[Plan]:
    """Plans with four slots a night, one for each policy for what was missed."""
    policies = ("skip", "once", "all")
    times = ("22:00", "00:00", "02:00", "04:00")
    return [Plan(f"night-{n}", times, NOW, missed=policies[n % 3]) for n in range(count)]


def make_requests(count: int, now: datetime = NOW, **item: Any) -> None:
    """Requests with two intents each: somebody is to be told, and a work order is to be made."""
    make_item(**item)
    for n in range(count):
        values = {"estate": cast.ESTATE, "kind": "repair", "item": "tap", "channel": "desk", "words": "漏水"}
        request = requests.create({**values, "place": f"{n} 号"}, actor=cast.desk(), now=now + n * MINUTE)
        requests.assign(request.pk, to="security-lead", actor=cast.desk(), now=now + n * MINUTE)


def make_item(**changes: Any) -> None:
    cast.publish("service_category", "repairs", {"name": {"zh": "维修"}}, cast.LONG_AGO)
    item = {
        "name": {"zh": "水龙头"},
        "category": "repairs",
        "kinds": ["repair"],
        "urgency": "normal",
        "response_minutes": 60,
        "resolve_minutes": 240,
        "department": "repair",
        "makes_work_order": True,
        **changes,
    }
    cast.publish("service_item", "tap", item, cast.LONG_AGO)


def make_scheduled(count: int) -> None:
    """Prices that come into force by themselves: one a minute from `NOW` on."""
    for n in range(count):
        body = {
            "name": {"zh": f"价目 {n}"},
            "lines": [{"code": "a", "name": {"zh": "换"}, "unit": "次", "price_fen": n}],
        }
        content.create("price_list", f"price-{n}", body, actor=SYSTEM, now=NOW - DAY)
        at = NOW + n * MINUTE
        content.schedule("price_list", f"price-{n}", at=at, actor=SYSTEM, now=NOW - DAY)


Snapshot = dict[str, list[dict[str, Any]]]


def snapshot(database: Any) -> Snapshot:
    names = [each["name"] for each in database.list_collections(filter={"type": "collection"})]
    return {name: list(database[name].find()) for name in names if not name.startswith("system.")}


def restore(database: Any, taken: Snapshot) -> None:
    """Only what has changed is written again: reading costs a tenth of it."""
    for name, documents in snapshot(database).items():
        wanted = taken.get(name, [])
        if documents != wanted:
            database[name].delete_many({})
            if wanted:
                database[name].insert_many(wanted)
