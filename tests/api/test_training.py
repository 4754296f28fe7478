"""Training over HTTP: attendance comes as rows, and only leads plan sessions."""

import pytest

from store.training.kind import TRAINING
from tests import cast
from tests.api.conftest import AsProgram, Program, body_of
from tests.described import make_sample, sample_of


@pytest.fixture
def manager(program: AsProgram) -> Program:
    cast.make_company(cast.LONG_AGO)
    return program(cast.manager())


def test_attendance_comes_as_rows(manager: Program) -> None:
    made = make_sample(TRAINING)
    rows = [{"person": "guard", "came": "present", "score": 91, "result": "passed"}]
    after = body_of(manager.post(f"/trainings/{made.number}/attendance", json={"attendance": rows}))
    assert after["attendance"] == rows
    wrong = manager.post(f"/trainings/{made.number}/attendance", json={"attendance": [{"came": "present"}]})
    assert {each["field"] for each in body_of(wrong)["errors"]} == {"attendance.0.person"}


def test_a_desk_reads_sessions_and_plans_none(program: AsProgram) -> None:
    cast.make_company(cast.LONG_AGO)
    desk = program(cast.desk())
    assert desk.post("/trainings", json=sample_of(TRAINING)).status_code == 403
    assert desk.get("/trainings").status_code == 200
