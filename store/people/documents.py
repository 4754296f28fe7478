"""Departments, members of staff and the rosters that say who is on duty."""

from collections.abc import Mapping
from typing import Any

from mongoengine.fields import BooleanField, IntField, StringField

from store.access import ROLES, holds
from store.actor import Actor
from store.content.types import CLAUSE, NAME
from store.directory import DirectoryEntry, register
from store.errors import Forbidden, Problem
from store.fields import Field
from store.notices.addresses import WORKS, problem_with
from store.people.duty import check_roster
from store.people.rules import check_staff, pinyin_tokens, suffixes
from store.plain import PlainDict, PlainList
from store.typed_text import name_key
from store.words import Words


@register
class Department(DirectoryEntry):
    KIND = "department"
    LABEL = Words("部门", "Department")
    WRITE = "people.write"
    FIELDS = (
        NAME,
        Field("head", "reference", Words("负责人", "Head"), target="staff"),
        CLAUSE,
    )

    head = StringField()
    clause = StringField()

    meta = {"collection": "departments", "auto_create_index": False, "indexes": ["head"]}


@register
class Staff(DirectoryEntry):
    """A member of staff. Sign-in accounts point to it; its roles and estates are what its actor may do and see."""

    KIND = "staff"
    LABEL = Words("员工", "Member of staff")
    WRITE = "people.write"
    FIELDS = (
        Field("name", "text", Words("姓名", "Name"), required=True, translated=True),
        Field("department", "reference", Words("部门", "Department"), target="department"),
        Field(
            "estates",
            "references",
            Words("所属小区", "Estates"),
            target="estate",
            help=Words("管理角色留空表示全部小区", "Empty means all estates for management roles"),
        ),
        Field("roles", "choices", Words("角色", "Roles"), required=True, choices=tuple(ROLES.items())),
        Field("supervisor", "reference", Words("上级", "Supervisor"), target="staff"),
        Field("email", "email", Words("邮箱", "E-mail"), personal=True),
        Field("phone", "text", Words("电话", "Telephone"), personal=True),
        Field(
            "channels",
            "list",
            Words("通知渠道", "Notification channels"),
            personal=True,
            help=WORKS,
            fields=(Field("url", "url", Words("地址", "Address"), required=True),),
        ),
        Field("quiet_start", "time", Words("免打扰开始", "Quiet from")),
        Field("quiet_end", "time", Words("免打扰结束", "Quiet until")),
        Field("digest", "boolean", Words("汇总发送", "Send as a digest")),
        Field(
            "language",
            "choice",
            Words("语言", "Language"),
            choices=(("zh", Words("中文", "Chinese")), ("en", Words("英文", "English"))),
            default="zh",
        ),
    )

    department = StringField()
    estates = PlainList(StringField())
    roles = PlainList(StringField())
    supervisor = StringField()
    email = StringField()
    phone = StringField()
    channels = PlainList(PlainDict())
    quiet_start = StringField()
    quiet_end = StringField()
    digest = BooleanField()
    language = StringField(default="zh")
    tokens = PlainList(StringField())

    meta = {
        "collection": "staff",
        "auto_create_index": False,
        "indexes": ["tokens", "department", "estates", "supervisor", "email"],
    }

    @classmethod
    def problems(cls, values: Mapping[str, Any]) -> list[Problem]:
        wrong = ((n, problem_with(each["url"])) for n, each in enumerate(values.get("channels") or ()))
        robots = [Problem("not_a_robot", words, f"channels.{n}.url") for n, words in wrong if words]
        return [*check_staff(values), *robots]

    @classmethod
    def derived(cls, values: Mapping[str, Any]) -> dict[str, Any]:
        name = values["name"].get("zh") or values["name"].get("en") or ""
        key = name_key(name)
        return {"tokens": [*suffixes(key), *pinyin_tokens(key)]}

    @classmethod
    def estates_of(cls, values: Mapping[str, Any]) -> list[str | None]:
        return list(values.get("estates") or ())

    @classmethod
    def refuse(cls, values: Mapping[str, Any], actor: Actor) -> None:
        """Nobody may hand out, or take away, more than he has himself: neither a role above his own nor all estates."""
        if "system" in actor.roles:
            return
        everywhere = not values.get("estates") and actor.estates is not None
        if everywhere or not holds(actor, values.get("roles") or ()):
            raise Forbidden(cls.WRITE)


@register
class Channel(DirectoryEntry):
    """A group's robot – 企业微信, 钉钉 – which an escalation can name. Its address is its password."""

    KIND = "channel"
    LABEL = Words("群通道", "Channel")
    WRITE = "people.write"
    FIELDS = (
        NAME,
        Field(
            "estate",
            "reference",
            Words("小区", "Estate"),
            target="estate",
            help=Words("留空表示全部小区", "Empty means all estates"),
        ),
        Field("url", "url", Words("机器人地址", "Address of the robot"), required=True, personal=True, help=WORKS),
    )

    url = StringField(required=True)

    meta = {"collection": "channels", "auto_create_index": False}

    @classmethod
    def problems(cls, values: Mapping[str, Any]) -> list[Problem]:
        words = problem_with(values["url"])
        return [Problem("not_a_robot", words, "url")] if words else []


@register
class Roster(DirectoryEntry):
    """A cycle of days from an anchor date; each shift names who has it. `store.people.duty.on_duty` reads it."""

    KIND = "roster"
    LABEL = Words("排班", "Roster")
    WRITE = "people.write"
    FIELDS = (
        Field("estate", "reference", Words("小区", "Estate"), required=True, target="estate"),
        NAME,
        Field("anchor_date", "date", Words("起始日", "First day of a cycle"), required=True),
        Field("cycle_days", "integer", Words("周期天数", "Days in a cycle"), required=True, minimum=1, maximum=366),
        Field(
            "shifts",
            "list",
            Words("班次", "Shifts"),
            required=True,
            fields=(
                Field(
                    "day", "integer", Words("第几天（从 0 起）", "Day of the cycle, from 0"), required=True, minimum=0
                ),
                Field("start", "time", Words("开始", "From"), required=True),
                Field("end", "time", Words("结束", "Until"), required=True),
                Field("staff", "references", Words("人员", "Staff"), required=True, target="staff"),
            ),
        ),
    )

    anchor_date = StringField()
    cycle_days = IntField()
    shifts = PlainList(PlainDict())

    meta = {"collection": "rosters", "auto_create_index": False, "indexes": ["shifts.staff"]}

    @classmethod
    def problems(cls, values: Mapping[str, Any]) -> list[Problem]:
        return check_roster(values)
