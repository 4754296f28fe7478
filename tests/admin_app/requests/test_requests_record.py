"""The page of a request: verbs with the version that was seen, conflicts, masked contacts."""

from typing import Any

import pytest

from store import clock
from store.audit.documents import AuditEntry
from store.requests import operations as requests
from store.requests.documents import ServiceRequest
from tests import cast
from tests.admin_app.conftest import SignIn
from tests.admin_app.office import make_request, make_world, post


@pytest.fixture
def made(app: Any) -> Any:
    make_world()
    return make_request(household="sunshine-3-1201", place="3-1201")


def url(request: Any, verb: str = "") -> str:
    return f"/admin/requests/{request.number}" + (f"/{verb}" if verb else "")


def test_only_verbs_that_are_allowed_now_are_buttons(made: Any, sign_in: SignIn) -> None:
    text = sign_in(cast.desk()).get(url(made)).text
    assert url(made, "accept") in text
    assert url(made, "reopen") not in text


def test_a_reader_without_rights_sees_no_buttons(made: Any, sign_in: SignIn) -> None:
    client = sign_in(cast.auditor())
    assert url(made, "accept") not in client.get(url(made)).text
    assert post(client, url(made, "accept"), version=1).status_code == 403


def test_an_answer_keeps_the_promise_to_answer_and_the_repair_is_still_owed(made: Any, sign_in: SignIn) -> None:
    client = sign_in(cast.desk())
    assert post(client, url(made, "answer"), version=1, text="已修好").status_code == 303
    now = ServiceRequest.objects.get()
    assert now.state == "answered"
    assert {each["name"]: each["stopped_at"] is None for each in now.clocks} == {"response": False, "resolve": True}
    page = client.get(url(made)).text
    assert "还没有人把答复告诉业主" in page
    assert post(client, url(made, "record_told"), version=now.version, how="phone").status_code == 303
    assert "还没有人把答复告诉业主" not in client.get(url(made)).text
    assert "已修好" in client.get(url(made)).text


def test_the_second_of_two_is_shown_the_firsts_change_and_loses_nothing(made: Any, sign_in: SignIn) -> None:
    client = sign_in(cast.desk())
    requests.wait(made.pk, reason="业主出差", actor=cast.manager(), now=clock.now())
    answer = post(client, url(made, "answer"), version=1, text="写了很久的答复")
    assert answer.status_code == 409
    assert "业主出差" in answer.text
    assert "写了很久的答复" in answer.text
    assert ServiceRequest.objects.get().state == "waiting"


def test_a_form_without_the_version_is_refused(made: Any, sign_in: SignIn) -> None:
    client = sign_in(cast.desk())
    for version in ("", "x", "１"):
        assert post(client, url(made, "accept"), version=version).status_code == 422
    assert ServiceRequest.objects.get().state == "open"


def test_an_empty_reason_is_told_at_its_field(made: Any, sign_in: SignIn) -> None:
    answer = post(sign_in(cast.desk()), url(made, "wait"), version=1, reason=" ")
    assert answer.status_code == 422
    assert "请填写「" in answer.text


def test_telephone_numbers_are_masked_and_a_look_is_logged(made: Any, sign_in: SignIn) -> None:
    client = sign_in(cast.desk())
    assert "139****0001" in client.get(url(made)).text
    assert "13900000001" in post(client, url(made, "contact")).text
    assert AuditEntry.objects.get(action="reveal_contact").actor == "desk"


def test_an_auditor_may_not_look_at_numbers(made: Any, sign_in: SignIn) -> None:
    assert post(sign_in(cast.auditor()), url(made, "contact")).status_code == 403
    assert AuditEntry.objects(action="reveal_contact").count() == 0


def test_a_clock_says_why_it_is_due_then(made: Any, sign_in: SignIn) -> None:
    assert "期限 30 分钟" in sign_in(cast.desk()).get(url(made)).text


def test_the_page_is_in_english_for_who_reads_english(made: Any, sign_in: SignIn) -> None:
    text = sign_in(cast.desk()).get(url(made) + "?lang=en").text
    assert "Answer the resident" in text
    assert "答复业主" not in text


def test_an_unknown_verb_is_absent(made: Any, sign_in: SignIn) -> None:
    assert post(sign_in(cast.desk()), url(made, "explode"), version=1).status_code == 404
