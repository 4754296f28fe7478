"""今日: every figure is right, leads to its list, and the background's health is never hidden."""

from datetime import timedelta
from typing import Any

import pytest

from store import clock
from store.health import operations as health
from store.incidents.documents import Incident
from tests import cast
from tests.admin_app.conftest import SignIn
from tests.admin_app.office import make_order, make_request, make_world

URL = "/admin/today/"
MINUTE = timedelta(minutes=1)


@pytest.fixture
def world(app: Any) -> None:
    make_world()


def figure(text: str, words: str) -> int:
    return int(text.split(f"</b><span>{words}</span>")[0].rsplit("<b>", 1)[1].rstrip("+"))


def test_figures_count_requests_and_orders_of_own_estates(world: None, sign_in: SignIn) -> None:
    now = clock.now()
    make_request(minutes_ago=31)
    make_request()
    make_order("late", due_at=now - MINUTE)
    make_order("paused", due_at=now - MINUTE, state="paused", assignee="repairer")
    make_order("missed", state="missed", starts_at=now)
    make_order("bare", state="done", proven=False)
    text = sign_in(cast.repair_supervisor()).get(URL).text
    assert figure(text, "已超时") == 2
    assert figure(text, "2 小时内到期") == 1
    assert figure(text, "未指派") == 3
    assert figure(text, "今日漏检") == 1
    assert figure(text, "未留证") == 1
    other = sign_in(cast.stranger()).get(URL).text
    assert figure(other, "已超时") == 0


def test_a_figure_leads_to_the_list_that_it_counts(world: None, sign_in: SignIn) -> None:
    late = make_request(minutes_ago=31)
    client = sign_in(cast.repair_supervisor())
    assert "/admin/requests/?view=overdue" in client.get(URL).text
    assert late.number in client.get("/admin/requests/?view=overdue").text


def test_a_dead_worker_is_an_alarm_that_says_what_will_not_happen(world: None, sign_in: SignIn) -> None:
    now = clock.now()
    health.beat_started("sweep_deadlines", 5, now - 10 * MINUTE)
    health.beat_finished("sweep_deadlines", now - 10 * MINUTE, {})
    client = sign_in(cast.manager())
    client.application.extensions["anju_checks"] = _running_since(client, now - 60 * MINUTE)
    assert "到期提醒、漏检报警和升级不会发出" in client.get(URL).text


def test_a_working_background_says_so(world: None, sign_in: SignIn) -> None:
    now = clock.now()
    health.beat_started("sweep_deadlines", 5, now)
    health.beat_finished("sweep_deadlines", now, {"done": 3})
    assert "后台正常" in sign_in(cast.manager()).get(URL).text


def _running_since(client: Any, moment: Any) -> Any:
    from dataclasses import replace

    return replace(client.application.extensions["anju_checks"], alive_since=moment)


def test_drills_to_confirm_wait_for_a_manager(world: None, sign_in: SignIn) -> None:
    from store.emergencies.documents import Drill

    values = {"estate": cast.ESTATE, "number": "D-1", "state": "planned", "title": "火灾 · 实战演练", "key": "k"}
    plan = {"plan": {"code": "fire", "revision": 1}, "kind": "live", "year": 2026, "ordinal": 1}
    Drill(**values, **plan, planned_for=clock.now() + timedelta(days=20)).save()
    assert "演练 火灾 待确认 1 个" in sign_in(cast.manager()).get(URL).text
    assert "待确认 1 个" not in sign_in(cast.auditor()).get(URL).text


def test_a_plan_that_runs_waits_for_whoever_may_close_it(world: None, sign_in: SignIn) -> None:
    done = {"code": "call", "name": {"zh": "报警"}, "role": "guards", "limit_minutes": 5, "state": "done"}
    values = {
        "started_by": "guard",
        "kind": "fire",
        "plan": {"code": "fire", "revision": 1},
        "key": "k",
        "running": "fire",
    }
    incident = Incident(
        estate=cast.ESTATE,
        number="I-1",
        state="open",
        title="火灾预案",
        steps=[{**done, "state": "open"}, done],
        **values,
    )
    incident.created_at = clock.now() - timedelta(minutes=40)
    incident.save()
    manager = sign_in(cast.manager())
    assert "处置中，已完成 1/2 步 · 40 分前" in manager.get(URL).text
    assert "已完成 1/2 步" not in sign_in(cast.desk()).get(URL).text
    Incident.objects.update(steps=[done, done])
    assert "待写小结后结束" in manager.get(URL).text
    Incident.objects.update(unset__running=True, state="closed")
    assert "I-1" not in manager.get(URL).text
