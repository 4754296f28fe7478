"""Encodings, cells and sheets as programs write them: read as they are shown, or refused, never guessed."""

from io import BytesIO
from typing import Any

import pytest
import xlsxwriter

from store.errors import Invalid
from store.fields.cell import Kept, items
from store.fields.spec import Field, Wrong
from store.transfer import encodings, formats, layout, taking
from store.transfer.cells import from_cell
from store.transfer.files import tables_of
from store.words import Words
from tests.store.test_transfer_excel import workbook

SIMPLIFIED = "编号,名称\nlobby,大堂保洁每日两次\nlift,电梯机房温度检查\n"
TRADITIONAL = "code,name.zh\nlobby,大堂清潔每日兩次\nlift,電梯機房溫度檢查\n"


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        *((SIMPLIFIED, each) for each in ("utf-8", "utf-8-sig", "utf-16", "gbk", "gb18030")),
        *((TRADITIONAL, each) for each in ("utf-8", "utf-16", "big5", "cp950")),
    ],
)
def test_a_text_is_read_in_the_encoding_that_it_was_written_in(text: str, encoding: str) -> None:
    assert encodings.decoded(text.encode(encoding)) == text


@pytest.mark.parametrize("data", ["水枪".encode("gbk"), "code,name\nx,caf\xe9s\n".encode("latin-1"), b"\xff\xfe\x00"])
def test_what_two_encodings_make_sense_of_is_refused(data: bytes) -> None:
    assert encodings.decoded(data) is None


def test_quotes_that_do_not_match_are_refused_with_their_row() -> None:
    with pytest.raises(Invalid, match="row 2") as refused:
        tables_of(b'code,name\nx,"a\ny,b\n', "f.csv")
    assert refused.value.code == "open_quote"


def test_line_ends_and_quotes_stay_in_their_cells() -> None:
    (sheet,) = tables_of(b'code;note\r\nx;"a ""b""\r\nc"\r\n', "f.csv")
    assert sheet.lines[1].cells == ("x", 'a "b"\r\nc')


@pytest.mark.parametrize(
    ("value", "code", "shown"),
    [
        (101, "0000", "0101"),
        (3.5, "General", "3.5"),
        (13900000001, "000-0000-0000", "139-0000-0001"),
        (5, '0"栋"', "5栋"),
        (1234.5, "#,##0.00", "1,234.50"),
        (-3, "0.0", "-3.0"),
        (0.8, "0%", "80%"),
        (12, "[Red]0_)", "12"),
    ],
)
def test_a_number_is_shown_by_its_format(value: float, code: str, shown: str) -> None:
    assert formats.kept_number(value, code).shown == shown


def field(kind: str, name: str = "field") -> Field:
    return Field(name, kind, Words("字段", "Field"))


@pytest.mark.parametrize(
    ("kind", "cell", "value"),
    [
        ("time", Kept("number", 0.375, "0.375"), "09:00"),
        ("time", Kept("date", "09:00", "09:00"), "09:00"),
        ("time", "９：３０", "09:30"),
        ("time", "下午3点半", "15:30"),
        ("times", "9:00 AM、15:00", ["09:00", "15:00"]),
        ("date", Kept("number", 45356.0, "45356"), "2024-03-05"),
        ("date", "05/12/2026", "05/12/2026"),
        ("weekdays", "周一至周五", [1, 2, 3, 4, 5]),
        ("weekdays", "星期六、日", [6, 7]),
        ("months", "11-3", [11, 12, 1, 2, 3]),
        ("month_days", "1、15、月末", [1, 15, -1]),
        ("integer", "１，０００", 1000),
        ("integer", "－５", -5),
        ("integer", "१२३", "१२३"),
        ("decimal", "1e5", "1e5"),
        ("decimal", "1_000", "1_000"),
        ("text", True, "TRUE"),
    ],
)
def test_a_cell_is_read_as_people_mean_it(kind: str, cell: Any, value: Any) -> None:
    assert from_cell(field(kind), cell) == value


@pytest.mark.parametrize(
    ("kind", "name", "cell", "code"),
    [
        ("text", "room", Kept("date", "2026-03-12", "2026-03-12"), "became_date"),
        ("text", "room", "3月12日", "became_date"),
        ("reference", "unit", "12-Mar", "became_date"),
        ("weekdays", "weekdays", Kept("date", "2026-01-05", "2026-01-05"), "became_date"),
        ("integer", "order", Kept("date", "2026-01-05", "2026-01-05"), "became_date"),
        ("text", "phone", "1.39E+10", "lost_digits"),
        ("text", "name", Kept("number", 1.1010119900307e17, "110101199003070000"), "lost_digits"),
        ("text", "name", Kept("error", "#N/A", "#N/A"), "cell_error"),
        ("text", "name", "#REF!", "cell_error"),
        ("boolean", "open", Kept("error", "formula", "=…"), "cell_error"),
    ],
)
def test_what_a_spreadsheet_has_damaged_is_refused_by_name(kind: str, name: str, cell: Any, code: str) -> None:
    with pytest.raises(Wrong) as refused:
        from_cell(field(kind, name), cell)
    assert refused.value.code == code


def test_several_in_a_cell_may_have_what_stands_between_them() -> None:
    assert items('a; "b; ""c"""；d\n"e') == ["a", 'b; "c"', "d", '"e']


def written(write: Any) -> Any:
    stream = BytesIO()
    with xlsxwriter.Workbook(stream) as book:
        write(book)
    return tables_of(stream.getvalue(), "f.xlsx")


def test_errors_and_formulas_without_a_result_are_no_empty_cells() -> None:
    def write(book: Any) -> None:
        sheet = book.add_worksheet("data")
        sheet.write_formula(0, 0, "=NA()", None, "#N/A")
        sheet.write_formula(0, 1, "=1+1", None, 2)
        sheet.write_formula(0, 2, "=A1", None, "")

    (sheet,) = written(write)
    error, two, nothing = sheet.lines[0].cells
    assert (error.kind, two.value, nothing) == ("error", 2, Kept("error", "formula", "=…"))


FIELDS = (
    Field("name", "text", Words("名称", "Name"), required=True),
    Field("parts", "list", Words("部件", "Parts"), fields=(field("text", "label"), field("integer", "size"))),
)


def test_hidden_sheets_are_no_data_and_stop_nothing() -> None:
    def write(book: Any) -> None:
        for name, rows in (("lists", [("code", "x")]), ("data", [("code", "name"), ("a", "A")])):
            sheet = book.add_worksheet(name)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
            if name == "lists":
                sheet.hide()
            else:
                sheet.activate()

    book = written(write)
    found = layout.find(FIELDS, book, {}, {})
    sheet = taking.take(FIELDS, book, found)
    assert ([row.cells for row in sheet.rows], sheet.left_out) == ([{"code": "a", "name": "A"}], ())


def test_a_sheet_for_each_building_is_one_table() -> None:
    rows = [("编号", "名称"), ("a", "A")]
    book = tables_of(workbook({"1栋": rows, "2栋": [rows[0], ("b", "B")], "说明": [("请勿改动",)]}), "f.xlsx")
    sheet = taking.take(FIELDS, book, layout.find(FIELDS, book, {}, {}))
    assert [(row.sheet, row.number, row.cells["code"]) for row in sheet.rows] == [("1栋", 2, "a"), ("2栋", 2, "b")]
    assert sheet.left_out == ("说明",)
