"""Moving out on the household's page; the unit shows who lived there."""

from typing import Any

import pytest

from store import clock
from store.premises.documents import Household
from tests import cast
from tests.admin_app.conftest import SignIn
from tests.admin_app.office import make_world, post

PAGE = "/admin/directory/household/-/sunshine-3-1201"


@pytest.fixture(autouse=True)
def world(app: Any, database: Any) -> None:
    make_world()


def test_the_desk_moves_a_household_out_and_the_unit_shows_it(sign_in: SignIn) -> None:
    desk = sign_in(cast.desk())
    assert "迁出" in desk.get(f"{PAGE}/view").text
    today = clock.now().date().isoformat()
    assert post(desk, f"{PAGE}/stay", version=1, verb="out", on=today).status_code == 303
    assert Household.objects.get().moved_out == today
    assert "迁回" in desk.get(f"{PAGE}/view").text
    unit = desk.get("/admin/directory/unit/-/sunshine-3-1201").text
    assert f"{today} 迁出" in unit
    assert "王清和" in unit
    assert "13900000001" not in unit


def test_what_may_not_be_is_said_and_nothing_is_written(sign_in: SignIn) -> None:
    desk = sign_in(cast.desk())
    refused = post(desk, f"{PAGE}/stay", version=1, verb="out", on="2999-01-01")
    assert "不能晚于今天" in desk.get(refused.headers["Location"]).text
    assert post(sign_in(cast.auditor()), f"{PAGE}/stay", version=1, verb="out", on="2026-01-01").status_code == 403
    assert Household.objects.get().version == 1
