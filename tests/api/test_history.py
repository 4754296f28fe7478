"""The history of a record over HTTP is one list, wherever its events stand."""

from typing import Any

import pytest

from store.history import KEPT
from store.work.documents import WorkOrder
from tests import cast
from tests.api.conftest import AsProgram, Program, body_of
from tests.api.world import make_order, make_world
from tests.store.long_history import grown


@pytest.fixture
def manager(program: AsProgram) -> Program:
    make_world()
    return program(cast.manager())


def walked(program: Program, address: str, sort: str) -> list[int]:
    found: list[int] = []
    following = ""
    while True:
        page = body_of(program.get(f"{address}?limit=60&sort={sort}&count=true{following}"))
        found += [each["n"] for each in page["data"]]
        assert page["page"]["total"] == 3 * KEPT + 1
        if page["page"]["next"] is None:
            return found
        following = f"&after={page['page']['next']}"


@pytest.mark.parametrize("sort", ["n", "-n"])
def test_all_pages_together_are_the_whole_history(manager: Program, sort: str) -> None:
    made: Any = make_order()
    order = grown(WorkOrder.objects.get(pk=made.pk), 3 * KEPT)
    numbers = list(range(1, order.version + 1))
    assert walked(manager, f"/work-orders/{order.number}/events", sort) == (numbers if sort == "n" else numbers[::-1])
