"""What repairers and residents do in a simulated estate: quotes, consents, verdicts – some dispute, some say nothing."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from seeds.pictures import Album
from seeds.simulation import Simulation
from seeds.tablets_at_work import Tablets
from store.actor import Actor
from store.content.reading import revision_body
from store.premises.documents import Estate
from store.repairs import operations as repairs
from store.requests import operations as requests
from store.requests.documents import ServiceRequest
from store.requests.rules import OPEN_STATES
from store.work import operations as work
from store.work.documents import WorkOrder

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = (8, 21)
# Of a hundred: quotes that are answered on the spot and refused; finished repairs that are disputed and accepted by word
# (the others say nothing); call-backs with a bad verdict.
ON_THE_SPOT, REFUSED, DISPUTED, APPROVED, UNSATISFIED = 60, 10, 8, 45, 6
# Of a hundred finished repairs: where the resident is at home and signs that it is well done.
SIGNED = 35
SIGNED_BY = "业主本人"
# What an item usually takes, so that quote and fault belong together.
USUAL: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "repair-leak": ("接头老化渗水", ("pipe-joint", "hose-part", "hose-replace")),
    "repair-power-home": ("空气开关跳闸，线路局部过载", ("circuit-check", "breaker-replace", "circuit-repair")),
    "repair-drain": ("管道油污堵塞", ("drain-simple", "drain-machine")),
    "repair-door-access": ("室内分机损坏", ("intercom-handset",)),
    "repair-lock": ("锁芯磨损", ("lock-cylinder", "door-hinge")),
    "repair-socket": ("插座接触不良", ("socket-replace", "socket-part")),
    "repair-tap": ("阀芯老化，密封不严", ("tap-replace", "valve-replace", "valve-part")),
    "repair-toilet": ("进水阀漏水", ("toilet-flush", "toilet-clear")),
    "repair-window": ("滑轮破损，密封老化", ("window-roller", "window-seal")),
    "repair-wall-seepage": ("外墙裂缝渗水", ("wall-patch", "sealant-bath")),
}
OTHERWISE = "现场检查后修复"


@dataclass
class Repairs:
    """Everybody around a repair; `answers` fills in a checklist."""

    simulation: Simulation
    tablets: Tablets
    album: Album

    def take_order(self, order: WorkOrder, who: Actor, desk: Actor, answers: Any, now: datetime) -> None:
        number, nth = order.source["number"], order.key.rpartition(":")[2]
        dice = self.simulation.chance("repair", number, nth)
        allowed = order.due_at - now if order.due_at else 4 * HOUR
        begin = now + max(allowed, HOUR) * dice.uniform(0.02, 0.3)
        item = ServiceRequest.objects(number=number).only("item").get().item["code"]
        fault, usual = USUAL.get(item, (OTHERWISE, ()))
        held = self.tablets.held
        self._at(begin, lambda at: work.accept(order.pk, actor=held(who, at), now=at))
        self._at(begin + 5 * MINUTE, lambda at: work.start(order.pk, actor=held(who, at), now=at))
        self._at(begin + 12 * MINUTE, lambda at: repairs.diagnose(order.pk, text=fault, actor=held(who, at), now=at))
        free_at = begin + 15 * MINUTE
        if order.price_list:
            free_at = self._quote(order, who, desk, _lines(usual, order, dice), free_at, dice)
        end = free_at + max(allowed, HOUR) * (
            dice.uniform(0.8, 1.6) if dice.randrange(100) < 6 else dice.uniform(0, 0.4)
        )
        if self._awake(end, order.estate) == end and dice.randrange(100) < SIGNED:
            self._at(end, self._signed(order, who, answers, self.album.signature(order.estate, dice, now)))
            return
        self._at(end, lambda at: work.complete(order.pk, answers=answers, actor=held(who, at), now=at))
        self._verdict(number, desk, self._awake(end + dice.randint(2, 60) * HOUR, order.estate), dice)

    def _signed(self, order: WorkOrder, who: Actor, answers: Any, signature: str) -> Callable[[datetime], WorkOrder]:
        """Accepted on the spot: nobody needs to be asked afterwards."""

        def act(now: datetime) -> WorkOrder:
            by = self.tablets.held(who, now)
            said: dict[str, Any] = {"answers": answers, "signature": signature, "signed_by": SIGNED_BY}
            return work.complete(order.pk, **said, actor=by, now=now)

        return act

    def _quote(
        self, order: WorkOrder, who: Actor, desk: Actor, lines: Sequence[Mapping[str, Any]], at: datetime, dice: Random
    ) -> datetime:
        """Returns when the work can go on."""
        held = self.tablets.held
        self._at(at, lambda now: repairs.quote(order.pk, lines=lines, actor=held(who, now), now=now))
        given = dice.randrange(100) >= REFUSED
        spoken = dice.randrange(100) < ON_THE_SPOT
        later = self._awake(at + dice.randint(1, 20) * HOUR, order.estate)
        answered = at + dice.randint(3, 15) * MINUTE if spoken else later
        by, note = (who, "") if spoken else (desk, "电话联系业主后登记")
        signature = self.album.signature(order.estate, dice, self.simulation.now) if spoken and given else ""
        said: dict[str, Any] = {"given": given, "note": note, "signature": signature}
        self._at(answered, lambda now: repairs.consent(order.pk, **said, actor=held(by, now), now=now))
        if given:
            self._at(
                answered + 20 * MINUTE,
                lambda now: repairs.materials(order.pk, lines=lines, actor=held(who, now), now=now),
            )
        return answered + 25 * MINUTE

    def _verdict(self, number: str, desk: Actor, heard: datetime, dice: Random) -> None:
        drawn = dice.randrange(100)
        if drawn < DISPUTED:
            self._at(heard, lambda now: repairs.dispute(number, reason="问题还在，请再来看。", actor=desk, now=now))
        elif drawn < DISPUTED + APPROVED:
            self._at(heard, lambda now: repairs.approve(number, note="业主电话确认修好。", actor=desk, now=now))

    def chase(self, request: ServiceRequest, desk: Actor, due: datetime) -> None:
        """Whatever is still open two days after its promise is answered by the desk itself."""

        def answer(now: datetime) -> ServiceRequest | None:
            if requests.get(request.pk, desk).state not in OPEN_STATES:
                return None
            # Only what the desk itself answers is closed by it: a repair that is done waits for its resident.
            self._at(now + 48 * HOUR, close)
            return requests.answer(request.pk, text="已协调处理，向业主致歉。", actor=desk, now=now)

        def close(now: datetime) -> ServiceRequest | None:
            if requests.get(request.pk, desk).state != "answered":
                return None
            return requests.close(request.pk, outcome="业主接受", actor=desk, now=now)

        self._at(due + 48 * HOUR, answer)

    def call_back(self, order: WorkOrder, who: Actor, now: datetime) -> None:
        dice = self.simulation.chance("callback", order.source["number"])
        satisfied = dice.randrange(100) >= UNSATISFIED
        words = "业主表示满意。" if satisfied else "业主认为上门太晚。"
        self._at(
            self._awake(now + dice.randint(4, 40) * HOUR, order.estate),
            lambda at: work.complete(order.pk, satisfied=satisfied, note=words, actor=who, now=at),
        )

    @cached_property
    def _zones(self) -> dict[str, ZoneInfo]:
        return {each.code: ZoneInfo(each.timezone) for each in Estate.objects.only("code", "timezone")}

    def _awake(self, moment: datetime, estate: str) -> datetime:
        """The moment, or – at night – the next morning: residents are not telephoned at three."""
        local = moment.astimezone(self._zones[estate])
        if DAY[0] <= local.hour < DAY[1]:
            return moment
        morning = local.replace(hour=DAY[0]) + timedelta(days=local.hour >= DAY[1])
        return morning.astimezone(moment.tzinfo)

    def _at(self, moment: datetime, act: Any) -> None:
        self.simulation.at(moment, act)


def _lines(usual: Sequence[str], order: WorkOrder, dice: Random) -> list[dict[str, Any]]:
    prices = revision_body("price_list", order.price_list["code"], order.price_list["revision"])["lines"]
    known = {line["code"] for line in prices}
    # A manager may have taken a line off the list.
    wanted = [code for code in usual if code in known] or [prices[0]["code"]]
    chosen = wanted[: dice.randint(1, len(wanted))]
    return [{"line": code, "quantity": dice.choice((1, 1, 1, 2))} for code in chosen]
