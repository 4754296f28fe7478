"""Lost property over HTTP: verbs with versions, and what is personal hidden until somebody asks."""

import pytest

from store.audit.documents import AuditEntry
from store.lost_property.kind import LOST_ITEM
from tests import cast
from tests.api.conftest import AsProgram, Program, body_of
from tests.described import make_sample

ITEM = {"what": "黑色雨伞", "place": "大堂", "found_at": "2026-11-23T09:00:00+08:00", "kept_by": "desk"}
ITEM |= {"keep_until": "2027-02-23", "found_by": "王清和", "estate": cast.ESTATE}


@pytest.fixture
def manager(program: AsProgram) -> Program:
    cast.make_company(cast.LONG_AGO)
    return program(cast.manager())


def test_a_verb_runs_with_the_version_that_was_seen_and_says_what_is_allowed_now(manager: Program) -> None:
    item = body_of(manager.post("/lost-property", json=ITEM))
    assert item["allowed_verbs"] == ["claim", "hand_over", "correct", "dispose"]
    claim = {"claimed_by": "李四", "claimant_phone": "13900000009"}
    path = f"/lost-property/{item['number']}/claim"
    assert manager.post(path, json=claim, headers={"If-Match": '"9"'}).status_code == 412
    claimed = body_of(manager.post(path, json=claim, headers={"If-Match": '"1"'}))
    assert (claimed["state"], claimed["version"]) == ("claimed", 2)
    refused = manager.post(f"/lost-property/{item['number']}/disposal", json={"reason": "x"})
    assert (refused.status_code, body_of(refused)["code"]) == (422, "too_early")


def test_what_is_personal_is_hidden_until_somebody_asks_and_the_look_is_logged(manager: Program) -> None:
    item = body_of(manager.post("/lost-property", json=ITEM))
    manager.post(f"/lost-property/{item['number']}/claim", json={"claimed_by": "李四", "claimant_phone": "13900000009"})
    text = manager.get(f"/lost-property/{item['number']}").text
    assert not any(each in text for each in ("李四", "王清和", "13900000009"))
    assert "139****0009" in text
    assert AuditEntry.objects(action="reveal_contact").count() == 0
    seen = body_of(manager.post(f"/lost-property/{item['number']}/reveals"))
    assert seen == {"found_by": "王清和", "claimed_by": "李四", "claimant_phone": "13900000009", "signed_by": None}
    assert AuditEntry.objects.get(action="reveal_contact").about == f"lost_item:{item['number']}"


def test_the_other_estate_learns_nothing_personal(program: AsProgram) -> None:
    cast.make_company(cast.LONG_AGO)
    made = make_sample(LOST_ITEM)
    assert program(cast.stranger()).post(f"/lost-property/{made.number}/reveals").status_code == 404
