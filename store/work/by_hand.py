"""A work order that a person makes: the same record as those of plans and requests, with its maker as its source."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from bson import ObjectId

from store.access import require
from store.actor import Actor
from store.clock import cut
from store.deadlines import operations as deadlines
from store.directory import values_of
from store.errors import Invalid, Problem
from store.fields.checking import clean
from store.fields.spec import Field
from store.people.operations import Directory, check_assignable
from store.words import Words
from store.work import rules
from store.work.documents import WorkOrder
from store.work.operations import make, params

MADE_KINDS = ("repair", "cleaning", "greening", "security", "other")
ONE_MINUTE = timedelta(minutes=1)
LONGEST = timedelta(days=366)

FORM: tuple[Field, ...] = (
    Field("estate", "reference", Words("小区", "Estate"), required=True, target="estate"),
    Field(
        "kind",
        "choice",
        Words("类型", "Kind"),
        required=True,
        choices=tuple((kind, rules.KINDS[kind]) for kind in MADE_KINDS),
        default="other",
    ),
    Field("title", "text", Words("事项", "What is to be done"), required=True),
    Field("place", "text", Words("地点", "Place")),
    Field("due_at", "datetime", Words("完成期限", "Due"), required=True),
    Field(
        "priority",
        "integer",
        Words("优先级", "Priority"),
        minimum=min(rules.PRIORITIES),
        maximum=max(rules.PRIORITIES),
        default=3,
    ),
    Field("assignee", "reference", Words("负责人", "Assignee"), target="staff"),
    Field("department", "reference", Words("部门", "Department"), target="department"),
    Field("clause", "text", Words("制度条款", "Policy clause")),
    Field("instructions", "long_text", Words("要求", "Instructions")),
)


def create(values: Mapping[str, Any], *, actor: Actor, now: datetime, key: str | None = None) -> WorkOrder:
    """The order of `FORM`, made once under `key`. Without an assignee it is for whoever of the department is on duty.

    Raises `Invalid` with every problem.
    """
    cleaned, problems = clean(FORM, values)
    if problems:
        raise Invalid(problems)
    require(actor, "work.dispatch", cleaned["estate"])
    cleaned["due_at"] = cut(datetime.fromisoformat(cleaned["due_at"]))
    estate = _checked(cleaned, now)
    key = f"hand:{key or ObjectId()}"
    make([_stored(cleaned, key, actor, now)], actor=actor, now=now, timezone=estate["timezone"])
    made: WorkOrder = WorkOrder.objects.get(estate=cleaned["estate"], key=key)
    return made


def _checked(values: Mapping[str, Any], now: datetime) -> Mapping[str, Any]:
    """The estate. Raises `Invalid` for what is not there, and for a moment that nobody can keep."""
    problems = []
    gone = Words("「{code}」不存在或未启用", "“{code}” does not exist or is not in use")
    estate = values_of("estate", values["estate"])
    if estate is None:
        problems.append(Problem("reference_missing", gone.fill(code=values["estate"]), "estate"))
    department = values.get("department")
    if department and values_of("department", department) is None:
        problems.append(Problem("reference_missing", gone.fill(code=department), "department"))
    if not now < values["due_at"] <= now + LONGEST:
        words = Words("期限应在现在之后一年以内", "The due moment is within a year from now")
        problems.append(Problem("not_ahead", words, "due_at"))
    if problems or estate is None:
        raise Invalid(problems)
    if values.get("assignee"):
        check_assignable(values["assignee"], values["estate"], "assignee")
    return estate


def _stored(values: Mapping[str, Any], key: str, actor: Actor, now: datetime) -> dict[str, Any]:
    minutes = max((values["due_at"] - now) // ONE_MINUTE, 1)
    under = deadlines.terms(calendar=None, policy=None, moment=now)
    clock = deadlines.start("complete", minutes, at=now, under=under)
    said = values.get("instructions")
    order = {
        **{name: value for name, value in values.items() if name != "instructions"},
        "key": key,
        "state": "open",
        "source": {"kind": "person", "code": actor.code},
        "team": _team(values, now),
        "clocks": [clock],
        "due_at": clock["due_at"],
        "instructions": {"zh": said, "en": said} if said else None,
    }
    told = [values["assignee"]] if values.get("assignee") else order["team"]
    notice = {
        "to": told,
        "template": "work-assigned",
        "urgent": values.get("priority", 3) <= 2,
        "params": params(order),
    }
    return {**order, "notify": [notice] if told else []}


def _team(values: Mapping[str, Any], now: datetime) -> list[str]:
    if values.get("assignee") or not values.get("department"):
        return []
    target = {"kind": "on_duty", "ref": values["department"]}
    return list(Directory.load().recipients(target, values["estate"], now))
