"""No form of the library's is opened, and a verb that was tried tells how it went."""

import pytest
from flask import Flask

from admin_app.backoffice.frame.base import attempt
from store.errors import Conflict
from store.words import Words
from tests import cast
from tests.admin_app.conftest import signed_in, token_of

TAKEN = Words("编号已被使用", "This code is taken")


@pytest.mark.parametrize("page", ["new", "edit", "delete"])
def test_a_list_has_no_form_that_writes_past_the_verbs(app: Flask, page: str) -> None:
    client = signed_in(app, cast.manager())
    assert client.get(f"/admin/work/{page}/").status_code == 404
    assert client.post(f"/admin/work/{page}/", data={"csrf_token": token_of(client, "/admin/work/")}).status_code == 404


def test_a_tried_verb_tells_how_it_went_and_goes_back(app: Flask) -> None:
    def refuse() -> None:
        raise Conflict("code_taken", TAKEN)

    done = Words("已保存", "Saved")
    with app.test_request_context("/", method="POST"):
        from flask import get_flashed_messages

        assert attempt(refuse, done=done, back="//evil.example").location == "/admin/"
        assert attempt(lambda: None, done=done, back="/admin/x").location == "/admin/x"
        assert get_flashed_messages(with_categories=True) == [("error", TAKEN.zh), ("success", done.zh)]
