"""What people do in a simulated estate: mostly what they should, sometimes late, sometimes not at all."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import cached_property
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from seeds import rooms
from seeds.emergencies_at_work import Emergencies
from seeds.findings_at_work import Findings
from seeds.pictures import Album
from seeds.repairs_at_work import Repairs
from seeds.simulation import Simulation
from seeds.supervision_at_work import Supervision
from seeds.tablets_at_work import Tablets
from store.actor import Actor
from store.content.reading import live_all, revision_body
from store.people.documents import Staff
from store.people.operations import actor_for
from store.premises.documents import Estate, Household
from store.requests import operations as requests
from store.requests.documents import ServiceRequest
from store.work import operations as work
from store.work import rounds, rules
from store.work.documents import WorkOrder
from store.work.rules import STEP_REPORTS

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
# Of a hundred: how often a round is not walked, an order forgotten, a checkpoint passed by …
FORGOTTEN, PASSED_BY, LATE, WITHOUT_ANSWER, WITHOUT_PHOTO = 1, 1, 6, 5, 2
REQUESTS_A_DAY = (2, 7)
# Of a thousand: the items of a checklist that fail.
FAILED = 15
# Said of whatever the request is about, so that words and service item never contradict each other.
WORDS = {
    "repair": (
        "请尽快安排师傅来看一下。",
        "从昨天开始的，影响日常使用。",
        "上次处理过，又出现了。",
        "着急用，麻烦优先安排。",
    ),
    "complaint": (
        "反映过一次，一直没有改善。",
        "影响休息，希望今天有个答复。",
        "请物业出面处理，并告知结果。",
        "连续几天都是这样。",
    ),
    "enquiry": ("想了解办理流程和需要的材料。", "请问收费标准是多少？", "请问什么时间可以办理？"),
    "suggestion": ("楼里不少邻居都有同样的想法。", "希望能考虑一下，谢谢。"),
}


@dataclass
class Company:
    """Everybody who works in the estates, acting on what the simulation shows them."""

    simulation: Simulation

    @cached_property
    def repairs(self) -> Repairs:
        return Repairs(self.simulation, self.tablets, self._album)

    @cached_property
    def findings(self) -> Findings:
        return Findings(self.simulation, self.tablets, self._album)

    @cached_property
    def tablets(self) -> Tablets:
        return Tablets(
            self.simulation,
            lambda estate, department: [self._actor(code) for code in self._of_department(estate, department)],
        )

    @cached_property
    def supervision(self) -> Supervision:
        return Supervision(self.simulation, self._actor)

    @cached_property
    def emergencies(self) -> Emergencies:
        return Emergencies(
            self.simulation,
            self._actor("manager"),
            lambda estate, department, dice: self._actor(dice.choice(self._of_department(estate, department))),
        )

    def come_to_work(self) -> None:
        self.simulation.on_new(WorkOrder, self.take_order)
        self.simulation.on_new(ServiceRequest, self.take_request)
        self.tablets.begin()
        self.emergencies.begin()
        for begin in rooms.at_work():
            begin(self.simulation, self._actor)
        self._tomorrow(self.simulation.now)

    # Work orders

    def take_order(self, order: WorkOrder, now: datetime) -> None:
        if order.state != "open":
            return
        # Ids are new in every run; numbers and the keys of slots are not.
        dice = self.simulation.chance("order", *_named(order))
        who = self._worker(order, dice)
        if who is None or dice.randrange(100) < FORGOTTEN:
            self._call_off(order, dice)
            return
        self.supervision.perhaps(order)
        if order.kind == "patrol":
            self._walk(order, who, dice)
        elif order.kind == "repair" and order.source.get("kind") == "request":
            self.repairs.take_order(order, who, self._desk(order.estate, dice), self._answers(order, dice), now)
        elif order.kind in STEP_REPORTS:
            self.emergencies.take_step(order, who, now)
        elif order.kind == "callback":
            self.repairs.call_back(order, who, now)
        elif order.kind == "rectification":
            self.findings.put_right(order, who, dice, now)
        elif order.kind == "reinspection":
            self.findings.judge(order, who, dice, now)
        else:
            self._work(order, who, dice, now)

    def _call_off(self, order: WorkOrder, dice: Random) -> None:
        """A slot of a plan that nobody did is called off within two days, with its reason: nothing lies about for months."""
        if order.kind == "patrol" or order.source.get("kind") != "plan" or order.due_at is None:
            return  # a round that nobody walked is missed by itself
        reason, manager = "当班漏做，已提醒责任人，下一次照常进行。", self._actor("manager")
        self.simulation.at(
            order.due_at + dice.randint(6, 40) * HOUR,
            lambda moment: work.cancel(order.pk, reason=reason, actor=manager, now=moment),
        )

    def _worker(self, order: WorkOrder, dice: Random) -> Actor | None:
        candidates = [order.assignee] if order.assignee else sorted(order.team)
        if not candidates:
            candidates = self._of_department(order.estate, order.department)
        return self._actor(dice.choice(candidates)) if candidates else None

    def _walk(self, order: WorkOrder, who: Actor, dice: Random) -> None:
        for point in order.checkpoints:
            if dice.randrange(100) < PASSED_BY:
                continue
            middle = point["opens_at"] + (point["closes_at"] - point["opens_at"]) / 2
            moment = max(order.starts_at, middle + dice.randint(-3, 4) * MINUTE)
            self.simulation.at(moment, self._scan(order.pk, point["code"], who))
            self.findings.walk_past(order, point["code"], moment, who)

    def _scan(self, order: Any, code: str, who: Actor) -> Any:
        return lambda now: rounds.scan(order, checkpoint=code, method="qr", actor=self.tablets.held(who, now), now=now)

    def _work(self, order: WorkOrder, who: Actor, dice: Random, now: datetime) -> None:
        allowed = order.due_at - (order.starts_at or now) if order.due_at else 4 * HOUR
        begin = max(order.starts_at or now, now) + allowed * dice.uniform(0.02, 0.3)
        late = dice.randrange(100) < LATE
        end = begin + allowed * (dice.uniform(1.0, 1.8) if late else dice.uniform(0.1, 0.55))
        answers = self._answers(order, dice)
        held = self.tablets.held
        self.simulation.at(begin, lambda at: work.accept(order.pk, actor=held(who, at), now=at))
        self.simulation.at(begin + MINUTE, lambda at: work.start(order.pk, actor=held(who, at), now=at))
        self.simulation.at(end, lambda at: work.complete(order.pk, answers=answers, actor=held(who, at), now=at))

    def _answers(self, order: WorkOrder, dice: Random) -> list[dict[str, Any]]:
        if not order.checklist:
            return []
        body = revision_body("checklist", order.checklist["code"], order.checklist["revision"])
        given = _given(body["items"], dice)
        # Who looks at everything sometimes forgets the camera: the order is done and not proven.
        if dice.randrange(100) < WITHOUT_PHOTO:
            return given
        scene = self._album.scene(order.department, dice)
        items = {item["code"]: item for item in body["items"]}
        return [self._photographed(order.estate, items[each["item"]], each, scene) for each in given]

    def _photographed(self, estate: str, item: Mapping[str, Any], answer: dict[str, Any], scene: str) -> dict[str, Any]:
        """With a picture where one is wanted, or where something is wrong."""
        failed = rules.failed_items({"items": [item]}, [answer]) != []
        if not failed and not item.get("photo_required"):
            return answer
        wrong = failed or bool(item.get("only_if")) or item["code"] == "before"
        return {**answer, "photos": [self._album.photo(estate, scene, self.simulation.now, wrong=wrong)]}

    # Requests

    def take_request(self, request: ServiceRequest, now: datetime) -> None:
        dice = self.simulation.chance("request", request.number)
        desk = self._desk(request.estate, dice)
        due = request.due_at or now + 8 * HOUR
        self.simulation.at(
            now + dice.randint(2, 25) * MINUTE, lambda at: requests.accept(request.pk, actor=desk, now=at)
        )
        if request.kind == "repair" and request.orders_made:
            return self.repairs.chase(request, desk, due)
        if dice.randrange(100) < WITHOUT_ANSWER:
            return self._only_acknowledged(request, desk, due, dice)
        answer_at = now + (due - now) * dice.uniform(0.3, 1.05)
        self.simulation.at(
            answer_at,
            lambda at: requests.answer(request.pk, text="已处理并电话告知业主。", told="phone", actor=desk, now=at),
        )
        self.simulation.at(
            answer_at + dice.randint(2, 40) * HOUR,
            lambda at: requests.close(request.pk, outcome="业主认可", actor=desk, now=at),
        )
        return None

    def _only_acknowledged(self, request: ServiceRequest, desk: Actor, due: datetime, dice: Random) -> None:
        """Nobody answers for days; in the middle of the escalation somebody says that he takes care of it."""
        at = due + dice.randint(1, 5) * HOUR
        self.simulation.at(at, lambda moment: requests.acknowledge(request.pk, actor=desk, now=moment))
        self.simulation.at(
            at + dice.randint(20, 60) * HOUR,
            lambda moment: requests.answer(request.pk, text="已完成整改，向业主致歉。", actor=desk, now=moment),
        )
        # Answered is not settled: the promise ends when it is closed.
        self.simulation.at(
            at + dice.randint(61, 100) * HOUR,
            lambda moment: requests.close(request.pk, outcome="业主接受道歉", actor=desk, now=moment),
        )

    def _tomorrow(self, now: datetime) -> None:
        """Residents come all day; each day's requests are drawn in the morning."""
        for estate in Estate.objects(active__ne=False).order_by("code"):
            zone = ZoneInfo(estate.timezone)
            day = now.astimezone(zone).date()
            dice = self.simulation.chance("day", estate.code, day)
            for _ in range(dice.randint(*REQUESTS_A_DAY)):
                local = datetime.combine(day, time(7), zone) + dice.randint(0, 15 * 60) * MINUTE
                self.simulation.at(max(local.astimezone(now.tzinfo), now), self._ask(estate.code, dice.random()))
        self.simulation.at(now + timedelta(days=1), self._tomorrow)

    def _ask(self, estate: str, draw: float) -> Any:
        def act(now: datetime) -> ServiceRequest:
            dice = self.simulation.chance("ask", estate, now, draw)
            code, body = dice.choice(self._items)
            kind = dice.choice(sorted(body["kinds"]))
            home = dice.choice(self._homes[estate])
            values = {
                "estate": estate,
                "kind": kind,
                "item": code,
                "household": home,
                "words": dice.choice(WORDS[kind]),
            }
            values["channel"] = dice.choice(("desk", "phone", "web"))
            return requests.create(values, actor=self._desk(estate, dice), now=now)

        return act

    # Who and what there is

    @cached_property
    def _album(self) -> Album:
        return Album()

    @cached_property
    def _items(self) -> list[tuple[str, Mapping[str, Any]]]:
        return [(each.code, each.body) for each in live_all("service_item", self.simulation.now)]

    @cached_property
    def _homes(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for home in Household.objects.only("estate", "code").order_by("code"):
            found.setdefault(home.estate, []).append(home.code)
        return found

    def _desk(self, estate: str, dice: Random) -> Actor:
        return self._actor(dice.choice([code for code in self._of_department(estate, "service")]))

    def _of_department(self, estate: str, department: str | None) -> list[str]:
        if (estate, department) not in self._departments:
            found = Staff.objects(department=department, estates=estate, active__ne=False).order_by("code")
            self._departments[estate, department] = [each.code for each in found if {"field", "desk"} & set(each.roles)]
        return self._departments[estate, department]

    @cached_property
    def _departments(self) -> dict[tuple[str, str | None], list[str]]:
        return {}

    def _actor(self, code: str) -> Actor:
        if code not in self._actors:
            self._actors[code] = actor_for(code)
        return self._actors[code]

    @cached_property
    def _actors(self) -> dict[str, Actor]:
        return {}


def _named(order: WorkOrder) -> tuple[Any, ...]:
    """A finding has several orders."""
    number = order.source.get("number")
    return (number, order.kind, order.source["round"]) if "round" in order.source else (number or order.key,)


def _given(items: Sequence[Mapping[str, Any]], dice: Random) -> list[dict[str, Any]]:
    """An answer to everything that is asked; some questions are asked only where another item failed."""
    values = {item["code"]: _answer(item, dice) for item in items}
    asked = [item["code"] for item in items if not item.get("only_if") or values[item["only_if"]] == "fail"]
    return [{"item": code, "value": values[code]} for code in asked]


def _answer(item: Mapping[str, Any], dice: Random) -> Any:
    good = dice.randrange(1000) >= FAILED
    if item["kind"] == "score":
        most = item.get("max_score", 100)
        return most if good else most // 3
    if item["kind"] == "number":
        return dice.randint(1, 9)
    return "pass" if item["kind"] == "pass_fail" and good else "fail" if item["kind"] == "pass_fail" else "正常"
