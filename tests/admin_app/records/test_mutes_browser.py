"""A manager mutes a building in a real browser, reads of it on Today at every width, and ends it early."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from store import clock
from store.deadlines import mutes
from tests import cast
from tests.admin_app.conftest import make_account
from tests.admin_app.content.test_content_browser import enter
from tests.admin_app.office import make_world

HOUR = timedelta(hours=1)


@pytest.fixture
def site(app: Flask, serve: Callable[[Flask], str]) -> str:
    make_world()
    make_account(app, cast.manager())
    return serve(app)


def local(hours: int) -> str:
    """As a browser's field takes it, on the clock of the house."""
    moment = clock.now() + (8 + hours) * HOUR
    return f"{moment:%Y-%m-%dT%H:%M}"


def test_a_building_is_muted_shown_and_heard_again(page: Any, site: str) -> None:
    enter(page, site, "/admin/content/mute/-/new/")
    page.fill("input[name='name.zh']", "电梯维保")
    page.locator("[data-field=estate] [data-picker-input]").fill("滨江")
    page.click(".options li:has-text('滨江雅苑')")
    page.fill("input[name=place]", "2号楼")
    page.fill("input[name=starts_at]", local(-1))
    page.fill("input[name=ends_at]", local(4))
    page.fill("input[name=reason]", "年度检修")
    page.click(".sticky-bar button:has-text('保存并发布')")
    page.wait_for_selector(".flash.success")
    assert [each.place for each in mutes.active(clock.now())] == ["2号楼"]
    for width in (1440, 1024, 768, 360):
        page.set_viewport_size({"width": width, "height": 900})
        page.goto(f"{site}/admin/today/")
        strip = page.locator(".mute-strip")
        assert "静音中 · 2号楼：电梯维保，年度检修（赵居安，至" in strip.inner_text()
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), width
    strip.locator("a").click()
    page.wait_for_url("**/admin/content/mute/**")
    page.goto(f"{page.url.rstrip('/')}/uses/")
    page.click("#withdraw button")
    page.click("dialog button.primary, dialog button.danger")
    page.wait_for_selector(".flash.success")
    assert mutes.active(clock.now()) == []
