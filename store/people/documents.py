"""Departments, members of staff, the robots of groups, and the rosters that say who is on duty."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any, ClassVar

from mongoengine.fields import BooleanField, DateTimeField, IntField, StringField

from store import standing
from store.access import ROLES, holds
from store.actor import Actor
from store.content.types import CLAUSE, NAME
from store.directory import DirectoryEntry, register, values_of
from store.errors import Forbidden, Invalid, Problem
from store.fields.checking import is_empty
from store.fields.spec import Field
from store.name_tokens import pinyin_tokens, suffixes
from store.people import duty, moving
from store.people.addresses import WORKS, problem_with
from store.people.duty import ONE_DAY, check_roster
from store.people.rules import check_staff, known_zone, sees
from store.plain import PlainDict, PlainList
from store.typed_text import name_key
from store.words import Words

IN_THE_PAST = Words("不能早于今天：已经过去的值班保持原样", "This cannot be before today: what was stays as it was")
ELSEWHERE = Words(
    "{staff} 的班次与排班“{roster}”的班次重叠", "{staff} is on a shift of the roster “{roster}” at the same time"
)
# What an edit replaces as a whole: one version of the cycle.
CYCLE = ("anchor_date", "cycle_days", "shifts", "effective_from", "effective_until")


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
    def fits(cls, values: Mapping[str, Any], estate: str) -> bool:
        return sees(values, estate)

    @classmethod
    def written(cls) -> None:
        """His roles, estates or presence may be others now."""
        super().written()
        standing.changed()

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
    """A cycle of days from an anchor date; each shift names who has it. What an edit replaces is kept in `past`, what
    differs on single days in `exceptions`: see `store.people.duty`."""

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
        Field(
            "effective_from",
            "date",
            Words("生效日期", "In force from"),
            help=Words(
                "修改从这一天起生效，之前的值班保持原样；留空即从今天起",
                "A change counts from this day on and what was before stays; empty means from today",
            ),
        ),
        Field("effective_until", "date", Words("失效日期", "In force until")),
    )
    # What verbs keep beside what a person writes; whoever asks who is on duty needs it.
    KEPT: ClassVar[tuple[str, ...]] = ("revised_at", "past", "exceptions")

    anchor_date = StringField()
    cycle_days = IntField()
    shifts = PlainList(PlainDict())
    effective_from = StringField()
    effective_until = StringField()
    revised_at = DateTimeField()
    past = PlainList(PlainDict())
    exceptions = PlainList(PlainDict())

    meta = {"collection": "rosters", "auto_create_index": False, "indexes": ["shifts.staff"]}

    @classmethod
    def problems(cls, values: Mapping[str, Any]) -> list[Problem]:
        return check_roster(values)

    @classmethod
    def against(cls, code: str, values: Mapping[str, Any], stood: DirectoryEntry | None) -> list[Problem]:
        found = []
        before = stood.values() if stood else {"cycle_days": 1, "anchor_date": values["anchor_date"]}
        for other in cls.beside_it(code, values["estate"]):
            theirs = other.values()
            twice = moving.doubles(values, theirs) - moving.doubles(before, theirs)
            found += [_elsewhere(staff, other.code) for staff in sorted(twice)]
        return found

    @classmethod
    def beside_it(cls, code: str, estate: str) -> list["Roster"]:
        """The other rosters of the estate that are in use."""
        return list(cls.objects(estate=estate, active__ne=False, code__ne=code).exclude("events"))

    @property
    def plan(self) -> dict[str, Any]:
        """All that `store.people.duty` asks of a roster."""
        plain = self.to_mongo().to_dict()
        names = (*(field.name for field in self.FIELDS), *self.KEPT)
        return {name: plain[name] for name in names if not is_empty(plain.get(name))}

    @property
    def timezone(self) -> str:
        return known_zone((values_of("estate", self.estate) or {}).get("timezone"))

    def settled(self, values: dict[str, Any], now: datetime) -> dict[str, Any]:
        """An edit counts from today on, or from its own day; one that was made for a day to come is replaced from there."""
        stood, today = self.values(), duty.local(now, self.timezone).date().isoformat()
        given = values.get("effective_from")
        if given and given < today and given != stood.get("effective_from"):
            raise Invalid.one("in_the_past", IN_THE_PAST, "effective_from")
        if given in (None, stood.get("effective_from")) and not _differs(stood, values):
            begins = stood.get("effective_from")
        else:
            begins = max(given or today, today)
        return values | ({"effective_from": begins} if begins else {})

    def beside(self, values: Mapping[str, Any], now: datetime) -> dict[str, Any]:
        stood = self.values()
        if not _differs(stood, values, ("effective_from",)):
            return {}
        kept = {name: stood[name] for name in CYCLE if name in stood}
        kept |= {"revised_at": self.revised_at} if self.revised_at else {}
        # What never came into force was never on duty.
        waits = (self.effective_from or "") > duty.local(now, self.timezone).date().isoformat()
        past = [*(self.past or ()), *(() if waits else (kept,))]
        return {"past": past, "revised_at": now}

    def tells(self, becomes: Mapping[str, Any], now: datetime) -> list[dict[str, Any]]:
        local = duty.local(now, self.timezone)
        first, last = _told_between(local.date(), becomes.get("effective_from"))
        before, after = (self.plan, {**self.plan, **becomes})
        stood = before if self.active is not False else _NOBODY
        comes = after if becomes.get("active", self.active) is not False else _NOBODY
        moves = moving.moved(stood, comes, first, last, local)
        self._refuse_clashes(moves, comes)
        return moving.intents(moves)

    def _refuse_clashes(self, moves: Mapping[str, moving.Move], becomes: Mapping[str, Any]) -> None:
        """Raises `Invalid` for who would be on two shifts on one of these days, by this roster's exceptions or others."""
        plans = {**{other.code: other.plan for other in self.beside_it(self.code, self.estate)}, self.code: becomes}
        named = dict.fromkeys((each.staff, each.roster) for each in moving.clashes(moves, self.code, plans))
        if named:
            raise Invalid([_elsewhere(staff, roster) for staff, roster in named])


# A roster by which nobody is ever on duty: what is out of use.
_NOBODY: dict[str, Any] = {"anchor_date": "2000-01-01", "cycle_days": 1, "shifts": []}


def _elsewhere(staff: str, roster: str) -> Problem:
    return Problem("double_shift", ELSEWHERE.fill(staff=staff, roster=roster), "shifts")


def _differs(stood: Mapping[str, Any], values: Mapping[str, Any], also: tuple[str, ...] = ()) -> bool:
    names = ("anchor_date", "cycle_days", "shifts", "effective_until", *also)
    return any(stood.get(name) != values.get(name) for name in names)


def _told_between(today: date, begins: str | None) -> tuple[date, date]:
    """From yesterday, whose night may still run, or from a change's first day on."""
    first = max(today - ONE_DAY, date.fromisoformat(begins)) if begins else today - ONE_DAY
    return first, first + timedelta(days=moving.TOLD_DAYS)
