"""Rules of the life of content: pure functions over plain values."""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from store.content.types import CLAUSE, Body, ContentType, LookUp
from store.errors import Problem, RuleBroken
from store.fields import patterns
from store.fields.checking import clean, uses
from store.fields.choosing import NO, YES
from store.fields.kinds import KINDS
from store.fields.spec import CODE, Field, When
from store.words import Words, translated

STATES: dict[str, Words] = {
    "draft": Words("草稿", "Draft"),
    "in_review": Words("待审核", "In review"),
    "scheduled": Words("待发布", "Scheduled"),
    "published": Words("已发布", "Published"),
    "changed": Words("已发布（有未发布修改）", "Published, with a newer draft"),
    "withdrawn": Words("已撤回", "Withdrawn"),
}

# verb → states in which it is allowed
ALLOWED: dict[str, frozenset[str]] = {
    "save": frozenset({"draft", "in_review", "published", "changed", "withdrawn", "scheduled"}),
    "submit": frozenset({"draft", "changed", "withdrawn"}),
    "send_back": frozenset({"in_review"}),
    "publish": frozenset({"draft", "in_review", "changed", "published", "withdrawn", "scheduled"}),
    "schedule": frozenset({"draft", "in_review", "changed", "published", "withdrawn", "scheduled"}),
    "cancel_schedule": frozenset({"scheduled"}),
    "withdraw": frozenset({"published", "changed", "scheduled"}),
    "restore": frozenset(STATES),
    "rename": frozenset(STATES),
    "remove": frozenset({"draft", "in_review"}),
}

VERBS: dict[str, Words] = {
    "create": Words("新建", "Created"),
    "save": Words("保存草稿", "Draft saved"),
    "submit": Words("提交审核", "Submitted for review"),
    "send_back": Words("退回修改", "Sent back"),
    "publish": Words("发布", "Published"),
    "schedule": Words("定时发布", "Scheduled"),
    "cancel_schedule": Words("取消定时", "Schedule cancelled"),
    "withdraw": Words("撤回", "Withdrawn"),
    "restore": Words("恢复版本", "Revision restored"),
    "rename": Words("改编号", "Code changed"),
    "migrate": Words("随类型定义迁移", "Migrated with its type"),
    "migration_asked": Words("开始迁移内容", "Migration of its entries asked for"),
}


def allowed_verbs(state: str) -> list[str]:
    return [verb for verb, states in ALLOWED.items() if state in states]


def check_allowed(verb: str, state: str) -> None:
    """Raises `RuleBroken` `not_allowed_now`."""
    if state not in ALLOWED[verb]:
        words = Words("当前状态为「{state}」，不能{verb}", "It is “{state}”: “{verb}” is not possible now")
        raise RuleBroken("not_allowed_now", words.fill(state=STATES[state], verb=VERBS.get(verb, Words(verb, verb))))


def state_after_save(revision: int, withdrawn: bool, scheduled: bool, same_as_live: bool) -> str:
    if scheduled:
        return "scheduled"
    if withdrawn:
        return "withdrawn"
    if revision == 0:
        return "draft"
    return "published" if same_as_live else "changed"


def check_code(code: str) -> list[Problem]:
    if CODE.fullmatch(code):
        return []
    words = Words("编号只能用小写字母、数字和连字符", "A code is made of lower-case letters, digits and hyphens")
    return [Problem("malformed_code", words, "code")]


def check_body(content_type: ContentType, body: Body, look_up: LookUp) -> tuple[dict[str, Any], list[Problem]]:
    """Fields first, then what the type itself demands, then that every reference leads somewhere."""
    body, unreadable = content_type.take_over(body, look_up)
    cleaned, problems = clean(content_type.fields, body)
    problems = [*unreadable, *problems]
    if not problems:
        problems = content_type.check(cleaned, look_up)
        problems += missing_references(all_uses(content_type, cleaned), look_up)
    return cleaned, problems


def all_uses(content_type: ContentType, body: Body) -> list[tuple[str, str, str]]:
    return [*uses(content_type.fields, body), *content_type.extra_uses(body)]


def uses_keys(content_type: ContentType, body: Body) -> list[str]:
    """`["route:garage", …]`, sorted: what "used by" is found by."""
    return sorted({f"{kind}:{code}" for _, kind, code in all_uses(content_type, body)})


def missing_references(found: list[tuple[str, str, str]], look_up: LookUp) -> list[Problem]:
    words = Words("引用的「{code}」不存在或未发布", "“{code}” does not exist or is not published")
    return [
        Problem("reference_missing", words.fill(code=code), path)
        for path, kind, code in found
        if look_up(kind, code) is None
    ]


def check_publish_at(at: datetime, now: datetime) -> list[Problem]:
    if at > now:
        return []
    return [
        Problem(
            "publish_in_the_past",
            Words("发布时间必须在现在之后", "The moment of publication must be in the future"),
            "at",
        )
    ]


_NAME = re.compile(r"^[a-z][a-z0-9_]{0,39}\Z")


def custom_field(row: Mapping[str, Any]) -> Field:
    """The field that a manager defined in a content type."""
    choices = tuple(
        (str(each["value"]), translated(each.get("label") or each["value"])) for each in row.get("choices") or ()
    )
    return Field(
        name=row["name"],
        kind=row["kind"],
        label=translated(row.get("label") or row["name"]),
        required=bool(row.get("required")),
        translated=bool(row.get("translated")) and KINDS[row["kind"]].in_languages,
        choices=choices,
        target=row.get("target"),
        pattern=row.get("pattern"),
        lookup=CLAUSE.lookup if (row["name"], row["kind"]) == (CLAUSE.name, CLAUSE.kind) else "",
        shown_when=_condition(row.get("shown_when") or {}),
    )


def _condition(given: Mapping[str, Any]) -> When | None:
    """Yes and no of a form are true and false of a body."""
    values = [each["value"] for each in given.get("values") or ()]
    among = (_AS_BOOLEAN.get(each, each) for each in values)
    return When(given["field"], tuple(dict.fromkeys([*values, *among]))) if given.get("field") else None


_AS_BOOLEAN: Mapping[str, str | bool] = {YES: True, NO: False}


def check_content_type(body: Body, look_up: LookUp) -> list[Problem]:
    """Names well-formed and unique, patterns that can be read, conditions on fields that there are."""
    problems: list[Problem] = []
    rows = {row.get("name", ""): row for row in body.get("fields") or ()}
    seen: set[str] = set()
    for index, row in enumerate(body.get("fields") or ()):
        problems += _check_custom_row(row, f"fields.{index}", seen)
        problems += _check_condition(row, f"fields.{index}.shown_when", rows)
        seen.add(row.get("name", ""))
    if "name" not in seen:
        words = Words("需要一个名为 name 的文本字段作为标题", "One text field called “name” is needed as the title")
        problems.append(Problem("no_title_field", words, "fields"))
    return problems


def _check_custom_row(row: Mapping[str, Any], path: str, seen: set[str]) -> list[Problem]:
    problems = []
    if not _NAME.match(row["name"]):
        words = Words(
            "字段名只能用小写字母、数字和下划线", "A field name is made of lower-case letters, digits and underscores"
        )
        problems.append(Problem("malformed_name", words, f"{path}.name"))
    if row["name"] in seen:
        problems.append(Problem("duplicate", Words("字段名重复", "This field name is used twice"), f"{path}.name"))
    if "pattern" in row and not patterns.is_pattern(row["pattern"]):
        problems.append(Problem("not_a_pattern", patterns.NOT_A_PATTERN, f"{path}.pattern"))
    return problems


_NO_SUCH_FIELD = Words("没有这个字段，或它不是单选、多选或是/否", "is no field of choices or of yes and no")
_NO_SUCH_VALUE = Words("该字段没有「{value}」这个值", "That field has no value “{value}”")


def _check_condition(row: Mapping[str, Any], path: str, rows: Mapping[str, Mapping[str, Any]]) -> Iterator[Problem]:
    """It names another field that has few values, which is always asked itself, and values that this one has."""
    given = row.get("shown_when") or {}
    if not given:
        return
    other = rows.get(given.get("field", ""))
    if other is None or other is row or other.get("shown_when") or not _values_of(other):
        yield Problem("no_such_field", _NO_SUCH_FIELD, f"{path}.field")
        return
    if not given.get("values"):
        yield Problem("required", Words("请写明取哪些值", "Say which values"), f"{path}.values")
    for index, each in enumerate(given.get("values") or ()):
        if each["value"] not in _values_of(other):
            yield Problem("no_such_value", _NO_SUCH_VALUE.fill(value=each["value"]), f"{path}.values.{index}.value")


def _values_of(row: Mapping[str, Any]) -> list[str]:
    kind = KINDS[row["kind"]]
    return [each["value"] for each in row.get("choices") or ()] if kind.chooses else [*kind.always]
