"""What holds for every page: headers, forgery, default deny, sizes, errors, language."""

import io
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from admin_app.app import create_app
from admin_app.shell import gate
from admin_app.shell.paths import own_path
from store.errors import Conflict, Forbidden, Invalid, NotFound, Problem, RuleBroken
from store.words import Words
from tests import cast
from tests.admin_app.conftest import log_in, make_account, token_of

WORDS = Words("名称已被使用", "This name is taken")
ERRORS = {
    "invalid": (Invalid([Problem("a", WORDS, "name"), Problem("b", WORDS, "code")]), 422),
    "rule": (RuleBroken("closed", WORDS), 422),
    "conflict": (Conflict("taken", WORDS, field="name"), 409),
    "absent": (NotFound(Words("工单", "Work order"), "x"), 404),
    "forbidden": (Forbidden("work.cancel"), 403),
}


@pytest.fixture
def odd_app(settings: Any, database: Any, redis: Any) -> Flask:
    """The application with pages that fail in every way, and one that forgot to say who may enter."""
    app = create_app(settings)
    app.add_url_rule("/undeclared", endpoint="undeclared", view_func=lambda: "secret")

    @gate.public
    def fail(kind: str) -> str:
        if kind == "bug":
            raise ZeroDivisionError("a secret in the message")
        raise ERRORS[kind][0]

    app.add_url_rule("/fail/<kind>", endpoint="fail", view_func=fail, methods=["GET", "POST"])
    app.add_url_rule("/api/fail/<kind>", endpoint="api_fail", view_func=fail)

    @gate.public
    def upload() -> str:
        from flask import request

        return str(len(request.files))

    app.add_url_rule("/upload", endpoint="upload", view_func=upload, methods=["POST"])
    app.add_url_rule("/api/upload", endpoint="api_upload", view_func=upload, methods=["POST"])
    return app


def test_every_page_carries_the_headers(client: FlaskClient) -> None:
    headers = client.get("/login").headers
    policy = headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cache-Control"] == "no-store"
    assert "Strict-Transport-Security" not in headers


def test_https_brings_hsts_and_secure_cookies(settings: Any, database: Any, redis: Any) -> None:
    app = create_app(replace(settings, base_url="https://anju.example"))
    answer = app.test_client().get("/login", base_url="https://anju.example")
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=")
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-anju=")
    assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= set(cookie.split("; "))


def test_pages_have_no_inline_scripts_or_styles(client: FlaskClient) -> None:
    text = client.get("/login").text
    assert "<style" not in text
    assert " style=" not in text
    assert " on" not in text.replace(" one", "").split("<body>")[0]
    assert text.count("<script") == text.count('<script type="module" src=')


def test_static_files_are_kept_for_ever_under_the_address_of_their_content(app: Flask, client: FlaskClient) -> None:
    with app.test_request_context():
        from flask import url_for

        address = url_for("static", filename="js/shell.js")
    answer = client.get(address)
    assert "immutable" in answer.headers["Cache-Control"]
    assert "Set-Cookie" not in answer.headers
    assert client.get("/static/other/js/shell.js").headers["Cache-Control"] == "no-cache"
    assert client.get("/static/other/../../app.py").status_code == 404


def test_a_post_without_the_token_is_refused(app: Flask, client: FlaskClient) -> None:
    make_account(app, cast.manager())
    answer = client.post("/login", data={"username": "manager", "password": "x"})
    assert answer.status_code == 400
    assert "页面已过期" in answer.text


def test_the_token_of_another_session_is_refused(app: Flask, client: FlaskClient, sign_in: Any) -> None:
    foreign = token_of(client)
    assert sign_in(cast.manager()).post("/preferences/estate", data={"csrf_token": foreign}).status_code == 400


def test_an_endpoint_that_does_not_say_who_may_enter_is_refused(odd_app: Flask) -> None:
    make_account(odd_app, cast.administrator())
    client = odd_app.test_client()
    assert client.get("/undeclared").status_code == 403
    log_in(client, "admin")
    answer = client.get("/undeclared")
    assert answer.status_code == 403
    assert "secret" not in answer.text
    assert gate.rules(odd_app)["undeclared", "GET"] is None


# Routes that the libraries bring and nobody needs: refused.
CLOSED = {"admin.static", "security.static"}


def test_every_other_endpoint_says_who_may_enter(app: Flask) -> None:
    silent = {endpoint for (endpoint, _), requirement in gate.rules(app).items() if requirement is None}
    assert silent <= CLOSED


def test_who_is_not_signed_in_is_led_to_the_sign_in_page_and_back(client: FlaskClient) -> None:
    assert client.get("/account/password?a=1").location == "/login?next=/account/password?a%3D1"


def test_a_program_that_is_not_signed_in_gets_a_problem_document(client: FlaskClient) -> None:
    answer = client.get("/admin/", headers={"Accept": "application/json"})
    assert answer.status_code == 401
    assert answer.get_json()["code"] == "not_signed_in"


@pytest.mark.parametrize("kind", ERRORS)
def test_errors_of_the_house_are_problem_documents_for_programs(odd_app: Flask, kind: str) -> None:
    error, status = ERRORS[kind]
    answer = odd_app.test_client().get(f"/api/fail/{kind}", headers={"Accept-Language": "en"})
    body = answer.get_json()
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")
    assert (body["code"], body["status"], body["title"]) == (error.code, status, error.words.en)
    assert body.get("field") == error.field


def test_all_problems_are_told_at_once(odd_app: Flask) -> None:
    body = odd_app.test_client().get("/api/fail/invalid").get_json()
    assert [(each["code"], each["field"]) for each in body["errors"]] == [("a", "name"), ("b", "code")]


@pytest.mark.parametrize("kind", ERRORS)
def test_errors_of_the_house_are_pages_for_people(odd_app: Flask, kind: str) -> None:
    error, status = ERRORS[kind]
    answer = odd_app.test_client().get(f"/fail/{kind}")
    assert answer.status_code == status
    assert error.words.zh in answer.text


def test_an_error_of_a_posted_form_is_flashed_on_the_page_it_came_from(odd_app: Flask) -> None:
    client = odd_app.test_client()
    token = token_of(client)
    data = {"csrf_token": token}
    answer = client.post("/fail/conflict", data=data, headers={"Referer": "http://localhost/login?a=1"})
    assert (answer.status_code, answer.location) == (303, "/login?a=1")
    assert WORDS.zh in client.get("/login").text


def test_a_form_from_elsewhere_is_not_sent_back_there(odd_app: Flask) -> None:
    client = odd_app.test_client()
    data = {"csrf_token": token_of(client)}
    answer = client.post("/fail/conflict", data=data, headers={"Referer": "http://evil.example/x"})
    assert answer.status_code == 409


@pytest.mark.parametrize("page", ["http://[", "http://[::1/admin/", "\x7f", "//"])
def test_a_form_from_an_address_that_is_none_is_answered(sign_in: Any, page: str) -> None:
    client = sign_in(cast.manager())
    form = {"csrf_token": token_of(client, "/account/password"), "estate": ""}
    answer = client.post("/preferences/estate", data=form, headers={"Referer": page})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/admin/")


@pytest.mark.parametrize("host", ["a" * 80, "a..b", "."])
def test_a_host_that_is_no_name_is_refused(client: FlaskClient, host: str) -> None:
    for address in ("/login", "/healthz", "/nothing", "/api/v1/requests"):
        answer = client.get(address, headers={"Host": host})
        assert (answer.status_code, answer.get_json()["code"]) == (400, "bad_request"), address


def test_a_defect_says_nothing_of_its_inside(odd_app: Flask) -> None:
    client = odd_app.test_client()
    page, document = client.get("/fail/bug"), client.get("/api/fail/bug")
    assert (page.status_code, document.status_code) == (500, 500)
    assert document.get_json()["code"] == "internal_error"
    assert "secret" not in page.text + document.text


def test_what_is_too_large_is_named(odd_app: Flask) -> None:
    client = odd_app.test_client()
    token = token_of(client)

    def send(path: str, size: int) -> Any:
        data = {"csrf_token": token, "file": (io.BytesIO(b"x" * size), "x.jpg")}
        return client.post(path, data=data, headers={"X-CSRFToken": token})

    page, document = send("/upload", 16 * 1024 * 1024), send("/api/upload", 16 * 1024 * 1024)
    assert page.status_code == 413
    assert "16 MB" in page.text
    assert document.get_json()["code"] == "too_large"
    assert send("/upload", 1024 * 1024).text == "1"


def test_unknown_pages_and_methods_are_named(client: FlaskClient) -> None:
    assert client.get("/nowhere").status_code == 404
    assert client.get("/api/v1/nowhere").get_json()["code"] == "not_found"
    answer = client.post("/healthz")
    assert (answer.status_code, "GET" in answer.headers["Allow"]) == (405, True)


def test_the_process_answers_without_its_databases(client: FlaskClient) -> None:
    assert client.get("/healthz").get_json() == {"status": "ok"}


def test_the_language_is_the_readers(client: FlaskClient) -> None:
    assert "登录" in client.get("/login").text
    english = client.get("/login", headers={"Accept-Language": "en-GB,en;q=0.9"})
    assert "Sign in" in english.text
    assert english.headers["Content-Language"] == "en"


def test_a_chosen_language_is_remembered(client: FlaskClient) -> None:
    assert "Sign in" in client.get("/login?lang=en").text
    assert "Sign in" in client.get("/login", headers={"Accept-Language": "zh-CN"}).text
    assert "Sign in" in client.get("/login?lang=xx").text


def test_the_libraries_speak_chinese_too(app: Flask) -> None:
    from flask_admin.babel import gettext

    with app.test_request_context("/?lang=zh"):
        assert gettext("Record was successfully created.") != "Record was successfully created."


@pytest.mark.parametrize(
    "target", ["//evil.example", "https://evil.example", "/\\evil", "\t/x", "/a\nb", "javascript:x", "", None, "x"]
)
def test_only_paths_of_ours_are_paths_of_ours(target: str | None) -> None:
    assert own_path(target) is None


def test_a_path_of_ours_keeps_its_query() -> None:
    assert own_path("/admin/?a=1#x") == "/admin/?a=1#x"


def test_an_estate_one_may_not_see_cannot_be_chosen(sign_in: Any) -> None:
    cast.make_estate(cast.OTHER_ESTATE)
    client = sign_in(cast.desk())
    data = {"estate": cast.OTHER_ESTATE, "csrf_token": token_of(client, "/account/password")}
    assert client.post("/preferences/estate", data=data).status_code == 404
