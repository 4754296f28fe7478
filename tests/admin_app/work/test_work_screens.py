"""工单: the list, the page with its checklist and its route, the board and the calendar."""

from datetime import timedelta
from typing import Any

import pytest

from store import clock
from store.work import point_photos, rounds
from store.work.documents import WorkOrder
from tests import cast
from tests.admin_app.conftest import SignIn
from tests.admin_app.office import commands_in, counted, make_order, make_world, post

CHECKLIST = {
    "name": {"zh": "楼道检查"},
    "category": "repair",
    "items": [
        {"code": "floor", "name": {"zh": "地面"}, "kind": "pass_fail", "required": True},
        {"code": "walls", "name": {"zh": "墙面"}, "kind": "score", "max_score": 10, "required": True},
    ],
}


@pytest.fixture
def world(app: Any) -> None:
    make_world()
    cast.publish("checklist", "corridor", CHECKLIST, cast.LONG_AGO)


def url(order: Any, verb: str = "") -> str:
    return f"/admin/work/{order.number}" + (f"/{verb}" if verb else "")


def test_tabs_find_missed_and_unproven_work(world: None, sign_in: SignIn) -> None:
    now = clock.now()
    missed = make_order("missed", state="missed", starts_at=now, kind="patrol")
    bare = make_order("bare", state="done", proven=False, finished_at=now)
    client = sign_in(cast.supervisor())
    assert missed.number in client.get("/admin/work/?view=missed").text
    text = client.get("/admin/work/?view=unproven").text
    assert bare.number in text
    assert missed.number not in text


def test_a_paused_order_is_not_overdue(world: None, sign_in: SignIn) -> None:
    order = make_order(state="paused", due_at=clock.now() - timedelta(hours=1))
    client = sign_in(cast.supervisor())
    assert order.number not in client.get("/admin/work/?view=overdue").text


def test_an_order_is_completed_with_its_checklist(world: None, sign_in: SignIn) -> None:
    order = make_order(checklist={"code": "corridor", "revision": 1}, state="in_progress")
    client = sign_in(cast.supervisor())
    refused = post(client, url(order, "complete"), version=1, **{"answers.floor": "pass"})
    assert refused.status_code == 422
    answers = {"answers.floor": "fail", "answers.walls": "8"}
    assert post(client, url(order, "complete"), version=1, **answers).status_code == 303
    done = WorkOrder.objects.get()
    assert (done.state, done.proven) == ("done", True)
    text = client.get(url(order)).text
    assert "不合格" in text
    assert "8 / 10" in text


def test_a_round_shows_its_checkpoints_and_cannot_be_completed_by_hand(world: None, sign_in: SignIn) -> None:
    now = clock.now()
    window = {"opens_at": now - timedelta(minutes=10), "closes_at": now + timedelta(minutes=10)}
    points = [
        {"code": "gate", "name": {"zh": "大门"}, "state": "done", "at": now, "method": "qr", "by": "guard", **window},
        {"code": "pump", "name": {"zh": "泵房"}, "state": "missed", **window},
    ]
    order = make_order(kind="patrol", checkpoints=points, missed_count=1)
    text = sign_in(cast.supervisor()).get(url(order)).text
    assert "大门" in text
    assert "漏检" in text
    assert url(order, "complete") not in text


def test_a_caught_up_order_says_how_late_it_was_made(world: None, sign_in: SignIn) -> None:
    order = make_order(slot={"reason": "caught_up", "late_minutes": 25})
    assert "晚 25 分" in sign_in(cast.supervisor()).get(url(order)).text


def test_field_staff_do_not_dispatch(world: None, sign_in: SignIn) -> None:
    order = make_order()
    client = sign_in(cast.repairer())
    assert url(order, "assign") not in client.get(url(order)).text
    assert post(client, url(order, "assign"), version=1, to="repairer").status_code == 403


def test_the_list_takes_five_commands_besides_who_is_asking(world: None, sign_in: SignIn, database: Any) -> None:
    for n in range(60):
        make_order(str(n))
    client = sign_in(cast.manager())
    client.get("/admin/work/")
    with counted(database) as names:
        assert client.get("/admin/work/").status_code == 200
    assert len(commands_in(names)) <= 5, commands_in(names)


def test_a_round_shows_marks_scans_beside_and_what_was_taken_back(world: None, sign_in: SignIn) -> None:
    now = clock.now()
    window = {"opens_at": now + timedelta(minutes=5), "closes_at": now + timedelta(minutes=40), "state": "pending"}
    points = [{"code": code, "name": {"zh": name}, **window} for code, name in (("a", "东门"), ("b", "车库"))]
    order = make_order(kind="patrol", checkpoints=points)

    def scan(code: str, who: Any) -> None:
        rounds.scan(order.pk, checkpoint=code, method="qr", actor=who, now=now)

    scan("a", cast.guard())
    scan("b", cast.guard())
    scan("b", cast.second_guard())
    rounds.take_back(order.pk, checkpoint="a", reason="扫错了码", actor=cast.guard(), now=now)
    text = sign_in(cast.supervisor()).get(url(order)).text
    assert all(told in text for told in ("早于时间窗", "间隔过短", "已撤回的打卡", "扫错了码", "撤回打卡"))
    assert all(told in text for told in ("另一次打卡", cast.second_guard().name, "另有打卡为准"))


def test_a_round_shows_the_photo_of_a_checkpoint_at_the_checkpoint_and_says_where_one_is_missing(
    world: None, sign_in: SignIn
) -> None:
    now = clock.now()
    window = {"opens_at": now, "closes_at": now + timedelta(minutes=40), "state": "pending", "photo_required": True}
    points = [{"code": code, "name": {"zh": name}, **window} for code, name in (("a", "东门"), ("b", "车库"))]
    order = make_order(kind="patrol", checkpoints=points)
    for code in ("a", "b"):
        rounds.scan(order.pk, checkpoint=code, method="qr", actor=cast.guard(), now=now)
    point_photos.photograph(order.pk, checkpoint="a", photos=["c" * 64], actor=cast.guard(), now=now)
    text = sign_in(cast.supervisor()).get(url(order)).text
    one, other = text.split('<ol class="route">')[1].split("</ol>")[0].split("</li>")[:2]
    assert ("照片未到" in one, "缺现场照片" in one) == (True, False)
    assert ("照片未到" in other, "缺现场照片" in other) == (False, True)
    assert "巡更点拍照" in text


def test_the_board_has_a_column_for_each_state_and_moves_by_verbs(world: None, sign_in: SignIn) -> None:
    order = make_order()
    client = sign_in(cast.repair_supervisor())
    assert order.number in client.get("/admin/board/").text
    answer = post(client, url(order, "accept"), version=1, back="/admin/board/")
    assert answer.location == "/admin/board/"
    assert WorkOrder.objects.get().state == "accepted"


def test_a_refused_move_goes_back_to_the_board_and_says_why(world: None, sign_in: SignIn) -> None:
    order = make_order()
    client = sign_in(cast.repair_supervisor())
    post(client, url(order, "accept"), version=1)
    post(client, url(order, "accept"), version=2, back="/admin/board/")
    assert "不能接单" in client.get("/admin/board/").text


def test_a_back_address_outside_is_ignored(world: None, sign_in: SignIn) -> None:
    order = make_order()
    answer = post(sign_in(cast.repair_supervisor()), url(order, "accept"), version=1, back="//evil.example")
    assert answer.location == url(order)


def test_the_calendar_shows_planned_work_of_own_estates(world: None, sign_in: SignIn) -> None:
    order = make_order(starts_at=clock.now())
    client = sign_in(cast.supervisor())
    assert order.number in client.get("/admin/agenda/").text
    assert order.number in client.get("/admin/agenda/?span=week").text
    assert order.number not in sign_in(cast.stranger()).get("/admin/agenda/").text
    assert client.get("/admin/agenda/?day=0000-99-99").status_code == 200


def test_the_calendar_of_several_estates_does_not_begin_every_line_with_the_estate(
    world: None, sign_in: SignIn
) -> None:
    for key, title in (("a", "阳光花园车库巡更"), ("b", "大堂保洁")):
        make_order(key, title=title, starts_at=clock.now())
    text = sign_in(cast.manager()).get("/admin/agenda/").text
    assert "</time> 车库巡更" in text
    assert "阳光花园车库巡更 · " in text
    assert "</time> 大堂保洁" in text
