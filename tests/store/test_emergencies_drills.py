"""A quota becomes dated drills; they ask to be confirmed, move, are held, and are never tidied away (clause 7.2)."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from store import domains
from store.calendars.statutory import statutory_days
from store.deadlines import operations as deadlines
from store.emergencies import operations as drills
from store.emergencies.documents import Drill
from store.errors import Conflict, Invalid, RuleBroken
from store.notices.relay import relay
from store.work.documents import WorkOrder
from tests import cast

NEW_YEAR = datetime(2026, 1, 1, 0, 0, tzinfo=UTC)
ZONE = ZoneInfo("Asia/Shanghai")
DAY = timedelta(days=1)
NAMES = {"fire": "火灾", "lift": "电梯困人"}


@pytest.fixture
def year(database):
    cast.make_company(cast.LONG_AGO)
    cast.make_roster(now=cast.LONG_AGO)
    windows = [{"weekdays": [1, 2, 3, 4, 5], "start": "08:30", "end": "17:30"}]
    calendar = {"name": {"zh": "上班"}, "timezone": "Asia/Shanghai", "windows": windows, "makeup_weekday": 1}
    cast.publish("working_calendar", "office-hours", {**calendar, "days": statutory_days(2026)}, cast.LONG_AGO)
    for code, live in (("fire", 2), ("lift", 1)):
        make_plan(code, live_per_year=live)
    drills.plan_all(NEW_YEAR)
    return {drill.key: drill for drill in Drill.objects}


def make_plan(code, **changes):
    body = {
        "name": {"zh": NAMES.get(code, code)},
        "kind": "other",
        "clause": "7.1",
        "calendar": "office-hours",
        "estates": [cast.ESTATE],
        "roles": [{"code": "lead", "name": {"zh": "指挥"}, "target": {"kind": "role", "ref": "manager"}}],
        "steps": [{"code": "call", "name": {"zh": "报警"}, "role": "lead", "limit_minutes": 5}],
        "tabletop_per_year": 1,
        **changes,
    }
    cast.publish("emergency_plan", code, body, cast.LONG_AGO)


def test_the_quota_is_dated_on_workdays_and_apart(year):
    assert sorted(year) == [
        "fire:2026:live:1",
        "fire:2026:live:2",
        "fire:2026:tabletop:1",
        "lift:2026:live:1",
        "lift:2026:tabletop:1",
    ]
    free = {row["date"] for row in statutory_days(2026) if row["kind"] == "holiday"}
    days = sorted(drill.planned_for.astimezone(ZONE).date() for drill in year.values())
    assert not free & {day.isoformat() for day in days}
    assert min(later - earlier for earlier, later in pairwise(days)) >= 7 * DAY


def test_planning_again_later_moves_nothing(year):
    for weeks in (1, 5, 20):
        drills.plan_all(NEW_YEAR + weeks * 7 * DAY)
    assert {each.key: each.planned_for for each in Drill.objects} == {k: d.planned_for for k, d in year.items()}


def test_a_raised_quota_adds_and_leaves_the_others_alone(year):
    make_plan("lift", live_per_year=2)
    drills.plan_all(NEW_YEAR + DAY)
    after = {each.key: each.planned_for for each in Drill.objects}
    assert set(after) - set(year) == {"lift:2026:live:2"}
    assert all(after[key] == drill.planned_for for key, drill in year.items())


def test_a_drill_asks_to_be_confirmed_fourteen_days_before(year):
    drill = min(year.values(), key=lambda each: each.planned_for)
    deadlines.sweep(drill.planned_for - 14 * DAY - timedelta(milliseconds=1))
    assert "remind" not in [e.verb for e in Drill.objects.get(pk=drill.pk).events]
    deadlines.sweep(drill.planned_for - 14 * DAY)
    event = Drill.objects.get(pk=drill.pk).events[-1]
    assert (event.verb, event.to_notify[0]["to"]) == ("remind", ["manager"])


def test_a_moved_drill_stays_where_it_was_put_and_others_make_room(year):
    first, second = sorted(year.values(), key=lambda each: each.planned_for)[:2]
    beside = second.planned_for + DAY
    with pytest.raises(Invalid) as refused:
        drills.move(first.pk, to=beside, reason="消防支队时间", actor=cast.manager(), now=NEW_YEAR)
    assert "too_near" in {problem.code for problem in refused.value.problems}
    moved = drills.move(first.pk, to=beside, reason="消防支队时间", actor=cast.manager(), now=NEW_YEAR, force=True)
    drills.plan_all(NEW_YEAR + DAY)
    assert Drill.objects.get(pk=first.pk).planned_for == beside == moved.planned_for
    assert abs(Drill.objects.get(pk=second.pk).planned_for - beside) >= 7 * DAY


def test_a_drill_of_january_keeps_its_distance_from_one_of_december(year):
    december, new_years_eve = datetime(2026, 12, 1, tzinfo=UTC), datetime(2026, 12, 31, 2, tzinfo=UTC)
    last = max(year.values(), key=lambda each: each.planned_for)
    drills.move(last.pk, to=new_years_eve, reason="消防支队时间", actor=cast.manager(), now=december, force=True)
    drills.plan_all(december)
    drill = Drill.objects(year=2027).first()
    with pytest.raises(Invalid) as refused:
        drills.move(drill.pk, to=new_years_eve + 5 * DAY, reason="x", actor=cast.manager(), now=december)
    (problem,) = refused.value.problems
    assert (problem.code, problem.words.zh) == ("too_near", f"与{NAMES[last.plan['code']]}演练只相隔 5 天（至少 7 天）")


def test_the_next_year_is_planned_around_the_last_days_of_this_one(year):
    december = datetime(2026, 12, 1, tzinfo=UTC)
    drills.plan_all(december)
    first = Drill.objects(year=2027).order_by("planned_for").first()
    Drill.objects(year=2027).delete()
    last = max(year.values(), key=lambda each: each.planned_for)
    Drill.objects(pk=last.pk).update(set__planned_for=first.planned_for - 3 * DAY, set__state="confirmed")
    drills.plan_all(december)
    days = sorted(each.planned_for for each in Drill.objects)
    assert min(later - earlier for earlier, later in pairwise(days)) >= 7 * DAY


def test_a_drill_cannot_move_into_the_past_even_by_force(year):
    drill = min(year.values(), key=lambda each: each.planned_for)
    with pytest.raises(Invalid):
        drills.move(drill.pk, to=NEW_YEAR - DAY, reason="x", actor=cast.manager(), now=NEW_YEAR, force=True)


def test_a_confirmed_drill_wants_a_work_order_the_day_before(year):
    drill = min(year.values(), key=lambda each: each.planned_for)
    drills.confirm(drill.pk, actor=cast.manager(), now=NEW_YEAR)
    deadlines.sweep(drill.planned_for - DAY)
    event = Drill.objects.get(pk=drill.pk).events[-1]
    assert event.verb == "dispatch"
    assert event.to_make[0]["key"].startswith(f"drill:{drill.pk}:")


@pytest.fixture
def dispatched(year):
    """A drill on the day before, when its order has been made."""
    domains.load("operations")
    drill = min(year.values(), key=lambda each: each.planned_for)
    drills.confirm(drill.pk, actor=cast.manager(), now=NEW_YEAR)
    go_on(drill.planned_for - DAY)
    assert [each.state for each in WorkOrder.objects] == ["open"]
    return drill


def go_on(now):
    deadlines.sweep(now)
    relay(now)


def orders_of_days():
    return [(order.state, order.starts_at) for order in WorkOrder.objects.order_by("created_at", "number")]


def test_the_order_of_a_drill_that_is_cancelled_goes_with_it(dispatched):
    eve = dispatched.planned_for - DAY
    drills.cancel(dispatched.pk, reason="台风", actor=cast.manager(), now=eve)
    go_on(eve)
    assert orders_of_days() == [("cancelled", dispatched.planned_for)]


@pytest.mark.parametrize("later", [timedelta(hours=4), 3 * DAY], ids=["the same day", "another day"])
def test_a_drill_that_is_moved_after_its_order_was_made_gets_one_for_its_new_day(dispatched, later):
    eve, to = dispatched.planned_for - DAY, dispatched.planned_for + later
    drills.move(dispatched.pk, to=to, reason="台风", actor=cast.manager(), now=eve, force=True)
    go_on(eve)
    go_on(to - DAY)
    assert orders_of_days() == [("cancelled", dispatched.planned_for), ("open", to)]


def test_a_drill_that_is_moved_back_has_an_order_all_the_same(dispatched):
    eve, was = dispatched.planned_for - DAY, dispatched.planned_for
    for to in (was + timedelta(hours=4), was):
        drills.move(dispatched.pk, to=to, reason="台风", actor=cast.manager(), now=eve, force=True)
        go_on(eve)
    assert [each for each in orders_of_days() if each[0] == "open"] == [("open", was)]


def test_an_overdue_drill_is_told_and_not_silently_dated_anew(year):
    drill = min(year.values(), key=lambda each: each.planned_for)
    late = drill.planned_for + 2 * DAY
    deadlines.sweep(late)
    drills.plan_all(late)
    now = Drill.objects.get(pk=drill.pk)
    assert now.planned_for == drill.planned_for
    assert [event.verb for event in now.events][-2:] == ["remind", "overdue"]


def test_a_date_that_has_passed_is_not_confirmed_and_sends_nobody_to_a_drill_of_yesterday(year):
    drill = min(year.values(), key=lambda each: each.planned_for)
    with pytest.raises(Invalid) as refused:
        drills.confirm(drill.pk, actor=cast.manager(), now=drill.planned_for + DAY)
    assert [problem.code for problem in refused.value.problems] == ["in_the_past"]
    go_on(drill.planned_for + DAY)
    assert WorkOrder.objects.count() == 0


def test_a_held_drill_has_a_score_and_cannot_be_held_twice(year):
    drill = min(year.values(), key=lambda each: each.planned_for)
    with pytest.raises(Invalid):
        drills.hold(drill.pk, score=101, summary="好", actor=cast.manager(), now=NEW_YEAR)
    held = drills.hold(drill.pk, score=92, summary="疏散 6 分钟", actor=cast.manager(), now=NEW_YEAR)
    assert (held.state, held.score, held.next_check_at) == ("held", 92, None)
    with pytest.raises(RuleBroken):
        drills.hold(drill.pk, score=92, summary="又一次", actor=cast.manager(), now=NEW_YEAR)


def test_the_second_of_two_editors_is_told(year):
    drill = min(year.values(), key=lambda each: each.planned_for)
    drills.confirm(drill.pk, actor=cast.manager(), now=NEW_YEAR, seen=drill.version)
    with pytest.raises(Conflict) as refused:
        drills.cancel(drill.pk, reason="x", actor=cast.manager(), now=NEW_YEAR, seen=drill.version)
    assert refused.value.details["theirs"][0]["verb"] == "confirm"
