"""失物招领: what is personal, what is late, what a correction shows."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from store.audit.documents import AuditEntry
from store.described.documents import DOCUMENTS
from store.lost_property.kind import LOST_ITEM
from tests import cast
from tests.admin_app.conftest import SignIn
from tests.admin_app.office import post
from tests.described import make_sample, typed

LostItem = DOCUMENTS["lost_item"]


@pytest.fixture
def manager(app: Flask, sign_in: SignIn) -> FlaskClient:
    cast.make_company(cast.LONG_AGO)
    return sign_in(cast.manager())


def test_what_is_personal_is_hidden_until_somebody_asks_and_the_look_is_logged(manager: FlaskClient) -> None:
    item = make_sample(LOST_ITEM)
    claim = {"version": 1, "claimed_by": "李四", "claimant_phone": "13900000009"}
    assert post(manager, f"/admin/lost-property/{item.number}/claim", **claim).status_code == 303
    page = manager.get(f"/admin/lost-property/{item.number}").text
    assert "139****0009" in page
    assert "13900000009" not in page
    assert "李四" not in page
    revealed = post(manager, f"/admin/lost-property/{item.number}/reveal").text
    assert "13900000009" in revealed
    assert "李四" in revealed
    assert AuditEntry.objects.get(action="reveal_contact").about == f"lost_item:{item.number}"
    assert "13900000009" not in manager.get(f"/admin/lost-property/{item.number}").text


def test_what_is_late_says_so(manager: FlaskClient) -> None:
    item = make_sample(LOST_ITEM)
    LostItem.objects(pk=item.pk).update(set__keep_until="2020-01-01")
    assert "已超时" in manager.get(f"/admin/lost-property/{item.number}").text
    assert item.number in manager.get("/admin/lost-property/?view=overdue").text
    assert post(manager, f"/admin/lost-property/{item.number}/dispose", version=1, reason="到期").status_code == 303


def test_a_correction_begins_with_what_stands_and_takes_out_nothing_that_it_does_not_show(manager: FlaskClient) -> None:
    item = make_sample(LOST_ITEM, text="王清和")
    page = manager.get(f"/admin/lost-property/{item.number}").text
    assert 'name="place" value="王清和"' in page
    assert 'name="found_by" value=""' in page
    said = {**typed(LOST_ITEM), "what": "雨伞", "place": "大堂", "found_by": "", "version": 1}
    assert post(manager, f"/admin/lost-property/{item.number}/correct", **said).status_code == 303
    corrected = LostItem.objects.get()
    assert (corrected.what, corrected.found_by, corrected.title) == ("雨伞", "王清和", "雨伞 · 大堂")


def test_history_names_whoever_kept_it_before(manager: FlaskClient) -> None:
    item = make_sample(LOST_ITEM)
    here = f"/admin/lost-property/{item.number}"
    for version, keeper in enumerate(("cleaner", "desk"), start=1):
        said = {**typed(LOST_ITEM), "kept_by": keeper, "version": version}
        assert post(manager, f"{here}/correct", **said).status_code == 303
    page = manager.get(here).text
    assert "保管人：曹安净" in page
    assert "保管人：吴安晴" in page


def test_a_desk_is_asked_to_record_what_was_found(app: Flask, sign_in: SignIn) -> None:
    cast.make_company(cast.LONG_AGO)
    assert "/admin/lost-property/make/" in sign_in(cast.desk()).get("/admin/lost-property/").text
