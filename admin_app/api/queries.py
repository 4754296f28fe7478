"""How a list is asked for: `filter[…]`, `sort`, `fields`, `after`, `limit`, `count`. One module for all resources.

What is not on a resource's allow-lists is refused by name. Values are typed here, so that nothing a reader writes
reaches MongoDB as an operator.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from admin_app.api.refusals import BadQuery
from admin_app.shell.keyset import Cursor, Order, decode
from schemas.shapes import as_moment
from store.errors import Invalid, Problem
from store.words import Words

MOST_ROWS = 200
USUAL_ROWS = 50
MOST_VALUES = 50
LONGEST_VALUE = 200
LARGEST_INTEGER = 2**53
# Names every address takes; `lang` is the shell's.
EVERYWHERE = frozenset({"lang"})
PAGING = frozenset({"limit", "after", "sort", "fields", "count"})
_FILTER = re.compile(r"^filter\[([A-Za-z0-9_.]{1,60})\](?:\[([a-z]{2,3})\])?\Z")
_INTEGER = re.compile(r"^-?[0-9]{1,16}\Z")
# An unescaped plus in an address is a space: 2026-11-24T10:00:00 08:00
_LOST_PLUS = re.compile(r" (?=\d\d:?\d\d$)")

RANGE = frozenset({"lt", "lte", "gt", "gte"})

UNKNOWN = Words("未知的参数：{name}", "Unknown parameter: {name}")
REPEATED = Words("参数重复：{name}", "This parameter stands twice: {name}")
NO_FILTER = Words("不能按「{name}」筛选", "This list cannot be filtered by “{name}”")
NO_OPERATOR = Words("「{name}」不支持比较方式 {operator}", "“{name}” cannot be compared by {operator}")
NO_SORT = Words("不能按「{name}」排序", "This list cannot be sorted by “{name}”")
NO_FIELD = Words("没有名为「{name}」的字段", "There is no field named “{name}”")
BAD_LIMIT = Words("limit 应为 1 至 {most} 的整数", "limit is a whole number from 1 to {most}")
BAD_COUNT = Words("count 应为 true 或 false", "count is true or false")
TOO_LONG = Words("值太长", "The value is too long")
TOO_MANY = Words("最多 {most} 个值", "At most {most} values")
NOT_INTEGER = Words("应为整数", "must be a whole number")
NOT_BOOLEAN = Words("应为 true 或 false", "must be true or false")
NOT_CHOICE = Words("不在可选范围内：{value}", "is not one of the choices: {value}")


@dataclass(frozen=True)
class By:
    """What a list can be filtered by: the path in MongoDB and the kind of value."""

    path: str
    kind: str = "text"  # text, integer, boolean, moment
    choices: frozenset[str] = frozenset()
    # Of a boolean that is computed: the condition under which it is true at a moment.
    where: Callable[[datetime], Mapping[str, Any]] | None = None

    @property
    def operators(self) -> frozenset[str]:
        if self.kind == "boolean":
            return frozenset()
        return frozenset({"in"}) | (RANGE if self.kind in ("integer", "moment") else frozenset())


@dataclass(frozen=True)
class Listing:
    """The allow-lists of one resource. `fields` are the names that `fields=` takes, `usual` those shown without it."""

    filters: Mapping[str, By]
    sorts: Mapping[str, str]
    sort: str
    fields: tuple[str, ...]
    usual: tuple[str, ...]
    extra: frozenset[str] = field(default_factory=frozenset)

    def order(self, text: str) -> Order:
        asked = Order.parse(text)
        return Order(self.sorts[asked.field], asked.descending)


class Query(NamedTuple):
    """A list as it was asked for; `where` are MongoDB conditions of plain values."""

    where: list[dict[str, Any]]
    order: Order
    limit: int
    after: Cursor | None
    counted: bool
    fields: tuple[str, ...]
    extra: Mapping[str, str]


def parse(pairs: Iterable[tuple[str, str]], listing: Listing, now: datetime) -> Query:
    """`pairs` are the address's arguments in order. Raises `BadQuery` with every problem."""
    reader = _Reader(listing, now)
    for name, value in pairs:
        reader.take(name, value)
    return reader.query()


def check_names(pairs: Iterable[tuple[str, str]], allowed: frozenset[str]) -> dict[str, str]:
    """The arguments of an address that is no list. Raises `BadQuery` for unknown and repeated ones."""
    known = allowed | EVERYWHERE
    given: dict[str, str] = {}
    problems = []
    for name, value in pairs:
        if name not in known:
            problems.append(_unknown(name))
        elif name in given:
            problems.append(Problem("repeated_parameter", REPEATED.fill(name=name), name))
        given[name] = value
    if problems:
        raise BadQuery.of(problems)
    return given


def moment_in_query(text: str, name: str) -> datetime:
    """A moment among the arguments of an address. Raises `BadQuery`."""
    try:
        return as_moment(_LOST_PLUS.sub("+", text), name)
    except Invalid as error:
        raise BadQuery.of(error.problems) from error


def _unknown(name: str) -> Problem:
    return Problem("unknown_parameter", UNKNOWN.fill(name=name[:60]), name[:60])


class _Reader:
    def __init__(self, listing: Listing, now: datetime) -> None:
        self.listing = listing
        self.now = now
        self.problems: list[Problem] = []
        self.where: list[dict[str, Any]] = []
        self.given: dict[str, str] = {}

    def take(self, name: str, value: str) -> None:
        if name in self.given:
            self._wrong("repeated_parameter", REPEATED.fill(name=name), name)
            return
        self.given[name] = value
        match = _FILTER.match(name)
        if match:
            self._filter(name, match[1], match[2] or "", value)
        elif name not in PAGING | EVERYWHERE | self.listing.extra:
            self.problems.append(_unknown(name))

    def _filter(self, parameter: str, name: str, operator: str, value: str) -> None:
        by = self.listing.filters.get(name)
        if by is None:
            self._wrong("unknown_filter", NO_FILTER.fill(name=name), parameter)
        elif operator and operator not in by.operators:
            self._wrong("unknown_operator", NO_OPERATOR.fill(name=name, operator=operator), parameter)
        else:
            condition = self._tried(lambda: _condition(by, operator, value, parameter, self.now))
            if condition:
                self.where.append(condition)

    def query(self) -> Query:
        order = self._order()
        found = Query(
            where=self.where,
            order=order,
            limit=self._limit(),
            after=self._after(),
            counted=self._count(),
            fields=self._fields(),
            extra={name: self.given[name] for name in self.listing.extra if name in self.given},
        )
        if self.problems:
            raise BadQuery.of(self.problems)
        return found

    def _order(self) -> Order:
        text = self.given.get("sort", self.listing.sort)
        if text.removeprefix("-") not in self.listing.sorts:
            self._wrong("unknown_sort", NO_SORT.fill(name=text[:60]), "sort")
            text = self.listing.sort
        return self.listing.order(text)

    def _limit(self) -> int:
        text = self.given.get("limit", str(USUAL_ROWS))
        if re.fullmatch(r"[0-9]{1,3}", text) and 1 <= int(text) <= MOST_ROWS:
            return int(text)
        self._wrong("bad_limit", BAD_LIMIT.fill(most=MOST_ROWS), "limit")
        return USUAL_ROWS

    def _after(self) -> Cursor | None:
        text = self.given.get("after")
        return self._tried(lambda: decode(text)) if text is not None else None

    def _count(self) -> bool:
        text = self.given.get("count", "false")
        if text not in ("true", "false"):
            self._wrong("bad_count", BAD_COUNT, "count")
        return text == "true"

    def _fields(self) -> tuple[str, ...]:
        if "fields" not in self.given:
            return self.listing.usual
        asked = [name.strip() for name in self.given["fields"].split(",")]
        for name in asked:
            if name not in self.listing.fields:
                self._wrong("unknown_field", NO_FIELD.fill(name=name[:60]), "fields")
        return tuple(dict.fromkeys(asked))

    def _tried(self, attempt: Callable[[], Any]) -> Any:
        try:
            return attempt()
        except Invalid as error:
            self.problems += error.problems
            return None

    def _wrong(self, code: str, words: Words, name: str) -> None:
        self.problems.append(Problem(code, words, name))


def _condition(by: By, operator: str, text: str, parameter: str, now: datetime) -> dict[str, Any]:
    if operator == "in":
        values = text.split(",")
        if len(values) > MOST_VALUES:
            raise Invalid.one("too_many_values", TOO_MANY.fill(most=MOST_VALUES), parameter)
        return {by.path: {"$in": [_value(by, each.strip(), parameter) for each in values]}}
    value = _value(by, text, parameter)
    if operator:
        return {by.path: {f"${operator}": value}}
    if by.where is not None:
        return dict(by.where(now)) if value else {"$nor": [dict(by.where(now))]}
    # Absent is false: what nobody ticked has no value.
    return {by.path: {"$ne": True}} if value is False else {by.path: {"$eq": value}}


def _value(by: By, text: str, parameter: str) -> str | int | bool | datetime:
    if len(text) > LONGEST_VALUE:
        raise Invalid.one("too_long", TOO_LONG, parameter)
    if by.kind == "moment":
        return as_moment(_LOST_PLUS.sub("+", text), parameter)
    if by.kind == "integer":
        return _integer(text, parameter)
    if by.kind == "boolean":
        if text not in ("true", "false"):
            raise Invalid.one("not_boolean", NOT_BOOLEAN, parameter)
        return text == "true"
    if by.choices and text not in by.choices:
        raise Invalid.one("not_a_choice", NOT_CHOICE.fill(value=text), parameter)
    return text


def _integer(text: str, parameter: str) -> int:
    if not _INTEGER.match(text) or abs(int(text)) > LARGEST_INTEGER:
        raise Invalid.one("not_integer", NOT_INTEGER, parameter)
    return int(text)
