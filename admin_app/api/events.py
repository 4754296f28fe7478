"""A page of a record's history: as many of its events as were asked for, wherever they stand."""

from admin_app.api import lists
from admin_app.api.operation import Answer
from admin_app.api.queries import Query
from schemas.records import EventSchema
from store.parts import count_of, some_of
from store.versioned import Versioned


def page(record: Versioned, query: Query) -> Answer:
    """In the order of the numbers, from the one behind the cursor."""
    after = query.after.value if query.after else None
    behind = after if isinstance(after, int) else None
    bounds = {"below": behind} if query.order.descending else {"above": behind or 0}
    found = some_of(record, **bounds, most=query.limit + 1, newest=query.order.descending)
    total = count_of(record) if query.counted else None
    return lists.page_of([each.to_mongo().to_dict() for each in found], "n", query, EventSchema, total)
