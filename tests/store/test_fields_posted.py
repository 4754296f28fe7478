"""Forms and bodies: what a form shows of a body is read back as the same body, whatever its fields."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from store.fields.checking import clean
from store.fields.kinds import KINDS
from store.fields.posted import parse, to_form
from store.fields.spec import Field
from store.words import Words

SHANGHAI = ZoneInfo("Asia/Shanghai")
LABEL = Words("字段", "Field")
CHOICES = (("a", Words("甲", "A")), ("b", Words("乙", "B")))
words = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=12)
codes = st.from_regex(r"[a-z0-9][a-z0-9-]{0,8}[a-z0-9]", fullmatch=True)
hashes = st.from_regex(r"[0-9a-f]{64}", fullmatch=True)
clocks = st.times().map(lambda each: f"{each:%H:%M}")
moments = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1))  # noqa: DTZ001 - the wall clock of a form


def lists(each: st.SearchStrategy[Any]) -> st.SearchStrategy[list[Any]]:
    return st.lists(each, min_size=1, max_size=4, unique=True)


VALUES: dict[str, st.SearchStrategy[Any]] = {
    "text": words,
    "long_text": st.lists(words, min_size=1, max_size=3).map("\n".join),
    "markdown": words,
    "integer": st.integers(-(10**9), 10**9),
    "decimal": st.floats(-1e9, 1e9, allow_nan=False),
    "minutes": st.integers(0, 10**6),
    "offset": st.integers(-(10**6), 10**6),
    "money_fen": st.integers(0, 10**10),
    "boolean": st.booleans(),
    "choice": st.sampled_from(["a", "b"]),
    "choices": lists(st.sampled_from(["a", "b"])),
    "date": st.dates().map(lambda each: each.isoformat()),
    "datetime": moments.map(lambda each: each.replace(microsecond=0, tzinfo=SHANGHAI).isoformat()),
    "time": clocks,
    "times": lists(clocks),
    "weekdays": lists(st.integers(1, 7)).map(sorted),
    "weekday": st.integers(1, 7),
    "months": lists(st.integers(1, 12)).map(sorted),
    "month_days": lists(st.sampled_from([-1, 1, 15, 31])).map(sorted),
    "integers": lists(st.integers(0, 1000)),
    "email": st.just("desk@anju.example"),
    "url": st.just("https://anju.example/a"),
    "reference": codes,
    "references": lists(codes),
    "photo": hashes,
    "photos": lists(hashes),
    "voice": hashes,
}
PLAIN = tuple(
    Field(kind, kind, LABEL, choices=CHOICES if kind.startswith("choice") else (), target="staff") for kind in VALUES
)
TRANSLATED = Field("name", "text", LABEL, translated=True)
INNER = Field("inner", "list", LABEL, fields=(Field("kind", "choice", LABEL, choices=CHOICES), TRANSLATED))
GROUP = Field("group", "group", LABEL, fields=PLAIN[:6])
ROWS = Field("rows", "list", LABEL, fields=(*PLAIN, TRANSLATED, INNER))
FIELDS = (*PLAIN, TRANSLATED, GROUP, ROWS)


def some(fields: tuple[Field, ...], least: int = 0) -> st.SearchStrategy[dict[str, Any]]:
    values = st.fixed_dictionaries({}, optional={each.name: value_of(each) for each in fields})
    return values.filter(lambda body: len(body) >= least)


def value_of(field: Field) -> st.SearchStrategy[Any]:
    if field.translated:
        return st.fixed_dictionaries({"zh": words}, optional={"en": words})
    if field.kind == "group":
        return some(field.fields, 1)
    if field.kind == "list":
        return st.lists(some(field.fields, 1), min_size=1, max_size=3)
    return VALUES[field.kind]


def posted(pairs: Any) -> dict[str, list[str]]:
    form: dict[str, list[str]] = {}
    for name, value in pairs:
        form.setdefault(name, []).append(value)
    return form


def test_every_kind_of_field_is_tried() -> None:
    assert set(VALUES) | {"group", "list"} == set(KINDS)


@settings(max_examples=150, deadline=None)
@given(some(FIELDS))
def test_a_body_comes_back_from_its_form(body: dict[str, Any]) -> None:
    assert parse(FIELDS, posted(to_form(FIELDS, body, SHANGHAI)), SHANGHAI) == body


@settings(max_examples=50, deadline=None)
@given(some(FIELDS))
def test_a_clean_body_stays_clean(body: dict[str, Any]) -> None:
    cleaned, problems = clean(FIELDS, body)
    again, wrong = clean(FIELDS, parse(FIELDS, posted(to_form(FIELDS, cleaned, SHANGHAI)), SHANGHAI))
    assert (again, wrong) == (cleaned, problems) or problems


@settings(max_examples=100, deadline=None)
@given(st.dictionaries(st.text(max_size=12), st.lists(st.text(max_size=8), max_size=3), max_size=6))
def test_nothing_that_is_posted_breaks_the_parser(form: dict[str, list[str]]) -> None:
    clean(FIELDS, parse(FIELDS, form, SHANGHAI))


@pytest.mark.parametrize("kind", ["integer", "minutes", "decimal", "money_fen", "datetime"])
def test_what_cannot_be_read_stays_as_it_was_typed(kind: str) -> None:
    field = Field("x", kind, LABEL)
    body = parse([field], {"x": ["十二"]}, SHANGHAI)
    assert body == {"x": "十二"}
    assert dict(to_form([field], body, SHANGHAI)) == {"x": "十二"}
    assert [each.field for each in clean([field], body)[1]] == ["x"]


@pytest.mark.parametrize(("typed", "fen"), [("12.5", 1250), ("¥1,234.50", 123_450), ("0.01", 1), ("0.001", "0.001")])
def test_money_is_typed_in_yuan_and_kept_in_fen(typed: str, fen: int | str) -> None:
    assert parse([Field("price", "money_fen", LABEL)], {"price": [typed]}, SHANGHAI) == {"price": fen}


def test_rows_stand_in_the_order_of_the_form_whatever_their_numbers() -> None:
    form = {"rows.1003.text": ["新"], "rows.1.text": ["乙"], "rows.0.text": ["甲"]}
    assert parse([ROWS], form, SHANGHAI) == {"rows": [{"text": "新"}, {"text": "乙"}, {"text": "甲"}]}


def test_a_row_in_which_nothing_was_typed_is_none() -> None:
    assert parse([ROWS], {"rows.0.text": [""], "rows.0.boolean": [""]}, SHANGHAI) == {}


def test_a_local_moment_is_kept_with_its_offset() -> None:
    field = Field("at", "datetime", LABEL)
    body = parse([field], {"at": ["2026-11-24T22:00"]}, SHANGHAI)
    assert body == {"at": "2026-11-24T22:00:00+08:00"}
    assert dict(to_form([field], body, SHANGHAI)) == {"at": "2026-11-24T22:00"}
