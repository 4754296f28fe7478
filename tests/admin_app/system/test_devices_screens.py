"""系统·设备: what a supervisor sees of tablets, and the end of a lost one."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from store import clock
from store.devices import operations as devices
from store.devices.documents import Device
from store.devices.rules import Report
from tests import cast
from tests.admin_app.conftest import SignIn, token_of

PAGE = f"/admin/devices/{cast.TABLET}"
NAME = "巡更平板 1"


@pytest.fixture
def tablet(app: Flask) -> Device:
    cast.make_company(cast.LONG_AGO)
    now = clock.now() - timedelta(minutes=3)
    device = devices.enrol(cast.TABLET, NAME, actor=cast.guard(), now=now)
    said = Report(app_version="1.4.0", unsent=7, clock_offset_ms=-3 * 60_000, persisted=False)
    devices.report_contact(device.to_mongo(), "guard", said, now=now)
    return device


def verb(client: Any, wanted: str, *, name: str) -> Any:
    values = {"csrf_token": token_of(client, "/account/password"), "version": "1", "name": name}
    return client.post(f"{PAGE}/{wanted}", data=values)


def test_the_list_says_when_it_was_heard_of_and_what_is_only_there(tablet: Device, sign_in: SignIn) -> None:
    text = sign_in(cast.supervisor()).get("/admin/devices/").text
    for told in (NAME, "3 分前", "7 条", "慢 3 分", "卫安朗", "1.4.0", "阳光花园"):
        assert told in text, told


def test_a_clock_within_a_minute_is_not_amber(tablet: Device, sign_in: SignIn) -> None:
    Device.objects.update(set__clock_offset_ms=60_000)
    text = sign_in(cast.supervisor()).get("/admin/devices/").text
    assert "快" not in text
    Device.objects.update(set__clock_offset_ms=60_001)
    assert "快 1 分" in sign_in_again(sign_in)


def sign_in_again(sign_in: SignIn) -> str:
    return str(sign_in(cast.repair_supervisor()).get("/admin/devices/").text)


def test_the_page_shows_people_and_history(tablet: Device, sign_in: SignIn) -> None:
    text = sign_in(cast.supervisor()).get(PAGE).text
    for told in (NAME, "可能被浏览器清除", "卫安朗", "登记", cast.TABLET):
        assert told in text, told


def test_entries_on_a_tablet_nobody_hears_of_stand_in_their_own_view(tablet: Device, sign_in: SignIn) -> None:
    client = sign_in(cast.supervisor())
    assert NAME not in client.get("/admin/devices/?view=silent").text
    Device.objects.update(set__last_contact=clock.now() - timedelta(hours=13))
    text = client.get("/admin/devices/?view=silent").text
    assert NAME in text
    assert "久未联系" in text


def test_revoking_needs_the_name_typed(tablet: Device, sign_in: SignIn) -> None:
    client = sign_in(cast.supervisor())
    wrong = verb(client, "revoke", name="巡更平板")
    assert wrong.status_code == 422
    assert f"请输入设备名称「{NAME}」确认" in wrong.text
    assert Device.objects.get().state == "active"
    assert verb(client, "revoke", name=NAME).status_code == 303
    assert Device.objects.get().state == "revoked"
    text = client.get(PAGE).text
    assert "当时有 7 条未发送" in text
    assert f"{PAGE}/revoke" not in text
    assert NAME not in client.get("/admin/devices/").text
    assert NAME in client.get("/admin/devices/?view=revoked").text


def test_a_name_changed_twice_at_once_is_shown_to_the_second(tablet: Device, sign_in: SignIn) -> None:
    client = sign_in(cast.supervisor())
    assert verb(client, "rename", name="东门平板").status_code == 303
    late = verb(client, "rename", name="西门平板")
    assert late.status_code == 409
    assert "西门平板" in late.text


def test_an_auditor_looks_and_changes_nothing(tablet: Device, sign_in: SignIn) -> None:
    client = sign_in(cast.auditor())
    text = client.get(PAGE).text
    assert NAME in text
    assert f"{PAGE}/revoke" not in text
    assert verb(client, "revoke", name=NAME).status_code == 403


def test_a_foreign_tablet_is_absent(tablet: Device, sign_in: SignIn) -> None:
    client = sign_in(cast.stranger())
    assert client.get(PAGE).status_code == 404
    assert verb(client, "revoke", name=NAME).status_code == 404
    for view in ("", "?view=all", f"?q={NAME}"):
        assert cast.TABLET not in client.get(f"/admin/devices/{view}").text


def test_the_estates_of_others_are_not_named(tablet: Device, sign_in: SignIn) -> None:
    Device.objects.update(set__estates=[cast.ESTATE, cast.OTHER_ESTATE])
    for page in (PAGE, "/admin/devices/"):
        text = sign_in(cast.supervisor()).get(page).text if page == PAGE else sign_in_again(sign_in)
        assert "滨江雅苑" not in text
