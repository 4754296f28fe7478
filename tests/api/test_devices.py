"""Tablets over the API."""

import pytest

from store.devices.documents import Device
from tests import cast
from tests.api.conftest import AsProgram, body_of
from tests.api.world import make_world

PATH = f"/devices/{cast.TABLET}"


@pytest.fixture(autouse=True)
def world(app: object) -> None:
    make_world()


def test_a_list_tells_what_is_only_on_the_tablets(program: AsProgram) -> None:
    Device.objects.update(set__people=[{"code": "guard", "name": "卫安朗", "unsent": 4}, {"code": "x", "unsent": 3}])
    found = body_of(program(cast.supervisor()).get("/devices", query_string={"filter[unsent][gt]": "3"}))["data"]
    assert [(each["code"], each["unsent"], each["state"]) for each in found] == [(cast.TABLET, 7, "active")]
    assert not body_of(program(cast.supervisor()).get("/devices", query_string={"filter[unsent][gt]": "9"}))["data"]


def test_revoking_names_the_tablet_and_happens_once(program: AsProgram) -> None:
    lead = program(cast.supervisor())
    wrong = lead.post(f"{PATH}/revocation", {"name": "another"})
    assert (wrong.status_code, body_of(wrong)["code"]) == (422, "name_differs")
    assert body_of(lead.post(f"{PATH}/revocation", {"name": "巡更平板 1"}))["state"] == "revoked"
    again = lead.post(f"{PATH}/revocation", {"name": "巡更平板 1"})
    assert (again.status_code, body_of(again)["code"]) == (422, "device_revoked")
    verbs = [each["verb"] for each in body_of(lead.get(f"{PATH}/events"))["data"]]
    assert verbs == ["enrol", "revoke"]


def test_a_stale_renaming_is_refused(program: AsProgram) -> None:
    lead = program(cast.supervisor())
    first = lead.post(f"{PATH}/renaming", {"name": "东门平板"}, headers={"If-Match": '"1"'})
    assert (first.status_code, body_of(first)["name"]) == (200, "东门平板")
    assert lead.post(f"{PATH}/renaming", {"name": "西门平板"}, headers={"If-Match": '"1"'}).status_code == 412
