"""What stands on a tablet: whose orders, what of them, what is still to come, and what has changed since."""

import random
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from store import directory
from store.actor import SYSTEM, Actor
from store.content import operations as content
from store.content.documents import Content
from store.deadlines import operations as deadlines
from store.devices.documents import SentList
from store.people.operations import actor_for
from store.photos import operations as photos
from store.plans.operations import generate_due
from store.requests import operations as requests
from store.requests.documents import ServiceRequest
from store.tablet.bundle import bundle
from store.tablet.showing import FIELDS, MOST_LINES, show_orders
from store.work import operations as work
from store.work.documents import WorkOrder
from tests import cast
from tests.cast import NOW
from tests.pictures import drawn

TABLET = "3f1f2a52-6f0b-4d6e-9b8e-2d9a1c5b7e10"
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def company(database: Any) -> None:
    cast.make_company(cast.LONG_AGO)
    cast.make_roster(now=cast.LONG_AGO)


def make(key: str, estate: str = cast.ESTATE, at: datetime = NOW, **values: Any) -> WorkOrder:
    defaults = {"kind": "security", "title": "配电房", "state": "open", "due_at": NOW + HOUR, "clocks": []}
    work.make([{**defaults, "estate": estate, "key": key, **values}], actor=SYSTEM, now=at, timezone="Asia/Shanghai")
    found: WorkOrder = WorkOrder.objects.get(estate=estate, key=key)
    return found


def keys(answer: dict[str, Any]) -> set[str]:
    return {each["key"] for each in answer["orders"]}


def ask(who: Actor | None = None, now: datetime = NOW, after: str | None = None) -> dict[str, Any]:
    return bundle(TABLET, who or cast.guard(), now=now, after=after)


def test_the_list_is_ones_own_ones_teams_and_ones_departments() -> None:
    make("mine", assignee="guard", department="security")
    make("team", team=["guard", "guard-2"])
    make("department", department="security")
    make("mates", assignee="guard-2", department="security")
    make("cleaning", department="cleaning")
    make("nobody")
    make("foreign", cast.OTHER_ESTATE, assignee="guard", department="security")
    assert keys(ask()) == {"mine", "team", "department", "mates"}


OFFICE = {
    "name": {"zh": "办公时间"},
    "timezone": "Asia/Shanghai",
    "windows": [{"weekdays": [1, 2, 3, 4, 5], "start": "08:30", "end": "17:30"}],
    "makeup_weekday": 1,
}


def test_a_deadline_of_a_calendar_says_in_both_languages_how_it_came_about() -> None:
    cast.publish("working_calendar", "office", OFFICE, cast.LONG_AGO)
    under = deadlines.terms(calendar="office", policy=None, moment=NOW)
    by_hours = deadlines.start("response", 30, at=NOW, under=deadlines.terms(calendar=None, policy=None, moment=NOW))
    make("mine", assignee="guard", clocks=[deadlines.start("complete", 3 * 540, at=NOW, under=under), by_hours])
    complete, response = ask()["orders"][0]["clocks"]
    assert "期限 1620 分钟" in complete["why"][0]["zh"]
    assert complete["why"][-1]["en"].startswith("Due ")
    assert response["why"] == []


def test_a_deadline_of_many_weeks_is_told_in_a_few_lines() -> None:
    cast.publish("working_calendar", "office", OFFICE, cast.LONG_AGO)
    under = deadlines.terms(calendar="office", policy=None, moment=NOW)
    make("mine", assignee="guard", clocks=[deadlines.start("complete", 90 * 540, at=NOW, under=under)])
    why = ask()["orders"][0]["clocks"][0]["why"]
    assert len(why) == MOST_LINES
    assert why[-1]["en"].startswith("Due ")


def test_a_tablet_that_holds_orders_in_an_older_shape_gets_them_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    make("mine", assignee="guard")
    cursor = ask()["cursor"]
    assert ask(after=cursor)["full"] is False
    monkeypatch.setattr("store.tablet.bundle.SHAPE", 99)
    assert ask(after=cursor)["full"] is True


def test_what_is_far_off_or_long_over_does_not_fill_the_tablet() -> None:
    far, late = NOW + timedelta(days=3, minutes=1), NOW - timedelta(days=9)
    make("far", department="security", due_at=far)
    make("far-but-mine", assignee="guard", due_at=far)
    make("near", department="security", due_at=NOW + timedelta(days=3))
    make("late", department="security", due_at=late)
    make("undated", department="security", due_at=None)
    make("finished", department="security", state="done", finished_at=NOW - timedelta(hours=23))
    make("long-over", department="security", state="done", finished_at=NOW - timedelta(hours=25))
    make("skipped", department="security", state="skipped")
    assert keys(ask()) == {"far-but-mine", "near", "late", "undated", "finished"}


def test_an_order_is_shown_in_the_agreed_shape() -> None:
    order = make("one", assignee="guard", checkpoints=[], clause="2.5")
    shown = ask()["orders"][0]
    assert set(shown) == set(FIELDS)
    assert (shown["id"], shown["version"], shown["coming"]) == (str(order.pk), 1, False)
    assert shown["allowed_verbs"]
    assert shown == show_orders([WorkOrder._get_collection().find_one({"key": "one"})], cast.guard(), NOW)[0]


# --- to come


def plan(code: str = "night", **changes: Any) -> None:
    route = {"name": {"zh": "车库"}, "estate": cast.ESTATE, "checkpoints": [{"code": "gate", "name": {"zh": "大门"}}]}
    cast.publish("route", "garage", route, NOW - DAY)
    body = {
        "name": {"zh": "夜间巡更"},
        "estate": cast.ESTATE,
        "service": "patrol",
        "frequency": "daily",
        "times": ["22:00", "02:00"],
        "start_date": "2026-01-01",
        "duration_minutes": 60,
        "route": "garage",
        "assign_to": "on_duty",
        "roster": "sunshine-guards",
    }
    cast.publish("plan", code, {**body, **changes}, NOW - DAY)


def everything(database: Any) -> dict[str, list[Any]]:
    return {name: list(database[name].find().sort("_id", 1)) for name in database.list_collection_names()}


def test_what_plans_will_ask_for_is_there_before_it_is_made(database: Any) -> None:
    plan()
    generate_due(NOW)
    before = everything(database)
    coming = [each for each in ask(cast.second_guard())["orders"] if each["coming"]]
    # 36 hours from ten in the morning: two rounds tonight, and tomorrow's at ten.
    assert [each["key"][-16:] for each in coming] == ["2026-11-24T22:00", "2026-11-25T02:00", "2026-11-25T22:00"]
    assert all(each["id"] is None and each["version"] is None for each in coming)
    assert coming[0]["assignee"] == "guard-2"
    assert coming[0]["checkpoints"][0]["state"] == "pending"
    assert coming[0]["route"] == {"code": "garage", "revision": 1}
    after = everything(database)
    for found in (before, after):
        found.pop("sent_lists", None)  # what the tablet was told, nothing else
    assert after == before


def test_a_coming_order_becomes_the_one_that_the_generator_makes() -> None:
    plan()
    generate_due(NOW)
    first = ask(cast.second_guard())
    promised = next(each for each in first["orders"] if each["key"].endswith("2026-11-24T22:00"))
    tonight = NOW + timedelta(hours=11, minutes=30)
    assert generate_due(tonight)
    later = ask(cast.second_guard(), tonight, first["cursor"])
    made = next(each for each in later["orders"] if each["key"] == promised["key"])
    assert made["coming"] is False
    same = ("estate", "kind", "title", "title_en", "assignee", "team", "department", "starts_at", "due_at", "route")
    assert made["checkpoints"] == promised["checkpoints"]
    assert {name: made[name] for name in same} == {name: promised[name] for name in same}
    assert not later["gone"]


def test_what_was_made_is_not_to_come_although_the_generator_was_cut_off() -> None:
    """Its mark moves last; an order that was cancelled meanwhile must not be promised again."""
    plan()
    tonight = NOW + timedelta(hours=11, minutes=30)
    generate_due(tonight)
    Content.objects(type="plan").update(set__generated_until=NOW)
    order = WorkOrder.objects.get(key__endswith="2026-11-24T22:00")
    found = [each for each in ask(cast.second_guard(), tonight)["orders"] if each["key"] == order.key]
    assert [each["coming"] for each in found] == [False]
    work.cancel(order.pk, reason="停电", actor=cast.supervisor(), now=tonight)
    WorkOrder.objects(pk=order.pk).update(set__finished_at=NOW - 2 * DAY)
    assert order.key not in keys(ask(cast.second_guard(), tonight))


def test_a_plan_that_is_withdrawn_takes_its_coming_orders_away() -> None:
    plan()
    generate_due(NOW)
    first = ask(cast.second_guard())
    content.withdraw("plan", "night", actor=SYSTEM, now=NOW + HOUR)
    later = ask(cast.second_guard(), NOW + HOUR, first["cursor"])
    assert len(later["gone"]) == 3
    assert not later["orders"]


# --- personal data

CANARY = {"contact_name": "金丝雀", "contact_phone": "13987651234", "words": "我的秘密病历"}


def repair() -> WorkOrder:
    cast.make_household(now=cast.LONG_AGO)
    cast.publish("service_category", "repair", {"name": {"zh": "维修"}, "department": "repair"}, cast.LONG_AGO)
    item: dict[str, Any] = {
        "name": {"zh": "漏水"},
        "category": "repair",
        "kinds": ["repair"],
        "urgency": "normal",
        "clause": "3.2",
    }
    item |= {"resolve_minutes": 1440, "makes_work_order": True, "department": "repair"}
    cast.publish("service_item", "leak", item, cast.LONG_AGO)
    values = {
        "estate": cast.ESTATE,
        "kind": "repair",
        "item": "leak",
        "channel": "phone",
        "household": "sunshine-3-1201",
    }
    request = requests.create({**values, **CANARY}, actor=cast.desk(), now=NOW)
    source = {"kind": "request", "id": str(request.pk), "number": request.number}
    return make(f"request:{request.pk}:1", kind="repair", department="repair", source=source)


def facts(who: Actor, now: datetime = NOW) -> Any:
    return next(each for each in ask(who, now)["orders"] if each["kind"] == "repair")["request"]


def test_a_residents_words_and_number_go_only_to_whom_the_order_was_given() -> None:
    order = repair()
    told = facts(cast.repairer())
    assert (told["room"], told["number"]) == ("3-1201", ServiceRequest.objects.first().number)
    assert [told[name] for name in CANARY] == [None, None, None]
    mate = replace(cast.repairer(), code="repairer-2")
    work.accept(order.pk, actor=cast.repairer(), now=NOW)
    assert {name: facts(cast.repairer())[name] for name in CANARY} == CANARY
    assert facts(mate) is None
    for who in (mate, cast.guard(), cast.cleaner(), cast.repair_supervisor()):
        assert not [each for each in CANARY.values() if each in str(ask(who))], who.code


def test_what_was_written_in_a_home_is_not_shown_to_others() -> None:
    order = repair()
    work.accept(order.pk, actor=cast.repairer(), now=NOW)
    WorkOrder.objects(pk=order.pk).update(set__diagnosis="卧室水管", set__note="老人独居", set__signed_by="金丝雀")
    assert "卧室水管" in str(ask(cast.repairer()))
    told = str(ask(cast.repair_supervisor()))
    assert not [each for each in ("卧室水管", "老人独居", "金丝雀") if each in told]


def test_an_order_that_is_taken_over_takes_the_residents_words_along() -> None:
    order = repair()
    work.accept(order.pk, actor=cast.repairer(), now=NOW)
    first = ask(cast.repairer())
    cast.make_staff(replace(cast.repairer(), code="repairer-2"), NOW)
    work.assign(order.pk, to="repairer-2", actor=cast.desk(), now=NOW + HOUR)
    later = ask(cast.repairer(), NOW + HOUR, first["cursor"])
    assert [each["request"] for each in later["orders"]] == [None]


def test_a_new_word_in_the_request_reaches_its_repairer() -> None:
    order = repair()
    work.accept(order.pk, actor=cast.repairer(), now=NOW)
    first = ask(cast.repairer())
    assert not ask(cast.repairer(), NOW, first["cursor"])["orders"]
    request = ServiceRequest.objects.first()
    requests.accept(request.pk, actor=cast.desk(), now=NOW + HOUR)
    assert len(ask(cast.repairer(), NOW + HOUR, first["cursor"])["orders"]) == 1


def test_colleagues_are_names_and_nothing_more() -> None:
    found = ask()["colleagues"]
    assert {"code": "guard-2", "name": {"zh": "蒋安泽"}, "department": "security"} in found
    assert not {"guard", "stranger", "auditor"} & {each["code"] for each in found}
    assert "anju.example" not in str(found)


def test_people_and_titles_come_in_both_languages_where_they_are_stored_so() -> None:
    cast.make_staff("translated", name={"zh": "韦安", "en": "Wei An"})
    plan(name={"zh": "夜间巡更", "en": "Night round"})
    generate_due(NOW)
    found = ask(cast.second_guard())
    assert {"zh": "韦安", "en": "Wei An"} in [each["name"] for each in found["colleagues"]]
    assert {(each["title"], each["title_en"]) for each in found["orders"]} == {("夜间巡更", "Night round")}


def test_hazards_and_buildings_are_there_to_say_what_and_where() -> None:
    body = {"name": {"zh": "消防通道堵塞", "en": "Blocked escape"}, "severity": "high", "clause": "3.5"}
    cast.publish("hazard", "blocked", body, cast.LONG_AGO)
    cast.make_household(now=cast.LONG_AGO)
    cast.make_household("9-901", cast.LONG_AGO, estate=cast.OTHER_ESTATE)
    found = ask()
    name = {"zh": "消防通道堵塞", "en": "Blocked escape"}
    assert found["hazards"] == [{"code": "blocked", "name": name, "severity": "high"}]
    assert [(each["estate"], each["code"]) for each in found["places"]] == [(cast.ESTATE, "sunshine-3")]


def test_floor_plans_come_with_the_size_of_their_pictures_once_these_are_there() -> None:
    body = {"name": {"zh": "地下一层", "en": "Basement"}, "estate": cast.ESTATE}
    cast.publish("floor_plan", "nameless", {**body, "picture": "d" * 64}, cast.LONG_AGO)
    picture = photos.bring(drawn(), cast.ESTATE, actor=cast.manager(), now=NOW)
    cast.publish("floor_plan", "b1", {**body, "picture": picture}, cast.LONG_AGO)
    named = {"code": "b1", "name": body["name"]}
    assert ask()["floor_plans"] == [{**named, "picture": picture, "width": 160, "height": 100}]


def test_prices_come_in_the_revision_that_the_repair_runs_under() -> None:
    for price in (5000, 9000):
        line = {"code": "tap", "name": {"zh": "水龙头"}, "unit": "个", "price_fen": price}
        cast.publish(
            "price_list", "repair", {"name": {"zh": "维修收费"}, "lines": [line], "clause": "3.2"}, cast.LONG_AGO
        )
    order = repair()
    pinned = {"code": "repair", "revision": 1}
    WorkOrder.objects(pk=order.pk).update(set__price_list=pinned)
    ahead = ask(cast.repairer())  # nobody has it yet: who takes it without a network must be able to quote
    assert [each["revision"] for each in ahead["price_lists"]] == [1]
    work.accept(order.pk, actor=cast.repairer(), now=NOW)
    found = ask(cast.repairer())
    assert [(each["revision"], each["lines"][0]["price_fen"]) for each in found["price_lists"]] == [(1, 5000)]
    assert facts(cast.repairer())["price_list"] == pinned


def test_who_sees_all_estates_is_given_all_of_them() -> None:
    make("here", assignee="manager")
    make("there", cast.OTHER_ESTATE, assignee="manager")
    found = ask(cast.manager())
    assert keys(found) == {"here", "there"}
    assert [each["code"] for each in found["person"]["estates"]] == [cast.OTHER_ESTATE, cast.ESTATE]


# --- what has changed


def test_nothing_new_is_a_tiny_answer_and_no_write() -> None:
    make("mine", assignee="guard")
    first = ask()
    kept = SentList.objects.get().to_mongo()
    again = ask(now=NOW + timedelta(minutes=1), after=first["cursor"])
    assert again["cursor"] == first["cursor"]
    assert (again["full"], again["orders"], again["gone"], again["colleagues"]) == (False, [], [], None)
    assert SentList.objects.get().to_mongo() == kept


def test_a_lost_answer_is_given_again() -> None:
    make("one", assignee="guard")
    first = ask()
    make("two", assignee="guard")
    lost = ask(after=first["cursor"])
    assert keys(lost) == {"two"}
    again = ask(after=first["cursor"])
    assert (again["full"], keys(again)) == (False, {"two"})
    assert ask(after=again["cursor"])["orders"] == []


@pytest.mark.parametrize("after", ["", "x", "0" * 32])
def test_an_unknown_cursor_gets_everything(after: str) -> None:
    make("mine", assignee="guard")
    ask()
    answer = ask(after=after)
    assert (answer["full"], keys(answer)) == (True, {"mine"})


def test_a_cursor_is_worth_nothing_to_somebody_else() -> None:
    make("mine", assignee="guard")
    cursor = ask()["cursor"]
    assert ask(cast.second_guard(), after=cursor)["full"]
    assert bundle("0b1f2a52-6f0b-4d6e-9b8e-2d9a1c5b7e11", cast.guard(), now=NOW, after=cursor)["full"]


def test_who_changes_estates_gets_another_list() -> None:
    make("here", department="security")
    make("there", cast.OTHER_ESTATE, department="security")
    first = ask()
    moved = cast.guard(estates=frozenset({cast.OTHER_ESTATE}))
    answer = ask(moved, after=first["cursor"])
    assert (answer["full"], keys(answer)) == (True, {"there"})


class Tablet:
    """What a tablet holds, by the rules of docs/tablet.md, and nothing else."""

    def __init__(self) -> None:
        self.cursor: str | None = None
        self.orders: dict[tuple[str, str], Any] = {}
        self.lists: dict[tuple[str, str, int], Any] = {}
        self.parts: dict[str, Any] = {}

    def take(self, answer: dict[str, Any]) -> None:
        if answer["full"]:
            self.__init__()  # type: ignore[misc]
        self.orders.update({(each["estate"], each["key"]): each for each in answer["orders"]})
        for estate, key in answer["gone"]:
            del self.orders[estate, key]
        for kind in ("checklists", "price_lists"):
            self.lists.update({(kind, each["code"], each["revision"]): each for each in answer[kind]})
        named = {("checklists", p["code"], p["revision"]) for o in self.orders.values() if (p := o["checklist"])}
        self.lists = {name: each for name, each in self.lists.items() if name in named}
        for name in ("person", "colleagues", "places", "hazards"):
            if answer[name] is not None:
                self.parts[name] = answer[name]
        self.cursor = answer["cursor"]

    def holds(self) -> Any:
        orders = {name: {**each, "clocks": [c["name"] for c in each["clocks"]]} for name, each in self.orders.items()}
        return orders, self.lists, self.parts


def happen(chance: random.Random, now: datetime, n: int) -> None:
    """Something that changes somebody's list."""
    key = str(chance.randrange(12))
    existing = WorkOrder.objects(estate=cast.ESTATE, key=key).first()
    kind = chance.randrange(8)
    if kind == 0 or existing is None:
        pin = {"code": "daily", "revision": 1} if chance.random() < 0.5 else None
        ways: list[dict[str, Any]] = [{"assignee": "guard"}, {"team": ["guard"]}, {"department": "security"}, {}]
        who = chance.choice(ways)
        if existing is None:
            make(key, at=now, due_at=now + chance.randrange(1, 90) * HOUR, checklist=pin, **who)
    elif kind == 1:
        WorkOrder.objects(pk=existing.pk).update(set__assignee="guard-2", set__department="x", inc__version=1)
    elif kind == 2:
        WorkOrder.objects(pk=existing.pk).update(set__state="done", set__finished_at=now, inc__version=1)
    elif kind == 3:
        values = {"name": {"zh": f"卫安朗{n}"}, "department": "security", "roles": ["field"]}
        values["estates"] = [cast.ESTATE, *([cast.OTHER_ESTATE] if chance.random() < 0.3 else [])]
        directory.update("staff", "guard", values, actor=SYSTEM, now=now)
    elif kind == 4:
        plan(times=chance.choice([["22:00"], ["21:00", "23:00"], ["02:00", "10:00", "18:00"]]))
    elif kind == 5:
        generate_due(now)
    elif kind == 6:
        cast.make_entry("building", f"b-{n}", {"name": {"zh": f"{n}号楼"}, "estate": cast.ESTATE}, now)
    else:
        WorkOrder.objects(pk=existing.pk).update(set__note=f"备注{n}", inc__version=1)


@pytest.mark.parametrize("seed", range(6))
def test_differences_add_up_to_the_whole(seed: int) -> None:
    """Whatever happens in between, and whichever answers are lost, a tablet holds what a new one would be given."""
    chance = random.Random(seed)
    category = {"name": {"zh": "安全"}, "department": "security"}
    cast.publish("service_category", "safety", category, cast.LONG_AGO)
    checklist = {
        "name": {"zh": "日检"},
        "category": "safety",
        "items": [{"code": "a", "name": {"zh": "甲"}, "kind": "text"}],
    }
    cast.publish("checklist", "daily", checklist, cast.LONG_AGO)
    plan()
    tablet, now = Tablet(), NOW
    for n in range(40):
        for _ in range(chance.randrange(3)):
            happen(chance, now, n)
        now += chance.choice([timedelta(minutes=1), HOUR, 7 * HOUR])
        answer = bundle(TABLET, actor_for("guard"), now=now, after=tablet.cursor)
        if chance.random() < 0.3:
            continue  # lost on its way
        tablet.take(answer)
        fresh = Tablet()
        fresh.take(bundle("other", actor_for("guard"), now=now))
        assert tablet.holds() == fresh.holds(), n


def commands(database: Any, run: Any) -> list[Any]:
    """What MongoDB was asked while it ran, by its own profiler."""
    database.create_collection("system.profile", capped=True, size=16 << 20)
    database.command("profile", 2)
    try:
        run()
    finally:
        database.command("profile", 0)
        asked = [(each["op"], each["ns"], each.get("planSummary")) for each in database["system.profile"].find()]
        database.drop_collection("system.profile")
    return [each for each in asked if not each[1].endswith("system.profile")]


def test_two_hundred_orders_and_thirty_plans_take_thirteen_commands(database: Any) -> None:
    for n in range(30):
        plan(f"plan-{n}")
    for n in range(200):
        make(f"order-{n}", assignee="guard")
    ask()
    asked = commands(database, lambda: ask(now=NOW + timedelta(minutes=1)))
    assert len(asked) <= 13, asked
    assert not [each for each in asked if each[1].endswith("work_orders") and "COLLSCAN" in str(each[2])]
