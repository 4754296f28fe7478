"""One torn document – written by hand, by an older version – takes neither Today nor the search from anybody."""

import random
from typing import Any

import pytest
from pymongo.errors import WriteError

from store import domains
from store.incidents import operations as incidents
from store.notices.relay import relay
from store.plans import operations as plans
from tests import cast
from tests.cast import NOW
from tests.emergency_plans import publish_plan
from tests.faults import worlds

JUNK: tuple[Any, ...] = (None, "junk", 7, ["junk", 7], {"junk": 1}, [{"junk": 1}])
MOST = 10
PATHS = ("/admin/today/", "/admin/search/?q=水", "/admin/search/?q=120")
KEYS = {"_id", "estate", "code"}
TORN = ("requests", "work_orders", "incidents", "households", "staff", "estates", "content", "revisions", "notices")


@pytest.fixture
def office(app: Any, database: Any, sign_in: Any) -> Any:
    domains.load("operations")
    worlds.make_people()
    worlds.make_requests(2)
    publish_plan()
    for key in ("one", "two"):
        values = {"estate": cast.ESTATE, "plan": "fire", "place": f"水房 {key}", "key": key, "another": True}
        incidents.start(values, actor=cast.guard(), now=NOW)
    worlds.make_plans(worlds.nightly(2))
    plans.generate_due(NOW)
    relay(NOW)
    make_households()
    return sign_in(cast.manager())


def make_households() -> None:
    cast.make_entry("building", "b3", {"estate": cast.ESTATE, "name": "3栋"})
    for room in ("3-1201", "3-1202"):
        values = {"estate": cast.ESTATE, "building": "b3", "room": room}
        cast.make_entry("unit", f"u-{room}", values)
        members = [{"name": "水先生", "phone": "13900000001", "relation": "owner"}]
        cast.make_entry("household", f"h-{room}", {"estate": cast.ESTATE, "unit": f"u-{room}", "members": members})


@pytest.mark.parametrize("collection", TORN)
def test_a_torn_document_takes_no_page_from_anybody(office: Any, database: Any, collection: str) -> None:
    # The manager's own record is another matter: nobody can be shown a page who has no roles.
    whole = database[collection].find_one({"code": {"$ne": "manager"}})
    broken = []
    cases = [(field, junk) for field in whole if field not in KEYS for junk in JUNK]
    for field, junk in random.Random(7).sample(cases, min(MOST, len(cases))):
        try:
            database[collection].replace_one({"_id": whole["_id"]}, {**whole, field: junk})
        except WriteError:
            continue  # two lists in the fields of one index: no record can be like that
        for path in PATHS:
            try:
                status = office.get(path).status_code
            except Exception as error:
                status = f"{type(error).__name__}: {error}"[:120]
            if status not in (200, 302):
                broken.append((field, junk, path, status))
    database[collection].replace_one({"_id": whole["_id"]}, whole)
    assert not broken, "\n".join(map(str, broken))


@pytest.mark.parametrize("field", ["number", "title", "place", "assignee", "due_at"])
def test_a_torn_record_takes_the_list_of_a_figure_from_nobody(office: Any, database: Any, field: str) -> None:
    database.requests.update_many({}, {"$set": {"assignee": None}})
    whole = database.requests.find_one({"number": "R-2611-0001"})
    for junk in JUNK:
        database.requests.replace_one({"_id": whole["_id"]}, {**whole, field: junk})
        for figure in ("overdue", "unassigned"):
            answer = office.get(f"/admin/together/?figure={figure}")
            assert answer.status_code == 200, (field, junk, figure)
            assert "R-2611-0002" in answer.text


def test_the_others_are_found_beside_a_torn_one(office: Any, database: Any) -> None:
    database.requests.update_one({}, {"$set": {"state": ["junk"]}})
    database.households.update_one({"code": "h-3-1201"}, {"$set": {"members": [7]}})
    text = office.get("/admin/search/?q=水").text
    assert "R-2611-0002" in text
    assert "R-2611-0001" not in text
    assert "3-1202" in office.get("/admin/search/?q=120").text
