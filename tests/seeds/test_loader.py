"""The first content is loaded through the verbs, once, and never over what people have changed."""

import re
from datetime import date, timedelta
from typing import Any

import pytest

from seeds import loader
from store import directory
from store.calendars.operations import calendar_for, day_note
from store.calendars.rules import is_workday
from store.content import operations as content
from store.content import reading
from store.content.documents import Content, Revision
from store.people.documents import Staff
from store.people.operations import Directory, actor_for
from store.policies.operations import coverage
from store.premises.documents import Household, Unit
from store.premises.operations import find_households
from tests import cast
from tests.servers import empty

NOW = cast.NOW
LATER = NOW + timedelta(days=1)


@pytest.fixture(scope="module")
def _seeded(_connected: Any) -> Any:
    empty(_connected)
    return loader.load(NOW)


@pytest.fixture
def seeded(_seeded: Any) -> Any:
    """Loaded once for this module, for it takes seconds: tests that change something have entries of their own."""
    return _seeded


def stored(name: str) -> list[dict[str, Any]]:
    return list({"content": Content, "household": Household, "staff": Staff}[name]._get_collection().find().sort("_id"))


def test_everything_is_loaded_and_nothing_refused(seeded: loader.Loaded) -> None:
    assert seeded.refused == {}
    assert seeded.count("created") == len(seeded.outcomes) > 900
    assert Content.objects(state__ne="published").count() == 0
    assert Content.objects.count() == Revision.objects.count()


def test_silence_accepts_a_repair_after_as_many_days_as_the_policy_says(seeded: loader.Loaded) -> None:
    chapters = Content.objects.get(type="policy").draft["chapters"]
    clause = next(each for chapter in chapters for each in chapter["clauses"] if each["number"] == "3.2")
    days = re.search(r"(\d+)日内未提出异议的视为验收通过", clause["text"]["zh"])
    items = [each.draft for each in Content.objects(type="service_item")]
    repairs = [each for each in items if "repair" in each["kinds"] and each["makes_work_order"]]
    assert days
    assert len(repairs) > 30
    assert {each.get("acceptance_days") for each in repairs} == {int(days[1])}


def test_there_are_400_households_with_people_of_their_own(seeded: loader.Loaded) -> None:
    assert Unit.objects.count() == Household.objects.count() == 400
    members = [member for home in stored("household") for member in home["members"]]
    assert len({member["name"] for member in members}) == len({member["phone"] for member in members}) == len(members)
    assert Household.objects(code="sunshine-3-1201").first().room == "3-1201"


def test_loading_again_changes_nothing(seeded: loader.Loaded) -> None:
    before = [stored(name) for name in ("content", "household", "staff")]
    again = loader.load(LATER)
    assert again.count("created") == again.count("updated") == 0
    assert [stored(name) for name in ("content", "household", "staff")] == before


def test_the_statutory_days_of_the_year_are_in_the_office_calendar(seeded: loader.Loaded) -> None:
    office = calendar_for("office-hours", NOW)
    assert not is_workday(date(2026, 10, 1), office)
    assert is_workday(date(2026, 10, 10), office), "a Saturday on which the holiday is made up for"
    body = reading.live("working_calendar", "office-hours", NOW)
    assert body is not None
    assert day_note(body.body, date(2026, 10, 1)).zh.startswith("国庆")


def test_every_clause_has_a_rule_or_is_named_here(seeded: loader.Loaded) -> None:
    bare = [each.number for each in coverage(NOW, timedelta(days=30)) if each.state == "no_rule"]
    assert len(coverage(NOW, timedelta(days=30))) == 33
    assert set(bare) <= {"4.1", "4.4", "5.2", "5.3", "6.1", "8.3"}, bare


def test_the_demo_logins_are_staff_with_the_right_roles(seeded: loader.Loaded) -> None:
    roles = {name: actor_for(code).roles for name, code in loader.demo_staff_logins()}
    assert roles["manager"] == {"manager"}
    assert roles["guard"] == {"field", "gate"}
    assert roles["admin"] == {"administrator"}


def test_somebody_is_on_duty_at_two_in_the_morning(seeded: loader.Loaded) -> None:
    night = NOW.replace(hour=18)
    people = Directory.load()
    for department in ("security", "repair", "cleaning"):
        for estate in ("sunshine", "riverside"):
            assert people.recipients({"kind": "on_duty", "ref": department}, estate, night), (department, estate)


def test_the_desk_finds_seeded_people(seeded: loader.Loaded) -> None:
    (found,) = find_households("3-1201", cast.desk(), NOW)
    name = found.members[0]["name"]
    assert found.code in [each.code for each in find_households(name, cast.desk(), NOW)]


def test_what_a_person_has_changed_is_kept(seeded: loader.Loaded) -> None:
    body = reading.get("service_item", "enquiry-fees", cast.manager()).draft
    content.save_draft("service_item", "enquiry-fees", {**body, "response_minutes": 5}, actor=cast.manager(), now=LATER)
    home = directory.get("household", "sunshine-4-1201", cast.manager())
    values = {**home.values(), "members": []}
    directory.update("household", "sunshine-4-1201", values, actor=cast.desk(), now=LATER)
    again = loader.load(LATER)
    assert again.outcomes["service_item:enquiry-fees"] == again.outcomes["household:sunshine-4-1201"] == "kept"
    assert reading.get("service_item", "enquiry-fees", cast.manager()).draft["response_minutes"] == 5


def test_a_better_seed_reaches_what_nobody_changed(seeded: loader.Loaded, monkeypatch: pytest.MonkeyPatch) -> None:
    files = loader._files("content")
    better = tuple(
        (kind, code, {**body, "response_minutes": 7} if code == "enquiry-parking" else body)
        for kind, code, body in files
    )
    directory_files = loader._files("directory")
    monkeypatch.setattr(loader, "_files", {"content": better, "directory": directory_files}.__getitem__)
    again = loader.load(LATER)
    assert again.outcomes["service_item:enquiry-parking"] == "updated"
    assert again.count("updated") == 1
    live = reading.live("service_item", "enquiry-parking", LATER)
    assert live is not None
    assert (live.number, live.body["response_minutes"]) == (2, 7)
    first = reading.live("service_item", "enquiry-parking", NOW)
    assert first is not None
    assert first.number == 1


def test_a_run_that_was_cut_off_before_publishing_is_finished_by_the_next(seeded: loader.Loaded) -> None:
    head = Content.objects(type="service_category", code="reception")
    head.update(set__state="draft", set__revision=0, unset__live_uses=True)
    Revision.objects(type="service_category", code="reception").delete()
    assert loader.load(LATER).outcomes["service_category:reception"] == "updated"
    assert reading.live("service_category", "reception", LATER) is not None
