"""培训: rows of attendance, moving a session, and who is asked to plan one."""

import re
from io import BytesIO

import pytest
from flask import Flask
from flask.testing import FlaskClient
from python_calamine import CalamineWorkbook

from store.described.documents import DOCUMENTS
from store.training.kind import TRAINING
from tests import cast
from tests.admin_app.conftest import SignIn
from tests.admin_app.office import post
from tests.described import make_sample, typed

Session = DOCUMENTS["training_session"]


@pytest.fixture
def manager(app: Flask, sign_in: SignIn) -> FlaskClient:
    cast.make_company(cast.LONG_AGO)
    return sign_in(cast.manager())


def test_whoever_may_not_make_one_is_not_asked_to(app: Flask, sign_in: SignIn) -> None:
    cast.make_company(cast.LONG_AGO)
    desk = sign_in(cast.desk())
    assert "/admin/trainings/make/" not in desk.get("/admin/trainings/").text
    assert desk.get("/admin/trainings/make/").status_code == 403
    assert post(desk, "/admin/trainings/make/", **typed(TRAINING)).status_code == 403


def test_attendance_begins_with_a_row_for_everybody_who_was_told(manager: FlaskClient) -> None:
    session = make_sample(TRAINING)
    here = f"/admin/trainings/{session.number}"
    assert post(manager, f"{here}/invite", version=1).status_code == 303
    page = manager.get(here).text
    rows = len(re.findall(r'name="attendance\.\d+\.score"', page))
    assert rows == len(Session.objects.get().invited)
    said = {"attendance.0.person": "guard", "attendance.0.came": "present", "attendance.0.score": "92"}
    said |= {"attendance.0.result": "passed", "attendance.1.person": "desk"}
    assert post(manager, f"{here}/attend", version=2, **said).status_code == 303
    kept = Session.objects.get().attendance
    # Of the second row nothing was said but who it is of.
    assert kept == [{"person": "guard", "came": "present", "score": 92, "result": "passed"}]
    shown = manager.get(here).text
    assert "卫安朗" in shown
    assert "92" in shown


def test_a_refused_row_stays_as_it_was_typed(manager: FlaskClient) -> None:
    session = make_sample(TRAINING)
    said = {"attendance.0.person": "guard", "attendance.0.came": "present", "attendance.0.score": "seventy"}
    answer = post(manager, f"/admin/trainings/{session.number}/attend", version=1, **said)
    assert answer.status_code == 422
    assert "seventy" in answer.text
    assert not Session.objects.get().attendance


def test_a_new_day_takes_the_place_of_an_old_one_and_what_is_left_empty_goes(manager: FlaskClient) -> None:
    session = make_sample(TRAINING)
    said = {"version": 1, "planned_for": "2027-03-01T09:30", "place": "", "reason": "讲师改期"}
    assert post(manager, f"/admin/trainings/{session.number}/move", **said).status_code == 303
    moved = Session.objects.get()
    assert (moved.planned_for.isoformat(), moved.place) == ("2027-03-01T01:30:00+00:00", None)
    assert "讲师改期" in manager.get(f"/admin/trainings/{session.number}").text


def test_hours_are_a_number_in_a_workbook_and_short_on_a_screen(manager: FlaskClient) -> None:
    make_sample(TRAINING)
    answer = manager.get("/admin/trainings/export?view=all")
    heads, row = CalamineWorkbook.from_filelike(BytesIO(answer.data)).get_sheet_by_index(0).to_python()
    assert row[heads.index("学时")] == 1.0
    listed = manager.get("/admin/trainings/?view=all").text
    assert re.search(r">\s*1\s*</td>", listed)
    assert ">1.0<" not in listed
