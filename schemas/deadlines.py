"""The shapes of explained deadlines and simulated escalations."""

from marshmallow import Schema, fields

from schemas.shapes import boolean, integer, moment, rows, text
from store.calendars.promises import MOST_DAYS
from store.fields.spec import Field
from store.words import Words

_MOST_MINUTES = 366 * 1440

_START = Field("start", "datetime", Words("开始时刻", "From"), required=True)
_MINUTES = Field("minutes", "minutes", Words("分钟数", "Minutes"), maximum=_MOST_MINUTES)
_DAYS = Field(
    "days",
    "integer",
    Words("工作日数", "Working days"),
    minimum=1,
    maximum=MOST_DAYS,
    help=Words("代替分钟数", "Instead of the minutes"),
)
_CALENDAR = Field("calendar", "reference", Words("工作日历", "Working calendar"), target="working_calendar")

EXPLANATION = (_START, _MINUTES, _DAYS, _CALENDAR)
SIMULATION = (
    Field("policy", "reference", Words("升级策略", "Escalation policy"), required=True, target="escalation_policy"),
    Field("estate", "reference", Words("小区", "Estate"), required=True, target="estate"),
    _START,
    _MINUTES,
    _DAYS,
    _CALENDAR,
    Field("assignee", "reference", Words("负责人", "Assignee"), target="staff"),
    Field("department", "reference", Words("部门", "Department"), target="department"),
    Field("acknowledge_at", "datetime", Words("确认时刻", "Acknowledged at")),
)


class StepSchema(Schema):
    """One line: start, skip, work, pause, due or open, with the minutes counted so far."""

    kind = text()
    at = moment()
    minutes = integer()
    words = text()


class ExplanationSchema(Schema):
    """From the start to the due moment, line by line; `due_at` is null while an open pause holds it back."""

    due_at = moment()
    steps = rows(StepSchema)


class RecipientSchema(Schema):
    code = text()
    name = text()


class SimulatedStepSchema(Schema):
    """Who is told what and when; `skipped` with its reason."""

    key = text()
    words = text()
    at = moment()
    action = text()
    template = text()
    recipients = rows(RecipientSchema)
    skipped = boolean()
    reason = text()


class SimulationSchema(Schema):
    due_at = moment()
    steps = fields.List(fields.Nested(SimulatedStepSchema))
