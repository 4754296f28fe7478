"""What was typed is not lost: over the end of a session, a refused verb, the loss of a tab, in every form of the office."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask

from store import directory
from store.actor import SYSTEM
from tests import cast
from tests.admin_app.conftest import PASSWORD, _application, app, make_account, serve
from tests.security.doors import doors, keys_for
from tests.security.world import World, make_world

__all__ = ["_application", "app", "serve"]

READY = "html[data-drafts=ready]"
MARK = "写了很久的话"
# Its address is set when something was dragged; it has one date, that of the month where it was dropped.
SENT_BY_DRAGGING = {"/admin/drills/year/"}
# What a person could type in each box of the form, as the browser would have it from the keyboard.
KINDS = (
    "[type=text], [type=tel], [type=email], [type=url], [type=number], [type=date], [type=time], [type=datetime-local]"
)
POSTED = '[...document.querySelectorAll("form")].filter((each) => each.getAttribute("method") === "post")'
TYPE = f"""
([index, mark]) => {{
  const form = {POSTED}[index];
  const values = {{
    date: "2027-03-04", time: "07:08", "datetime-local": "2027-03-04T07:08", number: "7",
    url: "https://a.example/x", email: "a@b.example",
  }};
  const typed = [...form.elements].filter((each) =>
    each.name && !each.disabled && !each.readOnly && each.matches("textarea, input:is({KINDS})"));
  typed.forEach((each) => {{
    each.value = values[each.type] ?? (each.maxLength > 0 ? mark.slice(0, each.maxLength) : mark);
    each.dispatchEvent(new Event("input", {{ bubbles: true }}));
  }});
  return typed.map((each) => [each.name, each.value]);
}}
"""
FORMS = f"""
() => {POSTED}.map((form) => ({{
  action: form.getAttribute("action") ?? "",
  typed: Boolean(form.querySelector("textarea, input:is({KINDS})")) && !form.querySelector("input[type=password]"),
}}))
"""
SEND = f"""
(index) => {{
  const form = {POSTED}[index];
  const verb = form.querySelector("button[formaction]");
  if (verb) form.setAttribute("action", verb.getAttribute("formaction"));
  delete form.dataset.confirm;
  form.dispatchEvent(new SubmitEvent("submit", {{ bubbles: true, cancelable: true }}));
  HTMLFormElement.prototype.submit.call(form);
}}
"""
VALUES = f"(index) => [...{POSTED}[index].elements].map((each) => [each.name, each.value])"


@pytest.fixture
def site(app: Flask, serve: Callable[[Flask], str]) -> tuple[str, World]:
    world = make_world()
    make_account(app, cast.administrator())
    return serve(app), world


@pytest.fixture
def office(chromium: Any, site: tuple[str, World]) -> Iterator[Any]:
    """A page of a context in which the administrator is signed in."""
    context = chromium.new_context(extra_http_headers={"Accept-Language": "zh-CN"})
    page = context.new_page()
    page.set_default_timeout(15_000)
    page.goto(f"{site[0]}/admin/today/")
    sign_in(page)
    page.wait_for_url("**/admin/today/")
    yield page
    context.close()


def sign_in(page: Any) -> None:
    page.fill("#username", "admin")
    page.fill("#password", PASSWORD)
    page.click("button.primary")


def open_page(page: Any, address: str) -> None:
    page.goto(address)
    page.wait_for_selector(READY, state="attached")


def end_session(page: Any) -> dict[str, Any]:
    kept = next(each for each in page.context.cookies() if each["name"] == "anju")
    page.context.clear_cookies(name="anju")
    return dict(kept)


def pages_with_forms(app: Flask, world: World) -> list[str]:
    client = app.test_client()
    token = client.get("/login").text.split('name="csrf-token" content="')[1].split('"')[0]
    client.post("/login", data={"username": "admin", "password": PASSWORD, "csrf_token": token})
    found = []
    for door in doors(app, "GET", below="/admin/"):
        path = door.path(keys_for(door.address, world.keys))
        answer = client.get(path)
        if answer.status_code == 200 and answer.mimetype == "text/html" and 'method="post"' in answer.text:
            found.append(path)
    return found


PARTS = 4


@pytest.mark.parametrize("part", range(PARTS))
def test_no_form_of_the_office_loses_what_was_typed_when_the_session_ends(
    app: Flask, office: Any, site: tuple[str, World], part: int
) -> None:
    """Every form of every page in the routing table, a quarter of the pages at a time."""
    base, world = site
    tried: set[str] = set()
    lost = []
    for path in pages_with_forms(app, world)[part::PARTS]:
        open_page(office, base + path)
        for index, form in enumerate(office.evaluate(FORMS)):
            name = form["action"] or path
            if not form["typed"] or name in tried or name in SENT_BY_DRAGGING:
                continue
            tried.add(name)
            typed = office.evaluate(TYPE, [index, MARK])
            cookie = end_session(office)
            office.evaluate(SEND, index)
            office.wait_for_url("**/login?**")
            office.context.add_cookies([cookie])
            open_page(office, base + path)
            values = office.evaluate(VALUES, index)
            lost += [(path, name, each) for each in typed if each not in values]
            office.evaluate("localStorage.clear(); sessionStorage.clear()")
    assert lost == []
    assert len(tried) > 5


def note_box(world: World) -> str:
    return f"/admin/requests/{world.request.number}"


def keep(page: Any, text: str, box: str = "#answer-text") -> None:
    """Type, and wait until the draft lies sealed in the browser."""
    page.fill(box, text)
    page.wait_for_function("() => Object.keys(localStorage).some((each) => each.startsWith('anju-draft:'))")


def in_storage(page: Any) -> str:
    return str(page.evaluate("JSON.stringify([{ ...localStorage }, { ...sessionStorage }])"))


def test_a_note_is_there_after_signing_in_anew_and_gone_once_it_is_saved(office: Any, site: tuple[str, World]) -> None:
    base, world = site
    open_page(office, base + note_box(world))
    office.fill("#answer-text", MARK)
    end_session(office)
    office.click("text=记内部备注")
    office.wait_for_url("**/login?**")
    assert "您填写的文字还在这个浏览器里" in office.inner_text("body")
    sign_in(office)
    office.wait_for_selector(READY, state="attached")
    assert office.input_value("#answer-text") == MARK
    assert "已恢复" in office.inner_text(".draft-line")
    office.click("text=记内部备注")
    office.wait_for_selector(f".timeline >> text={MARK}")
    office.wait_for_selector(READY, state="attached")
    assert office.input_value("#answer-text") == ""
    assert "anju-draft:" not in in_storage(office)


def test_a_draft_survives_the_tab_and_lies_sealed(office: Any, site: tuple[str, World]) -> None:
    base, world = site
    other = office.context.new_page()
    open_page(other, base + note_box(world))
    keep(other, MARK)
    assert MARK not in in_storage(other)
    other.close()
    open_page(office, base + note_box(world))
    assert office.input_value("#answer-text") == MARK
    office.click(".draft-line button")
    office.wait_for_selector(READY, state="attached")
    office.wait_for_selector(".draft-line", state="detached")
    assert office.input_value("#answer-text") == ""


def test_a_form_that_is_open_in_another_tab_is_not_filled_with_its_text(office: Any, site: tuple[str, World]) -> None:
    base, _ = site
    other = office.context.new_page()
    open_page(other, f"{base}/admin/intake/")
    keep(other, "第一位业主", "#words")
    open_page(office, f"{base}/admin/intake/")
    assert office.input_value("#words") == ""
    assert other.input_value("#words") == "第一位业主"


def test_who_signs_in_next_sees_nothing_of_it(app: Flask, office: Any, site: tuple[str, World]) -> None:
    base, world = site
    make_account(app, cast.desk())
    open_page(office, base + note_box(world))
    keep(office, MARK)
    end_session(office)
    office.goto(base + note_box(world))
    office.fill("#username", "desk")
    office.fill("#password", PASSWORD)
    office.click("button.primary")
    office.wait_for_selector(READY, state="attached")
    assert office.input_value("#answer-text") == ""
    assert MARK not in in_storage(office)
    assert MARK not in office.content()


def test_the_network_may_go_while_one_saves(office: Any, site: tuple[str, World]) -> None:
    base, world = site
    open_page(office, base + note_box(world))
    office.fill("#answer-text", MARK)
    office.context.set_offline(True)
    office.click("text=记内部备注")
    office.wait_for_url("chrome-error://**")
    office.context.set_offline(False)
    open_page(office, base + note_box(world))
    assert office.input_value("#answer-text") == MARK


def test_another_language_keeps_a_half_filled_intake(office: Any, site: tuple[str, World]) -> None:
    base, _ = site
    open_page(office, f"{base}/admin/intake/")
    office.check("[name=kind][value=repair]")
    office.fill("#item-box", "漏水")
    office.wait_for_selector("#item-box-list [role=option]")
    office.keyboard.press("Enter")
    office.fill("#words", MARK)
    open_page(office, f"{base}/admin/intake/?lang=en")
    office.wait_for_function("() => document.querySelector('#item-box').value")
    assert office.input_value("#words") == MARK
    assert office.input_value("#item-box") == "Leak"
    assert office.is_checked("[name=kind][value=repair]")
    assert "restored" in office.inner_text(".draft-line")


def test_rows_that_were_added_and_codes_that_were_picked_come_back(office: Any, site: tuple[str, World]) -> None:
    base, _ = site
    open_page(office, f"{base}/admin/content/route/sunshine-route/")
    before = office.locator("[data-rows=checkpoints] > [data-row-list] > [data-row]").count()
    office.click("[data-rows=checkpoints] > [data-add-row]")
    row = "[data-rows=checkpoints] > [data-row-list] > [data-row]:last-child"
    office.fill(f"{row} [name$='.code']", "new-point")
    office.fill(f"{row} [name$='.name.zh']", MARK)
    office.click("[data-rows=checkpoints] > [data-row-list] > [data-row]:first-child [data-remove]")
    office.reload()
    office.wait_for_selector(READY, state="attached")
    assert office.locator("[data-rows=checkpoints] > [data-row-list] > [data-row]").count() == before
    assert office.input_value(f"{row} [name$='.name.zh']") == MARK
    open_page(office, f"{base}/admin/content/plan/sunshine-plan/")
    office.click("[data-add-time]")
    office.fill("[data-times] .time-chip:last-of-type input", "23:15")
    office.keyboard.press("Tab")
    office.reload()
    office.wait_for_selector(READY, state="attached")
    times = office.evaluate("[...document.querySelectorAll('[data-times] input')].map((each) => each.value)")
    assert "23:15" in times


def test_a_draft_meets_what_somebody_else_changed_since_and_is_sent_after_all(
    office: Any, site: tuple[str, World]
) -> None:
    base, _ = site
    page = f"{base}/admin/directory/building/-/sunshine-3"
    open_page(office, page)
    office.fill("[name='name.zh']", MARK)
    office.goto(f"{base}/admin/today/")
    stored = directory.values_of("building", "sunshine-3") or {}
    directory.update("building", "sunshine-3", {**stored, "name": {"zh": "三栋"}}, actor=SYSTEM, now=cast.NOW)
    open_page(office, page)
    assert office.input_value("[name='name.zh']") == MARK
    office.click("form.directory-form .button.primary")
    office.wait_for_selector(READY, state="attached")
    assert office.input_value("[name='name.zh']") == MARK
    assert (directory.values_of("building", "sunshine-3") or {})["name"]["zh"] == "三栋"
    office.click("form.directory-form .button.primary")
    office.wait_for_selector("text=已保存")
    assert (directory.values_of("building", "sunshine-3") or {})["name"]["zh"] == MARK
