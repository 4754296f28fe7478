"""What a template may say, when who may be disturbed, and how failures back off: without a database."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from store.notices import rules
from store.notices.rules import APP, APPRISE, EMAIL, Reader, Sending, fill, quiet_end, sending
from store.words import Words

ZONE = ZoneInfo("Asia/Shanghai")
NIGHT = (time(22), time(7))


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE).astimezone(UTC)


def reader(**changes: object) -> Reader:
    return Reader(**{"code": "guard", "name": Words("卫安朗", "Wei"), **changes})  # type: ignore[arg-type]


def test_placeholders_are_filled_once_and_values_are_never_read_as_a_template() -> None:
    assert fill("{number}: {title}", {"number": "W-1", "title": "{number}"}) == "W-1: {number}"


def test_a_template_cannot_reach_into_objects() -> None:
    text = "{title.__class__} {title[0]} {0} {title!r}"
    assert fill(text, {"title": "x"}) == text


def test_what_is_not_known_is_a_dash() -> None:
    assert fill("{place}", {}) == "—"


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("{number} {title} {late_minutes}", []),
        ("{numbr}", ["unknown_placeholder"]),
        ("{title.__class__}", ["unknown_placeholder"]),
        ("{title", ["stray_brace"]),
        ("title}", ["stray_brace"]),
        ("{{title}}", ["stray_brace"]),
        ("{}", ["unknown_placeholder"]),
    ],
)
def test_a_template_is_checked_when_it_is_written(text: str, codes: list[str]) -> None:
    problems = rules.check_template({"subject": {"zh": "ok", "en": text}, "body": {"zh": "ok"}})
    assert [each.code for each in problems] == codes
    assert all(each.field == "subject.en" for each in problems)


def test_a_line_break_in_a_title_stays_in_the_subject() -> None:
    assert rules.one_line("a\r\nBcc: x@y\u2028z\x00") == "a Bcc: x@y z"


@pytest.mark.parametrize(
    ("moment", "until"),
    [
        ("2026-11-24T21:59:59.999", "2026-11-24T21:59:59.999"),
        ("2026-11-24T22:00", "2026-11-25T07:00"),
        ("2026-11-25T00:00", "2026-11-25T07:00"),
        ("2026-11-25T06:59:59.999", "2026-11-25T07:00"),
        ("2026-11-25T07:00", "2026-11-25T07:00"),
    ],
)
def test_quiet_hours_over_midnight_hold_from_the_first_minute_to_the_last(moment: str, until: str) -> None:
    assert quiet_end(NIGHT, ZONE, local(moment)) == local(until)


@pytest.mark.parametrize(
    ("moment", "until"),
    [("11:59", "11:59"), ("12:00", "14:00"), ("13:59", "14:00"), ("14:00", "14:00")],
)
def test_quiet_hours_within_a_day(moment: str, until: str) -> None:
    assert quiet_end((time(12), time(14)), ZONE, local(f"2026-11-24T{moment}")) == local(f"2026-11-24T{until}")


def test_quiet_hours_are_those_of_the_estates_zone() -> None:
    moment = local("2026-11-24T23:00")
    assert quiet_end(NIGHT, ZoneInfo("Europe/London"), moment) == moment


def test_equal_ends_mean_no_quiet_hours() -> None:
    assert quiet_end((time(8), time(8)), ZONE, local("2026-11-24T08:00")) == local("2026-11-24T08:00")


@pytest.mark.parametrize("channel", [EMAIL, APPRISE])
def test_quiet_hours_hold_what_disturbs(channel: str) -> None:
    now = local("2026-11-24T23:00")
    assert sending(channel, False, reader(quiet=NIGHT), ZONE, now) == Sending(local("2026-11-25T07:00"))


def test_quiet_hours_do_not_hold_the_inbox() -> None:
    now = local("2026-11-24T23:00")
    assert sending(APP, False, reader(quiet=NIGHT), ZONE, now) == Sending(now)


@pytest.mark.parametrize("channel", [EMAIL, APPRISE])
def test_urgent_breaks_quiet_hours_and_digest(channel: str) -> None:
    now = local("2026-11-24T23:00")
    assert sending(channel, True, reader(quiet=NIGHT, digest=True), ZONE, now) == Sending(now)


@pytest.mark.parametrize(
    ("moment", "day"),
    [("2026-11-24T07:59:59.999", "24"), ("2026-11-24T08:00", "25"), ("2026-11-24T23:00", "25")],
)
def test_a_digest_goes_out_at_the_next_eight_oclock(moment: str, day: str) -> None:
    expected = Sending(local(f"2026-11-{day}T08:00"), in_digest=True)
    assert sending(EMAIL, False, reader(digest=True), ZONE, local(moment)) == expected


def test_a_digest_waits_for_the_end_of_the_quiet_hours() -> None:
    late_riser = reader(digest=True, quiet=(time(22), time(9, 30)))
    when = sending(EMAIL, False, late_riser, ZONE, local("2026-11-24T12:00"))
    assert when == Sending(local("2026-11-25T09:30"), in_digest=True)


def test_a_digest_gathers_mail_only() -> None:
    now = local("2026-11-24T12:00")
    assert sending(APPRISE, False, reader(digest=True), ZONE, now) == Sending(now)


def test_failures_back_off_to_an_hour_and_end() -> None:
    pauses = [rules.pause_after(attempt) for attempt in range(1, 9)]
    minutes = [pause // timedelta(minutes=1) if pause else None for pause in pauses]
    assert minutes == [1, 2, 4, 8, 16, 32, 60, None]


def test_channels_of_an_intent() -> None:
    assert rules.wanted_channels(None) == (frozenset({"app", "email", "apprise", "push"}), ())
    assert rules.wanted_channels(["app"]) == (frozenset({"app"}), ())
    kinds, robots = rules.wanted_channels(["wecombot://key"])
    assert kinds == frozenset({"app", "email", "apprise", "push"})
    assert robots == ("wecombot://key",)


def test_an_address_is_not_part_of_the_key() -> None:
    key = rules.notice_key("work_order", "65", 3, "guard", APPRISE, rules.target_id("wecombot://secret"))
    assert key.startswith("work_order:65:3:guard:apprise-")
    assert "secret" not in key
