"""A repair on the screens: quoted, agreed to and charged in yuan, accepted or disputed, called back (clause 3.2)."""

from typing import Any
from zoneinfo import ZoneInfo

import pytest

from admin_app.backoffice.work.evidence import evidence_of
from store import clock
from store.charges.rules import LINES
from store.fields.posted import parse
from store.notices.relay import relay
from store.requests.documents import ServiceRequest
from store.work.documents import WorkOrder
from tests import cast
from tests.admin_app.conftest import SignIn
from tests.admin_app.office import post
from tests.store import repair_world as world


@pytest.fixture
def request_(app: Any) -> Any:
    world.make_world()
    return world.intake(clock.now())


@pytest.fixture
def order(request_: Any) -> Any:
    return world.arrive(request_, clock.now())


def url(record: Any, verb: str = "") -> str:
    part = "work" if isinstance(record, WorkOrder) else "requests"
    return f"/admin/{part}/{record.number}" + (f"/{verb}" if verb else "")


def done(client: Any, record: Any, verb: str, **values: Any) -> Any:
    now = type(record).objects.get(pk=record.pk)
    answer = post(client, url(record, verb), version=now.version, **values)
    assert answer.status_code == 303, answer.text
    relay(clock.now())
    return type(record).objects.get(pk=record.pk)


def quote(client: Any, order: Any, **values: str) -> Any:
    return done(client, order, "quote", **{"lines.0.line": "valve", "lines.0.quantity": "2", **values})


def test_rows_of_a_form_are_lines_and_what_is_half_filled_stays() -> None:
    given = {
        "lines.0.line": ["valve"],
        "lines.0.quantity": ["1.5"],
        "lines.2.line": ["seal"],
        "lines.10.quantity": ["x"],
    }
    rows = [{"line": "valve", "quantity": 1.5}, {"line": "seal"}, {"quantity": "x"}]
    assert parse((LINES,), given, ZoneInfo("Asia/Shanghai")) == {"lines": rows}


def test_a_repair_is_quoted_agreed_to_and_charged(order: Any, request_: Any, sign_in: SignIn) -> None:
    client = sign_in(cast.desk())
    done(client, order, "diagnose", text="阀芯老化")
    assert quote(client, order).quote["total_fen"] == 7000
    text = client.get(url(order)).text
    assert "¥70.00" in text
    assert "阀芯老化" in text
    assert url(order, "resume") not in text
    waiting = client.get(url(request_)).text
    assert "维修报价 ¥70.00" in waiting
    assert f'<a href="{url(order)}">登记业主的答复' in waiting
    assert done(client, order, "consent", given="yes", note="10 点电话").quote["state"] == "given"
    done(client, order, "materials", **{"lines.0.line": "valve", "lines.0.quantity": "1"})
    done(client, order, "complete", note="已试水")
    text = client.get(url(request_)).text
    assert "费用 ¥35.00" in text
    assert "视为验收" in text
    assert done(client, request_, "approve", note="很好").state == "closed"
    assert "业主确认验收" in client.get(url(request_)).text


def test_a_wrong_line_is_told_at_the_form_and_what_was_typed_stays(order: Any, sign_in: SignIn) -> None:
    client = sign_in(cast.desk())
    answer = post(
        client, url(order, "quote"), version=order.version, **{"lines.1.line": "valve", "lines.1.quantity": "0"}
    )
    assert answer.status_code == 422
    assert "应在 0.01 与 1000 之间" in answer.text
    assert 'name="lines.0.quantity" value="0"' in answer.text
    assert WorkOrder.objects.get().quote == {}


def test_a_consent_is_a_choice_and_never_guessed(order: Any, sign_in: SignIn) -> None:
    client = sign_in(cast.desk())
    asked = quote(client, order)
    assert post(client, url(order, "consent"), version=asked.version, given="maybe").status_code == 422
    assert WorkOrder.objects.get().quote["state"] == "asked"


def test_a_disputed_repair_shows_both_orders(order: Any, request_: Any, sign_in: SignIn) -> None:
    client = sign_in(cast.desk())
    done(client, order, "complete")
    assert done(client, request_, "dispute", reason="还在滴水").state == "accepted"
    text = client.get(url(request_)).text
    assert "还在滴水" in text
    for number in ServiceRequest.objects.get().orders_made, 2:
        assert f'href="/admin/work/{world.order_of(request_, number).number}"' in text


def test_a_manager_corrects_a_charge_line_by_line_and_the_desk_does_not(
    order: Any, request_: Any, sign_in: SignIn
) -> None:
    desk, manager = sign_in(cast.desk()), sign_in(cast.manager())
    done(desk, order, "materials", **{"lines.0.line": "valve", "lines.0.quantity": "2"})
    assert "更正收费" not in manager.get(url(request_)).text
    done(desk, order, "complete")
    assert "更正收费" not in desk.get(url(request_)).text
    assert 'name="lines.0.quantity" value="2"' in manager.get(url(request_)).text
    wrong = {"lines.0.line": "valve", "lines.0.quantity": "3", "reason": "多算"}
    answer = post(manager, url(request_, "correct_charge"), version=ServiceRequest.objects.get().version, **wrong)
    assert answer.status_code == 422
    assert "更正只能减少收费" in answer.text
    done(manager, request_, "correct_charge", **{**wrong, "lines.0.quantity": "1"})
    text = manager.get(url(request_)).text
    assert "费用 ¥35.00" in text
    assert "计费 1 个，其余收费已更正" in text
    assert "¥70.00 → ¥35.00" in text


def test_a_return_under_warranty_names_the_earlier_request(app: Any, sign_in: SignIn) -> None:
    world.make_world()
    first = world.repaired(clock.now())
    again = world.intake(clock.now())
    client = sign_in(cast.desk())
    for record in (again, world.order_of(again)):
        text = client.get(url(record)).text
        assert "质保期内返修" in text
        assert f'href="/admin/requests/{first.number}"' in text


def test_both_signatures_of_the_resident_are_among_the_photos(order: Any, sign_in: SignIn) -> None:
    signed = {"quote": "6" * 64, "end": "7" * 64}
    world.quote(order, clock.now())
    world.consent(order, clock.now(), signature=signed["quote"])
    world.finish(order, clock.now(), signature=signed["end"])
    albums = evidence_of(WorkOrder.objects.get(pk=order.pk), {}).albums
    assert [each.hash for album in albums for each in album.photos] == list(signed.values())


def test_a_call_back_is_recorded_with_the_residents_verdict(app: Any, sign_in: SignIn) -> None:
    world.make_world()
    request = world.repaired(clock.now())
    (order,) = WorkOrder.objects(kind="callback")
    client = sign_in(cast.desk())
    assert post(client, url(order, "complete"), version=order.version, note="").status_code == 422
    assert done(client, order, "complete", satisfied="no", note="又滴水").satisfied is False
    assert "不满意" in client.get(url(request)).text


def test_lists_show_quotes_that_wait_and_repairs_to_be_accepted(order: Any, request_: Any, sign_in: SignIn) -> None:
    client = sign_in(cast.desk())
    assert order.number not in client.get("/admin/work/?view=consent").text
    quote(client, order)
    assert order.number in client.get("/admin/work/?view=consent").text
    assert "等业主同意" in client.get("/admin/requests/?view=open").text
    done(client, order, "consent", given="no")
    done(client, order, "complete")
    assert request_.number in client.get("/admin/requests/?view=acceptance").text


def test_who_may_only_read_has_no_verbs_and_everything_is_in_english_too(order: Any, sign_in: SignIn) -> None:
    quote(sign_in(cast.desk()), order)
    client = sign_in(cast.auditor())
    text = client.get(url(order) + "?lang=en").text
    assert url(order, "consent") not in text
    assert "Waiting for consent" in text
