"""Files: three bad rows of five hundred, a CSV in the encoding of a Chinese Excel, unknown columns, and far too much."""

import io
from collections.abc import Sequence
from typing import Any

import pytest
import xlsxwriter
from werkzeug.test import TestResponse

from store import clock
from store.content.documents import Content
from store.errors import Invalid
from store.transfer import operations as transfer
from store.transfer.reading import read
from store.transfer.reports import Report
from tests import cast
from tests.admin_app.conftest import token_of
from tests.wrong_input.conftest import Doors, Taken

COLUMNS = ("code", "name.zh", "clause", "order", "department")
ROWS = 500
BAD = {
    17: ("第 17 项", "order", "应为整数", "must be a whole number"),
    240: ("编号不对 240", "code", "编号只能用小写字母、数字和连字符", "A code is made of lower-case letters"),
    499: ("没有部门", "department", "不存在或未发布", "does not exist or is not published"),
}
FIFTY_MB = 50 * 1024 * 1024
PLACE = "/admin/transfer/service_category/"


def row(number: int) -> list[Any]:
    """A good category, but for the rows of `BAD`. Row numbers are as Excel counts: the first is 2."""
    values: list[Any] = [f"category-{number}", f"类别 {number}", "2.1", number, "security"]
    if number in BAD:
        place = COLUMNS.index(BAD[number][1])
        values[place] = {"order": "很多", "code": "Bad Code", "department": "nobody-knows"}[BAD[number][1]]
    return values


def workbook(rows: Sequence[Sequence[Any]], columns: Sequence[str] = COLUMNS) -> bytes:
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream) as book:
        sheet = book.add_worksheet("data")
        for place, line in enumerate([columns, *rows]):
            sheet.write_row(place, 0, line)
    return stream.getvalue()


def table(rows: Sequence[Sequence[Any]], columns: Sequence[str] = COLUMNS) -> str:
    return "\n".join(",".join(str(cell) for cell in line) for line in [columns, *rows])


def report(data: bytes, name: str) -> Report:
    return transfer.dry_run("service_category", read(data, name), cast.manager(), clock.now())


def test_the_dry_run_shows_every_row_that_is_wrong_before_anything_is_written(doors: Doors, taken: Taken) -> None:
    before = taken()
    found = report(workbook([row(number) for number in range(2, ROWS + 2)]), "categories.xlsx")
    assert found.counts == {"create": ROWS - len(BAD), "update": 0, "unchanged": 0, "error": len(BAD)}
    wrong = {each.number: each.problems for each in found.rows if each.action == "error"}
    assert set(wrong) == set(BAD)
    for number, (_, field, zh, en) in BAD.items():
        assert [each.field for each in wrong[number]] == [field]
        assert zh in wrong[number][0].words.zh
        assert en in wrong[number][0].words.en
    assert taken() == before


def test_with_three_bad_rows_nothing_is_imported_at_all(doors: Doors, taken: Taken) -> None:
    before = taken()
    found = report(workbook([row(number) for number in range(2, ROWS + 2)]), "categories.xlsx")
    with pytest.raises(Invalid, match="3 rows have errors; nothing was imported") as refused:
        transfer.apply(found, cast.manager(), clock.now())
    assert refused.value.words.zh == "3 行有错误，未导入任何内容"
    assert taken() == before


def test_a_csv_in_the_encoding_of_a_chinese_excel_is_read_right(doors: Doors, taken: Taken) -> None:
    before = taken()
    found = report(table([["lifts", "电梯与扶梯", "2.3", 1, "security"]]).encode("gbk"), "类别.csv")
    assert [(each.action, each.values["name"]) for each in found.rows] == [("create", {"zh": "电梯与扶梯"})]
    assert taken() == before


def test_bytes_that_are_no_text_are_refused_by_name(doors: Doors, taken: Taken) -> None:
    before = taken()
    with pytest.raises(Invalid) as refused:
        read(b"\xff\x00\xfe\x81garbage\x00" * 20, "table.csv")
    assert refused.value.code == "wrong_format"
    assert ".xlsx" in refused.value.words.zh
    assert taken() == before


def test_an_unknown_column_is_named(doors: Doors, taken: Taken) -> None:
    before = taken()
    found = report(table([["lifts", "电梯", 1]], ("code", "name.zh", "colour")).encode(), "table.csv")
    assert [(each.code, each.field) for each in found.problems] == [("unknown_column", "colour")]
    with pytest.raises(Invalid, match="colour"):
        transfer.apply(found, cast.manager(), clock.now())
    assert taken() == before


def test_fifty_megabytes_are_refused_before_they_are_opened() -> None:
    with pytest.raises(Invalid) as refused:
        read(b"PK" + bytes(FIFTY_MB), "huge.xlsx")
    assert (refused.value.code, refused.value.words.zh) == ("file_too_large", "文件不能超过 5 MB")


def send(doors: Doors, data: bytes, name: str, language: str = "zh", **more: str) -> TestResponse:
    token = token_of(doors.screen, "/admin/content/plan/")
    values = {"csrf_token": token, "file": (io.BytesIO(data), name), **more}
    return doors.screen.post(f"{PLACE}?lang={language}", data=values)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_screen_shows_every_wrong_row_before_anything_is_written(doors: Doors, taken: Taken, language: str) -> None:
    before = taken()
    answer = send(doors, workbook([row(number) for number in range(2, ROWS + 2)]), "类别.xlsx", language)
    assert answer.status_code == 200
    assert {"zh": "尚未写入任何内容", "en": "nothing has been written"}[language] in answer.text
    for number, (_, field, zh, en) in BAD.items():
        line = answer.text.split(f"<td>{number}</td>")[1].split("</tr>")[0]
        assert field in line
        assert (zh if language == "zh" else en) in line
    assert taken() == before


def test_the_screen_writes_nothing_while_rows_are_wrong_unless_they_are_left_out(doors: Doors, taken: Taken) -> None:
    book = workbook([row(number) for number in range(2, ROWS + 2)])
    before = taken()
    refused = send(doors, book, "类别.xlsx", apply="yes")
    assert refused.status_code == 422
    assert "3 行有错误，未导入任何内容" in refused.text
    assert taken() == before
    assert "已写入" in send(doors, book, "类别.xlsx", apply="yes", only_good="yes").text
    assert Content.objects(type="service_category", code__startswith="category-").count() == ROWS - len(BAD)


def test_the_screen_reads_the_encoding_of_a_chinese_excel(doors: Doors) -> None:
    data = table([["lifts", "电梯与扶梯", "2.3", 1, "security"]]).encode("gbk")
    assert "已写入" in send(doors, data, "类别.csv", apply="yes").text
    assert Content.objects.get(type="service_category", code="lifts").name["zh"] == "电梯与扶梯"


REFUSED_FILES = (
    (b"\xff\x00\xfe\x81garbage\x00" * 20, "table.csv", "请上传 .xlsx 或 .csv 文件", "Upload an .xlsx or .csv file"),
    (b"", "empty.csv", "文件是空的", "The file is empty"),
    (bytes(6 * 1024 * 1024), "six.csv", "文件不能超过 5 MB", "The file must not be larger than 5 MB"),
    (b"code,colour\nlifts,red\n", "table.csv", "没有名为「colour」的列", "There is no column named “colour”"),
)


@pytest.mark.parametrize(("data", "name", "zh", "en"), REFUSED_FILES, ids=[en for *_, en in REFUSED_FILES])
def test_the_screen_says_what_is_wrong_with_a_file(
    doors: Doors, taken: Taken, data: bytes, name: str, zh: str, en: str
) -> None:
    before = taken()
    for language, words in (("zh", zh), ("en", en)):
        assert words in send(doors, data, name, language).text
        assert words in send(doors, data, name, language, apply="yes").text
    assert taken() == before


TOO_LARGE = {"zh": "上传内容超过 16 MB 的上限", "en": "The upload is larger than the limit of 16 MB"}


@pytest.mark.parametrize("language", TOO_LARGE)
def test_a_form_with_fifty_megabytes_is_refused_in_the_readers_language(
    doors: Doors, taken: Taken, language: str
) -> None:
    before = taken()
    answer = send(doors, bytes(FIFTY_MB), "huge.xlsx", language)
    assert answer.status_code == 413
    assert TOO_LARGE[language] in answer.text
    assert taken() == before


def test_the_api_refuses_a_body_of_fifty_megabytes(doors: Doors, taken: Taken) -> None:
    before = taken()
    answer = doors.api.ask("POST", "/requests", data=bytes(FIFTY_MB), content_type="application/json")
    assert (answer.status_code, answer.json["code"]) == (413, "too_large")
    assert taken() == before
