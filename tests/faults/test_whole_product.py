"""The whole product as `make run` starts it, shot at for as long as asked, and a receiver of mail that nobody strikes.

`ANJU_FAULTS=300 pytest -m torture tests/faults/test_whole_product.py` is the long run.
"""

import os
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from pymongo import MongoClient
from pymongo.errors import PyMongoError

from store.clock import now
from store.notices.smtp import CONNECTIONS
from tests.faults import acknowledged, oracle, spoken
from tests.faults.clients import Clients
from tests.faults.crew import until
from tests.faults.founding import plans_of
from tests.faults.oracle import Broken
from tests.faults.outstanding import has_finished, left, running
from tests.faults.post_office import PostOffice
from tests.faults.product import PARTS, Product
from tests.faults.strikes import Fault, Strikes
from tests.faults.tally import Row

FAULTS = int(os.environ.get("ANJU_FAULTS", 40))
PROMISE_SECONDS = 90.0
# Who is later is told of at the end, with all the rest that is to be known then.
PATIENCE_SECONDS = 300.0
# Leases run out after a minute; what was put off by a failure comes back within the next ones.
QUIET_SECONDS = 300.0
JOBS = ("sweep_deadlines", "relay", "send_notices")
WORKED_BY = {"ticks": ("sweep_deadlines", "generate_work"), "relay": ("relay",), "notices": ("send_notices",)}
# Who dies or stands still between a letter and its mark lets it be sent again.
REPEATING = frozenset({"notices", "mongod"})
# Full minutes are when things fall due: the check is made well between two of them.
BETWEEN = range(10, 40)

pytestmark = [
    pytest.mark.server,
    pytest.mark.torture,
    pytest.mark.timeout(1_200 + 60 * FAULTS),
]


@contextmanager
def at_work(clients: Clients) -> Iterator[list[Future[None]]]:
    with ThreadPoolExecutor(len(clients.all())) as threads:
        try:
            yield [threads.submit(each) for each in clients.all()]
        finally:
            clients.stop.set()


def check_going_on(asking: list[Future[None]]) -> None:
    """Raises what has ended one of them."""
    for each in asking:
        if each.done():
            each.result()
            raise AssertionError("a client has ended")


class Shooting:
    """Strikes again and again, and each time waits until all is well."""

    def __init__(self, product: Product, database: Any, seed: int, told: Row) -> None:
        self.product, self.database, self.told = product, database, told
        self._strikes = Strikes(seed)
        self.injected: list[Fault] = []
        self.waits: list[float] = []
        self.late: list[str] = []

    def strike(self) -> None:
        in_flight = self._in_flight()
        began, moment = time.monotonic(), now()
        struck = self._strikes.strike(self.product, FAULTS - len(self.injected))
        self.injected += struck
        self.told.injected = len(self.injected)
        self.told.hit += sum(each.part not in WORKED_BY or bool(in_flight & {*WORKED_BY[each.part]}) for each in struck)
        until(lambda: self._is_well(moment), f"green after {_listed(struck)}", PATIENCE_SECONDS)
        waited = time.monotonic() - began
        self.waits.append(waited)
        if waited > PROMISE_SECONDS:
            self.late.append(f"{_listed(struck)}: {waited:.0f} s")
        print(f"{now():%H:%M:%S} {len(self.injected)}: {_listed(struck)}: {waited:.1f} s", flush=True)

    def _in_flight(self) -> set[str]:
        """For worker processes: which jobs have begun and not ended."""
        try:
            return {*running(self.database, [*JOBS, "generate_work"], now().replace(year=2000))}
        except PyMongoError:
            return set()

    def _is_well(self, since: Any) -> bool:
        """`/readyz` says so, every part has its processes again, and every queue has worked since the fault."""
        try:
            return (
                all(self.product.processes()[part] for part in PARTS)
                and self.product.is_ready()
                and has_finished(self.database, JOBS, since)
            )
        except PyMongoError:
            return False


def _listed(faults: list[Fault]) -> str:
    return ", ".join(map(str, faults)) or "nothing"


def settle(database: Any) -> None:
    """Returns between two full minutes, when nothing is left to be done."""

    def is_quiet() -> bool:
        moment = now()
        return moment.second in BETWEEN and left(database, moment) == 0

    until(is_quiet, "everything done", QUIET_SECONDS)


def test_the_whole_product_is_shot_at_and_loses_nothing(tmp_path: Path, row: Callable[[str], Row], seed: int) -> None:
    told, began = row("the whole product: kill −9, SIGSTOP, FLUSHALL, up to four at once"), now()
    with PostOffice(tmp_path / "post") as post:
        product = Product(tmp_path / "home", post.url)
        clients = Clients(product, product.found(began))
        with (
            product,
            MongoClient[dict[str, Any]](product.mongodb_uri, tz_aware=True, serverSelectionTimeoutMS=2_000) as mongo,
        ):
            database = mongo.get_default_database()
            shooting = Shooting(product, database, seed, told)
            with at_work(clients) as asking:
                until(lambda: clients.done.total > 30 and clients.done.pages > 3, "people at work", 180)
                while len(shooting.injected) < FAULTS:
                    check_going_on(asking)
                    shooting.strike()
            for each in asking:
                each.result()
            settle(database)
            try:
                check(database, clients, post, plans_of(began), shooting)
            except Broken as broken:
                told.lost, told.doubled = len(broken.lost), len(broken.doubled)
                raise
    assert spoken.unexplained(product.log()) == {}
    assert shooting.late == [], f"not green within {PROMISE_SECONDS:g} s"


def check(database: Any, clients: Clients, post: PostOffice, plans: Any, shooting: Shooting) -> None:
    moment, told, answers = now(), shooting.told, clients.answers
    slots = oracle.check_generated(database, plans, moment)
    steps = oracle.check_escalated(database, moment, plans)
    notices = oracle.check_relayed(database)
    found = acknowledged.check(database, clients.done)
    repeating = sum(each.part in REPEATING for each in shooting.injected)
    twice = oracle.check_delivered(database, post, repeating * CONNECTIONS)
    assert answers.defects == []
    assert answers.silent == 0, "503 without Retry-After"
    kinds = Counter(str(each) for each in shooting.injected)
    told.remarks += [
        f"{found} acknowledged writes, {clients.done.pages} pages, {slots} slots, {steps} steps, {notices} notices, "
        f"{len(post.messages)} letters, {twice} of them again",
        f"answers {dict(sorted(answers.statuses.items()))}, none {answers.lost} times",
        f"green after {sorted(shooting.waits)[len(shooting.waits) // 2]:.0f} s, at most {max(shooting.waits):.0f} s",
        ", ".join(f"{each} {n}" for each, n in sorted(kinds.items())),
    ]
