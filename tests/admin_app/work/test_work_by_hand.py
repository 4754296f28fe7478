"""A work order that somebody at the desk makes by hand, and verbs for several orders at once."""

from datetime import timedelta
from typing import Any

import pytest

from admin_app.shell.formats import zone_named
from store import clock
from store.emergencies import operations as drills
from store.emergencies.documents import Drill
from store.work.documents import WorkOrder
from tests import cast
from tests.admin_app.conftest import SignIn
from tests.admin_app.office import make_order, make_world, post
from tests.store.test_emergencies_drills import make_plan

URL = "/admin/work/make/"


@pytest.fixture
def world(app: Any) -> None:
    make_world()


def typed(**more: str) -> dict[str, str]:
    due = (clock.now() + timedelta(days=1)).astimezone(zone_named("Asia/Shanghai"))
    values = {"estate": cast.ESTATE, "title": "更换大堂灯具", "kind": "other", "place": "大堂", "priority": "2"}
    return {**values, "due_at": f"{due:%Y-%m-%dT%H:%M}", "clause": "3.2", "key": "once", **more}


def test_an_order_made_by_hand_is_like_every_other(world: None, sign_in: SignIn) -> None:
    client = sign_in(cast.desk())
    assert URL in client.get("/admin/work/").text
    answer = post(client, URL, **typed(assignee="repairer"))
    assert answer.status_code == 303, answer.text
    order = WorkOrder.objects.get()
    assert answer.location.endswith(f"/admin/work/{order.number}")
    assert (order.state, order.assignee, order.clause) == ("open", "repairer", "3.2")
    assert order.clocks[0]["name"] == "complete"
    assert order.due_at == order.clocks[0]["due_at"]
    assert order.events[0].to_notify[0]["to"] == ["repairer"]
    assert "手工新建" in client.get(f"/admin/work/{order.number}").text


def test_sent_twice_it_is_made_once(world: None, sign_in: SignIn) -> None:
    client = sign_in(cast.desk())
    for _ in range(2):
        assert post(client, URL, **typed()).status_code == 303
    assert WorkOrder.objects.count() == 1


def test_what_is_wrong_is_told_at_its_field_and_nothing_is_lost(world: None, sign_in: SignIn) -> None:
    client = sign_in(cast.desk())
    for wrong in ({"title": ""}, {"due_at": "2001-01-01T10:00"}, {"assignee": "stranger"}, {"due_at": "soon"}):
        answer = post(client, URL, **typed(**wrong))
        assert answer.status_code == 422, wrong
        assert 'class="mistake"' in answer.text
        assert 'value="大堂"' in answer.text
    assert WorkOrder.objects.count() == 0


def test_who_does_not_dispatch_makes_none(world: None, sign_in: SignIn) -> None:
    assert sign_in(cast.guard()).get(URL).status_code == 403
    assert post(sign_in(cast.stranger()), URL, **typed()).status_code in (403, 404)


def test_several_orders_are_handed_over_at_once(world: None, sign_in: SignIn) -> None:
    open_, done = make_order("open"), make_order("done", state="done")
    client = sign_in(cast.desk())
    post(client, "/admin/work/action/", verb="hand_over", rowid=[str(open_.pk), str(done.pk)], to="repairer")
    assert WorkOrder.objects.get(pk=open_.pk).assignee == "repairer"
    page = client.get("/admin/work/").text
    assert "已处理 1 条，1 条被拒绝" in page


def test_several_drills_are_confirmed_at_once(world: None, sign_in: SignIn) -> None:
    make_plan("fire", calendar=None, live_per_year=2)
    drills.plan_all(clock.now())
    ids = [str(each.pk) for each in Drill.objects(planned_for__gt=clock.now())]
    assert ids
    client = sign_in(cast.supervisor())
    post(client, "/admin/drills/action/", verb="confirm", rowid=ids)
    assert {each.state for each in Drill.objects(pk__in=ids)} == {"confirmed"}
