"""A manager imports a file by mouse: named, tried without writing, and written but for its wrong row."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from flask import Flask

from store.content.documents import Content
from tests import cast
from tests.browser import stage
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
