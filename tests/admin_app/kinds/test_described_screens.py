"""The office's screens of the kinds that are only described: list, form, page, verbs, workbook, search, menu."""

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from admin_app.backoffice.records.spreadsheet import MIME
from store.audit.documents import AuditEntry
from store.described.documents import DOCUMENTS
from store.described.operations import asked_of
from store.kinds import RecordKind, made_kinds
from tests import cast
from tests.admin_app.conftest import SignIn
from tests.admin_app.office import commands_in, counted, post
from tests.described import make_sample, sample_of, typed

KINDS = pytest.mark.parametrize("kind", made_kinds(), ids=lambda kind: kind.name)


@pytest.fixture
def manager(app: Flask, sign_in: SignIn) -> FlaskClient:
    cast.make_company(cast.LONG_AGO)
    return sign_in(cast.manager())


@KINDS
def test_an_empty_list_says_what_it_is_for_and_leads_to_the_form(manager: FlaskClient, kind: RecordKind) -> None:
    text = manager.get(f"/admin/{kind.page}/").text
    assert kind.office is not None
    assert kind.making is not None
    assert kind.office.empty.zh in text
    assert kind.office.empty_hint.zh in text
    assert text.count(f'href="/admin/{kind.page}/make/"') == 2
    english = manager.get(f"/admin/{kind.page}/?lang=en").text
    assert kind.office.empty.en in english
    assert kind.making.words.en in english


@KINDS
def test_one_is_made_by_its_form_and_shown(manager: FlaskClient, kind: RecordKind) -> None:
    assert manager.get(f"/admin/{kind.page}/make/").status_code == 200
    answer = post(manager, f"/admin/{kind.page}/make/", **typed(kind))
    made = DOCUMENTS[kind.name].objects.get()
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/admin/{kind.page}/{made.number}")
    page = manager.get(answer.headers["Location"]).text
    assert made.number in page
    assert kind.making is not None
    assert f"已{kind.making.words.zh}：{made.number}" in page
    for each in kind.fields_named(kind.making.asks):
        if each.kind in ("text", "long_text") and not each.personal:
            assert each.label.zh in page
    assert made.number in manager.get(f"/admin/{kind.page}/").text


@KINDS
def test_the_same_form_sent_twice_makes_one(manager: FlaskClient, kind: RecordKind) -> None:
    for _ in range(2):
        assert post(manager, f"/admin/{kind.page}/make/", **typed(kind)).status_code == 303
    assert DOCUMENTS[kind.name].objects.count() == 1


@KINDS
def test_what_is_wrong_stands_at_its_field_and_what_was_typed_stays(manager: FlaskClient, kind: RecordKind) -> None:
    needed = next(each for each in asked_of(kind)[1:] if each.required)
    answer = post(manager, f"/admin/{kind.page}/make/", **typed(kind, **{needed.name: "", "place": "三号楼门口"}))
    assert answer.status_code == 422
    assert f"请填写「{needed.label.zh}」" in answer.text
    assert "三号楼门口" in answer.text
    assert DOCUMENTS[kind.name].objects.count() == 0


@KINDS
def test_its_workbook_its_search_and_its_place_in_the_menu(manager: FlaskClient, kind: RecordKind) -> None:
    made = make_sample(kind)
    answer = manager.get(f"/admin/{kind.page}/export?view=all")
    assert (answer.status_code, answer.mimetype) == (200, MIME)
    assert AuditEntry.objects.get(action="export").about == f"{kind.name}:*"
    assert f"/admin/{kind.page}/{made.number}" in manager.get(f"/admin/search/?q={made.number}").text
    assert f'href="/admin/{kind.page}/"' in manager.get("/admin/today/").text


@KINDS
def test_every_view_and_filter_of_its_list_opens(manager: FlaskClient, kind: RecordKind) -> None:
    make_sample(kind)
    assert kind.office is not None
    views = ["open", "overdue", "all", *(state for state in kind.states if state not in kind.open_states)]
    for view in views:
        assert manager.get(f"/admin/{kind.page}/?view={view}").status_code == 200
    sample = {**sample_of(kind), "state": kind.making.state if kind.making else ""}
    for name in office_filters(kind):
        found = manager.get(f"/admin/{kind.page}/?view=all&{name}={sample[name]}").text
        assert "共 1 条" in found


def office_filters(kind: RecordKind) -> tuple[str, ...]:
    return kind.office.filters if kind.office else ()


@KINDS
def test_the_other_estate_is_absent(app: Flask, sign_in: SignIn, kind: RecordKind) -> None:
    cast.make_company(cast.LONG_AGO)
    made = make_sample(kind)
    stranger = sign_in(cast.stranger())
    assert stranger.get(f"/admin/{kind.page}/{made.number}").status_code == 404
    assert post(stranger, f"/admin/{kind.page}/{made.number}/reveal").status_code == 404
    assert made.number not in stranger.get(f"/admin/{kind.page}/?view=all").text


@KINDS
def test_a_list_of_many_estates_asks_no_more_than_a_list_of_one(
    manager: FlaskClient, database: Any, kind: RecordKind
) -> None:
    make_sample(kind)
    asked = []
    for n in range(3):
        cast.make_estate(f"estate-{n}", cast.LONG_AGO)
        with counted(database) as names:
            assert manager.get(f"/admin/{kind.page}/").status_code == 200
        asked.append(len(commands_in(names)))
    assert asked[1] == asked[2]


@KINDS
def test_a_form_of_an_estate_that_is_absent_makes_nothing_in_another(
    manager: FlaskClient, sign_in: SignIn, kind: RecordKind
) -> None:
    stranger = sign_in(cast.stranger())
    said = {**typed(kind), **{each.name: "stranger" for each in asked_of(kind) if each.target == "staff"}}
    assert post(stranger, f"/admin/{kind.page}/make/", **said).status_code == 404
    assert DOCUMENTS[kind.name].objects.count() == 0
