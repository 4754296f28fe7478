"""The secure base of all lists: rows of one's own estates only, keyset pages, capped counts, no side doors."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from admin_app.app import create_app
from admin_app.shell import gate
from store.work.documents import WorkOrder
from tests import cast
from tests.admin_app.conftest import signed_in, token_of
from tests.admin_app.sample import make_orders, with_sample


@pytest.fixture
def sample(settings: Any, database: Any, redis: Any) -> Flask:
    return with_sample(create_app(settings))


def numbers(text: str) -> list[str]:
    return [part.split("<")[0] for part in text.split('">W-')[1:]]


def next_page(text: str, rel: str = "next") -> str | None:
    if f'rel="{rel}"' not in text:
        return None
    return text.split(f'rel="{rel}" href="')[1].split('"')[0].replace("&amp;", "&")


def test_a_list_shows_only_the_readers_estates(sample: Flask) -> None:
    make_orders(2)
    make_orders(3, estate=cast.OTHER_ESTATE)
    assert len(numbers(signed_in(sample, cast.desk()).get("/admin/sample/").text)) == 2
    assert len(numbers(signed_in(sample, cast.stranger()).get("/admin/sample/").text)) == 3
    assert len(numbers(signed_in(sample, cast.manager()).get("/admin/sample/").text)) == 5


def test_a_record_of_a_foreign_estate_is_absent(sample: Flask) -> None:
    make_orders(1)
    order = WorkOrder.objects.get()
    assert signed_in(sample, cast.desk()).get(f"/admin/sample/details/?id={order.pk}").status_code == 200
    stranger = signed_in(sample, cast.stranger())
    assert stranger.get(f"/admin/sample/details/?id={order.pk}").status_code == 404
    assert stranger.get("/admin/sample/details/?id=garbage").status_code == 404
    assert stranger.get("/admin/sample/details/").status_code == 404


def test_a_bulk_verb_does_not_reach_foreign_records(sample: Flask) -> None:
    make_orders(2)
    client = signed_in(sample, cast.stranger())
    ids = [str(order.pk) for order in WorkOrder.objects]
    data = {"verb": "mark", "rowid": ids, "csrf_token": token_of(client, "/account/password")}
    client.post("/admin/sample/action/", data=data)
    assert "已处理 0 条" in client.get("/admin/sample/").text


def test_a_bulk_verb_tells_what_it_refused(sample: Flask) -> None:
    make_orders(3)
    client = signed_in(sample, cast.desk())
    ids = [*(str(order.pk) for order in WorkOrder.objects), "garbage"]
    data = {"verb": "mark", "rowid": ids, "csrf_token": token_of(client, "/account/password")}
    assert client.post("/admin/sample/action/", data=data).status_code == 303
    text = client.get("/admin/sample/").text
    assert "已处理 2 条" in text
    assert "这一条不行" in text


def test_a_bulk_verb_needs_its_permission(sample: Flask) -> None:
    make_orders(1)
    client = signed_in(sample, cast.guard())
    token = token_of(client, "/account/password")
    assert client.post("/admin/sample/action/", data={"verb": "mark", "csrf_token": token}).status_code == 403
    assert "标记" not in client.get("/admin/sample/").text


@pytest.mark.parametrize(
    "door", ["api/file/?id=1&coll=fs", "ajax/lookup/?name=x", "ajax/update/", "export/csv/", "new/", "edit/?id=1"]
)
def test_the_librarys_side_doors_are_not_there(sample: Flask, door: str) -> None:
    client = signed_in(sample, cast.administrator())
    assert client.get(f"/admin/sample/{door}").status_code == 404


def test_every_door_of_a_list_asks_for_its_permission(sample: Flask) -> None:
    demanded = {k[0]: v.permission for k, v in gate.rules(sample).items() if k[0].startswith("sample.") and v}
    assert set(demanded.values()) == {"work.read"}


def test_pages_follow_one_another_without_gaps_and_back(sample: Flask) -> None:
    make_orders(60, due_at=cast.NOW)
    make_orders(30, estate=cast.OTHER_ESTATE, due_at=cast.NOW + timedelta(hours=1))
    make_orders(30, estate="third")  # no due date: the end of the list
    client = signed_in(sample, cast.manager())
    pages, address = [], "/admin/sample/"
    while address:
        pages.append(client.get(address).text)
        address = next_page(pages[-1]) or ""
    seen = [number for page in pages for number in numbers(page)]
    assert [len(numbers(page)) for page in pages] == [50, 50, 20]
    assert len(set(seen)) == 120
    assert seen[0].startswith("riverside")
    back = client.get(next_page(pages[2], "prev") or "").text
    assert numbers(back) == numbers(pages[1])
    first = client.get(next_page(back, "prev") or "").text
    assert numbers(first) == numbers(pages[0])
    assert next_page(first, "prev") is None


def test_the_other_direction_begins_with_what_has_no_date(sample: Flask) -> None:
    make_orders(55)
    make_orders(5, estate=cast.OTHER_ESTATE, due_at=cast.NOW)
    client = signed_in(sample, cast.manager())
    first = client.get("/admin/sample/?sort=due_at").text
    second = client.get(next_page(first) or "").text
    assert len(numbers(first)) == 50
    assert [number.split("-")[0] for number in numbers(second)] == ["sunshine"] * 5 + ["riverside"] * 5


@pytest.mark.parametrize("cursor", ["garbage", "e30", "\x00", "eyIkbmUiOiBudWxsfQ" * 90])
def test_a_made_up_cursor_is_refused_by_name(sample: Flask, cursor: str) -> None:
    make_orders(1)
    client = signed_in(sample, cast.manager())
    assert client.get("/admin/sample/", query_string={"after": cursor}).status_code == 422


def test_unknown_sorts_and_filters_change_nothing(sample: Flask) -> None:
    make_orders(3)
    client = signed_in(sample, cast.manager())
    assert len(numbers(client.get("/admin/sample/?sort=password&state=$ne&page=9").text)) == 3


def test_arguments_of_the_reader_do_not_steer_the_addresses_of_the_page(sample: Flask) -> None:
    make_orders(60)
    client = signed_in(sample, cast.manager())
    text = client.get("/admin/sample/?endpoint=x&self=y&_external=1&_scheme=javascript&_anchor=z").text
    assert "javascript:" not in text
    assert (next_page(text) or "").startswith("/admin/sample/?")


def test_filters_and_search_narrow_the_list(sample: Flask) -> None:
    make_orders(3)
    make_orders(2, estate=cast.OTHER_ESTATE, state="done", title="换灯")
    client = signed_in(sample, cast.manager())
    assert len(numbers(client.get("/admin/sample/?state=done").text)) == 2
    assert len(numbers(client.get("/admin/sample/?q=巡更").text)) == 3
    assert len(numbers(client.get("/admin/sample/?q=.*").text)) == 0


def test_the_chosen_estate_narrows_the_list(sample: Flask) -> None:
    make_orders(3)
    make_orders(2, estate=cast.OTHER_ESTATE)
    cast.make_estate(cast.OTHER_ESTATE)
    client = signed_in(sample, cast.manager())
    data = {"estate": cast.OTHER_ESTATE, "csrf_token": token_of(client, "/account/password")}
    client.post("/preferences/estate", data=data)
    assert len(numbers(client.get("/admin/sample/").text)) == 2


def test_counts_stop_at_ten_thousand(sample: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("admin_app.backoffice.frame.base.SecureModelView.count_cap", 100)
    make_orders(120)
    assert "超过 100 条" in signed_in(sample, cast.manager()).get("/admin/sample/").text


def test_an_empty_list_says_so(sample: Flask) -> None:
    assert "还没有内容" in signed_in(sample, cast.manager()).get("/admin/sample/").text


def test_a_list_takes_five_commands_besides_who_is_asking(sample: Flask, database: Any) -> None:
    make_orders(40)
    client = signed_in(sample, cast.manager())
    client.get("/admin/sample/")
    database.command("profile", 2)
    client.get("/admin/sample/")
    database.command("profile", 0)
    asked = [each["ns"].split(".", 1)[1] for each in database["system.profile"].find() if "ns" in each]
    database.drop_collection("system.profile")
    own = [name for name in asked if name not in {"accounts", "sign_ins", "staff", "system.profile"}]
    assert "work_orders" in own
    assert len(own) <= 5, own
