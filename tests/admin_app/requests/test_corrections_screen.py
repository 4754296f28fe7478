"""Putting a request right and joining reports of one fault, on its page and by programs."""

from typing import Any

import pytest
from flask import Flask

from store import clock, domains
from store.notices.relay import relay
from store.requests.documents import ServiceRequest
from tests import cast
from tests.admin_app.conftest import SignIn
from tests.admin_app.office import ITEM, make_request, make_world, post


@pytest.fixture
def made(app: Flask) -> Any:
    domains.load("operations")
    make_world()
    cast.publish("service_item", "burst", {**ITEM, "name": {"zh": "水管爆裂"}, "urgency": "urgent"}, cast.LONG_AGO)
    return make_request()


def url(record: Any, verb: str = "") -> str:
    return f"/admin/requests/{record.number}{'/' + verb if verb else ''}"


def test_the_form_of_a_correction_stands_filled_and_takes_a_room(made: Any, sign_in: SignIn) -> None:
    client = sign_in(cast.desk())
    home = cast.make_household("3-1202", now=cast.LONG_AGO)
    page = client.get(url(made)).text
    assert '<option value="tap" selected>' in page
    values = {"version": made.version, "item": "burst", "kind": "repair", "household": "3-1202", "reason": "听错了"}
    assert post(client, url(made, "correct"), **values).status_code == 303
    now = ServiceRequest.objects.get()
    assert (now.item["code"], now.household) == ("burst", home.code)
    page = client.get(url(made)).text
    assert "更正前" in page
    assert "听错了" in page
    assert "tap · 报修" in page


@pytest.mark.parametrize("name", ["item", "kind"])
def test_what_every_request_has_cannot_be_emptied_at_a_desk(made: Any, sign_in: SignIn, name: str) -> None:
    """It would stay what it was, while an emptied place is taken out: nobody could tell which from the form."""
    client = sign_in(cast.desk())
    assert f'<select id="v-correct-{name}" name="{name}" required>' in client.get(url(made)).text
    values = {"item": "tap", "kind": "repair", "place": "厨房", "reason": "听错了", name: ""}
    answer = post(client, url(made, "correct"), version=made.version, **values)
    assert answer.status_code == 422
    assert ServiceRequest.objects.get().version == made.version


def test_what_cannot_be_corrected_so_is_said_at_its_field(made: Any, sign_in: SignIn) -> None:
    client = sign_in(cast.desk())
    values = {"version": made.version, "item": "burst", "kind": "complaint", "household": "9-9999", "reason": "听错了"}
    answer = post(client, url(made, "correct"), **values)
    assert answer.status_code == 422
    assert "9-9999" in answer.text


def test_two_reports_are_joined_and_shown_in_the_list_and_on_both_pages(made: Any, sign_in: SignIn) -> None:
    client, second = sign_in(cast.desk()), make_request()
    assert f'<option value="{made.number}"' in client.get(url(second)).text
    assert post(client, url(second, "merge"), version=second.version, into=made.number).status_code == 303
    relay(clock.now())
    listed = client.get("/admin/requests/").text
    assert f"并入 {made.number}" in listed
    assert "同一故障 2 件" in listed
    assert second.number in client.get(url(made)).text
    page = client.get(url(second)).text
    assert "在那里处理和答复" in page
    assert 'name="told"' not in page
    joined = ServiceRequest.objects.get(pk=second.pk)
    assert post(client, url(second, "separate"), version=joined.version).status_code == 303
    relay(clock.now())
    assert f"并入 {made.number}" not in client.get("/admin/requests/").text
