"""Small content for the tests of its screens: a route, a plan on it, an escalation, and forms as a browser posts them."""

from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from flask.testing import FlaskClient

from store import clock
from store.content import reading
from store.fields.posted import to_form
from tests import cast
from tests.admin_app.conftest import token_of

ZONE = ZoneInfo("Asia/Shanghai")
ROUTE = {
    "name": {"zh": "车库路线", "en": "Garage"},
    "estate": cast.ESTATE,
    "checkpoints": [
        {"code": "gate", "name": {"zh": "入口"}, "offset_minutes": 0, "tolerance_minutes": 10},
        {"code": "pump", "name": {"zh": "泵房"}, "offset_minutes": 10, "tolerance_minutes": 10},
    ],
}
PLAN = {
    "name": {"zh": "夜间巡更", "en": "Night patrol"},
    "estate": cast.ESTATE,
    "service": "patrol",
    "clause": "3.5",
    "frequency": "daily",
    "interval": 1,
    "times": ["22:00", "00:00"],
    "on_holiday": "as_planned",
    "start_date": "2026-01-01",
    "route": "garage",
    "duration_minutes": 40,
    "assign_to": "person",
    "staff": ["guard"],
    "missed": "skip",
}
POLICY = {
    "name": {"zh": "巡更升级", "en": "Patrol escalation"},
    "steps": [
        {"offset_minutes": 0, "action": "notify", "targets": [{"kind": "assignee"}]},
        {
            "offset_minutes": 30,
            "action": "notify",
            "targets": [{"kind": "supervisor"}, {"kind": "role", "ref": "manager"}],
        },
    ],
    "acknowledge_minutes": 0,
}
CALENDAR = {
    "name": {"zh": "办公时间", "en": "Office hours"},
    "timezone": "Asia/Shanghai",
    "windows": [{"weekdays": [1, 2, 3, 4, 5], "start": "08:30", "end": "18:00"}],
    "makeup_weekday": 1,
}
CATEGORY = {"name": {"zh": "秩序", "en": "Order"}}
ITEM = {
    "name": {"zh": "可疑人员", "en": "Suspicious person"},
    "category": "order",
    "kinds": ["complaint"],
    "urgency": "urgent",
    "response_minutes": 15,
    "escalation": "patrol-chain",
    "department": "security",
}


def publish_samples() -> None:
    """The company, a route, a plan, an escalation policy, an item and a calendar – all in force."""
    cast.make_company()
    samples = (
        ("route", "garage", ROUTE),
        ("plan", "night", PLAN),
        ("escalation_policy", "patrol-chain", POLICY),
        ("working_calendar", "office", CALENDAR),
        ("service_category", "order", CATEGORY),
        ("service_item", "suspect", ITEM),
    )
    for kind, code, body in samples:
        cast.publish(kind, code, body, now=cast.LONG_AGO)


def form_of(kind: str, body: Mapping[str, Any], **more: str) -> dict[str, Any]:
    """What a browser would post for a body of this type."""
    values: dict[str, Any] = {}
    for name, value in to_form(reading.type_of(kind, clock.now()).fields, body, ZONE):
        values.setdefault(name, []).append(value)
    return {**values, **more}


def post(client: FlaskClient, path: str, values: Mapping[str, Any], **options: Any) -> Any:
    token = token_of(client, "/admin/content/plan/")
    return client.post(path, data={**values, "csrf_token": token}, **options)
