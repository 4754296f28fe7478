"""诉求 as a list: who sees what, tabs, search, bulk verbs, export, and what a page costs."""

from io import BytesIO
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from store.audit.documents import AuditEntry
from store.requests.documents import ServiceRequest
from tests import cast
from tests.admin_app.conftest import SignIn
from tests.admin_app.office import commands_in, counted, make_request, make_world, post

URL = "/admin/requests/"


@pytest.fixture
def world(app: Any) -> None:
    make_world()


def test_a_list_shows_only_the_readers_estates(world: None, sign_in: SignIn) -> None:
    number = make_request().number
    assert number in sign_in(cast.desk()).get(URL).text
    stranger = sign_in(cast.stranger())
    assert number not in stranger.get(URL).text
    assert stranger.get(URL + number).status_code == 404


def test_field_staff_do_not_enter(world: None, sign_in: SignIn) -> None:
    assert sign_in(cast.guard()).get(URL).status_code == 403


def test_the_overdue_tab_shows_only_what_is_late(world: None, sign_in: SignIn) -> None:
    late, fresh = make_request(minutes_ago=31), make_request()
    text = sign_in(cast.desk()).get(URL + "?view=overdue").text
    assert late.number in text
    assert fresh.number not in text


def test_a_number_is_found_in_whatever_state(world: None, sign_in: SignIn) -> None:
    number = make_request().number
    make_request()
    ServiceRequest.objects(number=number).update_one(set__state="closed")
    client = sign_in(cast.desk())
    assert number not in client.get(URL).text
    text = client.get(f"{URL}?q={number.lower()}").text
    assert text.count("/admin/requests/R-") == 1


def test_a_search_may_hold_anything(world: None, sign_in: SignIn) -> None:
    client = sign_in(cast.desk())
    for text in ("(", "$where", "\\", "漏水", "%00", "*" * 60):
        assert client.get(URL, query_string={"q": text}).status_code == 200


def test_several_are_assigned_at_once_and_refusals_are_told(world: None, sign_in: SignIn) -> None:
    ids = [str(make_request().pk) for _ in range(2)]
    client = sign_in(cast.desk())
    post(client, URL + "action/", verb="assign", rowid=ids, to="repairer")
    assert [each.assignee for each in ServiceRequest.objects] == ["repairer", "repairer"]
    post(client, URL + "action/", verb="assign", rowid=ids, to="stranger")
    assert "此人不在该小区工作" in client.get(URL).text


def test_it_is_said_how_many_were_done_and_how_many_refused(world: None, sign_in: SignIn) -> None:
    open_, closed = make_request(), make_request()
    ServiceRequest.objects(pk=closed.pk).update_one(set__state="closed")
    client = sign_in(cast.desk())
    post(client, URL + "action/", verb="assign", rowid=[str(open_.pk), str(closed.pk)], to="repairer")
    page = client.get(URL).text
    assert "已处理 1 条，1 条被拒绝" in page
    assert f"{closed.number}：" in page


def test_many_that_are_refused_for_one_reason_are_told_in_one_line(world: None, sign_in: SignIn) -> None:
    made = [make_request() for _ in range(7)]
    client = sign_in(cast.desk())
    post(client, URL + "action/", verb="assign", rowid=[str(each.pk) for each in made], to="stranger")
    page = client.get(URL).text
    assert page.count("此人不在该小区工作") == 1
    assert f"、{made[4].number} 等 7 条：此人不在该小区工作" in page
    assert "已处理 0 条" in page


def test_to_assign_several_needs_somebody_to_give_them_to(world: None, sign_in: SignIn) -> None:
    ids = [str(make_request().pk) for _ in range(2)]
    client = sign_in(cast.desk())
    post(client, URL + "action/", verb="assign", rowid=ids, to="")
    page = client.get(URL).text
    assert "请先选择指派给谁" in page
    assert "不在该小区工作" not in page


def test_bulk_verbs_do_not_reach_foreign_records(world: None, sign_in: SignIn) -> None:
    pk = str(make_request().pk)
    post(sign_in(cast.stranger()), URL + "action/", verb="assign", rowid=[pk], to="stranger")
    assert ServiceRequest.objects.get().assignee is None


def test_the_export_has_the_filtered_rows_and_no_formulas(world: None, sign_in: SignIn) -> None:
    make_request(place="=HYPERLINK(1)")
    make_request(minutes_ago=31)
    answer = sign_in(cast.manager()).get(URL + "export?view=soon")
    book = CalamineWorkbook.from_filelike(BytesIO(answer.data))
    rows = book.get_sheet_by_index(0).to_python()
    assert len(rows) == 2
    assert "=HYPERLINK(1)" in rows[1]
    assert AuditEntry.objects.get(action="export").detail["rows"] == 1


def test_the_desk_may_not_export(world: None, sign_in: SignIn) -> None:
    assert sign_in(cast.desk()).get(URL + "export").status_code == 403


def test_filters_are_kept_by_their_owner_only(world: None, sign_in: SignIn) -> None:
    make_request()
    desk, manager = sign_in(cast.desk()), sign_in(cast.manager())
    post(desk, "/admin/saved-filters/", listed="office_requests", name="我的急修", query="urgency=urgent")
    assert "我的急修" in desk.get(URL).text
    assert "我的急修" not in manager.get(URL).text


def test_a_page_takes_five_commands_besides_who_is_asking(world: None, sign_in: SignIn, database: Any) -> None:
    for _ in range(60):
        make_request()
    client = sign_in(cast.manager())
    client.get(URL)
    with counted(database) as names:
        assert client.get(URL).status_code == 200
    assert len(commands_in(names)) <= 5, commands_in(names)


def test_filters_are_cleared_and_the_tab_stays(world: None, sign_in: SignIn) -> None:
    page = sign_in(cast.desk()).get(URL + "?view=all&sort=due_at&kind=repair&q=nothing").text
    assert page.count(f'href="{URL}?view=all&amp;sort=due_at"') == 2
    assert 'href="?"' not in page


def test_the_way_back_from_a_record_keeps_the_list(world: None, sign_in: SignIn) -> None:
    number, client = make_request().number, sign_in(cast.desk())
    come_from = {"Referer": f"http://localhost{URL}?view=all&kind=complaint&lang=en"}
    assert f'class="crumb" href="{URL}?view=all&amp;kind=complaint"' in client.get(URL + number, headers=come_from).text
    for other in ("http://evil.example/admin/requests/?x=1", "http://localhost/admin/work/?x=1"):
        assert f'class="crumb" href="{URL}"' in client.get(URL + number, headers={"Referer": other}).text
