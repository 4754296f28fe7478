"""What is exported comes back as it was: thousands of generated tables, through a workbook and through a CSV."""

import string
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from store.fields.cell import ERRORS
from store.fields.checking import clean
from store.fields.spec import Field
from store.transfer import layout, rules, taking, writing
from store.transfer.cells import MASK, tables
from store.transfer.files import tables_of
from store.transfer.names import MAIN_SHEET, header
from store.transfer.raw import Book, book_from
from store.typed_text import folded
from store.untrusted.wire import pack, unpack
from store.words import Words

FEW = 150
MANY = 10_000


def field(name: str, kind: str, **more: Any) -> Field:
    return Field(name, kind, Words(f"字段{name}", name.capitalize()), **more)


CHOICES = (("low", Words("低", "Low")), ("high", Words("高；紧急", "High; at once")))
PLAIN = (
    field("name", "text", translated=True),
    field("remark", "text"),
    field("story", "long_text", translated=True),
    field("number", "integer"),
    field("share", "decimal"),
    field("price", "money_fen"),
    field("open", "boolean"),
    field("level", "choice", choices=CHOICES),
    field("levels", "choices", choices=CHOICES),
    field("day", "date"),
    field("at", "time"),
    field("times", "times"),
    field("weekdays", "weekdays"),
    field("months", "months"),
    field("days", "month_days"),
    field("minutes", "integers"),
    field("who", "reference", target="staff"),
    field("others", "references", target="staff"),
    field("place", "group", fields=(field("hall", "text"), field("floor", "integer"))),
    field("notes", "list", fields=(field("line", "text"),)),
)
INNER = field("parts", "list", fields=(field("title", "text", translated=True), field("weight", "decimal")))
ITEMS = field("items", "list", fields=(field("label", "text"), field("size", "integer"), INNER))
FIELDS = (*PLAIN, ITEMS)

# What a person reads for a hidden value or an error of a formula is none; U+FFFE and U+FFFF are no characters.
texts = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00\ufffe\uffff"), max_size=30),
    st.text(st.sampled_from("'=+-@\t\r\n\";；,， 0129.E#%_x005F:/月日年栋"), max_size=12),
    st.sampled_from(["'=1+1", "''=1", "=1+1", "007", "1.10", "3-12", "TRUE", "是", '"a;b"', "_x000D_", "1,5", "无"]),
).map(str.strip)
texts = texts.filter(lambda text: folded(text) and MASK not in text and text not in ERRORS and "E+" not in text)
codes = st.text(string.ascii_lowercase + string.digits, min_size=1, max_size=8).map(lambda text: f"c{text}")
clocks = st.times().map(lambda at: f"{at:%H:%M}")
translated = st.fixed_dictionaries({"zh": texts}, optional={"en": texts})
decimals = st.floats(-1e12, 1e12, allow_nan=False)


def lists(each: st.SearchStrategy[Any], most: int = 4) -> st.SearchStrategy[list[Any]]:
    return st.lists(each, max_size=most)


OF_KIND: dict[str, st.SearchStrategy[Any]] = {
    "text": texts,
    "long_text": texts,
    "integer": st.integers(-(10**12), 10**12),
    "decimal": decimals,
    "money_fen": st.integers(0, 10**12),
    "boolean": st.booleans(),
    "choice": st.sampled_from(["low", "high"]),
    "choices": lists(st.sampled_from(["low", "high"])),
    "date": st.dates().map(lambda day: day.isoformat()),
    "time": clocks,
    "times": lists(clocks),
    "weekdays": lists(st.integers(1, 7)),
    "months": lists(st.integers(1, 12)),
    "month_days": lists(st.integers(1, 31) | st.just(-1)),
    "integers": lists(st.integers(-(10**12), 10**12)),
    "reference": codes,
    "references": lists(codes),
}


def values_of(each: Field) -> st.SearchStrategy[Any]:
    if each.translated:
        return translated
    if each.kind in ("group", "list"):
        inner = st.fixed_dictionaries({}, optional={part.name: values_of(part) for part in each.fields})
        return inner if each.kind == "group" else lists(inner.filter(bool), 3)
    return OF_KIND[each.kind]


def entries(fields: tuple[Field, ...]) -> st.SearchStrategy[dict[str, Any]]:
    one = st.fixed_dictionaries({}, optional={each.name: values_of(each) for each in fields})
    return st.dictionaries(codes, one.map(lambda values: cleaned(fields, values)), min_size=1, max_size=4)


def cleaned(fields: tuple[Field, ...], values: dict[str, Any]) -> dict[str, Any]:
    found, problems = clean(fields, values)
    assert problems == []
    return found


def read(data: bytes, name: str) -> Book:
    """As the process that reads files answers, without a process for each of thousands."""
    return book_from(unpack(pack(tables_of(data, name))))


def read_back(fields: tuple[Field, ...], data: bytes, name: str) -> dict[str, Any]:
    book = read(data, name)
    found = layout.find(fields, book, {}, {})
    assert found.is_sure
    sheet = taking.take(fields, book, found)
    reader = rules.SheetReader(fields, sheet)
    back = {}
    for row in sheet.rows:
        one = reader.read(row, None)
        assert one.problems == []
        back[rules.code_of(row)] = cleaned(fields, one.values)
    return back


def through_xlsx(known: dict[str, Any]) -> dict[str, Any]:
    sheets = {
        table.path or MAIN_SHEET: (
            header(table),
            [row for code, values in known.items() for row in rules.rows_of(FIELDS, table, code, values, False)],
        )
        for table in tables(FIELDS)
    }
    return read_back(FIELDS, writing.xlsx(sheets), "table.xlsx")


def through_csv(known: dict[str, Any]) -> dict[str, Any]:
    table = tables(PLAIN)[0]
    rows = [row for code, values in known.items() for row in rules.rows_of(PLAIN, table, code, values, False)]
    return read_back(PLAIN, writing.csv_file((header(table), rows)), "table.csv")


def generated(count: int) -> Any:
    slow = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
    return settings(max_examples=count, deadline=None, suppress_health_check=slow)


@generated(FEW)
@given(entries(FIELDS))
def test_a_workbook_comes_back_as_it_was(known: dict[str, Any]) -> None:
    assert through_xlsx(known) == known


@generated(FEW)
@given(entries(PLAIN))
def test_a_csv_comes_back_as_it_was(known: dict[str, Any]) -> None:
    assert through_csv(known) == known


@pytest.mark.torture
@pytest.mark.timeout(3600)
@generated(MANY)
@given(entries(FIELDS))
def test_ten_thousand_workbooks_come_back_as_they_were(known: dict[str, Any]) -> None:
    assert through_xlsx(known) == known


@pytest.mark.torture
@pytest.mark.timeout(3600)
@generated(MANY)
@given(entries(PLAIN))
def test_ten_thousand_csv_files_come_back_as_they_were(known: dict[str, Any]) -> None:
    assert through_csv(known) == known


def test_a_typed_apostrophe_stays_in_a_file_that_was_not_exported() -> None:
    back = read_back(PLAIN, b'code,remark\na,\'=1+1\nb,"x ""q"" y\nz"\n', "typed.csv")
    assert back == {"a": {"remark": "'=1+1"}, "b": {"remark": 'x "q" y z'}}
