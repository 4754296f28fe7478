"""Patrol routes and plans as content (clauses 2.3–2.5, 3.3–3.5)."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from store.calendars.working_time import zone_of
from store.content.types import CLAUSE, ESCALATION, NAME, Body, ContentType, LookUp, register
from store.errors import Problem
from store.fields.spec import Field
from store.people.rules import sees
from store.plans import places, rules
from store.plans.calendar_lines import take_over
from store.words import Words, translated

SERVICES: tuple[tuple[str, Words], ...] = (
    ("patrol", Words("巡更", "Patrol")),
    ("cleaning", Words("保洁", "Cleaning")),
    ("greening", Words("绿化", "Greening")),
    ("security", Words("消防与设备", "Fire safety and equipment")),
    ("other", Words("其他", "Other")),
)
FREQUENCIES: tuple[tuple[str, Words], ...] = (
    ("daily", Words("天", "Daily")),
    ("weekly", Words("周", "Weekly")),
    ("monthly", Words("月", "Monthly")),
    ("custom", Words("自定义规则", "Custom")),
)
ON_HOLIDAY: tuple[tuple[str, Words], ...] = (
    ("as_planned", Words("照常", "As planned")),
    ("skip", Words("跳过", "Skip")),
    ("next_workday", Words("顺延到下一工作日", "Move to the next workday")),
    ("previous_workday", Words("提前到上一工作日", "Bring forward to the workday before")),
    ("workday_in_month", Words("顺延，但不跨月", "Move to the next workday, but not into another month")),
)
MISSED: tuple[tuple[str, Words], ...] = (
    ("skip", Words("不补", "Skip")),
    ("once", Words("补最近一次", "Catch up once")),
    ("all", Words("全部补做", "Catch up all")),
)
ASSIGN_TO: tuple[tuple[str, Words], ...] = (
    ("person", Words("固定人员", "A person")),
    ("rota", Words("轮流", "A rota")),
    ("on_duty", Words("当班人员", "Whoever is on duty")),
    ("department", Words("部门", "A department")),
)


FOREIGN_ROUTE = Words("路线属于另一个小区", "The route belongs to another estate")
FOREIGN_FLOOR_PLAN = Words("平面图属于另一个小区", "The floor plan belongs to another estate")
FOREIGN_ROSTER = Words("班表属于另一个小区", "The roster belongs to another estate")
FOREIGN_PERSON = Words("{name}不在该小区工作", "{name} does not work in the estate")


def _check_route(body: Body, look_up: LookUp) -> list[Problem]:
    return [*rules.check_route(body), *_foreign_floor_plans(body, look_up)]


def _foreign_floor_plans(body: Body, look_up: LookUp) -> Iterator[Problem]:
    for index, each in enumerate(body.get("checkpoints") or ()):
        found = look_up("floor_plan", each["floor_plan"]) if each.get("floor_plan") else None
        if found is not None and found.get("estate") != body.get("estate"):
            yield Problem("foreign_floor_plan", FOREIGN_FLOOR_PLAN, f"checkpoints.{index}.floor_plan")


def _check_floor_plan(body: Body, look_up: LookUp) -> list[Problem]:
    building = look_up("building", body["building"]) if body.get("building") else None
    return places.check_floor_plan(body, building)


def _check_plan(body: Body, look_up: LookUp) -> list[Problem]:
    return [*rules.check(body), *_foreign(body, look_up)]


def _foreign(body: Body, look_up: LookUp) -> Iterator[Problem]:
    """Routes, rosters and people of another estate: such work would silently be nobody's."""
    estate, how = str(body.get("estate")), body.get("assign_to")
    for name, words in (("route", FOREIGN_ROUTE), ("roster", FOREIGN_ROSTER)):
        found = look_up(name, body[name]) if body.get(name) and (name == "route" or how == "on_duty") else None
        if found is not None and found.get("estate") != estate:
            yield Problem(f"foreign_{name}", words, name)
    for code in (body.get("staff") or ()) if how in ("person", "rota") else ():
        person = look_up("staff", code)
        if person is not None and not sees(person, estate):
            who = translated(person.get("name") or code)
            yield Problem("not_assignable", FOREIGN_PERSON.fill(name=who), "staff")


def _take_over(body: Body, look_up: LookUp) -> tuple[Body, list[Problem]]:
    estate = body.get("estate")
    known = look_up("estate", estate) if isinstance(estate, str) and estate else None
    return take_over(body, zone_of({"timezone": (known or {}).get("timezone")}))


_SINGLE_DAY = (
    Field("date", "date", Words("日期", "Date"), required=True),
    Field("reason", "text", Words("原因", "Reason")),
)


def _schedule(body: Body, moment: datetime, look_up: LookUp) -> dict[str, Any]:
    # The generator works out the first slot itself; a publication only wakes it.
    return {"next_generate_at": moment}


ROUTE = register(
    ContentType(
        key="route",
        label=Words("巡更路线", "Patrol route"),
        help=Words("巡更点按顺序排列；每点有相对出发的时间和允许误差。", "Checkpoints in order, each with its window."),
        fields=(
            NAME,
            Field("estate", "reference", Words("小区", "Estate"), required=True, target="estate"),
            CLAUSE,
            Field("ordered", "boolean", Words("必须按顺序", "In order"), default=False),
            Field(
                "varies",
                "boolean",
                Words("每轮换顺序", "Another order each round"),
                help=Words(
                    "时间不变，点位每轮重新排列，每点都到",
                    "The times stay; the points change places, and none is left out",
                ),
            ),
            Field(
                "checkpoints",
                "list",
                Words("巡更点", "Checkpoints"),
                required=True,
                fields=(
                    Field("code", "text", Words("点位编号", "Code"), required=True),
                    Field("name", "text", Words("名称", "Name"), required=True, translated=True),
                    Field("place", "text", Words("位置", "Place")),
                    Field(
                        "offset_minutes",
                        "minutes",
                        Words("出发后（分钟）", "Minutes from start"),
                        maximum=1440,
                        default=0,
                    ),
                    Field(
                        "tolerance_minutes",
                        "minutes",
                        Words("允许误差（分钟）", "Tolerance in minutes"),
                        maximum=720,
                        default=10,
                    ),
                    Field(
                        "photo_required",
                        "boolean",
                        Words("须拍照", "Photo required"),
                        help=Words(
                            "打卡时要拍一张；没拍也记打卡，但标注缺照片，不算按时",
                            "To be taken at the scan; without it the scan is kept, marked, and not on time",
                        ),
                    ),
                    Field(
                        "closing",
                        "boolean",
                        Words("收尾点", "Closes the round"),
                        help=Words(
                            "最后一点；先于别的点打卡会标注", "The last one; scanned before others it is marked"
                        ),
                    ),
                    Field("floor_plan", "reference", Words("平面图", "Floor plan"), target="floor_plan"),
                    Field(
                        "plan_x",
                        "decimal",
                        Words("图上横向", "Across the plan"),
                        minimum=0,
                        maximum=1,
                        help=Words("0 为左边，1 为右边", "0 is the left side, 1 the right"),
                    ),
                    Field(
                        "plan_y",
                        "decimal",
                        Words("图上纵向", "Down the plan"),
                        minimum=0,
                        maximum=1,
                        help=Words("0 为上边，1 为下边", "0 is the top, 1 the bottom"),
                    ),
                ),
            ),
        ),
        check=_check_route,
    )
)

FLOOR_PLAN = register(
    ContentType(
        key="floor_plan",
        label=Words("平面图", "Floor plan"),
        help=Words(
            "小区、楼或一层的图；路线的巡更点在上面标位置。",
            "A picture of an estate, a building or a floor, on which checkpoints have their places.",
        ),
        fields=(
            NAME,
            Field("estate", "reference", Words("小区", "Estate"), required=True, target="estate"),
            Field("building", "reference", Words("楼", "Building"), target="building"),
            Field("floor", "text", Words("楼层", "Floor")),
            Field(
                "picture",
                "photo",
                Words("图片", "Picture"),
                required=True,
                help=Words("保存草稿后用“上传图片”填写", "Save the draft, then use “Upload the picture”"),
            ),
        ),
        check=_check_floor_plan,
    )
)

PLAN = register(
    ContentType(
        key="plan",
        label=Words("计划", "Plan"),
        help=Words("什么时候、在哪里、由谁、按什么标准做。", "When, where, by whom and to which standard."),
        fields=(
            NAME,
            Field("estate", "reference", Words("小区", "Estate"), required=True, target="estate"),
            Field("service", "choice", Words("服务", "Service"), required=True, choices=SERVICES),
            CLAUSE,
            Field("frequency", "choice", Words("频率", "Frequency"), required=True, choices=FREQUENCIES),
            Field("interval", "integer", Words("每隔", "Every"), minimum=1, maximum=366, default=1),
            Field("weekdays", "weekdays", Words("星期", "Weekdays")),
            Field("month_days", "month_days", Words("每月几号", "Days of the month")),
            Field("times", "times", Words("时刻", "Times")),
            Field(
                "rrule",
                "long_text",
                Words("自定义规则（RRULE）", "Recurrence rule (RRULE)"),
                help=Words(
                    "可直接粘贴日历软件导出的 DTSTART、RRULE、EXDATE、RDATE 各行",
                    "Lines DTSTART, RRULE, EXDATE and RDATE of a calendar program may be pasted as they are",
                ),
            ),
            Field("months", "months", Words("季节（月份）", "Season (months)")),
            Field("on_holiday", "choice", Words("节假日", "On holidays"), choices=ON_HOLIDAY, default="as_planned"),
            Field("start_date", "date", Words("开始日期", "From"), required=True),
            Field("end_date", "date", Words("结束日期", "Until")),
            Field("left_out", "list", Words("不做的日期", "Dates left out"), fields=_SINGLE_DAY),
            Field("added", "list", Words("加做的日期", "Dates added"), fields=_SINGLE_DAY),
            Field("calendar", "reference", Words("工作日历", "Working calendar"), target="working_calendar"),
            Field("route", "reference", Words("巡更路线", "Route"), target="route"),
            Field("checklist", "reference", Words("检查表", "Checklist"), target="checklist"),
            Field("place", "text", Words("地点", "Place")),
            Field(
                "duration_minutes", "minutes", Words("限时（分钟）", "To be done within"), required=True, maximum=43200
            ),
            Field("reminder_minutes", "integers", Words("提前提醒（分钟）", "Remind before (minutes)")),
            Field("assign_to", "choice", Words("由谁", "Assigned to"), required=True, choices=ASSIGN_TO),
            Field("staff", "references", Words("人员", "Staff"), target="staff"),
            Field("roster", "reference", Words("班表", "Roster"), target="roster"),
            Field("department", "reference", Words("部门", "Department"), target="department"),
            Field("missed", "choice", Words("错过时", "When missed"), choices=MISSED, default="once"),
            ESCALATION,
        ),
        take_over=_take_over,
        check=_check_plan,
        schedule=_schedule,
    )
)
