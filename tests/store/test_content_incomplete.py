"""A draft may be incomplete at every depth; no kind of content stumbles over what is not there yet."""

from typing import Any

import pytest

from store import domains
from store.content import operations as content
from store.content.types import built_in
from store.errors import Invalid
from store.fields.spec import Field
from tests import cast

domains.load("documents")

MANAGER = cast.manager()


def begun(fields: tuple[Field, ...], rows: int) -> dict[str, Any]:
    """A body whose lists have rows, and whose rows have nothing."""
    return {each.name: [begun(each.fields, rows - 1)] for each in fields if each.kind == "list" and rows > 0}


@pytest.mark.parametrize("kind", sorted(built_in()))
@pytest.mark.parametrize("rows", [0, 1, 2])
def test_a_draft_with_empty_rows_is_kept_and_told_what_it_lacks(database: Any, kind: str, rows: int) -> None:
    body = begun(built_in()[kind].fields, rows)
    head = content.create(kind, "begun", body, actor=MANAGER, now=cast.NOW)
    with pytest.raises(Invalid):
        content.publish(kind, "begun", actor=MANAGER, now=cast.NOW)
    assert head.revision == 0
