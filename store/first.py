"""One document by one command. The driver's cursor costs a third of what it brings, and one document needs none."""

from collections.abc import Mapping, Sequence
from typing import Any

from pymongo.collection import Collection
from pymongo.errors import AutoReconnect, ServerSelectionTimeoutError

Raw = dict[str, Any]


def first(
    collection: "Collection[Raw]",
    query: Mapping[str, Any],
    shown: Sequence[str] | None = None,
    sort: Sequence[tuple[str, int]] = (),
) -> Raw | None:
    """The first document that matches, or of it what is `shown`; as `find_one`."""
    command: Raw = {"find": collection.name, "filter": query, "limit": 1, "singleBatch": True}
    if shown is not None:
        command["projection"] = dict.fromkeys(shown, 1)
    if sort:
        command["sort"] = dict(sort)
    try:
        answer = collection.database.command(command, codec_options=collection.codec_options)
    except ServerSelectionTimeoutError:
        raise
    except AutoReconnect:  # the driver does not try a command again by itself, as it does a cursor's
        return collection.find_one(query, shown, sort=sort or None)
    rows: list[Raw] = answer["cursor"]["firstBatch"]
    return rows[0] if rows else None
