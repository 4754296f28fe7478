"""人员·交接班: the ends of shifts, as both signed for them."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from store import clock
from store.actor import Actor
from store.tablet.handover import hand_over_shift
from tests import cast
from tests.admin_app.conftest import SignIn
from tests.security.world import text_of

PAGE = "/admin/handovers/"
SIGNED, COUNTERSIGNED = "ab" * 32, "cd" * 32


def hand_over(who: Actor, to: Actor, **changes: Any) -> None:
    values = {"note": "西门灯坏，已报修", "open": [[cast.ESTATE, "k1"]], **changes}
    moment = clock.now() - timedelta(minutes=3)
    hand_over_shift(
        cast.ESTATE, to=to.code, signature=SIGNED, counter_signature=COUNTERSIGNED, actor=who, now=moment, **values
    )


@pytest.fixture
def company(app: Flask) -> None:
    cast.make_company(cast.LONG_AGO)


def test_the_list_says_who_left_what_to_whom_signed_by_both(company: None, sign_in: SignIn) -> None:
    hand_over(cast.guard(), cast.second_guard())
    text = sign_in(cast.supervisor()).get(PAGE).text
    for told in (cast.guard().name, cast.second_guard().name, "西门灯坏", SIGNED, COUNTERSIGNED, "阳光花园"):
        assert told in text, told


def test_the_records_can_be_taken_away_as_a_workbook(company: None, sign_in: SignIn) -> None:
    hand_over(cast.guard(), cast.second_guard())
    text = text_of(sign_in(cast.supervisor()).get(f"{PAGE}export"))
    for told in ("交班人", cast.guard().name, cast.second_guard().name, "西门灯坏", "阳光花园"):
        assert told in text, told
    assert "签名" not in text


def test_an_empty_list_says_how_records_come_into_it(company: None, sign_in: SignIn) -> None:
    assert "平板" in sign_in(cast.supervisor()).get(PAGE).text


def test_shifts_of_another_estate_are_absent(company: None, sign_in: SignIn) -> None:
    hand_over(cast.guard(), cast.second_guard())
    assert "西门灯坏" not in sign_in(cast.stranger()).get(PAGE).text
