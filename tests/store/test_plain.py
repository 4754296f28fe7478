"""Fields that keep values as MongoDB gave them: nothing copied, nothing wrapped, the history made only when asked for."""

from datetime import UTC, datetime

import pytest

from store import plain
from store.actor import SYSTEM
from store.versioned import Change, Event, commit, create
from store.work.documents import WorkOrder

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


@pytest.fixture
def order(database):
    values = {"estate": "sunshine", "number": "W-1", "key": "k", "kind": "other", "state": "open"}
    made = WorkOrder(**values, slot={"at": {"deep": [1]}}, checkpoints=[{"code": "a", "at": None}])
    return create(made, Change("create"), actor=SYSTEM, now=NOW)


def test_nested_values_are_plain_ones(order):
    found = WorkOrder.found({"_id": order.pk})
    assert (type(found.slot), type(found.checkpoints), type(found.checkpoints[0])) == (dict, list, dict)
    assert (found.slot, found.checkpoints) == ({"at": {"deep": [1]}}, [{"code": "a", "at": None}])


def test_history_is_made_when_somebody_asks_for_it_and_once(order, monkeypatch):
    made = []
    real = Event._from_son.__func__

    def counted(cls, son):
        made.append(son)
        return real(cls, son)

    monkeypatch.setattr(Event, "_from_son", classmethod(counted))
    changed = commit(order, Change("note"), actor=SYSTEM, now=NOW)
    assert not made
    assert [(event.n, event.verb) for event in changed.events] == [(1, "create"), (2, "note")]
    assert changed.events is changed.events
    assert len(made) == 2


def test_a_history_that_nobody_looked_at_is_given_back_as_it_is_stored(order):
    stored = WorkOrder._get_collection().find_one({"_id": order.pk})
    assert WorkOrder.found({"_id": order.pk}).to_mongo()["events"] == stored["events"]


def test_nobody_shares_an_empty_value():
    one, other = WorkOrder(), WorkOrder()
    one.checkpoints.append({})
    one.slot["at"] = 1
    assert (other.checkpoints, other.slot, other.events) == ([], {}, [])


def test_fields_are_found_on_the_class():
    assert isinstance(WorkOrder.slot, plain.PlainDict)
    assert isinstance(WorkOrder.events, plain.LazyList)
