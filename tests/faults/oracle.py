"""What must have come of it, worked out apart from the product: plain arithmetic on the facts of `worlds.py`.

Nothing here calls a rule or a verb; it reads the stored documents as they lie there. Every check raises `Broken` with
how much is lost and how much is doubled.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from tests.faults.worlds import CHAIN, HOUR, MINUTE, SHANGHAI, Plan

READS_MAIL = frozenset({"security-lead"})
RECORDS = {
    "content": "content",
    "work_orders": "work_order",
    "requests": "service_request",
    "drills": "drill",
    "incidents": "incident",
}


class Broken(AssertionError):
    """The product did something else than the model."""

    def __init__(self, what: str, *, lost: Iterable[object] = (), doubled: Iterable[object] = ()) -> None:
        self.lost, self.doubled = sorted(map(str, lost)), sorted(map(str, doubled))
        told = f"{len(self.lost)} lost {self.lost[:3]}, {len(self.doubled)} doubled or uncalled for {self.doubled[:3]}"
        super().__init__(f"{what}: {told}")


def same(what: str, expected: Iterable[Any], found: Iterable[Any]) -> int:
    """Both hold the same things equally often. Returns how many."""
    wanted, there = Counter(iter(expected)), Counter(iter(found))
    if wanted != there:
        raise Broken(what, lost=(wanted - there).elements(), doubled=(there - wanted).elements())
    return wanted.total()


def slots_of(plan: Plan, until: datetime) -> dict[str, datetime]:
    """Nominal local time → moment, for every slot after the publication and not after `until`."""
    found = {}
    day = (plan.published_at + SHANGHAI).date() - timedelta(days=1)
    while day <= (until + SHANGHAI).date():
        for time in plan.times:
            local = datetime.fromisoformat(f"{day.isoformat()}T{time}")
            moment = (local - SHANGHAI).replace(tzinfo=UTC)
            if plan.published_at < moment <= until:
                found[local.isoformat(timespec="minutes")] = moment
        day += timedelta(days=1)
    return found


def check_generated(database: Any, plans: Sequence[Plan], now: datetime, *, one_pass: bool = False) -> int:
    """Every slot has one order, due by its nominal time. `one_pass`: all was decided at `now`, so the states are known.

    Returns how many orders there are.
    """
    total = 0
    for plan in plans:
        head = database.content.find_one({"type": "plan", "code": plan.code})
        until = head.get("generated_until") or plan.published_at
        # What lies an hour ahead must be there, however far the plan's own mark has come.
        expected = slots_of(plan, max(until, now + HOUR - MINUTE))
        orders = list(database.work_orders.find({"plan.code": plan.code}))
        total += same(f"slots of {plan.code}", expected, (order["slot"]["local"] for order in orders))
        for order in orders:
            _check_moments(plan, order, expected[order["slot"]["local"]])
        if one_pass:
            _check_states(plan, orders, expected, now)
        _check_mark(plan, head, until)
    numbers = [order["number"] for order in database.work_orders.find({}, {"number": 1})]
    same("numbers", set(numbers), numbers)
    return total


def _check_moments(plan: Plan, order: Mapping[str, Any], nominal: datetime) -> None:
    due = nominal + plan.duration * MINUTE
    found = {order["slot"]["at"], order["starts_at"]}, {order["due_at"], *(c["due_at"] for c in order["clocks"])}
    if found != ({nominal}, {due}):
        raise Broken(f"{order['slot']['local']} is due {order['due_at']} instead of {due}", doubled=[order["number"]])


def _check_states(
    plan: Plan, orders: Iterable[Mapping[str, Any]], slots: Mapping[str, datetime], now: datetime
) -> None:
    late = sorted(key for key, at in slots.items() if at + plan.duration * MINUTE < now)
    skipped = {"skip": late, "once": late[:-1], "all": []}[plan.missed]
    same(f"skipped of {plan.code}", skipped, (o["slot"]["local"] for o in orders if o["state"] == "skipped"))


def _check_mark(plan: Plan, head: Mapping[str, Any], until: datetime) -> None:
    following = min(at for at in slots_of(plan, until + timedelta(days=2)).values() if at > until)
    if head.get("next_generate_at") != following - HOUR:
        raise Broken(f"{plan.code} looks again at {head.get('next_generate_at')}", lost=[following])


def check_escalated(database: Any, now: datetime, plans: Sequence[Plan] = ()) -> int:
    """Each step of each order's chain once, none before its time; reminders the same. Returns how many steps fired."""
    steps = 0
    reminders = {plan.code: plan.reminder for plan in plans}
    planned: dict[str, Any] = {"source.kind": "plan", "state": {"$ne": "skipped"}}
    if plans:
        planned["plan.code"] = {"$in": list(reminders)}
    for order in database.work_orders.find(planned):
        steps += _check_chain(order, now)
        ahead = order["starts_at"] - reminders.get(order["plan"]["code"], 10) * MINUTE
        _check_reminders(order, (ahead, order["due_at"]), now)
        check_history(order)
    return steps


def _check_chain(order: Mapping[str, Any], now: datetime) -> int:
    moments = {str(n): order["due_at"] + offset * MINUTE for n, (_, offset) in enumerate(CHAIN, 1)}
    fired = [event for event in order["events"] if event["verb"] == "escalate"]
    due = [key for key, moment in moments.items() if moment <= now]
    same(f"steps of {order['number']}", due, (event["detail"]["step"] for event in fired))
    same(f"recorded steps of {order['number']}", due, (each["key"] for each in order["clocks"][0]["steps"]))
    for event in fired:
        key = event["detail"]["step"]
        told = [who for intent in event.get("to_notify") or () for who in intent["to"]]
        same(f"who was told {key} of {order['number']}", [CHAIN[int(key) - 1][0]], told)
        if event["at"] < moments[key]:
            raise Broken(f"{order['number']} escalated before its time", doubled=[key])
    return len(fired)


def _check_reminders(order: Mapping[str, Any], moments: Sequence[datetime], now: datetime) -> None:
    name = f"reminders of {order['number']}"
    same(name, moments, (each["at"] for each in order["reminders"]))
    same(name, (at for at in moments if at <= now), (each["at"] for each in order["reminders"] if each.get("sent_at")))
    # Reminders that fell due together are told together.
    times = sorted({each["sent_at"] for each in order["reminders"] if each.get("sent_at")})
    same(name, times, sorted(event["at"] for event in order["events"] if event["verb"] == "remind"))


def check_history(record: Mapping[str, Any]) -> None:
    """Its events are numbered 1, 2, 3 … up to its version: no lost update, nothing written twice."""
    numbers = [event["n"] for event in record["events"]]
    same(f"events of {record.get('number') or record.get('code')}", range(1, record["version"] + 1), numbers)


def check_relayed(database: Any) -> int:
    """Every intent has its notices and its record, once; nothing is left to be relayed. Returns how many notices."""
    expected: list[str] = []
    orders: list[str] = []
    for name, kind in RECORDS.items():
        for source in database[name].find():
            expected += _notices_of(kind, source)
            wanted = [make["key"] for event in source["events"] for make in event.get("to_make") or ()]
            orders += [key for key in wanted if key.startswith("request:") and key.count(":") == 2]
    left = [each["_id"] for name in RECORDS for each in database[name].find({"pending": True}, {"_id": 1})]
    if left:
        raise Broken("still to be relayed", lost=left)
    same(
        "orders from requests", orders, (each["key"] for each in database.work_orders.find({"source.kind": "request"}))
    )
    return same("notices", expected, (each["_id"] for each in database.notices.find({}, {"_id": 1})))


def _notices_of(kind: str, source: Mapping[str, Any]) -> set[str]:
    return {
        f"{kind}:{source['_id']}:{event['n']}:{who}:{channel}"
        for event in source["events"]
        for intent in event.get("to_notify") or ()
        for who in intent["to"]
        for channel in (("app", "email") if who in READS_MAIL else ("app",))
    }


def check_published(database: Any, count: int, start: datetime) -> int:
    """One revision for each scheduled price list, as of its own minute; no intent is left open."""
    expected = [(f"price-{n}", 1, start + n * MINUTE, n) for n in range(count)]
    found = [
        (each["code"], each["number"], each["effective_at"], each["body"]["lines"][0]["price_fen"])
        for each in database.revisions.find({"type": "price_list"})
    ]
    total = same("revisions", expected, found)
    for head in database.content.find({"type": "price_list"}):
        if head.get("publishing") or head.get("publish_at") or head["revision"] != 1 or head["state"] != "published":
            raise Broken("a publication was not finished", lost=[head["code"]])
        check_history(head)
    return total


def message_id(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()[:32]


class Receiver(Protocol):
    """A mail server that keeps what it took."""

    @property
    def messages(self) -> Sequence[Any]: ...


def _id_of(message: Any) -> str:
    return str(message["Message-ID"]).strip("<>").partition("@")[0]


def check_delivered(database: Any, smtp: Receiver, faults: int) -> int:
    """Every mail ended sent or dead, what is *sent* was received, at most one repetition a fault. Returns those."""
    mails = list(database.notices.find({"channel": "email"}))
    unended = [each["_id"] for each in mails if each["state"] not in ("sent", "dead")]
    if unended:
        raise Broken("neither sent nor dead", lost=unended)
    received = Counter(map(_id_of, smtp.messages))
    # Several may have gone out in one letter, which has an id of its own and was written down before it went out.
    last = {each["_id"]: message_id(each.get("letter") or each["_id"]) for each in mails}
    sent = {last[each["_id"]] for each in mails if each["state"] == "sent"}
    if sent - set(received):
        raise Broken("marked as sent and never received", lost=sent - set(received))
    before = {message_id(letter) for each in mails for letter in (each["_id"], *(each.get("former_letters") or ()))}
    unknown = set(received) - set(last.values()) - before
    if unknown:
        raise Broken("received and never meant", doubled=unknown)
    # What was cut off and could not be put together again came as another letter: a repetition too.
    repeated = received.total() - len(set(received) & set(last.values()))
    if repeated > faults:
        raise Broken(f"{repeated} repetitions for {faults} faults", doubled=[k for k, n in received.items() if n > 1])
    return repeated
