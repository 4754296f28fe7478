"""Invariant 13: what a tablet has called saved arrives once, whatever happens on the way. `make torture` plays 5,000
histories; here are some, and bugs that must be found if somebody puts them in."""

from collections import Counter
from typing import Any

import pytest

from store import records, versioned
from store.deadlines import operations as deadlines
from store.tablet import operations as field
from store.tablet import rules, streams
from tests.store import tablet_histories
from tests.store.tablet_histories import Found, run

FEW, MANY = 200, 5_000
CAUGHT_WITHIN = 120

# Some forty seconds on an idle machine; several times that beside seven other test runs.
pytestmark = pytest.mark.timeout(600)


@pytest.fixture(autouse=True)
def _world(database):
    tablet_histories.prepare()


def table(counts: Counter[str]) -> str:
    names = (
        "histories",
        "entries",
        "batches",
        "cut",
        "stream_busy",
        "sequence_gap",
        "applied",
        "merged",
        "conflict",
        "refused",
    )
    return "  ".join(f"{name} {counts[name]}" for name in names) + "  lost 0  doubled 0  dropped 0"


def test_every_entry_acts_once_in_some_histories():
    counts = run(range(FEW))
    print(table(counts))
    # The histories must be of the kind that they claim to be.
    assert all(counts[name] > 20 for name in ("cut", "stream_busy", "sequence_gap", "merged", "conflict", "refused"))


@pytest.mark.torture
@pytest.mark.timeout(4 * 3600)
def test_every_entry_acts_once_in_thousands_of_histories():
    counts = run(range(10_000, 10_000 + MANY))
    print("\n" + table(counts))
    assert counts["histories"] >= 5_000


# Planted bugs: each must be found


def caught(alone: bool = False) -> None:
    with pytest.raises(Found):
        run(range(20_000, 20_000 + CAUGHT_WITHIN), alone)


def test_histories_of_people_who_work_alone_are_clean_too():
    run(range(30_000, 30_040), alone=True)


def test_it_finds_a_server_that_does_not_look_for_the_operation(monkeypatch):
    monkeypatch.setattr(
        versioned, "condition", lambda document, actor: {"_id": document.pk, "version": document.version}
    )
    monkeypatch.setattr(versioned, "check_recorded", lambda document, actor: None)
    monkeypatch.setattr(records, "check_recorded", lambda document, actor: None)
    monkeypatch.setattr(rules, "event_of", lambda events, operation: None)
    caught()


def test_it_finds_a_server_that_works_on_a_stream_twice_at_a_time(monkeypatch):
    monkeypatch.setattr(streams, "_claim", lambda stream, now: streams.Lease(stream, "anybody"))
    monkeypatch.setattr(streams.Lease, "check", lambda lease: None)
    caught(alone=True)


def test_it_finds_a_server_that_skips_numbers(monkeypatch):
    real = streams.known

    def lenient(stream: str, batch: Any, last: Any) -> Any:
        try:
            return real(stream, batch, last)
        except Exception:
            return {}

    monkeypatch.setattr(streams, "known", lenient)
    caught()


def test_it_finds_a_server_that_stores_the_outcome_before_the_verb(monkeypatch):
    real = field._judge

    def too_early(entry: Any, batch: Any, previous: Any, actor: Any, now: Any) -> Any:
        outcome = field._outcome(entry, batch, field.Judged("applied", at=now), actor, now)
        streams.store(outcome)
        return real(entry, batch, previous, actor, now)

    monkeypatch.setattr(field, "_judge", too_early)
    caught()


def test_it_finds_a_write_that_does_not_mind_the_version(monkeypatch):
    monkeypatch.setattr(versioned, "condition", lambda document, actor: {"_id": document.pk})
    monkeypatch.setattr(deadlines, "commit", versioned.commit)
    caught()
