"""The frame in a real browser: nothing breaks the content security policy, and the keyboard and scripts do their work."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from admin_app.app import create_app
from admin_app.shell import search
from admin_app.shell.search import Finder, Hit
from store.words import Words
from tests import cast
from tests.admin_app.conftest import PASSWORD, make_account
from tests.admin_app.sample import make_orders, with_sample

WIDTHS = (1440, 1024, 768)


@pytest.fixture
def site(settings: Any, database: Any, redis: Any, serve: Callable[[Flask], str]) -> str:
    app = with_sample(create_app(settings))
    hits = [Hit("W-1", "巡更", "/admin/sample/"), Hit("W-2", "巡更", "/admin/sample/")]
    search.provide(app, Finder(Words("工单", "Work orders"), "work.read", lambda text, actor: hits))
    make_account(app, cast.manager())
    cast.make_estate()
    cast.make_estate(cast.OTHER_ESTATE)
    make_orders(3)
    return serve(app)


@pytest.fixture
def complaints(page: Any) -> list[str]:
    """Everything the browser complains about: refused by the policy, failed scripts, missing files."""
    told: list[str] = []
    page.on("console", lambda message: told.append(message.text) if message.type in {"error", "warning"} else None)
    page.on("pageerror", lambda error: told.append(str(error)))
    return told


def enter(page: Any, site: str, path: str = "/admin/sample/") -> None:
    page.set_default_timeout(8_000)
    page.set_extra_http_headers({"Accept-Language": "zh-CN"})
    page.goto(f"{site}{path}")
    page.fill("#username", "manager")
    page.fill("#password", PASSWORD)
    page.click("button.primary")
    page.wait_for_url(f"{site}{path}")


def test_no_page_breaks_the_policy(page: Any, site: str, complaints: list[str]) -> None:
    enter(page, site)
    page.click("tbody a >> nth=0")
    for path in ("/admin/search/?q=w", "/account/password", "/account/second-factor", "/account/recovery-codes"):
        page.goto(site + path)
    page.goto(f"{site}/account/second-factor")
    page.click("button.primary")
    page.wait_for_selector(".qr")
    assert complaints == []


def test_an_inline_script_would_be_refused(page: Any, site: str) -> None:
    page.goto(f"{site}/login")
    with page.expect_console_message(lambda message: "Content Security Policy" in message.text):
        page.evaluate(
            "document.body.append(Object.assign(document.createElement('script'), {textContent: 'window.ran = 1'}))"
        )
    assert page.evaluate("window.ran") is None


@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_sticks_out_at_any_width(page: Any, site: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    enter(page, site)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_slash_goes_to_the_search_box(page: Any, site: str) -> None:
    enter(page, site)
    page.keyboard.press("/")
    page.keyboard.type("w/1")
    page.keyboard.press("Enter")
    page.wait_for_url("**/admin/search/?q=w%2F1")
    assert "W-2" in page.content()


def test_dark_mode_is_remembered_by_the_server(page: Any, site: str) -> None:
    enter(page, site)
    page.click("[data-theme-switch]")
    page.reload()
    assert page.get_attribute("html", "data-theme") == "dark"


def test_the_language_switch_stays_on_the_page(page: Any, site: str) -> None:
    enter(page, site, "/admin/sample/?state=open")
    page.click("a[hreflang=en]")
    page.wait_for_selector("h1:text-is('Sample orders')")
    assert "state=open" in page.url


def test_the_estate_switch_narrows_and_widens(page: Any, site: str) -> None:
    enter(page, site)
    page.click("summary:has-text('全部小区')")
    page.click("button[value=riverside]")
    page.wait_for_selector("summary:has-text('滨江雅苑')")
    assert page.locator("tbody tr").count() == 0


def test_a_filter_reloads_the_list_by_itself(page: Any, site: str) -> None:
    enter(page, site)
    page.select_option("select[name=state]", "done")
    page.wait_for_url("**/admin/sample/?state=done")


def test_bulk_verbs_wait_for_a_ticked_row(page: Any, site: str) -> None:
    enter(page, site)
    assert page.is_disabled("button[value=mark]")
    page.check("[data-tick-all]")
    page.click("button[value=mark]")
    assert "对选中的 3 条执行" in page.inner_text("dialog.confirm")
    page.click("dialog.confirm button.primary")
    page.wait_for_selector(".flash.error")
    assert "已处理 2 条" in page.content()


def test_the_navigation_opens_on_a_narrow_screen(page: Any, site: str) -> None:
    page.set_viewport_size({"width": 768, "height": 900})
    enter(page, site)
    link = page.locator(".nav a[aria-current=page]")
    assert not link.is_visible()
    page.click("[data-nav-toggle]")
    link.wait_for(state="visible")
    page.keyboard.press("Escape")
    link.wait_for(state="hidden")


def test_signing_out_leaves_nothing_to_go_back_to(page: Any, site: str) -> None:
    enter(page, site)
    page.click("summary:has-text('赵居安')")
    page.click("text=退出登录")
    page.wait_for_url("**/login")
    page.go_back()
    page.wait_for_url(lambda address: "/login?next=" in address)
