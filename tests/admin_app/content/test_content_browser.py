"""The editors in a real browser: the plan's preview follows what is typed, pickers and rows work, nothing breaks the policy."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from store import clock
from store.content import operations as content
from store.content.documents import Content
from store.plans import floor_plans
from tests import cast
from tests.admin_app.conftest import PASSWORD, make_account
from tests.admin_app.content_samples import publish_samples
from tests.pictures import drawn

WIDTHS = (1440, 1024)
PLAN = "/admin/content/plan/night/"


@pytest.fixture
def site(app: Flask, serve: Callable[[Flask], str]) -> str:
    publish_samples()
    make_account(app, cast.manager())
    return serve(app)


@pytest.fixture
def complaints(page: Any) -> list[str]:
    told: list[str] = []
    page.on("console", lambda message: told.append(message.text) if message.type in {"error", "warning"} else None)
    page.on("pageerror", lambda error: told.append(str(error)))
    return told


def enter(page: Any, site: str, path: str, width: int = 1440) -> None:
    page.set_default_timeout(8_000)
    page.set_viewport_size({"width": width, "height": 900})
    page.set_extra_http_headers({"Accept-Language": "zh-CN"})
    page.goto(f"{site}{path}")
    page.fill("#username", "manager")
    page.fill("#password", PASSWORD)
    page.click("button.primary")
    page.wait_for_url(f"{site}{path}")


def test_the_preview_follows_what_is_typed(page: Any, site: str, complaints: list[str]) -> None:
    enter(page, site, PLAN)
    page.wait_for_selector("text=每天 22:00、00:00")
    assert page.locator(".coming li").count() == 20
    page.select_option("select[name=frequency]", "weekly")
    page.wait_for_selector(".plan-problems >> text=请至少选择一个星期几")
    page.click(".weekdays label:has-text('一')")
    page.click(".weekdays label:has-text('五')")
    page.wait_for_selector("text=每周一、五 22:00、00:00")
    page.click(".between summary")
    page.fill("[data-between-every]", "240")
    page.click("[data-between-fill]")
    page.wait_for_selector("text=每周一、五 22:00、02:00、06:00")
    assert page.locator("[data-unsaved]").is_visible()
    page.click(".sticky-bar button:has-text('保存草稿')")
    page.wait_for_selector(".flash.success")
    draft = Content.objects(type="plan", code="night").first().draft
    assert (draft["frequency"], draft["weekdays"], draft["times"]) == ("weekly", [1, 5], ["22:00", "02:00", "06:00"])
    assert complaints == []


def test_a_reference_is_picked_by_name_and_publishing_asks_first(page: Any, site: str, complaints: list[str]) -> None:
    enter(page, site, PLAN)
    picker = page.locator("[data-field=staff] [data-picker-input]")
    picker.fill("蒋安")
    page.click(".options li:has-text('蒋安泽')")
    page.click(".sticky-bar button:has-text('立即发布')")
    page.click("dialog button.primary")
    page.wait_for_selector("text=已发布，立即生效")
    head = Content.objects(type="plan", code="night").first()
    assert (head.draft["staff"], head.revision) == (["guard", "guard-2"], 2)
    assert complaints == []


def test_rows_are_added_moved_and_removed(page: Any, site: str) -> None:
    enter(page, site, "/admin/content/route/garage/")
    page.click("[data-add-row]")
    row = page.locator("[data-row]").nth(2)
    row.locator("input[name$='.code']").fill("roof")
    row.locator("input[name$='.name.zh']").fill("屋面")
    row.locator("[data-up]").click()
    page.locator("[data-row]").nth(0).locator("[data-remove]").click()
    page.click(".sticky-bar button:has-text('保存草稿')")
    page.wait_for_selector(".flash.success")
    rows = Content.objects(type="route", code="garage").first().draft["checkpoints"]
    assert [each["code"] for each in rows] == ["roof", "pump"]


def test_targets_inside_steps_are_rows_too(page: Any, site: str) -> None:
    enter(page, site, "/admin/content/escalation_policy/patrol-chain/")
    step = page.locator("[data-rows=steps] > [data-row-list] > [data-row]").nth(0)
    step.locator("[data-add-row]").click()
    target = step.locator("[data-row]").nth(1)
    target.locator("select").select_option("department")
    target.locator("[data-picker-input]").fill("秩序")
    page.click(".options li:has-text('秩序安全部')")
    page.wait_for_selector(".axis-card:has-text('部门：秩序安全部')")
    page.click(".sticky-bar button:has-text('保存草稿')")
    page.wait_for_selector(".flash.success")
    steps = Content.objects(type="escalation_policy", code="patrol-chain").first().draft["steps"]
    assert steps[0]["targets"] == [{"kind": "assignee"}, {"kind": "department", "ref": "security"}]


@pytest.mark.parametrize("width", WIDTHS)
def test_no_page_is_wider_than_the_window_or_breaks_the_policy(
    page: Any, site: str, complaints: list[str], width: int
) -> None:
    enter(page, site, PLAN, width)
    for path in (
        *("/admin/plans/patrol/", f"{PLAN}preview/", f"{PLAN}revisions/", f"{PLAN}uses/", f"{PLAN}replay/"),
        *(
            "/admin/content/escalation_policy/patrol-chain/",
            "/admin/content/working_calendar/office/",
            "/admin/coverage/",
        ),
        *("/admin/content/-/routes/garage/codes/", "/admin/content/content_type/-/new/"),
        *("/admin/content/-/routes/places/garage/", "/admin/content/floor_plan/-/new/"),
    ):
        page.goto(site + path)
        page.wait_for_load_state("networkidle")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
    assert complaints == []


def test_a_tap_on_the_plan_is_the_place_of_the_chosen_checkpoint(page: Any, site: str, complaints: list[str]) -> None:
    now, who = clock.now(), cast.manager()
    body = {"name": {"zh": "地下一层"}, "estate": cast.ESTATE, "floor": "B1"}
    content.create("floor_plan", "b1", body, actor=who, now=now)
    floor_plans.bring_picture("b1", drawn(1600, 1000), actor=who, now=now)
    enter(page, site, "/admin/content/-/routes/places/garage/")
    shown = page.locator("[data-plan]")
    box = shown.bounding_box()
    shown.click(position={"x": box["width"] / 4, "y": box["height"] / 2})
    page.wait_for_selector(".flash.success")
    placed = Content.objects(type="route", code="garage").first().draft["checkpoints"][0]
    assert (placed["floor_plan"], round(placed["plan_x"], 2), round(placed["plan_y"], 2)) == ("b1", 0.25, 0.5)
    assert page.locator("[data-spot]").count() == 1
    assert complaints == []


def test_what_was_refused_is_still_unsaved(page: Any, site: str) -> None:
    enter(page, site, PLAN)
    assert not asks_before_leaving(page)
    page.locator("[name=times]").first.fill("25:99")
    page.click(".sticky-bar button:has-text('保存草稿')")
    page.wait_for_selector(".mistake >> text=应为时刻")
    assert page.locator("[data-unsaved]").is_visible()
    assert asks_before_leaving(page)


def asks_before_leaving(page: Any) -> bool:
    asked: bool = page.evaluate("!dispatchEvent(new Event('beforeunload', { cancelable: true }))")
    return asked


def test_an_answer_to_an_earlier_word_does_not_take_the_place_of_the_newest(page: Any, site: str) -> None:
    enter(page, site, PLAN)
    held: list[Any] = []
    page.route(lambda url: "&q=&" in url, lambda route: held.append(route))
    picker = page.locator("[data-field=staff] [data-picker-input]")
    picker.focus()
    picker.fill("蒋安")
    page.wait_for_selector(".options li:has-text('蒋安泽')")
    with page.expect_response(lambda answer: "&q=&" in answer.url) as late:
        held[0].continue_()
    late.value.finished()
    page.evaluate("new Promise((done) => setTimeout(done))")
    assert page.locator("[data-field=staff] .options li").count() == 1


def test_a_row_that_is_added_to_a_folded_list_is_seen(page: Any, site: str, complaints: list[str]) -> None:
    head = Content.objects(type="route", code="garage").first()
    many = [{"code": f"point-{n}", "name": {"zh": f"第{n}点"}, "offset_minutes": n} for n in range(14)]
    Content.objects(pk=head.pk).update_one(set__draft={**head.draft, "checkpoints": many})
    enter(page, site, "/admin/content/route/garage/")
    rows = page.locator("[data-rows=checkpoints] > [data-row-list] > [data-row]")
    assert page.locator("[data-rows=checkpoints].folded").count() == 1
    page.click("[data-rows=checkpoints] > [data-add-row]")
    assert rows.count() == 15
    assert rows.last.is_visible()
    assert rows.last.locator("input").first.evaluate("(input) => input === document.activeElement")
    assert complaints == []


def asked(page: Any) -> set[str]:
    names = ("target", "pattern", "choices")
    return {name for name in names if page.locator(f"[data-row] [data-field={name}]").first.is_visible()}


def test_a_field_is_asked_only_beside_the_values_it_belongs_to(page: Any, site: str, complaints: list[str]) -> None:
    enter(page, site, "/admin/content/content_type/-/new/")
    page.click("[data-rows=fields] > [data-add-row]")
    kind = page.locator("[name='fields.1000.kind']")
    for chosen, shown in (("choice", {"choices"}), ("reference", {"target"}), ("date", set()), ("text", {"pattern"})):
        kind.select_option(chosen)
        assert asked(page) == shown
    page.fill("[name='fields.1000.pattern']", "[a-z]+")
    page.fill("[name='name.zh']", "供应商")
    page.fill("[name='fields.1000.name']", "name")
    page.fill("[name='fields.1000.label.zh']", "名称")
    kind.select_option("integer")
    page.get_by_role("button", name="保存草稿").click()
    page.wait_for_url(f"{site}/admin/content/content_type/*/")
    (head,) = Content.objects(type="content_type")
    assert head.draft["fields"] == [{"name": "name", "label": {"zh": "名称"}, "kind": "integer"}]
    assert asked(page) == set()
    assert complaints == []
