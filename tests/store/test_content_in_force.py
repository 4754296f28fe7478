"""What is in force now is told by the heads, and is what all revisions together tell."""

from datetime import timedelta
from random import Random
from typing import Any

from store import clock
from store.actor import SYSTEM
from store.content import in_force, operations
from store.content.documents import Content, Revision
from tests import cast

CATEGORY = "service_category"
NOW = clock.now()


def wanted(**changes):
    values: dict[str, Any] = {
        "kind": CATEGORY,
        "estates": None,
        "where": [],
        "descending": False,
        "after": None,
        "most": 51,
    }
    return in_force.Wanted(**{**values, **changes})


def codes(found):
    return [each.code for each in found]


def publish(code, at=cast.LONG_AGO):
    cast.publish(CATEGORY, code, {"name": {"zh": code}, "department": "repair"}, at)


def category(database):
    cast.make_department("repair", cast.LONG_AGO)


def test_it_reads_no_more_heads_than_a_page_has(database):
    category(database)
    for n in range(8):
        publish(f"c{n}")
    explained = Content._get_collection().find({"type": CATEGORY, "revision": {"$gt": 0}}).sort("code", 1).limit(3)
    assert explained.explain()["executionStats"]["totalKeysExamined"] <= 4
    assert codes(in_force.now(wanted(most=3), NOW)) == ["c0", "c1", "c2"]


def test_heads_and_revisions_agree_whatever_was_done(database):
    category(database)
    dice, now = Random(3), NOW - timedelta(hours=1)
    for n in range(12):
        publish(f"c{n:02d}", cast.LONG_AGO)
        now += timedelta(minutes=1)
        done = dice.choice(["nothing", "withdrawn", "again"])
        if done == "withdrawn":
            operations.withdraw(CATEGORY, f"c{n:02d}", actor=SYSTEM, now=now)
        elif done == "again":
            body = {"name": {"zh": "neu"}, "department": "repair"}
            operations.save_draft(CATEGORY, f"c{n:02d}", body, actor=SYSTEM, now=now)
            operations.publish(CATEGORY, f"c{n:02d}", actor=SYSTEM, now=now)
    for ask in (
        wanted(),
        wanted(descending=True),
        wanted(most=4),
        wanted(where=[{"code": {"$eq": "c03"}}]),
        wanted(where=[{"uses": {"$eq": "department:repair"}}]),
        wanted(where=[{"estate": {"$eq": None}}]),
        wanted(estates=frozenset({"sunshine"})),
    ):
        assert in_force.now(ask, NOW) == in_force.at(ask, NOW)
    assert in_force.at(wanted(), NOW)


def test_a_revision_counts_for_the_estate_it_was_published_for(database):
    """The draft may name another estate already."""
    category(database)
    publish("a")
    Content._get_collection().update_one({"code": "a"}, {"$set": {"estate": "sunshine"}})
    Revision._get_collection().update_one({"code": "a"}, {"$set": {"estate": "riverside"}})
    assert codes(in_force.now(wanted(estates=frozenset({"sunshine"})), NOW)) == []
    assert codes(in_force.now(wanted(estates=frozenset({"riverside"})), NOW)) == ["a"]


def test_many_foreign_ones_do_not_end_the_page(database):
    category(database)
    for n in range(12):
        publish(f"c{n:02d}")
    foreign = {"code": {"$lt": "c10"}}
    Revision._get_collection().update_many(foreign, {"$set": {"estate": "riverside"}})
    assert codes(in_force.now(wanted(estates=frozenset({"sunshine"}), most=2), NOW)) == ["c10", "c11"]


def test_a_publication_that_was_cut_off_is_not_shown_before_it_stands(database):
    category(database)
    publish("a")
    Content._get_collection().update_one(
        {"code": "a"}, {"$set": {"revision": 2, "publishing": {"number": 2, "body": {}}}}
    )
    (shown,) = in_force.now(wanted(), NOW)
    assert shown.key.endswith(":1")


def test_what_another_clock_has_published_ahead_of_ours_waits(database):
    category(database)
    publish("a", NOW + timedelta(seconds=3))
    assert in_force.now(wanted(), NOW) == []
    assert codes(in_force.now(wanted(), NOW + timedelta(seconds=4))) == ["a"]
