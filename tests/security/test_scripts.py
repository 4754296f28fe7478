"""Nothing that somebody writes is ever run or read as markup: every page of the back office, in a real Chromium."""

import logging
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from store import clock
from tests import cast
from tests.admin_app.conftest import SignIn, token_of
from tests.security.doors import doors
from tests.security.poison import CUSTOM, MARK, PAYLOAD, poison_content, poison_directory, poison_records
from tests.security.world import World

TABS = ("", "preview/", "revisions/", "uses/", "replay/")
# For scripts, which show it on the pages below.
DATA = ("/admin/intake/h", "/admin/intake/i", "/admin/intake/p", "/admin/content/-/lookup", "/admin/content/-/plans")
# What only the payload could have put there.
PLANTED = """() => ({
  ran: window.ran ?? null,
  elements: [...document.querySelectorAll("img[src=x], svg[onload], script:not([src]), [onerror], [onload]")].map((e) => e.outerHTML),
})"""


@pytest.fixture
def poisoned(app: Flask, world: World) -> list[str]:
    """Every address that shows something a person wrote."""
    now = clock.now()
    addresses = poison_records(world)
    for kind, code in poison_content(now):
        addresses += [f"/admin/content/{kind}/{code}/{tab}" for tab in TABS]
    for kind, code in poison_directory(now):
        if kind != "channel":
            addresses.append(f"/admin/directory/{kind}/-/{code}")
    addresses += [
        f"/admin/content/{CUSTOM}/",
        f"/admin/content/{CUSTOM}/-/new/",
        "/admin/content/-/routes/sunshine-route/codes/",
        "/admin/content/-/routes/places/sunshine-route/",
        "/admin/content/-/floor_plans/bad-floor/",
    ]
    addresses += [
        f"/admin/content/plan/-/new/?clause={PAYLOAD}",
        f"/admin/search/?q={MARK}",
        f"/admin/requests/?q={PAYLOAD[:40]}",
    ]
    found = [door.address for door in doors(app, "GET", below="/admin/") if not door.rule.arguments]
    return [*addresses, *(each for each in found if not each.endswith(("/export", "/edit/", "/details/")))]


def test_no_page_holds_what_was_typed_as_markup(app: Flask, poisoned: list[str], sign_in: SignIn) -> None:
    client = sign_in(cast.administrator())
    shown = 0
    for address in poisoned:
        answer = client.get(address, follow_redirects=True)
        text = answer.get_data(as_text=True)
        assert answer.status_code in {200, 403, 404, 422}, (address, answer.status_code)
        shown += MARK in text
        if answer.mimetype == "text/html":
            for harm in ("<img src=x", "<script>window", "<svg onload", f"49{MARK}", "&lt;class", "<svg/onload"):
                assert harm not in text, (address, harm)
    assert shown > 80


def test_chromium_runs_nothing_of_it_on_any_page(
    app: Flask, poisoned: list[str], serve: Callable[[Flask], str], page: Any, sign_in: SignIn
) -> None:
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    complaints: list[tuple[str, str]] = []
    site = serve(app)
    cookie = sign_in(cast.administrator()).get_cookie("anju")
    page.context.add_cookies([{"name": "anju", "value": cookie.value, "url": site}])
    page.on(
        "console", lambda told: complaints.append((page.url, told.text)) if "Security Policy" in told.text else None
    )
    page.on("dialog", lambda dialog: complaints.append((page.url, "dialog")))
    page.set_default_timeout(20_000)
    seen = set()
    for address in poisoned:
        if address.startswith(DATA) or (address.endswith(("/uses/", "/replay/")) and "/plan/" not in address):
            continue
        answer = page.goto(site + address, wait_until="domcontentloaded")
        seen.add(page.url)
        found = page.evaluate(PLANTED)
        assert found == {"ran": None, "elements": []}, (address, found, answer.status)
    assert not complaints
    assert len(seen) > 100


def test_scripts_show_what_they_fetch_as_text(
    app: Flask, poisoned: list[str], serve: Callable[[Flask], str], page: Any, sign_in: SignIn
) -> None:
    """The pages' own scripts: found homes and items, pickers, live previews, conflicts, new rows."""
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    site = serve(app)
    cookie = sign_in(cast.manager()).get_cookie("anju")
    page.context.add_cookies([{"name": "anju", "value": cookie.value, "url": site}])
    page.set_default_timeout(15_000)
    page.goto(f"{site}/admin/intake/")
    page.fill("#who", "1201")
    page.wait_for_selector("#who-list [role=option], #who-list li")
    page.keyboard.press("Enter")
    page.wait_for_selector(".history-row")
    page.fill("#item-box", MARK)
    page.wait_for_selector("#item-box-list [role=option], #item-box-list li")
    assert page.evaluate(PLANTED) == {"ran": None, "elements": []}
    page.goto(f"{site}/admin/content/plan/sunshine-plan/")
    page.wait_for_load_state("networkidle")
    page.focus("[data-field=route] [data-picker-input]")
    page.wait_for_selector(".options li")
    assert page.evaluate(PLANTED) == {"ran": None, "elements": []}
    page.goto(f"{site}/admin/content/checklist/-/new/")
    page.locator("[data-add-row]").first.click()
    assert page.evaluate(PLANTED) == {"ran": None, "elements": []}


def test_a_link_that_is_a_script_is_no_link(poisoned: list[str], sign_in: SignIn) -> None:
    text = sign_in(cast.manager()).get(f"/admin/content/{CUSTOM}/entry/preview/").text
    assert "javascript:" in text
    assert 'href="javascript:' not in text


def test_what_is_refused_is_shown_again_as_text(world: World, sign_in: SignIn) -> None:
    client: FlaskClient = sign_in(cast.administrator())
    token = token_of(client, "/account/password")
    forms = {
        "/admin/intake/": dict.fromkeys(("estate", "kind", "item", "words", "place", "contact_name"), PAYLOAD),
        f"/admin/requests/{world.request.number}/assign": {"to": PAYLOAD, "version": PAYLOAD},
        f"/admin/work/{world.order.number}/cancel": {"reason": "", "version": PAYLOAD},
        "/admin/directory/building/-/new": {"code": PAYLOAD, "name.zh": PAYLOAD, "floors": PAYLOAD},
        "/admin/content/service_item/-/new/": {"code": PAYLOAD, "name.zh": PAYLOAD, "response_minutes": PAYLOAD},
        "/admin/content/-/plans/preview/": {"name.zh": PAYLOAD, "rrule": PAYLOAD, "times": PAYLOAD},
        "/admin/accounts/": {"username": PAYLOAD[:64], "staff": PAYLOAD},
        "/login": {"username": PAYLOAD[:60], "password": "x"},
        "/admin/saved-filters/": {"listed": PAYLOAD, "name": PAYLOAD, "query": "x"},
    }
    for path, form in forms.items():
        answer = client.post(path, data={**form, "csrf_token": token}, follow_redirects=True)
        assert answer.status_code < 500, path
        for harm in ("<img src=x", "<script>window", "<svg onload"):
            assert harm not in answer.text, (path, harm)
