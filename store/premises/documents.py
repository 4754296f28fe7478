"""Estates, their buildings and units, and the households who live there."""

from collections.abc import Mapping
from typing import Any

from mongoengine.fields import BooleanField, IntField, StringField
from pypinyin import lazy_pinyin

from store.content.types import NAME
from store.directory import DirectoryEntry, register, values_of
from store.errors import Problem
from store.fields.spec import Field
from store.plain import PlainDict, PlainList
from store.premises.rooms import as_room, check_room
from store.premises.rules import check_members, check_timezone, double_members, search_tokens
from store.words import Words

_ESTATE = Field("estate", "reference", Words("小区", "Estate"), required=True, target="estate")

RELATIONS = (
    ("owner", Words("业主", "Owner")),
    ("family", Words("家属", "Family")),
    ("tenant", Words("租户", "Tenant")),
    ("other", Words("其他", "Other")),
)


@register
class Estate(DirectoryEntry):
    KIND = "estate"
    LABEL = Words("小区", "Estate")
    FIELDS = (
        NAME,
        Field("timezone", "text", Words("时区", "Time zone"), required=True, default="Asia/Shanghai"),
        Field("address", "text", Words("地址", "Address"), translated=True),
    )

    timezone = StringField(default="Asia/Shanghai")
    address = PlainDict()

    meta = {"collection": "estates", "auto_create_index": False}

    @classmethod
    def problems(cls, values: Mapping[str, Any]) -> list[Problem]:
        return check_timezone(values["timezone"])

    @classmethod
    def estates_of(cls, values: Mapping[str, Any]) -> list[str | None]:
        return [values["code"]]


@register
class Building(DirectoryEntry):
    KIND = "building"
    LABEL = Words("楼栋", "Building")
    FIELDS = (
        _ESTATE,
        NAME,
        Field("floors", "integer", Words("层数", "Floors"), minimum=1, maximum=200),
        Field("units_per_floor", "integer", Words("每层户数", "Homes on a floor"), minimum=1, maximum=100),
    )

    floors = IntField()
    units_per_floor = IntField()

    meta = {"collection": "buildings", "auto_create_index": False}


@register
class Unit(DirectoryEntry):
    """One home, shop or office: `room` is what people say (`3-1201`), the code is unique in the company."""

    KIND = "unit"
    LABEL = Words("房屋", "Unit")
    FIELDS = (
        _ESTATE,
        Field("building", "reference", Words("楼栋", "Building"), required=True, target="building"),
        Field("room", "text", Words("房号", "Room"), required=True),
        Field(
            "as_written",
            "text",
            Words("门牌写法", "As written"),
            help=Words("房号写法与系统不同时保留，如 3栋2单元501", "Kept where people write the room differently"),
        ),
    )
    ONCE = (("estate", "room"),)
    KNOWN_BY = ("estate", "room")

    building = StringField(required=True)
    room = StringField(required=True)
    as_written = StringField()

    meta = {
        "collection": "units",
        "auto_create_index": False,
        "indexes": [{"fields": ["estate", "room"], "unique": True}, "building"],
    }

    @classmethod
    def problems(cls, values: Mapping[str, Any]) -> list[Problem]:
        return check_room(values["room"])

    @classmethod
    def code_for(cls, values: Mapping[str, Any]) -> str:
        room = "".join(lazy_pinyin(as_room(str(values.get("room") or ""))))
        return f"{values.get('estate')}-{room}".lower()

    @classmethod
    def in_one_form(cls, values: Mapping[str, Any]) -> dict[str, Any]:
        """One home has one room, however it was typed; what was typed is kept beside it."""
        room = as_room(values["room"])
        typed = {"as_written": values["room"]} if room != values["room"] and not values.get("as_written") else {}
        return {**values, "room": room, **typed}

    @classmethod
    def derived(cls, values: Mapping[str, Any]) -> dict[str, Any]:
        # Lists and "used by" show a name; a unit's is its room.
        return {"name": {"zh": values["room"]}}


UNIT_TAKEN = Words(
    "该房屋已有住户「{code}」；确为两户合住请勾选「合住」，换住户请先让原住户迁出",
    "The household “{code}” lives there already: say that they share the home, or let the other move out first",
)


@register
class Household(DirectoryEntry):
    """Who lives in a unit. Names and numbers are personal; they leave the store masked unless a reveal is logged."""

    KIND = "household"
    LABEL = Words("住户", "Household")
    WRITE = "households.write"
    KNOWN_BY = ("unit",)
    FIELDS = (
        _ESTATE,
        Field("unit", "reference", Words("房屋", "Unit"), required=True, target="unit"),
        Field(
            "members",
            "list",
            Words("成员", "Members"),
            personal=True,
            fields=(
                Field("name", "text", Words("姓名", "Name"), required=True, personal=True),
                Field("phone", "text", Words("电话", "Telephone"), personal=True),
                Field("email", "email", Words("邮箱", "E-mail"), personal=True),
                Field("relation", "choice", Words("关系", "Relation"), choices=RELATIONS, default="owner"),
            ),
        ),
        Field(
            "shares_unit",
            "boolean",
            Words("合住", "Shares the home"),
            help=Words("同一房屋另有一户时勾选", "Where another household lives in the same unit"),
        ),
        Field("note", "long_text", Words("备注", "Note"), personal=True),
    )

    unit = StringField(required=True)
    room = StringField()
    members = PlainList(PlainDict())
    shares_unit = BooleanField()
    note = StringField()
    # The days on which its stay ended, and began again (`store/premises/stays.py`).
    moved_in = StringField()
    moved_out = StringField()
    tokens = PlainList(StringField())

    meta = {
        "collection": "households",
        "auto_create_index": False,
        # The estate follows the token, so that one index answers for one estate and for all.
        "indexes": [["tokens", "estate"], "unit", "members.email"],
    }

    @classmethod
    def problems(cls, values: Mapping[str, Any]) -> list[Problem]:
        return check_members(values.get("members") or ())

    @classmethod
    def code_for(cls, values: Mapping[str, Any]) -> str:
        return str(values.get("unit") or "")

    @classmethod
    def doubles(cls, values: Mapping[str, Any]) -> list[Problem]:
        return double_members(values.get("members") or ())

    @classmethod
    def clashes(cls, code: str, values: Mapping[str, Any]) -> list[Problem]:
        """A second household in a home is a flat that is shared or the same people twice; so is a member."""
        twice = double_members(values.get("members") or ())
        if values.get("shares_unit"):
            return twice
        others = {"unit": {"$eq": values["unit"]}, "active": {"$ne": False}, "code": {"$ne": code}}
        other = cls._get_collection().find_one(others, {"code": 1})
        return [*twice, *([Problem("unit_taken", UNIT_TAKEN.fill(code=other["code"]), "unit")] if other else ())]

    @classmethod
    def derived(cls, values: Mapping[str, Any]) -> dict[str, Any]:
        unit = values_of("unit", values["unit"])
        room = unit["room"] if unit else values["unit"]
        return {"room": room, "name": {"zh": room}, "tokens": search_tokens(room, values.get("members") or ())}
