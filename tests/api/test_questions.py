"""What is asked without writing anything: previews, explanations, simulations; and the reader's inbox."""

from typing import Any

import pytest

from tests import cast
from tests.api.conftest import AsProgram, Program, body_of
from tests.api.world import make_notice, make_world


@pytest.fixture
def manager(program: AsProgram) -> Program:
    make_world()
    return program(cast.manager())


def plan(**changes: Any) -> dict[str, Any]:
    values = {"estate": cast.ESTATE, "frequency": "daily", "times": ["22:00"], "start_date": "2026-01-01"}
    return {**values, "calendar": "office", "duration_minutes": 60, **changes}


def test_a_plan_is_previewed_in_the_readers_language(manager: Program) -> None:
    answer = body_of(manager.post("/plans/preview", {"body": plan(), "count": 3}))
    assert len(answer["slots"]) == 3
    assert answer["slots"][0]["local"].endswith("T22:00")
    assert answer["timezone"] == "Asia/Shanghai"
    assert answer["hours_per_week"] == 7.0
    assert answer["sentence"].startswith("Every day")
    chinese = manager.post("/plans/preview", {"body": plan()}, headers={"Accept-Language": "zh"})
    assert body_of(chinese)["sentence"].startswith("每天")


@pytest.mark.parametrize(
    "changes",
    [{"times": ["25:00"]}, {"frequency": "custom", "rrule": "FREQ=SECONDLY"}, {"start_date": "never"}, {"colour": 1}],
)
def test_a_plan_that_is_wrong_is_named_field_by_field(manager: Program, changes: dict[str, Any]) -> None:
    answer = manager.post("/plans/preview", {"body": plan(**changes)})
    assert answer.status_code == 422
    assert body_of(answer)["errors"]


def test_a_preview_tells_what_to_know_about_short_months(manager: Program) -> None:
    body = plan(frequency="monthly", month_days=[31])
    answer = body_of(manager.post("/plans/preview", {"body": body}, headers={"Accept-Language": "en"}))
    assert answer["begins_at"] is None
    assert answer["cautions"][0].startswith("Feb, Apr, Jun, Sep, Nov: no day 31")


def test_a_plan_of_another_estate_is_not_previewed(program: AsProgram) -> None:
    make_world()
    assert program(cast.stranger()).post("/plans/preview", {"body": plan()}).status_code == 404


def test_a_deadline_is_explained_line_by_line(manager: Program) -> None:
    asked = {"start": "2026-11-27T17:00:00+08:00", "minutes": 60, "calendar": "office"}
    answer = body_of(manager.post("/deadlines/explanations", asked))
    assert answer["due_at"] == "2026-11-30T01:00:00+00:00"
    assert [each["kind"] for each in answer["steps"]] == ["start", "skip", "work", "due"]
    assert body_of(manager.post("/deadlines/explanations", {**asked, "calendar": "none"}))["code"] == "not_found"
    for minutes in (-1, 10**9, "60", 1.5):
        assert manager.post("/deadlines/explanations", {**asked, "minutes": minutes}).status_code == 422


def test_a_deadline_in_working_days_is_explained_and_its_escalation_simulated(manager: Program) -> None:
    asked = {"start": "2026-11-27T17:00:00+08:00", "days": 2, "calendar": "office"}
    answer = body_of(manager.post("/deadlines/explanations", asked))
    assert answer["due_at"] == answer["steps"][-1]["at"]
    assert "working days 1 to 2" in answer["steps"][-2]["words"]
    chain = {"policy": "chain", "estate": cast.ESTATE}
    assert body_of(manager.post("/escalations/simulations", {**asked, **chain}))["due_at"] == answer["due_at"]
    twice = manager.post("/deadlines/explanations", {**asked, "minutes": 60})
    assert body_of(twice)["errors"][0]["code"] == "said_twice"
    neither = manager.post("/deadlines/explanations", {"start": asked["start"]})
    assert body_of(neither)["errors"][0]["code"] == "required"


def test_an_escalation_is_simulated(manager: Program) -> None:
    asked = {"policy": "chain", "estate": cast.ESTATE, "start": "2026-11-28T02:00:00+08:00", "minutes": 30}
    answer = body_of(manager.post("/escalations/simulations", asked))
    assert answer["due_at"] == "2026-11-27T18:30:00+00:00"
    assert [each["code"] for each in answer["steps"][0]["recipients"]] == ["repair-lead", "security-lead"]
    assert answer["steps"][0]["recipients"][1]["name"] == "褚安毅"


def test_a_notice_is_read_in_the_readers_language_and_marked(manager: Program) -> None:
    notice = make_notice("manager")
    listed = body_of(manager.get("/notices?unread=true&fields=id,subject,read_at"))["data"]
    assert {"id": notice.key, "subject": "W-2611-0001 夜间巡更", "read_at": None} in listed
    assert body_of(manager.post(f"/notices/{notice.key}/reading"))["read_at"] is not None
    assert notice.key not in manager.get("/notices?unread=true").text
