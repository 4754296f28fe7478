"""制度覆盖: the page costs the same however many rules, types and records there are."""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from seeds.loader import load
from store import clock
from store.connection import ensure_indexes
from store.policies import evidence
from store.policies.evidence import MOST_COUNTED
from tests import cast
from tests.admin_app.conftest import SignIn
from tests.admin_app.office import commands_in, counted

URL = "/admin/coverage/"
MOST_COMMANDS = 20
FEW, MANY = 300, 3_000


@pytest.fixture
def policy(app: Flask) -> None:
    load(cast.LONG_AGO)
    ensure_indexes()


def fill(database: Any, first: int, last: int) -> None:
    """Done, missed and cancelled work of every kind that a clause can want, and as many requests."""
    now = clock.now()
    kinds, states = (
        ("cleaning", "greening", "patrol", "security", "repair", "callback"),
        ("done", "missed", "cancelled"),
    )
    orders, requests = [], []
    for n in range(first, last):
        at = now - timedelta(minutes=n)
        common = {"number": f"N-{n}", "key": f"k{n}", "estate": "sunshine", "created_at": at, "clause": "3.3"}
        orders.append({**common, "kind": kinds[n % 6], "state": states[n // 6 % 3], "finished_at": at})
        kind, state = ("enquiry", "complaint", "repair")[n % 3], ("closed", "cancelled", "answered")[n // 3 % 3]
        requests.append({**common, "kind": kind, "state": state, "answered_at": at, "closed_at": at})
    database.work_orders.insert_many(orders)
    database.requests.insert_many(requests)


def test_the_page_takes_few_commands_however_many_rules_there_are(policy: None, sign_in: SignIn, database: Any) -> None:
    client = sign_in(cast.manager())
    client.get(URL)
    with counted(database) as names:
        assert client.get(URL).status_code == 200
    assert len(commands_in(names)) <= MOST_COMMANDS, Counter(names)


def test_no_evidence_is_looked_for_by_reading_all_records(policy: None, database: Any) -> None:
    fill(database, 0, FEW)
    few = _read(database)
    fill(database, FEW, MANY)
    many = _read(database)
    assert {key: read for key, read in many.items() if read > max(2 * few[key], 2 * MOST_COUNTED)} == {}
    # Finished work is counted in the index: the documents of the most frequent kinds are not even opened.
    done = [key for key in many if key.endswith("_done") or key.endswith(":work_order")]
    assert len(done) >= 7
    assert {key: many[key] for key in done if many[key]} == {}


def _read(database: Any) -> dict[str, int]:
    """How many documents the server looks at for each thing that is looked for."""
    now = clock.now()
    looked_for = evidence.wanted([("3.3", kind) for kind in evidence.PROOFS] + [("3.6", None)])
    proofs = {key: proof for found in looked_for.values() for key, proof in found}
    proofs |= evidence.PROOFS
    read = {}
    for key, proof in proofs.items():
        pipeline = proof.counted(["riverside", "sunshine"], now - timedelta(days=30), now)
        name = proof.document._get_collection_name()
        asked = {"aggregate": name, "pipeline": pipeline, "cursor": {}}
        read[key] = max(_examined(database.command("explain", asked, verbosity="executionStats")))
    return read


def _examined(explained: Any) -> Iterator[int]:
    yield 0
    if isinstance(explained, list):
        for each in explained:
            yield from _examined(each)
    if isinstance(explained, dict):
        yield explained.get("totalDocsExamined", 0)
        for each in explained.values():
            yield from _examined(each)


def test_daily_work_proves_what_it_is_about(policy: None, sign_in: SignIn, database: Any) -> None:
    fill(database, 0, FEW)
    text = sign_in(cast.manager()).get(URL).text
    for number in ("2.1", "2.3", "2.4", "3.5"):
        assert f'<div class="clause covered">\n    <div class="clause-name"><b>{number}</b>' in text, number
    assert '<div class="clause no_evidence">\n    <div class="clause-name"><b>3.6</b>' in text
