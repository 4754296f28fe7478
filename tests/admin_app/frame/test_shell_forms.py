"""A list with forms: they end in verbs, and what a verb refuses stands at its field."""

from typing import Any

import pytest
from flask import Flask

from admin_app.app import create_app
from admin_app.backoffice.frame.base import SecureModelView, attempt
from store import directory
from store.actor import Actor
from store.clock import now
from store.errors import Conflict, Problem, RuleBroken
from store.people.documents import Department
from store.words import Words
from tests import cast
from tests.admin_app.conftest import signed_in, token_of

TAKEN = Words("编号已被使用", "This code is taken")


class SampleDepartments(SecureModelView):
    permission = "directory.read"
    write_permission = "people.write"
    endpoint_name = "sample_departments"
    address = "/admin/odd-place"
    title = Words("样例部门", "Sample departments")
    estate_field = None
    column_list = ("code",)
    can_create = can_edit = can_delete = True
    form_columns = ("code", "clause")

    def create_record(self, values: dict[str, Any], actor: Actor) -> Any:
        if values["code"] == "taken":
            raise Conflict("code_taken", TAKEN, field="code")
        return directory.create("department", values["code"], {"name": "x"}, actor=actor, now=now())

    def delete_record(self, document: Any, actor: Actor) -> object:
        raise RuleBroken("in_use", Words("仍在使用", "Still in use"))


@pytest.fixture
def forms(settings: Any, database: Any, redis: Any) -> Flask:
    app = create_app(settings)
    app.extensions["admin"][0].add_view(SampleDepartments(Department))
    return app


def test_a_form_ends_in_a_verb(forms: Flask) -> None:
    client = signed_in(forms, cast.manager())
    token = token_of(client, "/admin/odd-place/new/")
    answer = client.post("/admin/odd-place/new/", data={"code": "garage", "csrf_token": token})
    assert answer.status_code == 302
    assert "manager" in str(Department.objects.get(code="garage").to_mongo()["events"])


def test_what_a_verb_refuses_stands_at_its_field(forms: Flask) -> None:
    client = signed_in(forms, cast.manager())
    token = token_of(client, "/admin/odd-place/new/")
    answer = client.post("/admin/odd-place/new/", data={"code": "taken", "csrf_token": token})
    assert answer.status_code == 200
    assert 'class="mistake"' in answer.text
    assert TAKEN.zh in answer.text


def test_a_refused_removal_is_flashed(forms: Flask) -> None:
    cast.make_department("garage")
    client = signed_in(forms, cast.manager())
    key = str(Department.objects.get(code="garage").pk)
    token = token_of(client, "/admin/odd-place/")
    client.post("/admin/odd-place/delete/", data={"id": key, "csrf_token": token})
    assert "仍在使用" in client.get("/admin/odd-place/").text
    assert Department.objects(code="garage").count() == 1


def test_writing_needs_more_than_reading(forms: Flask) -> None:
    client = signed_in(forms, cast.desk())
    assert client.get("/admin/odd-place/").status_code == 200
    assert client.get("/admin/odd-place/new/").status_code == 403


def test_a_form_without_the_token_writes_nothing(forms: Flask) -> None:
    client = signed_in(forms, cast.manager())
    assert client.post("/admin/odd-place/new/", data={"code": "garage"}).status_code == 400
    assert Department.objects(code="garage").count() == 0


def test_a_tried_verb_tells_how_it_went_and_goes_back(forms: Flask) -> None:
    def refuse() -> None:
        raise Conflict("code_taken", TAKEN)

    done = Words("已保存", "Saved")
    with forms.test_request_context("/", method="POST"):
        from flask import get_flashed_messages

        assert attempt(refuse, done=done, back="//evil.example").location == "/admin/"
        assert attempt(lambda: None, done=done, back="/admin/x").location == "/admin/x"
        assert get_flashed_messages(with_categories=True) == [("error", TAKEN.zh), ("success", done.zh)]


def test_problems_without_a_field_of_the_form_are_flashed(forms: Flask) -> None:
    from admin_app.backoffice.frame.base import show_on_form
    from store.errors import Invalid

    with forms.test_request_context("/"):
        from flask import get_flashed_messages

        show_on_form(None, Invalid([Problem("a", TAKEN, "x"), Problem("b", TAKEN)]))
        assert get_flashed_messages() == [TAKEN.zh, TAKEN.zh]
