"""Files in and out: nothing that somebody typed is a formula elsewhere, nothing that somebody sends is opened unseen."""

import io
import zipfile
from typing import Any

import pytest
import xlsxwriter
from flask import Flask
from flask.testing import FlaskClient
from python_calamine import CalamineWorkbook

from store import clock, directory
from store.content import reading
from store.transfer import operations as transfer
from tests import cast
from tests.admin_app.conftest import SignIn, token_of
from tests.security.doors import doors
from tests.security.poison import poison_content, poison_directory, poison_records
from tests.security.world import World
from tests.wrong_input.fingerprint import fingerprint

FORMULAS = ('=HYPERLINK("http://evil.example","x")', "+1+1", "-1+1", "@SUM(1)", "\t=1", "=cmd|' /C calc'!A0")


def kinds() -> list[str]:
    return [*directory.kinds(), *(each.key for each in reading.all_types(clock.now()))]


def test_no_workbook_that_leaves_the_house_holds_a_formula_or_a_link(
    app: Flask, world: World, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every export there is, of every kind, with a formula in every text."""
    from tests.security import poison

    for name in ("PAYLOAD", "WITHOUT_BRACES"):
        monkeypatch.setattr(poison, name, FORMULAS[0])
    monkeypatch.setattr(poison, "BOTH", {"zh": FORMULAS[0], "en": FORMULAS[0]})
    poison_records(world)
    poison_content(clock.now())
    poison_directory(clock.now())
    client = sign_in(cast.administrator())
    exports = [
        door.address for door in doors(app, "GET") if door.address.endswith("/export") and not door.rule.arguments
    ]
    exports = [*(f"{each}?view=all" for each in exports), *(f"/admin/transfer/{each}/export" for each in kinds())]
    held = 0
    for path in exports:
        answer = client.get(path)
        assert answer.status_code == 200, path
        assert answer.headers["Content-Disposition"].startswith("attachment"), path
        with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
            for name in archive.namelist():
                part = archive.read(name).decode()
                assert "<f>" not in part, (path, name)
                assert "<hyperlink" not in part, (path, name)
                held += "HYPERLINK(" in part
    assert held > 15
    assert len(exports) > 25


@pytest.mark.parametrize("formula", FORMULAS)
def test_a_csv_is_read_by_a_spreadsheet_as_text(world: World, formula: str) -> None:
    cast.make_department("strange", name={"zh": f"{formula}x"})
    text = transfer.export("department", cast.manager(), clock.now(), form="csv").decode("utf-8-sig")
    line = next(each for each in text.splitlines() if each.startswith("strange"))
    assert not [cell for cell in line.split(",") if cell.strip('"').startswith(("=", "+", "-", "@", "\t"))]


def send(client: FlaskClient, data: bytes, name: str, kind: str = "service_category", **more: str) -> Any:
    form = {"csrf_token": token_of(client, "/account/password"), "file": (io.BytesIO(data), name), **more}
    return client.post(f"/admin/transfer/{kind}/", data=form)


def workbook(*rows: tuple[str, ...]) -> bytes:
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream) as book:
        page = book.add_worksheet("data")
        for number, row in enumerate(rows):
            page.write_row(number, 0, row)
    return stream.getvalue()


def bomb() -> bytes:
    """A few kilobytes that unpack to 60 MB."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as part:
            for _ in range(60):
                part.write(b" " * (1 << 20))
    return stream.getvalue()


def far_corner() -> bytes:
    """One cell in the last row and column, which would make a reader fill in all before it."""
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream) as book:
        page = book.add_worksheet("data")
        page.write(0, 0, "code")
        page.write(1_048_575, 16_383, "x")
    return stream.getvalue()


def entities() -> bytes:
    """Entities that name entities."""
    lines = "".join(f'<!ENTITY a{n + 1} "{f"&a{n};" * 10}">' for n in range(9))
    evil = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a0 "ha">{lines}]><sst><si><t>&a9;</t></si></sst>'
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook(("code", "x")))) as good, zipfile.ZipFile(stream, "w") as bad:
        for part in good.infolist():
            bad.writestr(part.filename, evil if part.filename.endswith("sharedStrings.xml") else good.read(part))
    return stream.getvalue()


BAD_FILES = {
    "bomb.xlsx": bomb,
    "corner.xlsx": far_corner,
    "entities.xlsx": entities,
    "program.xlsx": lambda: b"MZ\x90\x00" + b"\x00" * 200,
    "page.csv": lambda: b"<html><script>1</script></html>",
    "old.xls": lambda: b"\xd0\xcf\x11\xe0" + b"\x00" * 600,
    "macro.xlsm": lambda: b"PK\x03\x04 no archive",
}


def test_no_file_that_means_harm_is_opened(world: World, sign_in: SignIn, database: Any) -> None:
    client = sign_in(cast.manager())
    before = fingerprint(database)
    for name, make in BAD_FILES.items():
        answer = send(client, make(), name, apply="yes")
        assert answer.status_code in {200, 422}, (name, answer.status_code)
        assert "已写入" not in answer.text, name
        assert "haha" not in answer.text, name
    assert fingerprint(database) == before


def test_a_file_handed_back_by_the_page_is_judged_again(world: World, sign_in: SignIn, database: Any) -> None:
    """The second step carries the file itself: it is no proof that the first step saw it."""
    from base64 import b64encode

    client = sign_in(cast.manager())
    before = fingerprint(database)
    for data in (b64encode(bomb()).decode(), "%%%", b64encode(b"").decode() or "=", "A" * 1_000):
        form = {"csrf_token": token_of(client, "/account/password"), "data": data, "name": "x.xlsx", "apply": "yes"}
        answer = client.post("/admin/transfer/service_category/", data=form)
        assert answer.status_code in {200, 422}
        assert "已写入" not in answer.text
    assert fingerprint(database) == before


def test_the_name_of_a_file_is_a_word_and_no_path(world: World, sign_in: SignIn) -> None:
    client = sign_in(cast.manager())
    for name in ("../../etc/passwd.csv", '"><img src=x onerror=window.ran=1>.csv', "a\r\nX-Evil: 1.csv"):
        answer = send(client, workbook(("code", "name.zh"), ("x", "y")), name)
        assert "X-Evil" not in str(answer.headers)
        assert "<img src=x" not in answer.text
    shown = send(client, workbook(("code", "name.zh"), ("x", "y")), "name\u202efdp\u200b.xlsx").text
    assert "namefdp.xlsx" in shown
    assert not {"\u202e", "\u200b"} & set(shown)


def test_an_import_reaches_no_other_estate(world: World, stranger: FlaskClient, database: Any) -> None:
    before = fingerprint(database)
    sheets = {
        "household": workbook(("code", "estate", "unit"), ("sunshine-3-1201", cast.ESTATE, "sunshine-3-1201")),
        "building": workbook(("code", "estate", "name.zh"), ("sunshine-9", cast.ESTATE, "x")),
        "unit": workbook(("code", "estate", "building", "room"), ("u", cast.OTHER_ESTATE, "sunshine-3", "9-1")),
        "route": workbook(("code", "name.zh", "estate"), ("sunshine-route", "x", cast.ESTATE)),
        "emergency_plan": workbook(("code", "name.zh", "kind", "estates"), ("e", "x", "fire", cast.ESTATE)),
        "staff": workbook(("code", "name.zh", "roles", "estates"), ("new", "x", "administrator", cast.OTHER_ESTATE)),
    }
    for kind, data in sheets.items():
        for more in ({}, {"apply": "yes", "only_good": "yes", "publish": "yes"}):
            answer = send(stranger, data, "x.xlsx", kind, **more)
            assert answer.status_code in {200, 422}, kind
            assert not [each for each in world.secrets if each in answer.text], kind
            kept = fingerprint(database).collections
            kept.pop("audit")
            assert kept == {name: each for name, each in before.collections.items() if name != "audit"}, kind


def test_what_is_sent_is_told_what_it_is(app: Flask, world: World, sign_in: SignIn) -> None:
    """No browser guesses a type: what is downloaded says it, and pages are never framed or kept."""
    client = sign_in(cast.manager())
    for path in ("/admin/transfer/staff/export", "/admin/requests/export", "/admin/intake/items", "/admin/today/"):
        headers = client.get(path).headers
        assert headers["X-Content-Type-Options"] == "nosniff", path
        assert headers["Cache-Control"] == "no-store", path
        assert headers["X-Frame-Options"] == "DENY", path


def test_what_was_exported_reads_as_it_was_written(world: World, sign_in: SignIn) -> None:
    cast.make_department("strange", name={"zh": FORMULAS[0]})
    answer = sign_in(cast.manager()).get("/admin/transfer/department/export")
    rows = CalamineWorkbook.from_filelike(io.BytesIO(answer.data)).get_sheet_by_index(0).to_python()
    assert [row for row in rows if "strange" in row and FORMULAS[0] in row]
