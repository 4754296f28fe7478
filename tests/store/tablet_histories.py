"""Generated histories of three tablets, and an oracle that knows nothing of the code under test.

Every tablet records entries – on an order of its own, on one that all three work on, and on a round that all three walk –
with a clock that may be a year wrong, jump, and lose its count of milliseconds by a restart. Batches are sent 1–5 times,
at the same time, cut between verb and outcome or between outcome and answer, frozen before a verb until the others are
through, and old slices again. In the end all is sent.
"""

import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from hashlib import sha256
from random import Random
from typing import Any

import pytest

from store.actor import SYSTEM
from store.content.documents import Revision
from store.errors import Conflict
from store.tablet import streams
from store.tablet.documents import EntryOutcome
from store.tablet.operations import Receipt
from store.versioned import Event
from store.work import operations as work
from store.work.documents import WorkOrder
from tests import cast
from tests.store.tablets import Tablet

MINUTE, YEAR = timedelta(minutes=1), timedelta(days=365)
ITEMS = ("a", "b", "c")
POINTS = ("p", "q", "r")
WHO = (cast.guard(), cast.cleaner(), cast.repairer())
STANDS = ("applied", "merged")
# verb → (states in which it is allowed, state after it; None = unchanged): written down anew, from docs and not from code
UNFINISHED = ("open", "accepted", "in_progress", "paused")
AT_WORK = ("open", "accepted", "in_progress")
ALLOWED: dict[str, tuple[tuple[str, ...], str | None]] = {
    "accept": (("open",), "accepted"),
    "start": (("open", "accepted"), "in_progress"),
    "pause": (AT_WORK, "paused"),
    "resume": (("paused",), "in_progress"),
    "complete": (AT_WORK, "done"),
    "acknowledge": (UNFINISHED, None),
    "answer": (UNFINISHED, None),
    "add_photos": (UNFINISHED, None),
    "supplement": ((*UNFINISHED, "done", "missed"), None),
}


class Found(AssertionError):
    """The oracle has found something that must never happen."""


class Cut(BaseException):
    """The process was killed here: nothing after this line happens, no clean-up either."""


@dataclass
class Hand:
    """A tablet, what truly happened at it, and what it was told."""

    tablet: Tablet
    own: WorkOrder
    # When each entry truly was made, and how wrong the clock was then.
    truth: list[tuple[datetime, timedelta]] = field(default_factory=list)
    told: dict[int, str] = field(default_factory=dict)


@dataclass
class History:
    seed: int
    hands: list[Hand]
    shared: WorkOrder
    round: WorkOrder
    counts: Counter[str]


# The world


def prepare() -> None:
    cast.make_company(cast.LONG_AGO)
    cast.publish("service_category", "cleaning", {"name": {"zh": "保洁"}}, cast.LONG_AGO)
    items = [{"code": code, "name": {"zh": code}, "kind": "number"} for code in ITEMS]
    body = {"name": {"zh": "表"}, "category": "cleaning", "items": items}
    cast.publish("checklist", "numbers", body, cast.LONG_AGO)


def _order(key: str, **changes: Any) -> WorkOrder:
    pinned = {"code": "numbers", "revision": Revision.objects.get(type="checklist", code="numbers").number}
    values = {"estate": cast.ESTATE, "key": key, "kind": "cleaning", "title": key, "state": "open", "checklist": pinned}
    work.make([{**values, **changes}], actor=SYSTEM, now=cast.NOW, timezone="Asia/Shanghai")
    found: WorkOrder = WorkOrder.objects.get(estate=cast.ESTATE, key=key)
    return found


def _round(key: str) -> WorkOrder:
    window = {"opens_at": cast.NOW, "closes_at": cast.NOW + timedelta(days=2), "state": "pending"}
    points = [{"code": code, "name": {"zh": code}, **window} for code in POINTS]
    return _order(key, kind="patrol", checklist=None, checkpoints=points, route={"code": "r", "revision": 1})


def begin(seed: int, alone: bool = False) -> History:
    """`alone`: everybody works on his own order only, back and forth – where the order of entries matters most."""
    dice = Random(seed)
    hands = [Hand(Tablet(who, skew=_skew(dice)), _order(f"h{seed}-own-{who.code}")) for who in WHO]
    history = History(seed, hands, _order(f"h{seed}-shared"), _round(f"h{seed}-round"), Counter())
    for hand in hands:
        _record_all(history, hand, dice, alone)
    return history


def _skew(dice: Random) -> timedelta:
    return timedelta(seconds=dice.randint(-int(YEAR.total_seconds()), int(YEAR.total_seconds())))


def _record_all(history: History, hand: Hand, dice: Random, alone: bool) -> None:
    now = cast.NOW
    for _ in range(dice.randint(3, 9)):
        now += timedelta(milliseconds=dice.randint(0, 20 * 60_000))
        if dice.random() < 0.15:
            hand.tablet.restart(now)
        if dice.random() < 0.1:
            hand.tablet.skew = _skew(dice)
        order, verb, body = _back_and_forth(hand, dice) if alone else _act(history, hand, dice)
        hand.tablet.record(order, verb, now, seen=dice.choice((1, None)), **body)
        hand.truth.append((now, hand.tablet.skew))


def _back_and_forth(hand: Hand, dice: Random) -> tuple[WorkOrder, str, dict[str, Any]]:
    verb = dice.choice(("start", "pause", "resume"))
    return hand.own, verb, {"reason": "x"} if verb == "pause" else {}


def _act(history: History, hand: Hand, dice: Random) -> tuple[WorkOrder, str, dict[str, Any]]:
    if dice.random() < 0.15:
        return history.round, "scan", {"checkpoint": dice.choice(POINTS), "method": "qr"}
    order = history.shared if dice.random() < 0.4 else hand.own
    verb = dice.choice(list(ALLOWED)) if dice.random() < 0.75 else dice.choice(("answer", "add_photos", "supplement"))
    mark = f"{history.seed}-{hand.tablet.who.code}-{len(hand.tablet.entries)}"
    if verb == "pause":
        return order, verb, {"reason": mark}
    if verb == "answer":
        return order, verb, {"item": dice.choice(ITEMS), "value": dice.randint(1, 10**9)}
    if verb == "add_photos":
        return order, verb, {"photos": [{"hash": sha256(mark.encode()).hexdigest(), "role": "after"}]}
    return order, verb, {"note": mark} if verb == "supplement" else {}


# Sending


_armed = threading.local()


@contextmanager
def fault_points() -> Iterator[None]:
    """A request may die before its n-th outcome is stored, or after it; it leaves its lease behind, as a killed one. Or it
    is frozen before its n-th verb."""
    real_store, real_give_back, real_check = streams.store, streams.Lease.give_back, streams.Lease.check

    def store(outcome: dict[str, Any]) -> dict[str, Any]:
        _armed.left = getattr(_armed, "left", -1) - 1
        if _armed.left == 0 and _armed.before:
            raise Cut
        kept = real_store(outcome)
        if _armed.left == 0:
            raise Cut
        return kept

    def give_back(lease: streams.Lease) -> None:
        if getattr(_armed, "left", -1) != 0:
            real_give_back(lease)

    def check(lease: streams.Lease) -> None:
        real_check(lease)
        _armed.verbs = getattr(_armed, "verbs", 0) - 1
        if _armed.verbs == 0:
            _armed.thaw.wait(60)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(streams, "store", store)
        patch.setattr(streams.Lease, "give_back", give_back)
        patch.setattr(streams.Lease, "check", check)
        yield


@dataclass(frozen=True)
class Luck:
    """What befalls one request: from which entry on it sends, where it is cut, before which verb it is frozen."""

    first: int = 1
    cut_at: int = -1
    before: bool = False
    frozen_at: int = 0


def _send(hand: Hand, now: datetime, luck: Luck, thaw: threading.Event) -> Receipt | str:
    _armed.left, _armed.before, _armed.verbs, _armed.thaw = luck.cut_at, luck.before, luck.frozen_at, thaw
    try:
        return hand.tablet.send(now, hand.tablet.entries[luck.first - 1 :])
    except Conflict as error:
        return error.code
    except Cut:
        return "cut"
    finally:
        _armed.left, _armed.verbs = -1, 0


def play(history: History, pool: ThreadPoolExecutor) -> None:
    """Send everything in a way that only bad luck would choose, then until nothing is left."""
    dice = Random(-history.seed - 1)
    now = max(moment for hand in history.hands for moment, _ in hand.truth)
    for _ in range(dice.randint(1, 3)):
        now += timedelta(seconds=dice.choice((1, 30, 3600)))
        _send_at_once(history, now, dice, pool)
    for _ in range(12):
        now += streams.LEASE + MINUTE
        for hand in history.hands:
            if len(hand.told) < len(hand.tablet.entries):
                _note(history, hand, _send(hand, now, Luck(), threading.Event()))
    if any(len(hand.told) < len(hand.tablet.entries) for hand in history.hands):
        raise Found("entries are left that nobody could deliver")


def _send_at_once(history: History, now: datetime, dice: Random, pool: ThreadPoolExecutor) -> None:
    """Some tablets, each 1–5 times at the same moment; one request of all may be frozen until the others are through."""
    chosen = dice.sample(history.hands, k=dice.randint(1, 3))
    sending = [(hand, _luck(hand, dice)) for hand in chosen for _ in range(dice.randint(1, 5))]
    thaw = threading.Event()
    if dice.random() < 0.8:
        hand, luck = sending[0]
        sending[0] = (hand, replace(luck, frozen_at=dice.randint(1, 5)))
    futures = [(hand, pool.submit(_send, hand, now, luck, thaw)) for hand, luck in sending]
    others = [(hand, future.result()) for hand, future in futures[1:]]
    thaw.set()
    for hand, answer in [(futures[0][0], futures[0][1].result()), *others]:
        _note(history, hand, answer)


def _luck(hand: Hand, dice: Random) -> Luck:
    """Mostly from the beginning; sometimes from anywhere, which the server may refuse as a gap."""
    first = 1 if dice.random() < 0.7 else dice.randint(1, len(hand.tablet.entries))
    if dice.random() < 0.4:
        return Luck(first, dice.randint(1, 4), dice.random() < 0.7)
    return Luck(first)


def _note(history: History, hand: Hand, answer: Receipt | str) -> None:
    if isinstance(answer, str):
        history.counts[answer] += 1
        return
    history.counts["batches"] += 1
    for outcome in answer.outcomes:
        if outcome["result"] == "waiting":
            continue
        before = hand.told.setdefault(outcome["seq"], outcome["result"])
        if before != outcome["result"]:
            raise Found(f"entry {outcome['seq']} was called {before}, and later {outcome['result']}")


# The oracle


def judge(history: History) -> None:
    """Raises `Found` for anything lost, doubled, dropped, out of order, by another hand, or of a time that cannot be."""
    orders = {o.key: o for o in WorkOrder.objects(key__startswith=f"h{history.seed}-")}
    events = [(order, event) for order in orders.values() for event in order.events if event.operation]
    acted = Counter(event.operation for _, event in events)
    by_operation = {event.operation: (order, event) for order, event in events}
    for hand in history.hands:
        _judge_stream(history, hand, acted, by_operation)
        _judge_own(hand, orders[hand.own.key])
    known = {entry["id"] for hand in history.hands for entry in hand.tablet.entries}
    _must(set(acted) <= known, "an event of an entry that nobody recorded")
    for order in orders.values():
        _judge_order(order)
    _judge_shared(history, orders[history.shared.key])
    _judge_round(history, orders[history.round.key])


def _must(true: bool, what: str) -> None:
    if not true:
        raise Found(what)


def _judge_stream(history: History, hand: Hand, acted: Counter[Any], by_operation: dict[Any, Any]) -> None:
    tablet = hand.tablet
    kept = list(EntryOutcome.objects(stream=f"{tablet.device}:{tablet.who.code}").order_by("seq"))
    _must([each.seq for each in kept] == list(range(1, len(tablet.entries) + 1)), "an outcome is lost or doubled")
    previous = cast.NOW
    exact = True
    for entry, outcome, (true, skew) in zip(tablet.entries, kept, hand.truth, strict=True):
        history.counts[outcome.result] += 1
        _must(outcome.operation == entry["id"] and outcome.body == entry["body"], "the ledger keeps something else")
        _must(hand.told[outcome.seq] == outcome.result, "the tablet was told something else than the ledger keeps")
        stands = outcome.result in STANDS
        _must(acted[entry["id"]] == (1 if stands else 0), f"{outcome.result}, and acted {acted[entry['id']]} times")
        _must(stands or bool(outcome.code and outcome.words.get("zh")), "dropped without a word why")
        _must(outcome.result != "conflict" or bool(outcome.theirs), "a conflict with nobody")
        _must(previous <= outcome.at <= outcome.received_at, "a time that cannot be")
        # Of an earlier run we have only the device's clock; if that jumped meanwhile, nobody can know better.
        exact = exact and (entry["run"] == tablet.run or skew == tablet.skew)
        _must(not exact or outcome.at == true, f"it happened at {true}, and we say {outcome.at}")
        previous = outcome.at
        if stands:
            order, event = by_operation[entry["id"]]
            _must(order.key == entry["order"], "it acted on another order")
            _must((event.actor, event.device, event.verb) == (tablet.who.code, tablet.device, entry["verb"]), "not his")
            _must((event.happened_at or event.at) == outcome.at, "event and ledger tell different times")
            _judge_effect(order, entry)


def _judge_effect(order: WorkOrder, entry: dict[str, Any]) -> None:
    body = entry["body"]
    if entry["verb"] == "add_photos":
        _must(sum(p["hash"] == body["photos"][0]["hash"] for p in order.photos) == 1, "a photo is lost or doubled")
    if entry["verb"] == "supplement":
        _must(
            sum(each.get("note") == body["note"] for each in order.supplements) == 1, "a supplement is lost or doubled"
        )


def _judge_own(hand: Hand, order: WorkOrder) -> None:
    """Nobody else touches this order: its author's numbers alone say what must have become of every entry."""
    state, answers = "open", {}
    for entry in hand.tablet.entries:
        if entry["order"] != order.key:
            continue
        allowed, after = ALLOWED[entry["verb"]]
        stands = state in allowed
        expected = "applied" if stands else "refused"
        _must(hand.told[entry["seq"]] == expected, f"{entry['verb']} in {state}: {hand.told[entry['seq']]}")
        if stands:
            state = after or state
            if entry["verb"] == "answer":
                answers[entry["body"]["item"]] = entry["body"]["value"]
    _must(order.state == state, f"the order is {order.state}, and must be {state}")
    _must({each["item"]: each["value"] for each in order.answers} == answers, "other answers than were given")


def _judge_order(order: WorkOrder) -> None:
    """The history of an order is whole, in each author's order, and leads to its state."""
    _must([event.n for event in order.events] == list(range(1, order.version + 1)), "the history has holes")
    if order.kind == "patrol":
        return
    state = "open"
    for event in order.events[1:]:
        allowed, after = ALLOWED[event.verb]
        _must(state in allowed, f"{event.verb} happened in {state}")
        state = after or state
    _must(order.state == state, "the state is not what its history says")


def _judge_shared(history: History, order: WorkOrder) -> None:
    """All began from the same version: an item is one person's, and his last answer stands."""
    for item in ITEMS:
        authors = [e.actor for e in order.events if e.verb == "answer" and e.detail["item"] == item]
        _must(len(set(authors)) <= 1, "an answer was overwritten by somebody who had not seen it")
        if authors:
            hand = next(each for each in history.hands if each.tablet.who.code == authors[0])
            given = [e for e in hand.tablet.entries if e["order"] == order.key and e["body"].get("item") == item]
            values = [e["body"]["value"] for e in given if hand.told[e["seq"]] in STANDS]
            stored = {each["item"]: each["value"] for each in order.answers}
            _must(stored[item] == values[-1], "not the last answer of its author")
    numbers = {e["id"]: e["seq"] for hand in history.hands for e in hand.tablet.entries}
    for hand in history.hands:
        mine = [numbers[e.operation] for e in order.events if e.operation and e.actor == hand.tablet.who.code]
        _must(mine == sorted(mine), "not in the order in which they were recorded")
        for entry in hand.tablet.entries:
            told = hand.told[entry["seq"]]
            _must(entry["verb"] != "supplement" or told in STANDS, f"a supplement was {told}")


def _judge_round(history: History, order: WorkOrder) -> None:
    for point in order.checkpoints:
        tried = [e for h in history.hands for e in h.tablet.entries if e["body"].get("checkpoint") == point["code"]]
        scans: list[Event] = [e for e in order.events if e.verb == "scan" and e.detail["checkpoint"] == point["code"]]
        _must(len(scans) == len(tried) == len(point.get("others") or ()) + bool(scans), "a scan is lost or doubled")
        if scans:
            first = min(scans, key=lambda each: (each.happened_at or each.at, each.actor))
            _must(point["by"] == first.actor and point["state"] == "done", "another's scan")
            _must(point["at"] == (first.happened_at or first.at), "not the first scan")


def run(seeds: range, alone: bool = False) -> Counter[str]:
    """Play and judge; returns the counts. Raises `Found` with the seed to replay."""
    total: Counter[str] = Counter()
    with fault_points(), ThreadPoolExecutor(6) as pool:
        for seed in seeds:
            history = begin(seed, alone)
            try:
                play(history, pool)
                judge(history)
            except Found as found:
                raise Found(f"history {seed}: {found}") from found
            total += history.counts
            total["histories"] += 1
            total["entries"] += sum(len(hand.tablet.entries) for hand in history.hands)
    return total
