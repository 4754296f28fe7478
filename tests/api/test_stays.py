"""Moving out and in over the API."""

from tests import cast
from tests.api.conftest import AsProgram, body_of
from tests.api.world import make_world

PATH = "/households/sunshine-3-1201"


def test_a_household_moves_out_and_in_again(program: AsProgram) -> None:
    make_world()
    desk = program(cast.desk())
    assert program(cast.guard()).post(f"{PATH}/moving-out", {"on": "2026-01-01"}).status_code == 403
    gone = desk.post(f"{PATH}/moving-out", {"on": "2026-01-01", "reason": "房屋出售"})
    assert (body_of(gone)["active"], body_of(gone)["moved_out"]) == (False, "2026-01-01")
    early = desk.post(f"{PATH}/moving-in", {"on": "2025-12-31"})
    assert (early.status_code, body_of(early)["code"]) == (422, "too_early")
    assert body_of(desk.post(f"{PATH}/moving-in", {"on": "2026-01-02"}))["moved_in"] == "2026-01-02"
    again = desk.post(f"{PATH}/moving-in", {"on": "2026-01-02"})
    assert (again.status_code, body_of(again)["code"]) == (422, "not_moved_out")
