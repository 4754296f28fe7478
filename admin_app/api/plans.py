"""`/api/v1/plans/preview`: when a plan would ask for work, before it is saved."""

from typing import Any

from flask_smorest import Blueprint

from admin_app.api.operation import Answer, Body, Call, Operation
from admin_app.api.routes import add, blueprint
from admin_app.shell.language import current_language
from schemas.plans import PreviewRequestSchema, PreviewSchema, read_preview
from store.access import require
from store.content.reading import looking_up
from store.errors import Invalid
from store.fields.checking import clean
from store.plans.documents import PLAN
from store.plans.outlook import outlook
from store.plans.wording import in_words
from store.words import Words

# What a draft may still lack when it is looked at.
_MAY_LACK = frozenset({"required"})


def _preview(call: Call) -> Answer:
    body = _cleaned(call)
    require(call.actor, "content.read", body.get("estate"))
    found = outlook(body, call.body.get("code") or "", call.now, call.body["count"])
    language = current_language()
    slots = [
        {"at": each.slot.nominal_utc, "local": each.slot.nominal_local, "words": each.text(language)}
        for each in found.lines
    ]
    shown = {
        "sentence": in_words(body, language),
        "hours_per_week": found.hours,
        "timezone": found.timezone,
        "begins_at": found.begins,
        "cautions": [each.text(language) for each in found.cautions],
        "slots": slots,
    }
    return Answer(PreviewSchema().dump(shown))


def _cleaned(call: Call) -> dict[str, Any]:
    """The body as far as it goes. Raises `Invalid` for what is misshapen; the recurrence is checked by the preview."""
    body, unreadable = PLAN.take_over(call.body["body"], looking_up(call.now, actor=call.actor))
    cleaned, problems = clean(PLAN.fields, body)
    misshapen = [*unreadable, *(each for each in problems if each.code not in _MAY_LACK)]
    if misshapen:
        raise Invalid(misshapen)
    return cleaned


def make() -> Blueprint:
    made = blueprint("plans", Words("计划", "Plans"))
    takes = Body(PreviewRequestSchema, read_preview, required=True)
    words = Words("预览计划", "Preview a plan")
    operation = Operation(
        "preview_plan", "POST", "/preview", "content.read", words, PreviewSchema, takes=takes, writes=False
    )
    add(made, operation, _preview)
    return made
