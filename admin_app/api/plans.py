"""`/api/v1/plans/preview`: when a plan would ask for work, before it is saved."""

from datetime import date, datetime
from typing import Any

from flask_smorest import Blueprint

from admin_app.api.operation import Answer, Body, Call, Operation
from admin_app.api.routes import add, blueprint
from admin_app.shell.language import current_language
from schemas.plans import PreviewRequestSchema, PreviewSchema, read_preview
from store.access import require
from store.calendars.operations import day_note
from store.calendars.working_time import DEFAULT_TIMEZONE
from store.content.reading import live
from store.content.types import Body as PlanBody
from store.directory import values_of
from store.errors import Invalid
from store.fields import clean
from store.plans.documents import PLAN
from store.plans.operations import workdays
from store.plans.rules import hours_per_week
from store.plans.wording import in_words, preview
from store.words import Words

# What a draft may still lack when it is looked at.
_MAY_LACK = frozenset({"required"})


def _preview(call: Call) -> Answer:
    body = _cleaned(call.body["body"])
    estate = body.get("estate")
    require(call.actor, "content.read", estate)
    zone = str((values_of("estate", estate) or {}).get("timezone") or DEFAULT_TIMEZONE) if estate else DEFAULT_TIMEZONE
    notes = _notes(body, call.now)
    lines = preview(body, zone, call.now, workdays(body, call.now), notes, call.body["count"])
    language = current_language()
    slots = [
        {"at": each.slot.nominal_utc, "local": each.slot.nominal_local, "words": each.text(language)} for each in lines
    ]
    hours = hours_per_week(body)
    shown = {"sentence": in_words(body, language), "hours_per_week": hours, "timezone": zone, "slots": slots}
    return Answer(PreviewSchema().dump(shown))


def _cleaned(body: PlanBody) -> dict[str, Any]:
    """The body as far as it goes. Raises `Invalid` for what is misshapen; the recurrence is checked by the preview."""
    cleaned, problems = clean(PLAN.fields, body)
    misshapen = [each for each in problems if each.code not in _MAY_LACK]
    if misshapen:
        raise Invalid(misshapen)
    return cleaned


def _notes(body: PlanBody, now: datetime) -> Any:
    calendar = live("working_calendar", body["calendar"], now) if body.get("calendar") else None

    def note(day: date) -> Words | None:
        return day_note(calendar.body, day) if calendar else None

    return note


def make() -> Blueprint:
    made = blueprint("plans", Words("计划", "Plans"))
    takes = Body(PreviewRequestSchema, read_preview, required=True)
    words = Words("预览计划", "Preview a plan")
    operation = Operation(
        "preview_plan", "POST", "/preview", "content.read", words, PreviewSchema, takes=takes, writes=False
    )
    add(made, operation, _preview)
    return made
