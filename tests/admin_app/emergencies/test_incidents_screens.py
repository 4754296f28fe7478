"""应急事件: the page with the one button, the list, and the page on which the steps are seen."""

import re
from typing import Any

import pytest

from store import clock
from store.emergencies import operations as drills
from store.incidents.documents import Incident
from store.work import operations as work
from store.work.documents import WorkOrder
from tests import cast
from tests.admin_app.conftest import SignIn
from tests.admin_app.office import post
from tests.api.world import make_drill
from tests.emergency_plans import CALL, publish_plan, relayed, step_orders

START = "/admin/incidents/start/"
FIRE = {"estate": cast.ESTATE, "plan": "fire", "place": "3号楼12层", "words": "冒烟", "key": "tap"}


@pytest.fixture
def world(app: Any) -> None:
    publish_plan()


def started() -> Any:
    incident = Incident.objects.first()
    relayed(clock.now())
    return incident


def test_a_guard_starts_a_plan_with_one_press(world: None, sign_in: SignIn) -> None:
    client = sign_in(cast.guard())
    page = client.get(f"{START}?plan=fire").text
    assert re.search(r'value="fire" required checked', page)
    assert re.search(r'name="key" value="\w{32}"', page)
    answer = post(client, START, **FIRE)
    incident = started()
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/admin/incidents/{incident.number}")
    shown = client.get(answer.headers["Location"]).text
    assert "3号楼12层" in shown
    assert "卫安朗" in shown
    assert "当班无人，由主管代" in shown


def test_a_double_press_leads_to_the_same_incident(world: None, sign_in: SignIn) -> None:
    client = sign_in(cast.desk())
    first, second = (post(client, START, **FIRE).headers["Location"] for _ in range(2))
    assert first == second
    started()
    assert WorkOrder.objects(kind="incident_step").count() == 3


def test_whoever_comes_second_is_led_to_what_is_running_or_says_that_it_is_another(
    world: None, sign_in: SignIn
) -> None:
    client = sign_in(cast.desk())
    running = post(client, START, **FIRE).headers["Location"]
    refused = post(client, START, **{**FIRE, "key": "other"})
    assert refused.status_code == 409
    assert f'href="{running}"' in refused.text
    assert post(client, START, **{**FIRE, "key": "other", "another": "yes"}).status_code == 303
    assert Incident.objects.count() == 2


def test_without_a_plan_nothing_starts_and_the_words_stay(world: None, sign_in: SignIn) -> None:
    refused = post(sign_in(cast.desk()), START, **{**FIRE, "plan": ""})
    assert refused.status_code == 422
    assert "3号楼12层" in refused.text
    assert Incident.objects.count() == 0


def test_a_foreign_estate_cannot_be_started_in(world: None, sign_in: SignIn) -> None:
    assert post(sign_in(cast.stranger()), START, **FIRE).status_code in (404, 422)
    assert Incident.objects.count() == 0


def test_progress_is_seen_on_page_and_list(world: None, sign_in: SignIn) -> None:
    client = sign_in(cast.supervisor())
    post(client, START, **FIRE)
    incident = started()
    work.start(step_orders("incident")[CALL].pk, actor=cast.guard(), now=clock.now())
    relayed(clock.now())
    assert "签到" in client.get(f"/admin/incidents/{incident.number}").text
    work.complete(step_orders("incident")[CALL].pk, actor=cast.guard(), now=clock.now())
    relayed(clock.now())
    assert "按时完成" in client.get(f"/admin/incidents/{incident.number}").text
    assert "1/3" in client.get("/admin/incidents/").text


def test_its_verbs_are_those_that_are_possible(world: None, sign_in: SignIn) -> None:
    manager, lead = sign_in(cast.manager()), sign_in(cast.supervisor())
    post(manager, START, **FIRE)
    here = f"/admin/incidents/{started().number}"
    assert f"{here}/force_close" in manager.get(here).text
    assert f"{here}/close" not in manager.get(here).text
    assert f"{here}/force_close" not in lead.get(here).text
    version = Incident.objects.first().version
    assert post(lead, f"{here}/cancel", version=version, reason="").status_code == 422
    assert post(lead, f"{here}/cancel", version=version, reason="烤肉冒烟").status_code == 303
    assert "烤肉冒烟" in manager.get(here).text


def test_an_auditor_looks_and_starts_nothing(world: None, sign_in: SignIn) -> None:
    client = sign_in(cast.auditor())
    assert "start-plan" not in client.get("/admin/incidents/").text
    assert post(client, START, **FIRE).status_code == 403


def test_the_plans_page_has_the_button(world: None, sign_in: SignIn) -> None:
    assert f"{START}?plan=fire" in sign_in(cast.manager()).get("/admin/content/emergency_plan/fire/").text


def test_a_step_order_shows_what_is_to_be_done_and_where_it_comes_from(world: None, sign_in: SignIn) -> None:
    client = sign_in(cast.guard())
    post(client, START, **FIRE)
    incident = started()
    page = client.get(f"/admin/work/{step_orders('incident')[CALL].number}").text
    assert "报清楼号楼层" in page
    assert f"/admin/incidents/{incident.number}" in page


def test_a_drill_begins_by_a_button_and_shows_its_steps(world: None, sign_in: SignIn) -> None:
    drill = make_drill(state="confirmed")
    client, here = sign_in(cast.supervisor()), f"/admin/drills/{drill.number}"
    assert f"{here}/begin" in client.get(here).text
    assert post(client, f"{here}/begin", version=drill.version).status_code == 303
    relayed(clock.now())
    page = client.get(here).text
    assert page.count("未开始") == 3
    assert f"{here}/begin" not in page
    drills.hold(drill.pk, score=70, summary="慢", actor=cast.manager(), now=clock.now())
    assert client.get(here).text.count("未完成") >= 3
