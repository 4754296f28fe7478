"""Import and export: what comes out goes in again, bad rows are named, bad files are refused."""

import io
import zipfile
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

import pytest
import xlsxwriter
from python_calamine import CalamineWorkbook

from store import directory
from store.actor import SYSTEM
from store.audit.documents import AuditEntry
from store.content import operations as content
from store.content import reading
from store.content.documents import Content
from store.errors import Forbidden, Invalid
from store.people.documents import Staff
from store.premises.documents import Household
from store.transfer import operations as transfer
from store.transfer.bounds import MAX_BYTES
from store.transfer.reading import read
from tests import cast

NOW = cast.NOW
LATER = NOW + timedelta(hours=1)
ITEMS = [
    {"code": "floor", "name": {"zh": "地面", "en": "Floor"}, "kind": "score", "max_score": 20, "required": True},
    {"code": "lamps", "name": {"zh": "照明"}, "kind": "pass_fail", "required": False},
    {"code": "note", "name": {"zh": "=2+3"}, "kind": "text", "only_if": "lamps"},
]


def workbook(sheets: Mapping[str, Sequence[Sequence[Any]]]) -> bytes:
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True, "strings_to_formulas": False}) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
    return stream.getvalue()


def cells_of(data: bytes, name: str = "data") -> list[list[Any]]:
    return CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_name(name).to_python()


def categories(*rows: Sequence[Any]) -> bytes:
    return workbook({"data": [("code", "name.zh", "name.en", "clause", "order"), *rows]})


def dry_run(key: str, data: bytes, **changes: Any) -> Any:
    return transfer.dry_run(
        key, read(data, "file.xlsx" if data[:2] == b"PK" else "file.csv"), changes.get("actor", cast.manager()), NOW
    )


def actions(report: Any) -> list[str]:
    return [row.action for row in report.rows]


@pytest.fixture
def checklist(database: Any) -> Content:
    cast.publish("service_category", "cleaning", {"name": {"zh": "保洁"}})
    return cast.publish(
        "checklist", "corridor", {"name": {"zh": "楼道"}, "category": "cleaning", "pass_score": 80, "items": ITEMS}
    )


def test_a_dry_run_writes_nothing(database: Any) -> None:
    report = dry_run("service_category", categories(("cleaning", "保洁", "Cleaning", "2.3", 3)))
    assert actions(report) == ["create"]
    assert Content.objects.count() == 0


def test_what_was_tried_is_then_done_as_drafts(database: Any) -> None:
    report = dry_run("service_category", categories(("cleaning", "保洁", "Cleaning", "2.3", 3)))
    done = transfer.apply(report, cast.manager(), NOW)
    assert done.counts == {"create": 1, "update": 0, "unchanged": 0, "error": 0}
    head = reading.get("service_category", "cleaning", SYSTEM)
    assert (head.state, head.draft["name"], head.draft["order"]) == ("draft", {"zh": "保洁", "en": "Cleaning"}, 3)


def test_an_import_can_publish(database: Any) -> None:
    report = dry_run("service_category", categories(("cleaning", "保洁", "", "", "")))
    transfer.apply(report, cast.manager(), NOW, publish=True)
    assert reading.live("service_category", "cleaning", NOW) is not None


def test_three_bad_rows_of_five_hundred_are_named_and_nothing_is_imported(database: Any) -> None:
    rows: list[Sequence[Any]] = [(f"c-{n}", f"类别{n}", "", "2.1", n) for n in range(500)]
    rows[17] = ("c-17", "", "", "2.1", 17)
    rows[230] = ("c-229", "重复", "", "2.1", 1)
    rows[498] = ("Bad Code", "坏编号", "", "2.1", "many")
    report = dry_run("service_category", categories(*rows))
    bad = {row.number: sorted(problem.code for problem in row.problems) for row in report.rows if row.problems}
    assert bad == {19: ["required"], 232: ["duplicate_code"], 500: ["malformed_code", "not_integer"]}
    assert report.counts["create"] == 497
    with pytest.raises(Invalid) as error:
        transfer.apply(report, cast.manager(), NOW)
    assert error.value.problems[0].code == "rows_with_errors"
    assert Content.objects.count() == 0


def test_only_the_good_rows_are_imported_when_asked_for(database: Any) -> None:
    report = dry_run("service_category", categories(("one", "一", "", "", 1), ("two", "", "", "", 2)))
    done = transfer.apply(report, cast.manager(), NOW, all_or_nothing=False)
    assert actions(done) == ["create", "error"]
    assert list(Content.objects.scalar("code")) == ["one"]


@pytest.mark.parametrize("form", ["xlsx", "csv"])
def test_what_was_exported_is_unchanged_when_it_comes_back(checklist: Content, form: str) -> None:
    data = transfer.export("checklist", cast.manager(), NOW, form=form)
    report = transfer.dry_run("checklist", read(data, f"file.{form}"), cast.manager(), NOW)
    assert actions(report) == ["unchanged"]


def test_lists_have_a_sheet_of_their_own(checklist: Content) -> None:
    data = transfer.export("checklist", cast.manager(), NOW)
    header, *rows = cells_of(data, "items")
    assert header[:4] == ["parent", "code", "name.zh", "name.en"]
    assert len(rows) == 3


def test_a_changed_cell_is_an_update_and_leaves_the_rest(checklist: Content) -> None:
    data = workbook({"data": [("code", "name.en"), ("corridor", "Corridor")]})
    report = dry_run("checklist", data)
    transfer.apply(report, cast.manager(), LATER)
    draft = reading.get("checklist", "corridor", SYSTEM).draft
    assert draft["name"] == {"zh": "楼道", "en": "Corridor"}
    assert len(draft["items"]) == 3


def test_nested_lists_come_back_whole(database: Any) -> None:
    clauses = [{"number": f"1.{n}", "title": {"zh": f"条{n}"}, "text": {"zh": "正文"}} for n in (1, 2)]
    chapters = [
        {"number": 1, "title": {"zh": "总则"}, "clauses": clauses},
        {"number": 2, "title": {"zh": "职责"}, "clauses": [{**clauses[0], "number": "2.1"}]},
    ]
    body = {"title": {"zh": "制度"}, "effective_date": "2026-01-01", "chapters": chapters}
    cast.publish("policy", "service", body)
    data = transfer.export("policy", cast.manager(), NOW)
    assert actions(dry_run("policy", data)) == ["unchanged"]
    Content.objects.delete()
    transfer.apply(dry_run("policy", data), cast.manager(), LATER)
    assert reading.get("policy", "service", SYSTEM).draft == body


def test_every_kind_has_a_template_that_can_be_read(database: Any) -> None:
    for key in [*(each.key for each in reading.all_types(NOW)), *directory.kinds()]:
        report = dry_run(key, transfer.template(key, cast.manager(), NOW))
        assert (report.rows, report.problems) == ([], []), key


def test_rows_may_refer_to_each_other_in_any_order(database: Any) -> None:
    cast.make_estate()
    data = workbook(
        {
            "data": [
                ("code", "name.zh", "estates", "roles", "supervisor", "phone"),
                ("junior", "小李", "sunshine", "field", "senior", 13800000001),
                ("senior", "老王", "sunshine", "supervisor; 前台客服", "", "13800000002"),
            ]
        }
    )
    done = transfer.apply(dry_run("staff", data), cast.manager(), NOW)
    assert actions(done) == ["create", "create"]
    assert Staff.objects(code="junior").first().phone == "13800000001"
    assert Staff.objects(code="senior").first().roles == ["supervisor", "desk"]


def test_a_reference_that_leads_nowhere_is_named(database: Any) -> None:
    data = workbook({"data": [("code", "name.zh", "category", "indicator"), ("x", "标准", "nowhere", "rework_rate")]})
    (row,) = dry_run("service_standard", data).rows
    assert {problem.code for problem in row.problems} == {"required"}
    data = workbook({"data": [("code", "name.zh", "department"), ("x", "类别", "nowhere")]})
    (row,) = dry_run("service_category", data).rows
    assert [(problem.code, problem.field) for problem in row.problems] == [("reference_missing", "department")]


def test_unknown_columns_sheets_and_orphans_are_named(checklist: Content) -> None:
    report = dry_run("checklist", workbook({"data": [("code", "nonsense"), ("a", 1)], "more": [("code",), ("a",)]}))
    assert [problem.code for problem in report.problems] == ["unknown_column", "unknown_sheet"]
    orphan = workbook({"data": [("code",), ("corridor",)], "items": [("parent", "kind"), ("nobody", "text")]})
    assert [problem.code for problem in dry_run("checklist", orphan).problems] == ["orphan_row"]
    missing = workbook({"data": [("name.zh",), ("a",)]})
    assert [problem.code for problem in dry_run("checklist", missing).problems] == ["missing_column"]


def test_somebody_elses_change_after_the_dry_run_is_not_overwritten(checklist: Content) -> None:
    report = dry_run("checklist", workbook({"data": [("code", "name.en"), ("corridor", "Mine")]}))
    draft = reading.get("checklist", "corridor", SYSTEM).draft
    content.save_draft("checklist", "corridor", {**draft, "pass_score": 70}, actor=cast.supervisor(), now=NOW)
    (row,) = transfer.apply(report, cast.manager(), LATER).rows
    assert [problem.code for problem in row.problems] == ["changed_meanwhile"]
    assert "en" not in reading.get("checklist", "corridor", SYSTEM).draft["name"]


def test_formulas_are_written_as_text(checklist: Content) -> None:
    body = {"name": {"zh": '=HYPERLINK("http://x")', "en": "@SUM(1)"}, "clause": "+1"}
    content.save_draft("service_category", "cleaning", body, actor=SYSTEM, now=NOW)
    data = transfer.export("service_category", cast.manager(), NOW)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert b"<f>" not in b"".join(archive.read(name) for name in archive.namelist())
    assert cells_of(data)[1][1] == '=HYPERLINK("http://x")'
    text = transfer.export("service_category", cast.manager(), NOW, form="csv").decode("utf-8")
    assert text.startswith("\ufeff")
    assert "'=HYPERLINK" in text
    assert ",'@SUM(1),'+1" in text


def test_an_auditor_exports_without_telephone_numbers(database: Any) -> None:
    cast.make_household("3-1201")
    hidden = transfer.export("household", cast.auditor(), NOW)
    assert "13900000001" not in str(cells_of(hidden, "members"))
    assert "王清和" not in str(cells_of(hidden, "members"))
    assert "13900000001" in str(cells_of(transfer.export("household", cast.manager(), NOW), "members"))
    assert [entry.action for entry in AuditEntry.objects] == ["export", "export"]


def test_what_was_hidden_is_not_written_back(database: Any) -> None:
    cast.make_staff("guard", phone="13800000011")
    report = dry_run("staff", transfer.export("staff", cast.auditor(), NOW))
    assert {problem.code for row in report.rows for problem in row.problems} >= {"hidden_value"}
    with pytest.raises(Invalid):
        transfer.apply(report, cast.manager(), NOW)


def test_hidden_members_are_not_written_back(database: Any) -> None:
    cast.make_household("3-1201")
    report = dry_run("household", transfer.export("household", cast.auditor(), NOW))
    assert actions(report) == ["error"]
    assert Household.objects.first().members[0]["name"] == "王清和"


def test_foreign_estates_are_neither_exported_nor_imported(database: Any) -> None:
    cast.make_company()
    cast.make_household("3-1201")
    assert len(cells_of(transfer.export("household", cast.stranger(), NOW))) == 1
    assert "guard" not in str(cells_of(transfer.export("staff", cast.stranger(), NOW)))
    data = workbook({"data": [("code", "name.zh", "timezone"), ("sunshine", "我的", "Asia/Shanghai")]})
    assert actions(dry_run("estate", data, actor=cast.stranger())) == ["error"]


def test_a_manager_cannot_import_an_administrator(database: Any) -> None:
    data = workbook({"data": [("code", "name.zh", "roles"), ("me", "我", "administrator")]})
    (row,) = dry_run("staff", data).rows
    assert [problem.code for problem in row.problems] == ["forbidden"]


def test_the_desk_imports_nothing_and_field_staff_export_nothing(database: Any) -> None:
    with pytest.raises(Forbidden):
        dry_run("estate", workbook({"data": [("code",)]}), actor=cast.desk())
    with pytest.raises(Forbidden):
        transfer.export("estate", cast.guard(), NOW)


def test_an_unknown_filter_is_refused(database: Any) -> None:
    for filters in ({"draft": "x"}, {"state": {"$ne": None}}):
        with pytest.raises(Invalid):
            transfer.export("checklist", cast.manager(), NOW, filters)  # type: ignore[arg-type]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
def test_a_csv_is_read_in_the_encodings_that_spreadsheets_write(encoding: str) -> None:
    (sheet,) = read("code,name.zh\nlobby,大堂保洁\n".encode(encoding), "file.csv")
    assert [line.cells for line in sheet.lines] == [("code", "name.zh"), ("lobby", "大堂保洁")]


def bomb() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", b" " * (60 << 20))
    return stream.getvalue()


def many_small_bombs() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        for number in range(3):
            archive.writestr(f"xl/worksheets/sheet{number}.xml", b" " * (20 << 20))
    return stream.getvalue()


def lying_bomb() -> bytes:
    """Its directory says that it is small."""
    data = bytearray(bomb())
    size = (60 << 20).to_bytes(4, "little")
    start = data.rindex(size)
    data[start : start + 4] = (10).to_bytes(4, "little")
    return bytes(data)


def far_corner() -> bytes:
    return _replaced(categories(("a", "b")), rb'r="A2"', rb'r="XFD1048576"')


def one_text_for_all() -> bytes:
    rows = [["x" * 32_000] * 40 for _ in range(400)]
    return workbook({"data": [["code"] + [f"c{n}" for n in range(39)], *rows]})


def _replaced(data: bytes, old: bytes, new: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            target.writestr(name, source.read(name).replace(old, new))
    return stream.getvalue()


@pytest.mark.parametrize(
    ("data", "name", "code"),
    [
        (b"x" * (MAX_BYTES + 1), "file.csv", "file_too_large"),
        (bomb(), "file.xlsx", "file_too_large"),
        (many_small_bombs(), "file.xlsx", "file_too_large"),
        (far_corner(), "file.xlsx", "too_many_rows"),
        (one_text_for_all(), "file.xlsx", "file_too_large"),
        (categories(*[(f"c-{n}", "x") for n in range(20_001)]), "file.xlsx", "too_many_rows"),
        (b"code\n" + b"a\n" * 20_001, "file.csv", "too_many_rows"),
        (b"", "file.csv", "file_empty"),
        (b"\xd0\xcf\x11\xe0rest", "file.xls", "wrong_format"),
        (b"PK\x03\x04rubbish", "file.xlsx", "wrong_format"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "file.csv", "wrong_format"),
        (b"not a workbook", "file.xlsx", "wrong_format"),
    ],
    ids=lambda value: value if isinstance(value, str) else "data",
)
def test_a_file_that_cannot_be_read_is_refused_by_name(data: bytes, name: str, code: str) -> None:
    with pytest.raises(Invalid) as error:
        read(data, name)
    assert error.value.problems[0].code == code


@pytest.mark.parametrize(
    "data", [categories(*[(f"c-{n}", "x") for n in range(5001)]), b"code\n" + b"a\n" * 5001], ids=["xlsx", "csv"]
)
def test_more_entries_than_are_imported_at_once_are_refused(database: Any, data: bytes) -> None:
    with pytest.raises(Invalid) as error:
        dry_run("service_category", data)
    assert error.value.problems[0].code == "too_many_rows"


def test_a_column_that_is_there_twice_is_refused(database: Any) -> None:
    report = transfer.dry_run("service_category", read(b"code,code\na,b\n", "f.csv"), cast.manager(), NOW)
    assert [problem.code for problem in report.problems] == ["duplicate_column"]


def test_an_archive_that_lies_about_its_size_is_refused() -> None:
    with pytest.raises(Invalid):
        read(lying_bomb(), "file.xlsx")


def test_rows_that_claim_a_room_twice_are_named_before_anything_is_written(database: Any) -> None:
    for room in ("3-1201", "3-1202"):
        cast.make_household(room)
    columns = ("code", "estate", "building", "room")
    lines = [
        ("sunshine-3-1201", cast.ESTATE, "sunshine-3", "3-1201"),
        ("sunshine-3-1202", cast.ESTATE, "sunshine-3", "3-1201"),
        ("new-one", cast.ESTATE, "sunshine-3", "3-1301"),
        ("new-two", cast.ESTATE, "sunshine-3", "3-1301"),
    ]
    sheet = read(workbook({"data": [columns, *lines]}), "units.xlsx")
    report = transfer.dry_run("unit", sheet, cast.manager(), NOW)
    assert [row.action for row in report.rows] == ["unchanged", "error", "create", "error"]
    told = [(each.code, each.field, each.words.en) for row in report.rows for each in row.problems]
    assert told == [
        ("code_taken", "room", "“3-1201” belongs to sunshine-3-1201"),
        ("code_taken", "room", "“3-1301” belongs to new-one"),
    ]
    with pytest.raises(Invalid):
        transfer.apply(report, cast.manager(), NOW)
