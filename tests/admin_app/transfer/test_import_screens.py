"""Importing on the screen: columns are asked about once, nothing is removed or doubled unasked, wrong rows come back."""

import re
from base64 import b64encode
from io import BytesIO
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from store.premises.documents import Household
from tests import cast
from tests.admin_app.conftest import SignIn
from tests.admin_app.office import make_world, post
from tests.store.test_transfer_excel import workbook

PLACE = "/admin/transfer/household/"
HEADERS = ("房号", "业主姓名", "联系电话")
PEOPLE = ("parent", "name", "phone")


@pytest.fixture
def world(app: Any) -> None:
    make_world()
    members = [{"name": "王清和", "phone": "13900000001", "email": "w@residents.example"}, {"name": "王小满"}]
    cast.make_household("1-101", members=members, note="有狗")


def send(client: Any, rows: dict[str, Any] | list[Any], **more: str) -> Any:
    data = workbook(rows if isinstance(rows, dict) else {"业主": rows})
    return post(client, PLACE, data=b64encode(data).decode(), name="业主.xlsx", **more)


def own_list(*rows: tuple[Any, ...]) -> list[Any]:
    return [("阳光花园业主表",), HEADERS, *rows]


CHOSEN = {
    "sheet.0": "",
    "header.0": "2",
    "column.0.0": ":unit",
    "column.0.1": "members:name",
    "column.0.2": "members:phone",
    "fixed.estate": cast.ESTATE,
    "columns": "chosen",
}


def test_columns_are_asked_about_once_and_by_whom_it_was_said(world: None, sign_in: SignIn) -> None:
    client = sign_in(cast.manager())
    rows = own_list(("1栋101", "王清和", "13800000009"))
    asked = send(client, rows)
    assert "每一列对应哪一项" in asked.text
    assert re.search(r'name="header.0"[^>]*value="2"', asked.text)
    assert '<option value="members:phone" selected>' in asked.text
    tried = send(client, rows, **CHOSEN)
    assert "尚未写入任何内容" in tried.text
    assert re.search(r"139\*\*\*\*0001</span> → <span class=\"new\">13800000009", tried.text)
    assert "尚未写入任何内容" in send(client, rows).text
    assert "每一列对应哪一项" in send(sign_in(cast.administrator()), rows).text


def test_a_wrong_header_row_is_put_right_by_hand(world: None, sign_in: SignIn) -> None:
    again = send(
        sign_in(cast.manager()), own_list(("1-101", "王清和", "1")), **{**CHOSEN, "header.0": "1", "columns": "again"}
    )
    assert re.search(r'name="header.0"[^>]*value="1"', again.text)


def test_what_the_file_lacks_is_kept_or_removed_as_it_is_said(world: None, sign_in: SignIn) -> None:
    client = sign_in(cast.manager())
    rows = {"data": [("code", "note"), ("sunshine-1-101", "")], "members": [PEOPLE, ("sunshine-1-101", "王清和", "")]}
    kept = send(client, rows)
    assert "系统里有、文件里没有的 3 处" in kept.text
    assert "文件里没有，保留：王小满" in kept.text
    send(client, rows, apply="yes")
    assert len(Household.objects.get(code="sunshine-1-101").members) == 2
    removed = send(client, rows, remove="yes")
    assert "要删除系统里的" in removed.text
    assert "已写入" in send(client, rows, remove="yes", apply="yes").text
    home = Household.objects.get(code="sunshine-1-101")
    assert [each["name"] for each in home.members] == ["王清和"]
    assert (home.note, home.members[0].get("phone"), home.members[0]["email"]) == (None, None, "w@residents.example")


def test_doubles_are_asked_about(world: None, sign_in: SignIn) -> None:
    client = sign_in(cast.manager())
    people = [("second", "李明", ""), ("second", "李明", "")]
    rows = {
        "data": [("code", "estate", "unit"), ("second", cast.ESTATE, "sunshine-1-101")],
        "members": [PEOPLE, *people],
    }
    asked = send(client, rows)
    assert "像是重复的 1 行" in asked.text
    assert "「sunshine-1-101」已有 sunshine-1-101" in asked.text
    assert "「李明」在这一户里出现两次" in asked.text
    assert send(client, rows, apply="yes").status_code == 422
    assert "已写入" in send(client, rows, doubles="yes", apply="yes").text
    assert len(Household.objects.get(code="second").members) == 2


def test_rows_with_problems_are_downloaded_in_the_files_own_words(world: None, sign_in: SignIn) -> None:
    client = sign_in(cast.manager())
    rows = own_list(
        ("1栋101", "王清和", "13800000009"), ("9栋909", "无此人", "13800000008"), ("1-101", "王", "不是电话")
    )
    send(client, rows, **CHOSEN)
    page = send(client, rows)
    assert "「9栋909」对不上任何一处" in page.text
    answer = send(client, rows, wrong="yes")
    sheet = CalamineWorkbook.from_filelike(BytesIO(answer.data)).get_sheet_by_name("业主").to_python()
    assert sheet[0] == [*HEADERS, "problems"]
    assert [row[0] for row in sheet[1:]] == ["1栋101", "9栋909", "1-101"]
    assert sheet[2][3] == "房号: 「9栋909」对不上任何一处"
    assert "联系电话: " in str(sheet[3][3])
    back = post(client, PLACE, data=b64encode(answer.data).decode(), name="back.xlsx")
    assert "尚未写入任何内容" in back.text


def test_a_layout_that_does_not_fit_the_file_is_not_believed(world: None, sign_in: SignIn) -> None:
    client = sign_in(cast.manager())
    for layout in ("{", "[]", '[[["x","",1,[],["code"],[]]],{}]', '[[["业主","nowhere",1,["a"],["code"],[]]],{}]'):
        assert send(client, own_list(("1-101", "王", "1")), layout=layout).status_code == 200
