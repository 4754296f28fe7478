"""Tablets share a router: each is counted for itself, and who guesses tokens is counted by his address."""

import pytest
from flask import Flask

from admin_app.shell import limits
from tests import cast
from tests.api.conftest import AsProgram, Program, body_of, make_tablet_token

HERE = f"/field/photos/{'a' * 64}"
MOST = 4


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "GENERAL", f"{MOST} per minute")


def statuses(program: Program, times: int, path: str = HERE) -> list[int]:
    return [program.get(path).status_code for _ in range(times)]


def test_a_busy_tablet_is_told_to_wait_and_its_neighbour_is_not(app: Flask) -> None:
    busy = Program(app, make_tablet_token(cast.guard()))
    neighbour = Program(app, make_tablet_token(cast.repairer(), "0" * 8 + cast.TABLET[8:]))
    assert statuses(busy, MOST + 1) == [200] * MOST + [429]
    refused = busy.get(HERE)
    assert body_of(refused)["code"] == "too_many_requests"
    assert 0 < int(refused.headers["Retry-After"]) <= 60
    assert statuses(neighbour, MOST) == [200] * MOST


def test_who_makes_up_tokens_is_stopped_by_his_address(app: Flask) -> None:
    tablet = Program(app, make_tablet_token(cast.guard()))
    assert statuses(tablet, MOST) == [200] * MOST
    guesses = [Program(app, f"anju_guess-{n}").get(HERE).status_code for n in range(MOST + 1)]
    assert guesses == [401] * MOST + [429]


def test_other_doors_are_counted_by_address(app: Flask, program: AsProgram) -> None:
    first, second = program(cast.manager()), program(cast.supervisor())
    assert statuses(first, MOST, "/requests") == [200] * MOST
    assert statuses(second, 1, "/requests") == [429]
