"""What is looked for every few seconds is found by an index, however many heads there are."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

import pytest

from store.connection import ensure_indexes
from store.content.documents import Content
from store.content.operations import cut_off_by, scheduled_by
from tests import cast

ENOUGH = 300
LATER = cast.NOW + timedelta(days=1)
Filter = Callable[[Any], Mapping[str, Any]]


@pytest.fixture
def heads(database: Any) -> Any:
    ensure_indexes()
    quiet = [{"type": "policy", "code": f"quiet-{n}", "version": 1} for n in range(ENOUGH)]
    later = [{**each, "code": f"later-{n}", "publish_at": LATER} for n, each in enumerate(quiet)]
    Content._get_collection().insert_many([*quiet, *later])
    return database


def examined(database: Any, query: Mapping[str, Any]) -> int:
    explained = database.command("explain", {"find": "content", "filter": query}, verbosity="executionStats")
    return int(explained["executionStats"]["totalDocsExamined"])


@pytest.mark.parametrize("asked", [cut_off_by, scheduled_by])
def test_where_nothing_is_to_be_published_no_head_is_read(heads: Any, asked: Filter) -> None:
    assert examined(heads, asked(cast.NOW)) == 0


@pytest.mark.parametrize(
    ("asked", "values"), [(cut_off_by, {"publishing": {"number": 2}}), (scheduled_by, {"publish_at": cast.NOW})]
)
def test_what_is_to_be_published_is_read_alone(heads: Any, asked: Filter, values: Mapping[str, Any]) -> None:
    Content._get_collection().insert_one({"type": "policy", "code": "due", "version": 1, **values})
    assert examined(heads, asked(cast.NOW)) == 1
