"""The rules of calendars by the names under which the rest of the house knows them. All pure; `now` is an argument."""

from store.calendars.checks import check, missing_years, missing_years_words
from store.calendars.counting import (
    Pause,
    add_working_minutes,
    due_with_pauses,
    is_workday,
    is_working,
    next_working_moment,
    working_minutes_between,
    working_time_between,
)
from store.calendars.explanation import Step, explain
from store.calendars.wording import describe
from store.calendars.working_time import ROUND_THE_CLOCK, WorkingTime, compile_calendar

__all__ = [
    "ROUND_THE_CLOCK",
    "Pause",
    "Step",
    "WorkingTime",
    "add_working_minutes",
    "check",
    "compile_calendar",
    "describe",
    "due_with_pauses",
    "explain",
    "is_workday",
    "is_working",
    "missing_years",
    "missing_years_words",
    "next_working_moment",
    "working_minutes_between",
    "working_time_between",
]
