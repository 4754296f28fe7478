"""Kill at every write, one after the other: before it was sent, and after it was answered."""

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any, Literal

from tests.faults.nursery import Nursery
from tests.faults.oracle import Broken
from tests.faults.tally import Row
from tests.faults.victim import Order
from tests.faults.worlds import restore, snapshot

MOST_WRITES = 200
# What a victim had on lease is free again after a minute.
LATER = timedelta(seconds=61)


def surround(
    nursery: Nursery,
    database: Any,
    order: Order,
    settle: Order,
    check: Callable[[], object],
    row: Row,
    *,
    how: Literal["kill", "freeze"] = "kill",
    reset: Callable[[], None] = lambda: None,
    survivors: int = 1,
) -> None:
    """For every write of `order`: the world as it was, a victim that ends there, `survivors` that carry on, the check.

    A frozen victim is thawed when the others are done: whatever it still writes must be refused or change nothing.
    """
    first_day = snapshot(database)
    for side in ("before", "after"):
        for nth in range(1, MOST_WRITES):
            restore(database, first_day)
            reset()
            struck = nursery.run(replace(order, nth=nth, side=side, how=how))[0]
            began = time.monotonic()
            if struck.ended == "done":
                break  # it has fewer writes than that
            assert struck.ended == {"kill": "killed", "freeze": "frozen"}[how], struck
            row.injected += 1
            row.hit += 1
            _carry_on(nursery, settle, survivors)
            if how == "freeze":
                # It must have slept past the end of its own time, as it has when its lease has run out.
                _wait_until(began + order.seconds if order.verb == "deliver" else began)
                nursery.thaw(struck)
                _carry_on(nursery, settle, 1)
            _judge(check, row, f"{order.verb}: {how} {side} write {nth}")


def _wait_until(moment: float) -> None:
    while time.monotonic() <= moment:
        time.sleep(0.01)


def _carry_on(nursery: Nursery, settle: Order, survivors: int) -> None:
    for ended in nursery.run(*[settle] * survivors):
        assert ended.ended == "done", ended


def _judge(check: Callable[[], object], row: Row, where: str) -> None:
    try:
        check()
    except Broken as broken:
        row.lost += len(broken.lost)
        row.doubled += len(broken.doubled)
        broken.add_note(where)
        raise
