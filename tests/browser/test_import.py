"""A manager imports a file by mouse: named, tried without writing, and written but for its wrong row."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from flask import Flask

from store.content.documents import Content
from store.premises.documents import Household
from tests import cast
from tests.browser import office_list, stage
from tests.browser.people import Person

ROWS = "code,name.zh\nlift,电梯服务\n,没有编号\n"


def test_a_chosen_file_is_named_tried_and_written(
    app: Flask, site: str, start: datetime, at_a_browser: Callable[..., Person], tmp_path: Path
) -> None:
    stage.set_up(app, start)
    file = tmp_path / "kinds.csv"
    file.write_text(ROWS, "utf-8")
    before = Content.objects(type="service_category").count()
    manager = at_a_browser(cast.manager())
    page = manager.sign_in("/admin/transfer/service_category/")
    assert page.locator(".file-field").inner_text().split() == ["选择文件", "或拖到这里"]
    page.get_by_label("Excel（.xlsx）或 CSV 文件").set_input_files(file)
    assert page.locator(".file-field").inner_text().split() == ["选择文件", "kinds.csv"]
    page.get_by_role("button", name="试运行").click()
    page.get_by_text("试运行结果，尚未写入任何内容").wait_for()
    assert Content.objects(type="service_category").count() == before
    page.get_by_label("跳过有错误的 1 行").check()
    page.get_by_role("button", name="写入 1 行").click()
    page.get_by_text("已写入", exact=True).wait_for()
    assert Content.objects(type="service_category").count() == before + 1
    assert manager.complaints == []


def test_an_offices_own_list_of_four_hundred_homes_goes_in_untouched(
    app: Flask, site: str, start: datetime, at_a_browser: Callable[..., Person], tmp_path: Path
) -> None:
    stage.set_up(app, start)
    office_list.make_units()
    members = [{"name": "钱一", "phone": "13800000000", "email": "qian@residents.example", "relation": "owner"}]
    values = {"estate": cast.ESTATE, "unit": "sunshine-1-101", "members": [*members, {"name": "钱老"}], "note": "有狗"}
    cast.make_entry("household", "sunshine-1-101", values)
    before = Household.objects.count()
    file = tmp_path / "业主信息登记表.xlsx"
    file.write_bytes(office_list.workbook())
    manager = at_a_browser(cast.manager())
    page = manager.sign_in("/admin/transfer/household/")
    page.get_by_label("Excel（.xlsx）或 CSV 文件").set_input_files(file)
    page.get_by_role("button", name="试运行").click()
    # Sheet, header row and most columns were found; the rest is asked once.
    assert page.get_by_label("表头在第几行").input_value() == "2"
    assert page.get_by_label("所有行的小区").input_value() == cast.ESTATE
    chosen = {
        name: page.get_by_label(name, exact=True).locator("option:checked").inner_text()
        for name in ("楼栋", "单元", "房号", "业主姓名", "联系电话", "关系", "入住日期", "备注")
    }
    assert list(chosen.values()) == ["房屋", "房屋", "房屋", "姓名", "电话", "关系", "不导入", "备注"]
    assert page.locator("table.preview tbody tr").count() == 10
    page.get_by_role("button", name="就这样，试运行").click()
    page.get_by_text("试运行结果，尚未写入任何内容").wait_for()
    known = page.locator("table.trial tr", has_text="sunshine-1-101").first
    assert "成员 › 钱一 › 电话 138****0000 → 13901010100" in known.inner_text()
    assert "文件里没有，保留：钱老" in known.inner_text()
    assert Household.objects.count() == before
    page.get_by_role("button", name="写入 400 行").click(timeout=120_000)
    page.get_by_text("已写入", exact=True).wait_for(timeout=120_000)
    assert Household.objects.count() == before + 399
    first = Household.objects.get(code="sunshine-1-101")
    assert [each["name"] for each in first.members] == ["钱一", "钱老"]
    assert (first.members[0]["email"], first.note) == ("qian@residents.example", "有狗")
    assert [each["name"] for each in Household.objects.get(code="sunshine-1-103").members] == ["李一", "李二"]
    # The same file again: nothing is asked, and nothing changes.
    page.goto(f"{site}/admin/transfer/household/")
    page.get_by_label("Excel（.xlsx）或 CSV 文件").set_input_files(file)
    page.get_by_role("button", name="试运行").click()
    page.get_by_text("不变 400", exact=True).wait_for()
    assert manager.complaints == []
