"""mongod is killed −9 under load and comes back: what was acknowledged is there, once."""

import json
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from pymongo import MongoClient

from embedded.mongod import Mongod
from tests.faults.crew import until
from tests.faults.nursery import Nursery
from tests.faults.oracle import Broken, check_history
from tests.faults.tally import Row
from tests.faults.victim import Order
from tests.faults.worlds import NOW

Begin = Callable[[str], Row]
WRITING = 2
pytestmark = [pytest.mark.server, pytest.mark.timeout(200)]


@pytest.fixture
def mongod(tmp_path: Path) -> Iterator[Mongod]:
    """A server of the test's own, to be killed."""
    server = Mongod(tmp_path / "mongo").start()
    yield server
    server.kill()


def lines(file: Path) -> list[dict[str, Any]]:
    """What the writers noted; the last line may be half written."""
    noted = file.read_text().splitlines() if file.exists() else []
    return [json.loads(each) for each in noted if each.endswith("}")]


def shoot(mongod: Mongod, file: Path, kills: int, told: Row) -> None:
    """Kill and restart `kills` times, each time when the writers have got on; no new kill after twenty seconds."""
    ends = time.monotonic() + 20
    for n in range(kills):
        if time.monotonic() > ends:
            break
        reached = len(lines(file)) + 40 + 17 * n % 60
        until(lambda reached=reached: len(lines(file)) >= reached, "writing", 40)  # type: ignore[misc]
        mongod.kill()
        told.injected += 1
        mongod.start()
    reached = len(lines(file)) + 40
    until(lambda: len(lines(file)) >= reached, "writing after the last kill", 40)


def check(database: Any, noted: list[dict[str, Any]], told: Row) -> None:
    acknowledged = [each for each in noted if "id" in each]
    stored = {str(each["_id"]): each for each in database.requests.find()}
    lost = [each for each in acknowledged if not _is_there(stored.get(each["id"]), each)]
    marks = Counter(each["place"] for each in stored.values())
    doubled = [mark for mark, count in marks.items() if count > 1]
    told.lost, told.doubled = len(lost), len(doubled)
    if lost or doubled:
        raise Broken("acknowledged writes", lost=lost, doubled=doubled)
    for each in stored.values():
        check_history(each)
    failed = Counter(each["failed"] for each in noted if "failed" in each)
    told.hit = told.injected
    told.remarks.append(f"{len(acknowledged)} acknowledged writes; answered with an error: {dict(failed) or 0}")


def _is_there(record: dict[str, Any] | None, noted: dict[str, Any]) -> bool:
    if record is None or len(record["events"]) < noted["n"]:
        return False
    return record["events"][noted["n"] - 1]["verb"] == noted["verb"]


def survive(mongod: Mongod, tmp_path: Path, kills: int, told: Row, seed: int) -> None:
    file = tmp_path / "acknowledged.jsonl"
    with Nursery(mongod.uri) as nursery:
        assert nursery.run(Order("found", NOW.isoformat()))[0].ended == "done"
        writers = [Order("write", NOW.isoformat(), file=str(file), seed=seed + n) for n in range(WRITING)]
        nursery.begin(*writers)
        shoot(mongod, file, kills, told)
        Path(f"{file}.stop").touch()
        began = time.monotonic()
        assert {each.ended for each in nursery.finish()} == {"done"}
        assert time.monotonic() - began < 30
    client: MongoClient[dict[str, Any]] = MongoClient(mongod.uri, tz_aware=True)
    with client:
        check(client.get_default_database(), lines(file), told)


def test_acknowledged_writes_survive_three_kills_of_mongod(
    mongod: Mongod, tmp_path: Path, row: Begin, seed: int
) -> None:
    survive(mongod, tmp_path, 3, row("mongod killed −9 under 8 writers"), seed)


@pytest.mark.torture
def test_acknowledged_writes_survive_many_kills_of_mongod(
    mongod: Mongod, tmp_path: Path, row: Begin, seed: int
) -> None:
    survive(mongod, tmp_path, 15, row("mongod killed −9 under 8 writers, long"), seed)
