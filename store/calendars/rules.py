"""The rules of calendars by the names under which the rest of the house knows them. All pure; `now` is an argument."""

from store.calendars.checks import check, missing_years, missing_years_words
from store.calendars.counting import (
    Pause,
    before_due,
    counted_for,
    due_after,
    due_with_pauses,
    is_workday,
    is_working,
    next_working_moment,
    working_minutes_between,
    working_time_between,
)
from store.calendars.explanation import Step, explain
from store.calendars.promises import Promised, WorkingDays, promised, promised_in, said
from store.calendars.wording import describe
from store.calendars.working_time import ROUND_THE_CLOCK, WorkingTime, compile_calendar

__all__ = [
    "ROUND_THE_CLOCK",
    "Pause",
    "Promised",
    "Step",
    "WorkingDays",
    "WorkingTime",
    "before_due",
    "check",
    "compile_calendar",
    "counted_for",
    "describe",
    "due_after",
    "due_with_pauses",
    "explain",
    "is_workday",
    "is_working",
    "missing_years",
    "missing_years_words",
    "next_working_moment",
    "promised",
    "promised_in",
    "said",
    "working_minutes_between",
    "working_time_between",
]
