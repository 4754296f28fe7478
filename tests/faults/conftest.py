"""Fixtures of the fault tests, and the table at the end of a run."""

import os
from collections.abc import Callable, Iterator
from dataclasses import asdict
from typing import Any

import pytest

from tests.faults.nursery import Nursery
from tests.faults.tally import Row, table
from tests.servers import SmtpReceiver

DEFAULT_SEED = 20261124
_rows = pytest.StashKey[list[Row]]()


@pytest.fixture(scope="session")
def seed() -> int:
    """`ANJU_FAULT_SEED=7 make torture` replays the run with seed 7."""
    return int(os.environ.get("ANJU_FAULT_SEED", DEFAULT_SEED))


@pytest.fixture
def row(request: pytest.FixtureRequest) -> Iterator[Callable[[str], Row]]:
    """`row("ticker killed")`: a line of the table; it is printed even when the test fails."""
    rows: list[Row] = []

    def begin(fault: str) -> Row:
        rows.append(Row(fault))
        return rows[-1]

    yield begin
    request.config.stash.setdefault(_rows, []).extend(rows)
    for each in rows:
        request.node.user_properties.append(("fault", asdict(each)))


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    rows = config.stash.get(_rows, [])
    if rows:
        terminalreporter.section("faults")
        terminalreporter.write_line(f"seed {os.environ.get('ANJU_FAULT_SEED', DEFAULT_SEED)}")
        terminalreporter.write_line(table(rows))


@pytest.fixture
def nursery(database: Any, mongo_server: str, smtp: SmtpReceiver) -> Iterator[Nursery]:
    """Processes that die on purpose, on this worker's database and `smtp`."""
    with Nursery(mongo_server, smtp.url) as running:
        yield running
