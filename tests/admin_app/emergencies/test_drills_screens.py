"""演练: the year with its quota, and the verbs of a drill."""

import re
from typing import Any

import pytest

from store.emergencies import operations as drills
from store.emergencies.documents import Drill
from tests import cast
from tests.admin_app.conftest import SignIn
from tests.admin_app.office import post
from tests.store.test_emergencies_drills import make_plan

YEAR = "/admin/drills/year/"


@pytest.fixture
def drill(app: Any) -> Any:
    cast.make_company(cast.LONG_AGO)
    cast.make_roster(now=cast.LONG_AGO)
    windows = [{"weekdays": [1, 2, 3, 4, 5], "start": "08:30", "end": "17:30"}]
    body = {"name": {"zh": "上班"}, "timezone": "Asia/Shanghai", "windows": windows}
    cast.publish("working_calendar", "office-hours", body, cast.LONG_AGO)
    make_plan("fire", tabletop_per_year=0, live_per_year=1)
    drills.plan_all(cast.NOW)
    return Drill.objects.first()


def url(drill: Any, verb: str = "") -> str:
    return f"/admin/drills/{drill.number}" + (f"/{verb}" if verb else "")


def test_the_year_shows_plans_quota_and_why_this_date(drill: Any, sign_in: SignIn) -> None:
    text = sign_in(cast.manager()).get(f"{YEAR}?estate=sunshine&year={drill.year}").text
    assert "实战演练 0/1" in text
    assert "◌" in text
    assert drill.reason["zh"] in text


def test_a_foreign_estates_year_is_absent(drill: Any, sign_in: SignIn) -> None:
    assert sign_in(cast.stranger()).get(f"{YEAR}?estate=sunshine").status_code == 404


def test_a_drill_is_confirmed_and_held_with_its_score(drill: Any, sign_in: SignIn) -> None:
    client = sign_in(cast.supervisor())
    assert post(client, url(drill, "confirm"), version=drill.version).status_code == 303
    held = {"version": drill.version + 1, "score": "88", "summary": "疏散 6 分钟", "participants": ["guard"]}
    assert post(client, url(drill, "hold"), **held).status_code == 303
    now = Drill.objects.get(pk=drill.pk)
    assert (now.state, now.score, list(now.participants)) == ("held", 88, ["guard"])
    assert "疏散 6 分钟" in client.get(url(drill)).text


def test_a_score_that_is_none_is_told_at_its_field(drill: Any, sign_in: SignIn) -> None:
    client = sign_in(cast.supervisor())
    for score in ("", "many", "101"):
        answer = post(client, url(drill, "hold"), version=drill.version, score=score, summary="x")
        assert answer.status_code == 422
    assert Drill.objects.get(pk=drill.pk).state == "planned"


def test_a_move_to_the_past_is_refused_even_by_force(drill: Any, sign_in: SignIn) -> None:
    client = sign_in(cast.supervisor())
    for to in ("2020-01-01", "2020-01-01T10:00", "soon"):
        assert post(client, url(drill, "move"), version=drill.version, to=to, force="yes").status_code == 422
    assert Drill.objects.get(pk=drill.pk).planned_for == drill.planned_for


def test_an_auditor_may_look_and_not_move(drill: Any, sign_in: SignIn) -> None:
    client = sign_in(cast.auditor())
    assert "data-move=" not in client.get(f"{YEAR}?estate=sunshine").text
    assert post(client, url(drill, "confirm"), version=drill.version).status_code == 403


def test_what_was_typed_chosen_and_ticked_stays_in_a_refused_form(drill: Any, sign_in: SignIn) -> None:
    client = sign_in(cast.supervisor())
    held = {"version": drill.version, "score": "many", "summary": "疏散 6 分钟", "participants": ["guard", "guard-2"]}
    page = post(client, url(drill, "hold"), **held).text
    assert "疏散 6 分钟</textarea>" in page
    assert re.findall(r'<option value="([^"]+)" selected>', page) == ["guard", "guard-2"]
    page = post(client, url(drill, "move"), version=drill.version, to="soon", reason="检修", force="yes").text
    assert re.search(r'name="force" value="yes" checked', page)
    assert "检修</textarea>" in page


def test_a_drag_on_the_year_that_is_refused_can_be_mended_on_the_drills_page(drill: Any, sign_in: SignIn) -> None:
    saturday = f"{drill.year}-12-12"
    values = {"version": drill.version, "to": saturday, "reason": "检修", "back": YEAR}
    answer = post(sign_in(cast.supervisor()), url(drill, "move"), **values)
    assert answer.status_code == 422
    assert f'value="{saturday}T10:00"' in answer.text
    assert "检修</textarea>" in answer.text
    assert "当天不是工作日" in answer.text
