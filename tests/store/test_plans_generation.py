"""Plans become work orders: each slot once, whoever generates how often (clauses 2.5, 3.5)."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from store.content import operations as content
from store.content.documents import Content
from store.deadlines import operations as deadlines
from store.errors import Invalid
from store.health.documents import BadRecord
from store.people.operations import Directory
from store.plans import operations as plans
from store.work.documents import WorkOrder
from tests import cast

NIGHT = ["22:00", "00:00", "02:00", "04:00"]


@pytest.fixture
def patrol(database):
    cast.make_company()
    cast.make_roster()
    make_route()
    return make_plan


def make_route(code="garage", **changes):
    points = [
        {
            "code": f"p{n}",
            "name": {"zh": f"{n} 号点", "en": f"Point {n}"},
            "offset_minutes": n * 5,
            "tolerance_minutes": 10,
        }
        for n in range(1, 7)
    ]
    body = {"name": {"zh": "车库路线"}, "estate": cast.ESTATE, "checkpoints": points, **changes}
    cast.publish("route", code, body, cast.LONG_AGO)


def make_plan(code="night", now=cast.NOW, **changes):
    body = {
        "name": {"zh": "夜间巡更"},
        "estate": cast.ESTATE,
        "service": "patrol",
        "clause": "3.5",
        "frequency": "daily",
        "times": NIGHT,
        "start_date": "2026-01-01",
        "route": "garage",
        "duration_minutes": 60,
        "reminder_minutes": [10],
        "assign_to": "on_duty",
        "roster": "sunshine-guards",
        "missed": "skip",
        **changes,
    }
    return cast.publish("plan", code, body, now)


def run(now):
    while plans.generate_due(now):
        pass


def orders(**query):
    return list(WorkOrder.objects(**query).order_by("slot.at"))


def local_times(found):
    return [order.slot["local"] for order in found]


def run_through(start, hours, step_minutes=30):
    for n in range(hours * 60 // step_minutes + 1):
        run(start + timedelta(minutes=n * step_minutes))


def test_each_slot_of_a_night_makes_one_order(patrol):
    patrol()
    run_through(cast.NOW, 24)
    expected = ["2026-11-24T22:00", "2026-11-25T00:00", "2026-11-25T02:00", "2026-11-25T04:00"]
    assert local_times(orders()) == expected


def test_an_order_is_made_one_hour_ahead_and_not_earlier(patrol):
    patrol()
    run(cast.NOW)
    ten_at_night = cast.NOW + timedelta(hours=12)
    run(ten_at_night - timedelta(minutes=61))
    assert orders() == []
    run(ten_at_night - timedelta(minutes=60))
    assert local_times(orders()) == ["2026-11-24T22:00"]


def test_the_order_pins_what_it_runs_under(patrol):
    patrol()
    run_through(cast.NOW, 13)
    order = orders()[0]
    assert order.plan == {"code": "night", "revision": 1}
    assert order.route["revision"] == 1
    assert [each["code"] for each in order.checkpoints] == ["p1", "p2", "p3", "p4", "p5", "p6"]
    assert order.assignee == "guard-2"
    assert order.due_at == order.slot["at"] + timedelta(minutes=60)
    assert order.next_check_at == order.slot["at"] - timedelta(minutes=10)


def test_each_round_of_a_route_whose_order_varies_covers_every_checkpoint(patrol):
    make_route("mixed", varies=True)
    patrol(route="mixed")
    run_through(cast.NOW, 24)
    walked = [[each["code"] for each in order.checkpoints] for order in orders()]
    assert [sorted(codes) for codes in walked] == [[f"p{n}" for n in range(1, 7)]] * 4
    assert len({tuple(codes) for codes in walked}) > 1
    for order in orders():
        opens = [each["opens_at"] for each in order.checkpoints]
        assert opens == sorted(opens)


def test_generating_again_changes_nothing(patrol):
    patrol()
    run_through(cast.NOW, 24)
    Content.objects(type="plan").update(set__next_generate_at=cast.NOW, set__generated_until=cast.NOW)
    before = len(orders())
    run(cast.NOW + timedelta(hours=24))
    assert len(orders()) == before


def test_eight_generators_at_once_make_each_slot_once(patrol):
    patrol(
        missed="all",
        times=[f"{hour:02d}:{minute:02d}" for hour in range(24) for minute in (0, 30)],
        reminder_minutes=[],
    )
    later = cast.NOW + timedelta(days=2)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: plans.generate_due(later), range(8)))
    run(later)
    found = local_times(orders())
    # From ten in the morning, when it was published, to eleven of the day after tomorrow.
    assert len(found) == len(set(found)) == 99


def test_cut_off_before_the_mark_moves_the_next_pass_completes(patrol, monkeypatch):
    patrol(missed="all")
    later = cast.NOW + timedelta(hours=20)
    with monkeypatch.context() as broken:
        broken.setattr(plans, "_move_mark", lambda *_: None)
        plans.generate(Content.objects.get(type="plan"), Directory.load(), later)
    run(later)
    assert len(orders()) == 4


@pytest.mark.parametrize(
    ("policy", "states"),
    [("skip", ["skipped"] * 4), ("once", ["skipped"] * 3 + ["open"]), ("all", ["open"] * 4)],
)
def test_after_an_outage_every_slot_is_accounted_for(patrol, policy, states):
    patrol(missed=policy)
    run(cast.NOW)
    run(cast.NOW + timedelta(hours=22))
    found = orders()
    assert [order.state for order in found] == states
    assert all(order.reason for order in found if order.state == "skipped")


def test_a_plan_takes_no_route_roster_or_person_of_another_estate(patrol):
    cast.make_estate(cast.OTHER_ESTATE)
    make_route("elsewhere", estate=cast.OTHER_ESTATE)
    cast.make_staff(cast.stranger())
    shift = {"day": 0, "start": "07:00", "end": "19:00", "staff": [cast.stranger().code]}
    cast.make_roster("others", estate=cast.OTHER_ESTATE, shifts=[shift])
    with pytest.raises(Invalid) as refused:
        patrol(route="elsewhere", roster="others")
    assert {(each.code, each.field) for each in refused.value.problems} == {
        ("foreign_route", "route"),
        ("foreign_roster", "roster"),
    }
    with pytest.raises(Invalid) as refused:
        patrol("other", assign_to="rota", staff=["guard", cast.stranger().code])
    assert [(each.code, each.field) for each in refused.value.problems] == [("not_assignable", "staff")]


def test_a_caught_up_slot_says_how_late_it_is(patrol):
    patrol(missed="once")
    run(cast.NOW)
    run(cast.NOW + timedelta(hours=22))
    caught_up = orders(state="open")[0]
    assert (caught_up.slot["reason"], caught_up.slot["late_minutes"]) == ("caught_up", 240)


def test_a_round_that_is_caught_up_has_its_checkpoints_ahead_and_whoever_is_there_walks_it(patrol):
    patrol(missed="once")
    run(cast.NOW)
    later = cast.NOW + timedelta(hours=22)
    run(later)
    order = orders(state="open")[0]
    assert order.due_at < later
    assert [each["closes_at"] for each in order.checkpoints] == [
        later + timedelta(minutes=n * 5 + 10) for n in range(1, 7)
    ]
    deadlines.sweep(later + timedelta(minutes=1))
    assert {each["state"] for each in orders(state="open")[0].checkpoints} == {"pending"}
    assert order.team == Directory.load().on_duty(cast.ESTATE, later, "sunshine-guards")


def test_a_changed_plan_touches_only_what_is_not_made_yet(patrol):
    patrol()
    run_through(cast.NOW, 12)
    now = cast.NOW + timedelta(hours=12, minutes=30)
    head = Content.objects.get(type="plan", code="night")
    content.save_draft("plan", "night", {**head.draft, "times": ["22:00", "01:00"]}, actor=cast.manager(), now=now)
    content.publish("plan", "night", actor=cast.manager(), now=now)
    run_through(now, 12)
    assert [(o.slot["local"], o.plan["revision"]) for o in orders()] == [
        ("2026-11-24T22:00", 1),
        ("2026-11-25T01:00", 2),
    ]


def run_with_publications(since, hours):
    for n in range(hours * 4 + 1):
        now = since + timedelta(minutes=15 * n)
        content.publish_due(now)
        run(now)


def test_a_slot_at_the_very_moment_of_a_publication_belongs_to_the_new_revision(patrol):
    patrol(times=["22:00"])
    midnight = cast.NOW + timedelta(hours=14)
    head = Content.objects.get(type="plan", code="night")
    changed = {**head.draft, "times": ["00:00", "02:00"]}
    content.save_draft("plan", "night", changed, actor=cast.manager(), now=cast.NOW)
    content.schedule("plan", "night", at=midnight, actor=cast.manager(), now=cast.NOW)
    run_with_publications(cast.NOW, 24)
    assert [(o.slot["local"], o.plan["revision"]) for o in orders()] == [
        ("2026-11-24T22:00", 1),
        ("2026-11-25T00:00", 2),
        ("2026-11-25T02:00", 2),
    ]


def test_a_plan_that_comes_into_force_at_its_first_slot_makes_it(patrol):
    make_plan("other", times=["00:00"])
    draft = Content.objects.get(type="plan", code="other").draft
    content.create("plan", "night", draft, actor=cast.manager(), now=cast.NOW)
    content.schedule("plan", "night", at=cast.NOW + timedelta(hours=14), actor=cast.manager(), now=cast.NOW)
    run_with_publications(cast.NOW, 20)
    assert [o.slot["local"] for o in orders(plan__code="night")] == ["2026-11-25T00:00"]


def test_a_withdrawn_plan_makes_nothing_more(patrol):
    patrol()
    run(cast.NOW)
    content.withdraw("plan", "night", actor=cast.manager(), now=cast.NOW + timedelta(hours=1))
    run_through(cast.NOW + timedelta(hours=1), 24)
    assert orders() == []


def test_a_broken_plan_does_not_stop_the_others(patrol, monkeypatch):
    patrol()
    patrol("other", times=["23:00"])
    real = plans.generate

    def broken(head, directory, now):
        if head.code == "night":
            raise ZeroDivisionError
        return real(head, directory, now)

    monkeypatch.setattr(plans, "generate", broken)
    run_through(cast.NOW, 14)
    assert {order.plan["code"] for order in orders()} == {"other"}
    assert BadRecord.objects.get().about["number"] == "night"
