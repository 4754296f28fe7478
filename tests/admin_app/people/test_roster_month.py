"""The month of a roster in a browser: one day is swapped, and no other day changes."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from admin_app.app import create_app
from store import clock, domains
from store.notices.documents import Notice
from store.notices.relay import relay
from store.people.documents import Roster
from tests import cast
from tests.admin_app.conftest import PASSWORD, SignIn, make_account
from tests.admin_app.office import post

DAY = timedelta(days=1)


@pytest.fixture
def site(settings: Any, database: Any, redis: Any, serve: Callable[[Flask], str]) -> str:
    app = create_app(settings)
    cast.make_company(cast.LONG_AGO)
    cast.make_roster(now=cast.LONG_AGO)
    make_account(app, cast.manager())
    return serve(app)


def enter(page: Any, site: str, path: str) -> None:
    page.set_default_timeout(30_000)
    page.set_extra_http_headers({"Accept-Language": "zh-CN"})
    page.goto(f"{site}{path}")
    page.fill("#username", "manager")
    page.fill("#password", PASSWORD)
    page.click("button.primary")
    page.wait_for_url(f"{site}{path}")


def local_day(n: int) -> str:
    return (clock.now() + timedelta(hours=8) + n * DAY).date().isoformat()


def shifts(page: Any, name: str, day: str) -> str:
    row = page.locator("tr", has=page.locator("th", has_text=name))
    return str(row.locator(f"a[href*='day={day}']").get_attribute("aria-label")).rpartition(" · ")[2]


def test_one_day_is_swapped_and_no_other_day_changes(page: Any, site: str) -> None:
    day = local_day(3)
    enter(page, site, f"/admin/duty-month/?roster=sunshine-guards&month={day[:7]}")
    page.set_viewport_size({"width": 1024, "height": 768})
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    cell = page.locator(f"tr:has-text('卫安朗') a[href*='day={day}']")
    cell.focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("#day")
    page.locator("summary", has_text="换班").focus()
    page.keyboard.press("Enter")
    page.select_option("details[open] [name=instead]", "guard-2")
    page.fill("details[open] [name=reason]", "家里有事")
    page.click("details[open] button.primary")
    page.wait_for_selector("text=已调整")
    assert shifts(page, "卫安朗", day) == "19:00–次日07:00"
    assert shifts(page, "蒋安泽", day) == "07:00–19:00"
    for other in (-7, 4):
        page.goto(f"{site}/admin/duty-month/?roster=sunshine-guards&month={local_day(other)[:7]}")
        assert shifts(page, "卫安朗", local_day(other)) == "07:00–19:00"
    domains.load("operations")
    relay(clock.now())
    told = {(each.recipient, each.template["code"]) for each in Notice.objects(channel="app")}
    assert told == {("guard", "shift-moved"), ("guard-2", "shift-moved")}
    page.goto(f"{site}/admin/duty-month/?roster=sunshine-guards&person=guard&day={day}#day")
    page.click("button:has-text('恢复周期')")
    page.wait_for_selector("text=已恢复周期")
    assert shifts(page, "卫安朗", day) == "07:00–19:00"
    page.goto(f"{site}/admin/directory/roster/-/sunshine-guards")
    assert f"换班 · 卫安朗 ↔ 蒋安泽 · {day} · 家里有事" in page.content()


def test_a_refusal_stands_above_what_was_typed_and_the_desk_changes_nothing(sign_in: SignIn, database: Any) -> None:
    cast.make_company(cast.LONG_AGO)
    cast.make_roster(now=cast.LONG_AGO)
    day = local_day(3)
    typed = {
        "roster": "sunshine-guards",
        "kind": "extra",
        "staff": "guard",
        "person": "guard",
        "day": day,
        "since": day,
    }
    typed |= {"start": "08:00", "end": "09:00", "version": "1", "reason": "盘点"}
    manager, desk = sign_in(cast.manager()), sign_in(cast.desk())
    answer = post(manager, "/admin/duty-month/change", **typed)
    assert answer.status_code == 422
    assert "重叠" in answer.text
    assert "盘点" in answer.text
    assert post(desk, "/admin/duty-month/change", **typed).status_code == 403
    assert post(manager, "/admin/duty-month/change", **{**typed, "version": "7"}).status_code == 409
    assert 'name="kind"' not in desk.get(f"/admin/duty-month/?roster=sunshine-guards&person=guard&day={day}").text
    assert sign_in(cast.stranger()).get("/admin/duty-month/?roster=sunshine-guards").status_code == 404
    assert Roster.objects.get().version == 1
