"""The directory: forms made of fields, refusals, history, duty; nothing personal to whom it is not shown."""

from typing import Any

import pytest

from store.audit.documents import AuditEntry
from store.people.documents import Department, Staff
from store.premises.documents import Household
from tests import cast
from tests.admin_app.conftest import SignIn
from tests.admin_app.office import make_world, post

KINDS = ("staff", "department", "roster", "estate", "building", "unit", "household")


@pytest.fixture
def world(app: Any) -> None:
    make_world()
    cast.make_roster(now=cast.LONG_AGO)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_a_list_and_a_form(world: None, sign_in: SignIn, kind: str) -> None:
    client = sign_in(cast.manager())
    assert client.get(f"/admin/directory/{kind}/").status_code == 200
    assert client.get(f"/admin/directory/{kind}/-/new").status_code == 200
    assert client.get(f"/admin/directory/{kind}/?q=(").status_code == 200


def test_an_entry_is_made_and_changed_with_history(world: None, sign_in: SignIn) -> None:
    client = sign_in(cast.manager())
    post(client, "/admin/directory/department/-/new", code="sport", **{"name.zh": "文体部"})
    url = "/admin/directory/department/-/sport"
    assert post(client, url, version=1, **{"name.zh": "文化体育部"}).status_code == 303
    assert Department.objects.get(code="sport").name["zh"] == "文化体育部"
    assert "文体部 → 文化体育部" in client.get(url).text


def test_every_mistake_is_told_and_nothing_typed_is_lost(world: None, sign_in: SignIn) -> None:
    answer = post(sign_in(cast.manager()), "/admin/directory/staff/-/new", code="A B", **{"name.zh": "张三"})
    assert answer.status_code == 422
    assert "编号只能用小写字母" in answer.text
    assert "张三" in answer.text


def test_the_second_editor_is_shown_the_firsts_change(world: None, sign_in: SignIn) -> None:
    client = sign_in(cast.manager())
    url = "/admin/directory/department/-/repair"
    version = Department.objects.get(code="repair").version
    post(client, url, version=version, **{"name.zh": "工程部"})
    answer = post(client, url, version=version, **{"name.zh": "维修部"})
    assert answer.status_code == 409
    assert "工程部" in answer.text
    assert "维修部" in answer.text


def test_what_is_in_use_is_not_put_out_of_use(world: None, sign_in: SignIn) -> None:
    client = sign_in(cast.manager())
    version = Department.objects.get(code="repair").version
    answer = post(client, "/admin/directory/department/-/repair/active", version=version, active="no")
    assert answer.status_code == 409
    assert "仍被" in answer.text
    assert Department.objects.get(code="repair").active


def test_the_desk_may_look_at_staff_without_their_numbers(world: None, sign_in: SignIn) -> None:
    client = sign_in(cast.desk())
    text = client.get("/admin/directory/staff/-/guard").text
    assert "guard@anju.example" not in text
    assert post(client, "/admin/directory/staff/-/guard", version=1, **{"name.zh": "x"}).status_code == 403
    assert Staff.objects.get(code="guard").name["zh"] == cast.guard().name


def test_households_are_masked_and_opening_the_form_is_logged(world: None, sign_in: SignIn) -> None:
    client = sign_in(cast.desk())
    for url in ("/admin/directory/household/", "/admin/directory/household/-/sunshine-3-1201/view"):
        text = client.get(url).text
        assert "139****0001" in text
        assert "13900000001" not in text
    assert AuditEntry.objects(action="reveal_contact").count() == 0
    assert "13900000001" in client.get("/admin/directory/household/-/sunshine-3-1201").text
    assert AuditEntry.objects(action="reveal_contact").count() == 1


def test_an_auditor_never_sees_a_full_number(world: None, sign_in: SignIn) -> None:
    client = sign_in(cast.auditor())
    assert "13900000001" not in client.get("/admin/directory/household/-/sunshine-3-1201").text
    assert Household.objects.count() == 1


def test_entries_of_foreign_estates_are_absent(world: None, sign_in: SignIn) -> None:
    client = sign_in(cast.stranger())
    for kind, code in (
        ("household", "sunshine-3-1201"),
        ("unit", "sunshine-3-1201"),
        ("estate", "sunshine"),
        ("staff", "guard"),
    ):
        assert f"/-/{code}" not in client.get(f"/admin/directory/{kind}/").text
        assert client.get(f"/admin/directory/{kind}/-/{code}").status_code == 404


def test_the_week_says_who_is_on_duty(world: None, sign_in: SignIn) -> None:
    text = sign_in(cast.manager()).get("/admin/duty/?estate=sunshine").text
    assert "此刻在岗" in text
    assert cast.guard().name in text
    assert sign_in(cast.stranger()).get("/admin/duty/?estate=sunshine").status_code == 404
