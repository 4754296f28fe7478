"""What people type to find something: rooms, telephones and names of a request, colleagues, pages, everyday words."""

from typing import Any

import pytest

from admin_app.backoffice.forms.references import find
from store.catalogue.rules import aliases_of
from store.requests.documents import ServiceRequest
from tests import cast
from tests.admin_app.conftest import SignIn
from tests.admin_app.office import make_request, make_world


@pytest.fixture
def world(app: Any) -> None:
    make_world()


def test_requests_are_found_by_room_name_pinyin_and_telephone(world: None, sign_in: SignIn) -> None:
    hers = make_request(household="sunshine-3-1201", place="3-1201")
    called = make_request(contact_name="路人", contact_phone="13800001111")
    other = make_request()
    client = sign_in(cast.desk())
    for text in ("3栋1201", "王清和", "wqh"):
        page = client.get("/admin/requests/", query_string={"q": text}).text
        assert hers.number in page, text
        assert other.number not in page, text
    for text in ("138 0000 1111", "+86 13800001111"):
        page = client.get("/admin/requests/", query_string={"q": text}).text
        assert called.number in page, text
        assert hers.number not in page, text


def test_hits_say_where_and_when(world: None, sign_in: SignIn) -> None:
    first, second = make_request(place="中心花园"), make_request(place="中心花园")
    ServiceRequest.objects.update(set__title="漏水")
    page = sign_in(cast.desk()).get("/admin/search/?q=漏水").text
    assert first.number in page
    assert second.number in page
    assert "中心花园 · 今天" in page


def test_colleagues_and_pages_are_hits(world: None, sign_in: SignIn) -> None:
    client = sign_in(cast.manager())
    name = cast.repairer().name
    assert "/admin/directory/staff/-/repairer" in client.get(f"/admin/search/?q={name}", follow_redirects=True).text
    answer = client.get("/admin/search/?q=制度覆盖")
    assert "/admin/coverage/" in (answer.location or answer.text)


def test_a_reference_is_found_by_pinyin_and_by_everyday_words(world: None, app: Any) -> None:
    body = {"name": {"zh": "户内断电维修"}, "category": "repair", "kinds": ["repair"], "urgency": "urgent"}
    cast.publish("service_item", "power", {**body, "aliases": "跳闸、没电", "response_minutes": 30}, cast.LONG_AGO)
    with app.test_request_context():
        for text in ("hndd", "huneiduandian", "跳闸"):
            assert "power" in [each.code for each in find("service_item", text, cast.manager())], text
        assert "sunshine" in [each.code for each in find("estate", "yg", cast.manager())]


def test_aliases_are_cut_at_every_usual_sign() -> None:
    assert aliases_of({"aliases": "滴水、漏水, Drip；跳闸 "}) == ["滴水", "漏水", "drip", "跳闸"]
    assert aliases_of({}) == []


def test_the_desk_finds_an_item_by_what_the_resident_says(world: None, sign_in: SignIn) -> None:
    body = {"name": {"zh": "户内断电维修"}, "category": "repair", "kinds": ["repair"], "urgency": "urgent"}
    cast.publish("service_item", "power", {**body, "aliases": "跳闸", "response_minutes": 30}, cast.LONG_AGO)
    items = sign_in(cast.desk()).get("/admin/intake/items").get_json()
    found = next(each for each in items if each["code"] == "power")
    assert "跳闸" in found["found_by"]
    assert "tiaozha" in found["found_by"]
