"""Calendars in use: the right revision compiled, statutory days filled in, managers warned once."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from store.calendars.operations import calendar_for, day_note, fill_statutory
from store.calendars.rules import ROUND_THE_CLOCK, is_workday
from store.calendars.statutory import StatutoryDaysUnknown
from store.content import reading
from store.content.documents import Content
from store.deadlines.missing_days import warn_missing
from store.errors import Invalid, NotFound
from tests import cast

NOW = cast.NOW
OFFICE: dict[str, Any] = {
    "name": {"zh": "办公时间"},
    "timezone": "Asia/Shanghai",
    "windows": [{"weekdays": [1, 2, 3, 4, 5], "start": "08:30", "end": "18:00"}],
    "makeup_weekday": 1,
}


def warnings() -> list[Any]:
    head = Content.objects(type="working_calendar", code="office").first()
    return [event for event in head.events if event.verb == "warn_missing"]


def test_the_calendar_in_force_at_the_moment_counts(database: Any) -> None:
    cast.publish("working_calendar", "office", OFFICE, now=NOW)
    cast.publish("working_calendar", "office", fill_statutory(OFFICE, 2026), now=NOW + timedelta(days=1))
    holiday = date(2026, 10, 1)
    assert is_workday(holiday, calendar_for("office", NOW))
    assert not is_workday(holiday, calendar_for("office", NOW + timedelta(days=1)))


def test_a_calendar_is_compiled_once(database: Any) -> None:
    cast.publish("working_calendar", "office", OFFICE)
    assert calendar_for("office", NOW) is calendar_for("office", NOW + timedelta(days=9))


def test_without_a_calendar_every_hour_counts(database: Any) -> None:
    assert calendar_for(None, NOW) is ROUND_THE_CLOCK
    with pytest.raises(NotFound):
        calendar_for("nowhere", NOW)


def test_filling_a_year_keeps_what_somebody_wrote(database: Any) -> None:
    own = {"date": "2026-10-01", "kind": "workday", "name": {"zh": "加班"}}
    body = fill_statutory({**OFFICE, "days": [own]}, 2026)
    assert day_note(body, date(2026, 10, 1)) == ("加班", "加班")
    assert day_note(body, date(2026, 10, 2)) is not None
    assert day_note(body, date(2026, 11, 24)) is None
    assert fill_statutory(body, 2026) == body
    assert cast.publish("working_calendar", "office", body).state == "published"


def test_a_year_nobody_knows_is_not_made_up(database: Any) -> None:
    with pytest.raises(StatutoryDaysUnknown):
        fill_statutory(OFFICE, 2040)


def test_a_calendar_that_cannot_work_is_not_published(database: Any) -> None:
    with pytest.raises(Invalid):
        cast.publish("working_calendar", "office", {**OFFICE, "timezone": "Moon/Crater"})


def test_managers_are_told_once_that_a_year_is_missing(database: Any) -> None:
    cast.make_company()
    cast.publish("working_calendar", "office", fill_statutory(OFFICE, 2026))
    assert warn_missing(NOW) == 1
    assert warn_missing(NOW + timedelta(days=1)) == 0
    (event,) = warnings()
    (intent,) = event.to_notify
    assert (event.detail["year"], intent["to"]) == (2027, ["manager", "stranger"])
    assert intent["template"] == "calendar-missing"


def test_nobody_is_told_before_the_notice_can_be_known(database: Any) -> None:
    cast.make_company()
    cast.publish("working_calendar", "office", fill_statutory(OFFICE, 2026), now=cast.LONG_AGO)
    assert warn_missing(datetime(2026, 9, 30, 15, 59, tzinfo=UTC)) == 0
    assert warn_missing(datetime(2026, 9, 30, 16, 0, tzinfo=UTC)) == 1


def test_the_warning_comes_again_for_another_year(database: Any) -> None:
    cast.make_company()
    cast.publish("working_calendar", "office", fill_statutory(OFFICE, 2026))
    warn_missing(NOW)
    filled = [{"date": f"2027-{day}", "kind": "holiday"} for day in ("01-01", "10-01")]
    body = fill_statutory(OFFICE, 2026)
    cast.publish("working_calendar", "office", {**body, "days": [*body["days"], *filled]}, now=NOW + timedelta(days=9))
    assert warn_missing(NOW + timedelta(days=10)) == 0
    assert warn_missing(NOW + timedelta(days=365)) == 1


def test_without_managers_the_warning_is_not_spent(database: Any) -> None:
    cast.publish("working_calendar", "office", OFFICE)
    assert warn_missing(NOW) == 0
    cast.make_company()
    assert warn_missing(NOW) == 1


def test_the_warning_changes_nothing_that_is_in_force(database: Any) -> None:
    cast.make_company()
    cast.publish("working_calendar", "office", OFFICE)
    before = reading.live("working_calendar", "office", NOW)
    warn_missing(NOW)
    after = reading.live("working_calendar", "office", NOW)
    assert before is not None
    assert after is not None
    assert before.key == after.key
    assert reading.get("working_calendar", "office", cast.manager()).pending is True
