"""A cluster may keep the records of each estate together: every unique index and every verb's write names the estate."""

from collections.abc import Callable
from typing import Any

import pytest

from store import connection, domains, records
from store.deadlines.operations import sweep
from store.emergencies.documents import Drill
from store.findings.documents import Finding
from store.incidents.documents import Incident
from store.notices.relay import relay
from store.records import Record
from store.requests.documents import ServiceRequest
from store.versioned import Change, commit
from store.work.documents import WorkOrder
from tests import cast
from tests.store.long_history import grown

domains.load("documents")
domains.load("operations")
KINDS = sorted(records.documents().values(), key=lambda each: each.__name__)
TOLD = (Drill, Finding, Incident, ServiceRequest, WorkOrder)
WRITES = {"update", "findAndModify"}


def made(kind: type[Record]) -> Record:
    values: dict[str, Any] = {"estate": cast.ESTATE, "number": "N-1", "state": "open", "version": 1}
    if "key" in kind._fields:
        values["key"] = "k"
    event = {"n": 1, "at": cast.NOW, "actor": "manager", "verb": "create"}
    kind._get_collection().insert_one({**values, "events": [event]})
    found: Record = kind.objects.get(number="N-1")
    return found


def filters(database: Any, collection: str, work: Callable[[], object]) -> list[dict[str, Any]]:
    """Of all writes to it that the server was sent meanwhile."""
    database.command({"profile": 2})
    work()
    database.command({"profile": 0})
    sent = list(database["system.profile"].find({"ns": f"{database.name}.{collection}"}))
    # Others read it too.
    database.drop_collection("system.profile")
    commands = [each["command"] for each in sent if each["op"] in ("update", "command")]
    return [each.get("query") or each["q"] for each in commands if set(each) & WRITES or "q" in each]


def test_all_kinds_of_records_are_walked() -> None:
    assert set(KINDS) >= {Drill, Finding, Incident, ServiceRequest, WorkOrder}


@pytest.mark.parametrize("kind", KINDS)
def test_every_unique_index_of_records_begins_with_the_estate(database: Any, kind: type[Record]) -> None:
    connection.ensure_indexes()
    indexes = kind._get_collection().index_information()
    unique = {name: each["key"] for name, each in indexes.items() if each.get("unique")}
    assert unique
    assert {name for name, key in unique.items() if key[0][0] != "estate"} == set()


@pytest.mark.parametrize("kind", KINDS)
def test_every_verbs_write_names_the_estate(database: Any, kind: type[Record]) -> None:
    record = made(kind)

    def note() -> None:
        commit(grown(record), Change("note"), actor=cast.manager(), now=cast.NOW)

    found = filters(database, kind._get_collection_name(), note)
    # The helper marks what was told by the id alone, and is no part of the product.
    assert len(found) > 200
    assert [each for each in found if "estate" not in each] == [{"_id": record.pk}]


@pytest.mark.parametrize("kind", TOLD)
def test_what_the_clock_does_and_what_is_relayed_name_the_estate(database: Any, kind: type[Record]) -> None:
    record = made(kind)
    due = {"next_check_at": cast.NOW, "pending": True}
    kind._get_collection().update_one({"_id": record.pk}, {"$set": {**due, "clocks": [], "changed_at": cast.NOW}})
    found = filters(database, kind._get_collection_name(), lambda: (sweep(cast.NOW), relay(cast.NOW)))
    assert found
    assert [each for each in found if "estate" not in each] == []
