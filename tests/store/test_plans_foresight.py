"""What will happen when: a scheduled change is seen before it comes into force, and the generator does just that."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from store.content import operations as content
from store.content.documents import Content, Revision
from store.plans import operations as plans
from store.plans.coming import begins_at
from store.plans.foresight import Foresight
from store.plans.outlook import outlook
from store.work.documents import WorkOrder
from tests import cast
from tests.store.test_plans_generation import make_plan, make_route

ZONES = {cast.ESTATE: "Asia/Shanghai"}
# The cast's NOW is Tuesday 24 November 2026, 10:00 in Shanghai.
SATURDAY = cast.NOW + timedelta(days=3, hours=14)


@pytest.fixture
def night(database: Any) -> Content:
    cast.make_company()
    cast.make_roster()
    make_route()
    make_plan(times=["22:00"])
    return schedule_change(times=["20:00", "23:00"])


def schedule_change(code: str = "night", at: datetime = SATURDAY, **changes: Any) -> Content:
    """At midnight before Saturday the plan changes."""
    head = Content.objects(type="plan", code=code).first()
    content.save_draft("plan", code, {**head.draft, **changes}, actor=cast.manager(), now=cast.NOW)
    return content.schedule("plan", code, at=at, actor=cast.manager(), now=cast.NOW)


def foreseen(days: int, now: datetime = cast.NOW, since: datetime | None = None) -> list[str]:
    found = Foresight([cast.ESTATE], ZONES, now).coming(since or now, now + timedelta(days=days))
    return [each.slot.nominal_local[5:] for each in found]


def live_through(days: int, start: datetime = cast.NOW) -> Iterator[datetime]:
    """Every half hour what is due is published and generated."""
    for n in range(days * 48 + 1):
        now = start + timedelta(minutes=30 * n)
        content.publish_due(now)
        while plans.generate_due(now):
            pass
        yield now


def made() -> list[str]:
    return [order.slot["local"][5:] for order in WorkOrder.objects().order_by("slot.at")]


def test_a_scheduled_change_shows_the_old_times_before_its_date_and_the_new_ones_after(night: Content) -> None:
    assert foreseen(5) == [
        "11-24T22:00",
        "11-25T22:00",
        "11-26T22:00",
        "11-27T22:00",
        "11-28T20:00",
        "11-28T23:00",
    ]


def test_what_is_foreseen_is_what_is_made(night: Content) -> None:
    ahead = foreseen(6)
    for _ in live_through(6):
        pass
    assert made()[: len(ahead)] == ahead


def test_a_long_reminder_does_not_make_the_old_work_of_the_new_time(database: Any) -> None:
    cast.make_company()
    cast.make_roster()
    make_route()
    make_plan(times=["22:00"], reminder_minutes=[])
    schedule_change(times=["20:00"], reminder_minutes=[7 * 1440 - 60], frequency="weekly", weekdays=[6])
    make_plan("weekly", times=["09:00"], frequency="weekly", weekdays=[6], reminder_minutes=[6 * 1440])
    schedule_change("weekly", times=["10:00"])
    for _ in live_through(5):
        pass
    assert [each for each in made() if each.startswith("11-28")] == ["11-28T10:00", "11-28T20:00"]


def test_a_publication_that_is_refused_on_its_date_leaves_the_old_plan_at_work(night: Content) -> None:
    Content._get_collection().update_one({"code": "night"}, {"$set": {"scheduled.body.route": "gone"}})
    for _ in live_through(6):
        pass
    assert made()[-2:] == ["11-28T22:00", "11-29T22:00"]


def test_a_plan_that_was_never_in_force_is_foreseen_from_its_date_on(night: Content) -> None:
    body = {**Content.objects(code="night").first().draft, "times": ["06:00"]}
    content.create("plan", "morning", body, actor=cast.manager(), now=cast.NOW)
    content.schedule("plan", "morning", at=SATURDAY, actor=cast.manager(), now=cast.NOW)
    assert [each for each in foreseen(6) if "06:00" in each] == ["11-28T06:00", "11-29T06:00", "11-30T06:00"]


def test_a_slot_at_the_first_moment_asked_for_is_there(night: Content) -> None:
    make_plan("midnight", times=["00:00"])
    monday = SATURDAY + timedelta(days=2)
    assert "11-30T00:00" in foreseen(7, since=monday)


def test_a_scheduled_holiday_is_seen_in_advance(database: Any) -> None:
    cast.make_company()
    cast.make_roster()
    make_route()
    windows = [{"weekdays": [1, 2, 3, 4, 5], "start": "09:00", "end": "18:00"}]
    calendar = {"name": {"zh": "行政班"}, "timezone": "Asia/Shanghai", "windows": windows, "days": []}
    cast.publish("working_calendar", "office", calendar, cast.NOW)
    make_plan(times=["09:30"], on_holiday="skip", calendar="office")
    holiday = {**calendar, "days": [{"date": "2026-11-30", "kind": "holiday"}]}
    content.save_draft("working_calendar", "office", holiday, actor=cast.manager(), now=cast.NOW)
    content.schedule("working_calendar", "office", at=SATURDAY, actor=cast.manager(), now=cast.NOW)
    assert foreseen(8) == ["11-25T09:30", "11-26T09:30", "11-27T09:30", "12-01T09:30", "12-02T09:30"]


def test_the_preview_of_a_scheduled_plan_begins_on_its_date(night: Content) -> None:
    found = outlook(Content.objects(code="night").first().draft, "night", cast.NOW, 2)
    assert found.begins == SATURDAY
    assert [each.slot.nominal_local for each in found.lines] == ["2026-11-28T20:00", "2026-11-28T23:00"]


def test_a_tablet_may_write_for_the_new_times_only_after_the_date(night: Content) -> None:
    assert begins_at(cast.ESTATE, "plan:night:2026-11-27T22:00", SATURDAY - timedelta(hours=5)) is not None
    assert begins_at(cast.ESTATE, "plan:night:2026-11-28T22:00", SATURDAY - timedelta(hours=5)) is None
    assert begins_at(cast.ESTATE, "plan:night:2026-11-28T20:00", SATURDAY - timedelta(hours=5)) is not None


def test_one_that_cannot_be_read_hides_no_other(night: Content) -> None:
    make_plan("broken", times=["06:00"])
    head = Content.objects(code="broken").first()
    Revision._get_collection().update_one({"_id": f"{head.pk}:1"}, {"$set": {"body.times": ["6 Uhr"]}})
    assert "11-25T22:00" in foreseen(2)


def test_a_preview_says_that_short_months_are_left_out(night: Content) -> None:
    body = {**Content.objects(code="night").first().draft, "frequency": "monthly", "month_days": [31]}
    (caution,) = outlook(body, "", cast.NOW, 5).cautions
    assert caution.zh.startswith("2月、4月、6月、9月、11月没有 31 日")


def test_a_preview_says_that_next_years_holidays_are_not_known(night: Content) -> None:
    body = {**Content.objects(code="night").first().draft, "on_holiday": "skip"}
    windows = [{"weekdays": [1, 2, 3, 4, 5], "start": "09:00", "end": "18:00"}]
    days = [{"date": f"2026-{day}", "kind": "holiday"} for day in ("01-01", "10-01")]
    calendar = {"name": {"zh": "行政班"}, "timezone": "Asia/Shanghai", "windows": windows, "days": days}
    cast.publish("working_calendar", "office", calendar, cast.NOW)
    told = outlook({**body, "calendar": "office", "frequency": "monthly", "month_days": [1]}, "", cast.NOW, 3).cautions
    assert [each.en[:44] for each in told] == ["The holidays and make-up workdays of 2027 ar"]
    assert [each.zh for each in outlook(body, "", cast.NOW, 3).cautions] == [
        "未选工作日历：只看周一至周五，不计节假日和调休"
    ]
