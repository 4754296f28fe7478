"""The small forms of a repair in a real browser: lines are added row by row, and a wrong one is told at its row."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from store import clock
from store.work.documents import WorkOrder
from tests import cast
from tests.admin_app.conftest import PASSWORD, make_account
from tests.store import repair_world as world

WIDTHS = (1440, 768, 360)


@pytest.fixture
def site(app: Flask, serve: Callable[[Flask], str]) -> str:
    world.make_world()
    world.arrive(world.intake(clock.now()), clock.now())
    make_account(app, cast.desk())
    return serve(app)


def enter(page: Any, site: str, path: str) -> None:
    page.set_default_timeout(8_000)
    page.set_extra_http_headers({"Accept-Language": "zh-CN"})
    page.goto(f"{site}{path}")
    page.fill("#username", "desk")
    page.fill("#password", PASSWORD)
    page.click("button.primary")
    page.wait_for_url(f"{site}{path}")


def test_lines_of_a_quote_are_added_row_by_row(page: Any, site: str) -> None:
    told: list[str] = []
    page.on("pageerror", lambda error: told.append(str(error)))
    order = WorkOrder.objects.get()
    enter(page, site, f"/admin/work/{order.number}")
    card = page.locator("details.verb:has(summary:has-text('报价'))")
    card.locator("summary").click()
    # One row is there to be filled in; another comes by its button.
    card.locator("[name='lines.0.line']").select_option("valve")
    card.locator("[name='lines.0.quantity']").fill("0")
    card.locator("[data-add-row]").click()
    assert card.locator("[data-row]").count() == 2
    card.locator("[data-row] >> nth=1").locator("[data-remove]").click()
    card.locator("button:has-text('报价')").click()
    page.wait_for_selector(".wrong-row >> text=应在 0.01 与 1000 之间")
    card.locator("[name='lines.0.quantity']").fill("2")
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), width
    card.locator("button:has-text('报价')").click()
    page.wait_for_selector("text=已报价")
    assert WorkOrder.objects.get().quote["lines"][0]["quantity"] == 2
    assert told == []
