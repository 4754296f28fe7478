"""Holidays from an iCalendar file: what becomes of its events, and what is refused."""

import pytest

from store.calendars.ics import special_days_of
from store.calendars.operations import fill_from_file
from store.errors import Invalid


def calendar(*events: str) -> bytes:
    inside = "\r\n".join(f"BEGIN:VEVENT\r\nUID:{n}\r\n{each}\r\nEND:VEVENT" for n, each in enumerate(events))
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//test//\r\n{inside}\r\nEND:VCALENDAR\r\n".encode()


def days(*events: str) -> list[tuple[str, str]]:
    return [(row["date"], row["kind"]) for row in special_days_of(calendar(*events))]


def test_an_event_of_several_days_gives_each_of_them_and_not_the_day_after() -> None:
    event = "DTSTART;VALUE=DATE:20270206\r\nDTEND;VALUE=DATE:20270209\r\nSUMMARY:春节（休）"
    assert days(event) == [("2027-02-06", "holiday"), ("2027-02-07", "holiday"), ("2027-02-08", "holiday")]


def test_a_make_up_workday_is_known_by_its_name() -> None:
    event = "DTSTART;VALUE=DATE:20270220\r\nSUMMARY:春节（班）"
    assert special_days_of(calendar(event)) == [{"date": "2027-02-20", "kind": "workday", "name": {"zh": "春节（班）"}}]


def test_a_yearly_feast_is_taken_for_ten_years() -> None:
    found = days("DTSTART;VALUE=DATE:20270101\r\nRRULE:FREQ=YEARLY\r\nSUMMARY:元旦")
    assert (found[0], found[-1], len(found)) == (("2027-01-01", "holiday"), ("2036-01-01", "holiday"), 10)


def test_appointments_and_cancelled_events_are_no_holidays() -> None:
    appointment = "DTSTART:20270105T090000Z\r\nSUMMARY:例会"
    cancelled = "DTSTART;VALUE=DATE:20270106\r\nSTATUS:CANCELLED\r\nSUMMARY:停电"
    with pytest.raises(Invalid, match="no_days"):
        days(appointment, cancelled)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"PK\x03\x04 nothing", "not_a_calendar"),
        (b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n", "no_days"),
        (b"BEGIN:VEVENT\r\n" * 2000, "no_days"),
        (calendar(*(f"DTSTART;VALUE=DATE:2027{m:02d}{d:02d}" for m in range(1, 13) for d in range(1, 29)) , *(
            f"DTSTART;VALUE=DATE:2028{m:02d}{d:02d}" for m in range(1, 13) for d in range(1, 29))), "too_many_days"),
    ],
)  # fmt: skip
def test_what_is_no_calendar_of_holidays_is_refused_by_name(data: bytes, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        fill_from_file({}, data)
    assert [each.code for each in refused.value.problems] == [code]


@pytest.mark.parametrize(("data", "code"), [(b"", "file_missing"), (b"x" * 600_000, "file_too_large")])
def test_a_missing_or_huge_file_is_not_even_read(data: bytes, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        fill_from_file({}, data)
    assert refused.value.problems[0].code == code


def test_a_day_that_is_listed_stays_as_somebody_wrote_it() -> None:
    own = {"date": "2027-01-01", "kind": "workday", "name": {"zh": "值班"}}
    event = "DTSTART;VALUE=DATE:20270101\r\nDTEND;VALUE=DATE:20270103\r\nSUMMARY:元旦"
    body = fill_from_file({"days": [own]}, calendar(event))
    assert body["days"] == [own, {"date": "2027-01-02", "kind": "holiday", "name": {"zh": "元旦"}}]
