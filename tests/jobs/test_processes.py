"""A process that ends without saying so is shown, one that stops in good order is not."""

from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest

from store import clock
from store.health.documents import Process
from store.health.processes import Life, ended_unexpectedly
from tests.faults.crew import until

HOUR = timedelta(hours=1)
pytestmark = pytest.mark.usefixtures("database")


def later(minutes: int) -> Any:
    now = clock.now() + timedelta(minutes=minutes)
    return [each.part for each in ended_unexpectedly(now - HOUR, now)]


def test_who_stops_in_good_order_is_not_missed() -> None:
    with Life("ticks"):
        until(lambda: Process.objects.count() == 1, "the first sign", 10)
        assert later(0) == []
    assert Process.objects.get().ended_at is not None
    assert later(5) == []


def test_who_falls_silent_is_named_for_an_hour() -> None:
    """As a process that was killed: its thread gives no sign any more, and nothing says good-bye."""
    life = Life("web")
    life.begin()
    until(lambda: Process.objects.count() == 1, "the first sign", 10)
    life._over.set()
    assert (later(0), later(1), later(2), later(59), later(62)) == ([], [], ["web"], ["web"], [])


def test_who_ends_by_an_error_is_missed() -> None:
    with suppress(ZeroDivisionError), Life("notices"):
        until(lambda: Process.objects.count() == 1, "the first sign", 10)
        raise ZeroDivisionError
    assert later(5) == ["notices"]
