"""What a page of the office does once, however many rows and words it has."""

import copy
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask

from admin_app.app import create_app
from tests import cast
from tests.admin_app.conftest import signed_in
from tests.admin_app.office import make_order, make_world

PAGES = ("/admin/board/", "/admin/work/", "/admin/directory/household/", "/admin/work/export")


@pytest.fixture
def office(settings: Any, database: Any, redis: Any) -> Flask:
    make_world()
    for number in range(8):
        make_order(f"order-{number}")
    return create_app(settings)


@pytest.mark.parametrize("address", PAGES)
def test_no_row_copies_the_fields_of_its_document(office: Flask, monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    copied: list[object] = []

    def deepcopy(value: Any) -> Any:
        copied.append(value)
        return copy.deepcopy(value)

    client = signed_in(office, cast.manager())
    monkeypatch.setattr("mongoengine.base.document.copy", SimpleNamespace(deepcopy=deepcopy))
    assert client.get(address).status_code == 200
    assert copied == []


@pytest.mark.parametrize("address", PAGES[:3])
def test_a_page_finds_out_once_in_which_language_it_is_read(
    office: Flask, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    from admin_app.shell import language

    asked: list[None] = []
    chosen = language.account_language

    def counted() -> str | None:
        asked.append(None)
        return chosen()

    client = signed_in(office, cast.manager())
    monkeypatch.setattr(language, "account_language", counted)
    assert client.get(address).status_code == 200
    assert len(asked) == 1


def test_a_language_that_is_chosen_meanwhile_counts_at_once(office: Flask) -> None:
    from flask import session

    from admin_app.shell.language import current_language

    with office.test_request_context("/admin/", headers={"Accept-Language": "zh"}):
        assert current_language() == "zh"
        session["language"] = "en"
        assert current_language() == "en"
