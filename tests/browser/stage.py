"""The estate of the browser tests: the cast with accounts, a night route of six checkpoints, complaints that escalate.

Templates and the complaint's chain are those that every installation is seeded with.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from flask import Flask

from seeds.loader import content_entries
from store import directory
from store.actor import SYSTEM, Actor
from tests import cast
from tests.admin_app.conftest import make_account

CHECKPOINTS = (
    ("control-room", "消防控制室"),
    ("garage-entry", "车库入口"),
    ("switch-room", "配电间"),
    ("pump-room", "生活水泵房"),
    ("charging", "充电车位区"),
    ("east-gate", "东门岗"),
)
MINUTES_BETWEEN = 6
# No holidays: the tests' dates move on with the calendar on the wall.
OFFICE = {
    "name": {"zh": "办公时间", "en": "Office hours"},
    "timezone": "Asia/Shanghai",
    "windows": [
        {"weekdays": [1, 2, 3, 4, 5], "start": "08:30", "end": "12:00"},
        {"weekdays": [1, 2, 3, 4, 5], "start": "13:30", "end": "18:00"},
    ],
    "makeup_weekday": 1,
}
SEEDED = {"working_calendar": (), "service_category": ("reception",), "service_item": ("complaint-attitude",)}
CHAINS = ("complaint-chain", "patrol-chain")


def service_lead() -> Actor:
    """The supervisor of the service desk."""
    return Actor("service-lead", "李居悦", frozenset({"supervisor"}), frozenset({cast.ESTATE}), "service")


def night_guard() -> Actor:
    return cast.second_guard()


def checkpoint(number: int, code: str, name: str) -> dict[str, Any]:
    window = {"offset_minutes": number * MINUTES_BETWEEN, "tolerance_minutes": 5}
    return {"code": code, "name": {"zh": name}, "place": f"{name}门口", **window}


ROUTE = {
    "name": {"zh": "六点夜巡路线", "en": "Night round of six points"},
    "estate": cast.ESTATE,
    "clause": "3.5",
    "ordered": True,
    "checkpoints": [checkpoint(number, code, name) for number, (code, name) in enumerate(CHECKPOINTS)],
}
SHORT_ROUTE = {
    **ROUTE,
    "name": {"zh": "两点路线", "en": "Round of two points"},
    "checkpoints": ROUTE["checkpoints"][:2],
}
PLAN = {
    "name": {"zh": "夜间巡更", "en": "Night round"},
    "estate": cast.ESTATE,
    "service": "patrol",
    "clause": "3.5",
    "frequency": "daily",
    "interval": 1,
    "times": ["22:00"],
    "on_holiday": "as_planned",
    "start_date": "2026-01-01",
    "route": "short",
    "duration_minutes": 40,
    "assign_to": "on_duty",
    "roster": "sunshine-guards",
    "missed": "skip",
    "escalation": "patrol-chain",
}


def set_up(app: Flask, now: datetime) -> None:
    """Everything in force shortly before `now`, so that no history has to be accounted for."""
    earlier = now - timedelta(hours=1)
    cast.make_company(cast.LONG_AGO)
    cast.make_staff(service_lead(), cast.LONG_AGO)
    values = {"name": cast.DEPARTMENTS["service"], "head": service_lead().code}
    directory.update("department", "service", values, actor=SYSTEM, now=cast.LONG_AGO)
    cast.make_roster(now=cast.LONG_AGO)
    cast.make_household(now=cast.LONG_AGO)
    for kind, code, body in content(now):
        cast.publish(kind, code, body, now=earlier)
    for who in (cast.manager(), cast.desk()):
        make_account(app, who)


def content(now: datetime) -> list[tuple[str, str, Mapping[str, Any]]]:
    seeded = [
        (kind, code, body)
        for kind, code, body in content_entries(now)
        if kind == "notification_template" or code in SEEDED.get(kind, ()) or code in CHAINS
    ]
    own = [("route", "night-6", ROUTE), ("route", "short", SHORT_ROUTE), ("plan", "night", PLAN)]
    return [("working_calendar", "office-hours", OFFICE), *seeded, *own]
