"""Entries follow the definition of their type: every change is shown first, and all of it takes force at one moment."""

import signal
import subprocess
import sys
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import pytest
from mongoengine.connection import get_db

from store.audit.documents import AuditEntry
from store.content import current, in_force, known, migration, reading, swapping
from store.content import operations as content
from store.content.documents import Content, Revision
from store.errors import Conflict, Invalid, RuleBroken
from store.versioned import events_of
from tests import cast
from tests.packaging.deployment import ROOT

NOW = cast.NOW
LATER = NOW + timedelta(hours=1)
AFTER = LATER + timedelta(seconds=30)
MANAGER = cast.manager()
NAME = {"name": "name", "label": {"zh": "名称"}, "kind": "text", "required": True, "translated": True}
FLOORS = {"name": "floors", "label": {"zh": "层数"}, "kind": "text"}
NOTE = {"name": "note", "label": {"zh": "备注"}, "kind": "text"}
PHONE = {"name": "phone", "label": {"zh": "电话"}, "kind": "text", "required": True}


def definition(*fields: Mapping[str, Any]) -> dict[str, Any]:
    return {"name": {"zh": "电梯"}, "fields": [NAME, *fields]}


def add_lift(code: str, now: datetime = NOW, **values: Any) -> Content:
    return cast.publish("lift", code, {"name": {"zh": code}, **values}, now, actor=MANAGER)


@pytest.fixture
def lifts(database: Any) -> None:
    """Three lifts; what a manager wrote of their floors is text, and one has a note."""
    cast.publish("content_type", "lift", definition(FLOORS, NOTE), NOW, actor=MANAGER)
    for code, floors in (("a", "12"), ("b", "１,２００ "), ("c", "33")):
        add_lift(code, floors=floors, note="旧" if code == "a" else None)


def redefine(*fields: Mapping[str, Any], now: datetime = LATER) -> None:
    content.save_draft("content_type", "lift", definition(*fields), actor=MANAGER, now=now)


def migrate(fills: Mapping[str, Any] | None = None, **options: Any) -> Content:
    return migration.migrate("lift", fills or {}, **{"actor": MANAGER, "now": LATER, **options})


def bodies(moment: datetime) -> dict[str, Any]:
    return {each.code: each.body for each in reading.live_all("lift", moment)}


def changes_of(fills: Mapping[str, Any] | None = None) -> list[tuple[str, str, Any, Any]]:
    plan = migration.preview("lift", fills or {}, actor=MANAGER, now=LATER)
    return [(entry.head.code, each.field, each.old, each.new) for entry in plan.entries for each in entry.changes]


NUMBER = {**FLOORS, "kind": "integer"}


def test_the_preview_names_each_entry_and_field_and_writes_nothing(lifts: None, database: Any) -> None:
    redefine(NUMBER, PHONE)
    before = list(database.content.find()), list(database.revisions.find())
    assert changes_of({"phone": "110"}) == [
        ("a", "floors", "12", 12),
        ("a", "phone", None, "110"),
        ("a", "note", "旧", None),
        ("b", "floors", "１,２００", 1200),
        ("b", "phone", None, "110"),
        ("c", "floors", "33", 33),
        ("c", "phone", None, "110"),
    ]
    assert (list(database.content.find()), list(database.revisions.find())) == before


def test_definition_and_entries_take_force_at_one_moment(lifts: None) -> None:
    redefine(NUMBER, PHONE)
    with pytest.raises(Invalid):
        content.publish("content_type", "lift", actor=MANAGER, now=LATER)
    head = migrate({"phone": "110"}, note="层数改为数字")
    at = head.published_at
    just_before = at - timedelta(milliseconds=1)
    assert [each.name for each in reading.type_of("lift", just_before).fields] == ["name", "floors", "note"]
    assert bodies(just_before)["b"] == {"name": {"zh": "b"}, "floors": "１,２００"}
    assert [each.name for each in reading.type_of("lift", at).fields] == ["name", "floors", "phone"]
    assert bodies(at)["b"] == {"name": {"zh": "b"}, "floors": 1200, "phone": "110"}
    assert bodies(at)["a"] == {"name": {"zh": "a"}, "floors": 12, "phone": "110"}


def test_every_reader_sees_the_old_or_the_new(lifts: None) -> None:
    redefine(NUMBER)
    at = migrate().published_at
    for moment, floors in ((at - timedelta(milliseconds=1), "12"), (at, 12)):
        wanted = in_force.Wanted("lift", None, [], False, None, 10)
        for standing in (in_force.now(wanted, moment), in_force.at(wanted, moment)):
            assert in_force.bodies([standing[0].key], {"body": 1})[0]["body"]["floors"] == floors
        live = reading.live("lift", "a", moment)
        found = current.Current({"lift"}, set()).find("lift", "a", moment)
        assert live is not None
        assert found is not None
        assert live.body["floors"] == found.body["floors"] == floors


def test_it_is_one_act_in_the_histories_and_in_the_audit(lifts: None) -> None:
    redefine(NUMBER)
    head = migrate(note="层数改为数字")
    assert (head.state, head.revision) == ("published", 2)
    assert (head.events[-1].verb, head.events[-1].detail["migrated"]) == ("publish", 3)
    entry = reading.get("lift", "b", MANAGER)
    assert (entry.state, entry.revision) == ("published", 2)
    event = events_of(entry)[-1]
    assert (event.verb, event.actor, event.at) == ("migrate", MANAGER.code, LATER)
    assert event.detail["definition"] == "lift v2"
    assert event.detail["changes"][0]["new"] == 1200
    (told,) = AuditEntry.objects(action="migrate")
    assert (told.about, told.detail["entries"], told.detail["fields"]) == ("content_type:lift", 3, ["floors", "note"])
    assert Revision.objects.get(key=f"{entry.pk}:1").superseded_at == head.published_at


@pytest.mark.parametrize(
    ("floors", "code"),
    [("十二", "not_integer"), ("12 层", "not_integer"), ("1.5", "not_integer"), ("9" * 15, "out_of_range")],
)
def test_what_cannot_be_read_is_listed_and_refuses_all(lifts: None, database: Any, floors: str, code: str) -> None:
    add_lift("d", floors=floors)
    redefine(NUMBER)
    plan = migration.preview("lift", {}, actor=MANAGER, now=LATER)
    assert [(each.head.code, each.problems[0].field, each.problems[0].code) for each in plan.refused] == [
        ("d", "floors", code)
    ]
    with pytest.raises(Invalid) as error:
        migrate()
    assert "d（floors" in error.value.problems[0].words.zh
    assert all(each.revision == 1 for each in Content.objects)


def test_a_required_field_asks_for_its_value_and_the_value_must_fit(lifts: None) -> None:
    redefine(FLOORS, NOTE, {**PHONE, "kind": "minutes", "name": "age"})
    assert [each.name for each in migration.preview("lift", {}, actor=MANAGER, now=LATER).needs] == ["age"]
    for fills, problem in (({}, "entries_do_not_fit"), ({"age": -1}, "out_of_range")):
        with pytest.raises(Invalid) as error:
            migrate(fills)
        assert error.value.problems[0].code == problem
    migrate({"age": 5})
    assert {each["age"] for each in bodies(AFTER).values()} == {5}


@pytest.mark.parametrize(
    ("before", "value", "after", "became"),
    [
        ({"kind": "text"}, "是", {"kind": "boolean"}, True),
        ({"kind": "text"}, "12.5", {"kind": "money_fen"}, 1250),
        ({"kind": "text"}, "2026年3月1日", {"kind": "date"}, "2026-03-01"),
        ({"kind": "text"}, "甲", {"kind": "choice", "choices": [{"value": "a", "label": {"zh": "甲"}}]}, "a"),
        ({"kind": "text"}, "甲", {"kind": "text", "translated": True}, {"zh": "甲"}),
        ({"kind": "text", "translated": True}, {"zh": "甲", "en": "A"}, {"kind": "text"}, "甲"),
        ({"kind": "text", "translated": True}, {"zh": "12"}, {"kind": "decimal"}, 12.0),
        ({"kind": "integer"}, 12, {"kind": "text"}, "12"),
        ({"kind": "decimal"}, 12.5, {"kind": "text"}, "12.5"),
        ({"kind": "money_fen"}, 1250, {"kind": "decimal"}, 12.5),
        ({"kind": "boolean"}, True, {"kind": "text"}, "是"),
        ({"kind": "weekdays"}, [1, 7], {"kind": "text"}, "1、7"),
        ({"kind": "reference", "target": "staff"}, "guard", {"kind": "references", "target": "staff"}, ["guard"]),
        ({"kind": "references", "target": "staff"}, ["guard"], {"kind": "reference", "target": "staff"}, "guard"),
        ({"kind": "times"}, ["08:30", "21:00"], {"kind": "long_text"}, "08:30、21:00"),
    ],
)
def test_values_are_read_as_people_write_them(
    database: Any, before: dict[str, Any], value: Any, after: dict[str, Any], became: Any
) -> None:
    cast.make_company(NOW)
    named = {"name": "it", "label": {"zh": "它"}}
    cast.publish("content_type", "lift", definition({**named, **before}), NOW, actor=MANAGER)
    add_lift("a", it=value)
    redefine({**named, **after})
    assert [each[2:] for each in changes_of()] == [(value, became)]
    migrate()
    assert bodies(AFTER)["a"]["it"] == became


def test_several_values_are_not_squeezed_into_one(database: Any) -> None:
    named = {"name": "it", "label": {"zh": "它"}}
    cast.publish("content_type", "lift", definition({**named, "kind": "times"}), NOW, actor=MANAGER)
    add_lift("a", it=["08:30", "21:00"])
    redefine({**named, "kind": "time"})
    (entry,) = migration.preview("lift", {}, actor=MANAGER, now=LATER).refused
    assert entry.problems[0].code == "several_values"


def test_what_is_not_asked_any_more_goes_and_needs_no_value(lifts: None) -> None:
    """A condition decides what an entry needs, by what stands in the new body."""
    sort = {"name": "sort", "label": {"zh": "种类"}, "kind": "choice", "required": True}
    choices = [{"value": "goods"}, {"value": "people"}]
    only = {"field": "sort", "values": [{"value": "goods"}]}
    redefine(
        {**sort, "choices": choices}, {**FLOORS, "shown_when": only}, {**NOTE, "required": True, "shown_when": only}
    )
    migrate({"sort": "people"})
    assert bodies(AFTER)["a"] == {"name": {"zh": "a"}, "sort": "people"}
    assert changes_of() == []


def test_drafts_follow_as_far_as_they_can_be_read(lifts: None) -> None:
    for code, floors in (("a", "13"), ("b", "十四")):
        content.save_draft("lift", code, {"name": {"zh": code}, "floors": floors}, actor=MANAGER, now=NOW)
    content.create("lift", "new", {"name": {"zh": "新"}, "floors": "7"}, actor=MANAGER, now=NOW)
    redefine(NUMBER)
    migrate()
    heads = {each.code: each for each in Content.objects(type="lift")}
    assert {code: each.draft["floors"] for code, each in heads.items()} == {"a": 13, "b": "十四", "c": 33, "new": 7}
    assert {code: each.state for code, each in heads.items()} == {
        "a": "changed", "b": "changed", "c": "published", "new": "draft",
    }  # fmt: skip
    assert "new" not in bodies(AFTER)
    with pytest.raises(Invalid):
        content.publish("lift", "b", actor=MANAGER, now=AFTER)
    content.publish("lift", "a", actor=MANAGER, now=AFTER)
    assert bodies(AFTER)["a"]["floors"] == 13


def test_what_is_scheduled_is_published_as_the_new_type_has_it(lifts: None) -> None:
    content.save_draft("lift", "a", {"name": {"zh": "a"}, "floors": "14"}, actor=MANAGER, now=NOW)
    content.schedule("lift", "a", at=AFTER + timedelta(days=1), actor=MANAGER, now=NOW)
    redefine(NUMBER)
    migrate()
    content.publish_due(AFTER + timedelta(days=1))
    assert bodies(AFTER)["a"]["floors"] == 12
    assert bodies(AFTER + timedelta(days=1))["a"]["floors"] == 14


def test_what_does_not_change_gets_no_revision(lifts: None) -> None:
    redefine(FLOORS)
    migrate()
    assert {each.code: each.revision for each in Content.objects(type="lift")} == {"a": 2, "b": 1, "c": 1}
    with pytest.raises(RuleBroken) as error:
        migrate(now=AFTER)
    assert error.value.code == "nothing_to_migrate"


def test_entries_of_other_estates_are_not_changed_unseen(database: Any) -> None:
    for estate in (cast.ESTATE, cast.OTHER_ESTATE):
        cast.make_estate(estate, NOW)
    place = {"name": "estate", "label": {"zh": "小区"}, "kind": "reference", "target": "estate"}
    cast.publish("content_type", "lift", definition(FLOORS, place), NOW, actor=MANAGER)
    add_lift("a", floors="1", estate=cast.ESTATE)
    redefine(NUMBER, place)
    with pytest.raises(RuleBroken) as error:
        migrate(actor=cast.stranger())
    assert error.value.code == "foreign_entries"


def test_somebody_who_saves_at_the_same_time_loses_nothing(lifts: None, monkeypatch: pytest.MonkeyPatch) -> None:
    redefine(NUMBER)
    swap = swapping.swap

    def overtaken(*args: Any) -> None:
        content.save_draft("lift", "b", {"name": {"zh": "别的"}, "floors": "5"}, actor=MANAGER, now=LATER)
        swap(*args)

    monkeypatch.setattr(swapping, "swap", overtaken)
    with pytest.raises(Conflict):
        migrate()
    monkeypatch.undo()
    assert all(each.revision == 1 for each in Content.objects)
    assert bodies(AFTER)["a"]["floors"] == "12"
    migrate()
    assert reading.get("lift", "b", MANAGER).draft["floors"] == 5


# Many


@pytest.fixture
def many(lifts: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(migration, "AT_ONCE", 2)
    monkeypatch.setattr(migration, "NOTED_EACH", 2)


def test_many_are_the_work_of_a_job(many: None) -> None:
    redefine(NUMBER)
    head = migrate(note="多")
    assert (head.revision, head.migrating["total"], bodies(AFTER)["a"]["floors"]) == (1, 3, "12")
    with pytest.raises(RuleBroken) as error:
        content.publish("content_type", "lift", actor=MANAGER, now=LATER)
    assert error.value.code == "migrating"
    content.save_draft("content_type", "lift", definition(FLOORS, NOTE), actor=MANAGER, now=LATER)
    assert migration.carry_on(LATER + timedelta(seconds=5)) == 1
    assert migration.carry_on(LATER + timedelta(seconds=10)) == 0
    head = reading.get("content_type", "lift", MANAGER)
    assert (head.state, head.revision, head.migrating) == ("changed", 2, {})
    assert head.events[-1].actor == MANAGER.code
    assert bodies(AFTER)["a"]["floors"] == 12


def test_an_entry_that_came_meanwhile_and_cannot_be_read_puts_it_back_to_who_asked(many: None) -> None:
    redefine(NUMBER)
    migrate()
    add_lift("d", LATER, floors="十")
    assert migration.carry_on(LATER + timedelta(seconds=5)) == 1
    head = reading.get("content_type", "lift", MANAGER)
    assert (head.revision, head.migrating, head.events[-1].verb) == (1, {}, "migration_refused")
    assert head.events[-1].to_notify[0]["to"] == [MANAGER.code]
    assert bodies(AFTER)["a"]["floors"] == "12"


# What is cut off


def killed_at(write: int, act: str, uri: str) -> bool:
    command = [sys.executable, "-m", "tests.store.superseding_victim", act, uri, str(write)]
    done = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)
    assert done.returncode in (0, -signal.SIGKILL), done.stderr
    # The server itself ends what a dead client left open, after a minute at most.
    get_db().client.admin.command("killAllSessions", [])
    return done.returncode != 0


def is_whole(moment: datetime) -> str:
    """Which of the two a reader sees; never a part of one with a part of the other."""
    kinds = {each.name: each.kind for each in reading.type_of("lift", moment).fields}
    floors = {type(each["floors"]) for each in bodies(moment).values()}
    assert (kinds["floors"], floors) in (("text", {str}), ("integer", {int}))
    return kinds["floors"]


@pytest.mark.timeout(300)
@pytest.mark.parametrize("act", ["migrate", "carry_on"])
def test_killed_between_any_two_writes_it_is_done_or_not_begun_and_goes_on(
    lifts: None, database: Any, mongo_server: str, act: str
) -> None:
    redefine(NUMBER)
    names = ("content", "revisions", "audit")
    before = {name: list(database[name].find()) for name in names}
    seen: list[str] = []
    write, was_killed = 1, True
    while was_killed:
        was_killed = killed_at(write, act, mongo_server)
        known.forget()
        seen.append(is_whole(AFTER))
        assert database.audit.count_documents({"action": "migrate"}) == (seen[-1] == "integer")
        was_asked = database.content.count_documents({"migrating.asked_at": {"$exists": True}}) > 0
        migration.carry_on(AFTER)
        known.forget()
        assert is_whole(AFTER + timedelta(minutes=1)) == ("integer" if was_asked else seen[-1])
        for name in names:
            database[name].delete_many({})
            database[name].insert_many(before[name]) if before[name] else None
        known.forget()
        write += 1
    # Up to the commit a reader sees what was before, and from then on what is new.
    assert seen == sorted(seen, reverse=True)
    assert seen[-1] == "integer"
    assert seen.count("text") >= 5
