"""What is stored is what was checked: stripped and in one form, at whatever door it came in."""

from typing import Any

import pytest

from store import directory
from store.actor import SYSTEM
from store.content.documents import Revision
from store.errors import Invalid
from store.fields.checking import clean
from store.fields.spec import Field
from store.words import Words
from tests import cast

PADDED: dict[str, Any] = {
    "text": (" 水 ", "水"),
    "long_text": ("\n水\n", "水"),
    "date": (" 2026-11-24 ", "2026-11-24"),
    "datetime": (" 2026-11-24T10:00:00+08:00 ", "2026-11-24T10:00:00+08:00"),
    "time": ("22:00 ", "22:00"),
    "times": ([" 08:30", "22:00\n"], ["08:30", "22:00"]),
    "email": (" a@b.example\n", "a@b.example"),
    "url": (" json://robot.example/hook ", "json://robot.example/hook"),
}


@pytest.mark.parametrize("kind", PADDED)
def test_every_kind_of_text_is_stored_without_its_padding(kind: str) -> None:
    typed, stored = PADDED[kind]
    cleaned, problems = clean((Field("it", kind, Words("它", "It")),), {"it": typed})
    assert (cleaned, problems) == ({"it": stored}, [])
    assert clean((Field("it", kind, Words("它", "It")),), cleaned) == (cleaned, [])


@pytest.mark.parametrize("text", ["２２:00", "2२:00", "22：00", "22:00:00", "24:00"])
def test_a_time_is_written_with_the_digits_that_clocks_read(text: str) -> None:
    _, [problem] = clean((Field("at", "time", Words("时刻", "Time")),), {"at": text})
    assert problem.code == "not_a_time"


def test_padded_times_of_staff_rosters_and_plans_are_stored_as_checked(database: Any) -> None:
    cast.make_staff("guard", quiet_start="22:00 ", quiet_end=" 06:00")
    shift = {"day": 0, "start": " 07:00", "end": "19:00 ", "staff": ["guard"]}
    roster = {"estate": cast.ESTATE, "name": "班", "anchor_date": " 2026-01-01 ", "cycle_days": 1, "shifts": [shift]}
    cast.make_entry("roster", "day", roster)
    assert directory.values_of("staff", "guard")["quiet_start"] == "22:00"
    stored = directory.values_of("roster", "day")
    assert (stored["anchor_date"], stored["shifts"][0]["start"], stored["shifts"][0]["end"]) == (
        "2026-01-01", "07:00", "19:00",
    )  # fmt: skip
    plan = {
        "name": "巡", "estate": cast.ESTATE, "service": "other", "frequency": "daily", "times": ["22:00 "],
        "start_date": "2026-01-01", "duration_minutes": 30, "assign_to": "person", "staff": ["guard"],
    }  # fmt: skip
    cast.publish("plan", "night", plan)
    assert Revision.objects.get(type="plan").body["times"] == ["22:00"]


@pytest.mark.parametrize("code", ["abc\n", "abc ", " abc"])
def test_a_code_ends_where_it_seems_to(database: Any, code: str) -> None:
    with pytest.raises(Invalid):
        directory.create("estate", code, {"name": "园"}, actor=SYSTEM, now=cast.NOW)
