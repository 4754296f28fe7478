"""The server's part in keeping what was typed: the way back over a new sign-in, and word of what was saved."""

from typing import Any

from flask import Flask

from admin_app.shell.drafts import COOKIE
from tests import cast
from tests.admin_app.conftest import SignIn, log_in, make_account, token_of
from tests.security.world import make_world

DRAFT = "0123456789abcdef0123456789abcdef"
HERE = "http://localhost"


def cookie_of(answer: Any) -> str:
    return next((each for each in answer.headers.getlist("Set-Cookie") if each.startswith(f"{COOKIE}=")), "")


def test_a_form_whose_session_ended_leads_back_by_way_of_sign_in(app: Flask) -> None:
    client = app.test_client()
    page = "/admin/requests/R-2611-0001?from=list"
    form = {"text": "x", "csrf_token": "old", "_draft": DRAFT}
    answer = client.post("/admin/requests/R-2611-0001/note", data=form, headers={"Referer": HERE + page})
    assert (answer.status_code, cookie_of(answer)) == (303, "")
    assert answer.location == "/login?next=/admin/requests/R-2611-0001?from%3Dlist"
    assert "您填写的文字还在这个浏览器里" in client.get(answer.location).text
    make_account(app, cast.manager())
    assert log_in(client, "manager", next=page).location == page


def test_an_old_page_of_somebody_signed_in_leads_back_to_itself(sign_in: SignIn) -> None:
    client = sign_in(cast.manager())
    headers = {"Referer": f"{HERE}/admin/intake/"}
    answer = client.post("/admin/intake/", data={"csrf_token": "old", "_draft": DRAFT}, headers=headers)
    assert (answer.status_code, answer.location, cookie_of(answer)) == (303, "/admin/intake/", "")
    assert "页面已过期" in client.get("/admin/intake/").text


def test_a_page_at_the_address_of_a_verb_leads_to_the_record(sign_in: SignIn) -> None:
    client = sign_in(cast.administrator())
    headers = {"Referer": f"{HERE}/admin/requests/R-2611-0001/note"}
    answer = client.post("/admin/requests/R-2611-0001/note", data={"csrf_token": "old"}, headers=headers)
    assert answer.location == "/admin/requests/R-2611-0001"


def test_another_sites_form_and_a_script_are_refused_as_ever(app: Flask, sign_in: SignIn) -> None:
    client = sign_in(cast.manager())
    for headers in ({}, {"Referer": "https://evil.example/admin/intake/"}):
        assert client.post("/admin/intake/", data={"csrf_token": "old"}, headers=headers).status_code == 400
    headers = {"Referer": f"{HERE}/admin/intake/", "Accept": "application/json"}
    assert client.post("/admin/intake/", data={}, headers=headers).get_json()["code"] == "csrf_failed"
    assert app.test_client().post("/tablet/enrolment", json={}, headers=headers).status_code in {400, 401}


def test_what_was_saved_is_named_and_what_was_refused_is_not(sign_in: SignIn) -> None:
    world = make_world()
    client = sign_in(cast.manager())
    token = token_of(client, "/account/password")
    page = f"/admin/requests/{world.request.number}"
    version = str(world.request.version)
    good = {"csrf_token": token, "_draft": DRAFT, "version": version, "text": "已电话联系"}
    assert DRAFT in cookie_of(client.post(f"{page}/note", data=good))
    other = DRAFT[::-1]
    both = cookie_of(client.post(f"{page}/note", data={**good, "_draft": other, "version": "2"}))
    assert DRAFT in both
    assert other in both
    assert cookie_of(client.post(f"{page}/note", data={**good, "_draft": other, "version": "1"})) == ""
    assert cookie_of(client.post(f"{page}/note", data={**good, "_draft": other, "version": "3", "text": ""})) == ""
    assert cookie_of(client.post(f"{page}/assign", data={**good, "to": "nobody"})) == ""
    for wrong in ("", "x", "../../x", f"{DRAFT};x"):
        assert cookie_of(client.post(f"{page}/note", data={**good, "_draft": wrong})) == ""


def test_the_key_of_drafts_is_ones_own(app: Flask, sign_in: SignIn) -> None:
    def told(client: Any) -> str:
        return str(client.get("/admin/today/").text.split('name="drafts"')[1].split(">")[0])

    manager, desk = sign_in(cast.manager()), sign_in(cast.desk())
    again = app.test_client()
    log_in(again, "manager")
    assert told(manager) == told(again) != told(desk)
    assert 'name="drafts"' not in app.test_client().get("/login").text
