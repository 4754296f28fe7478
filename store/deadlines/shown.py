"""The due moment that lists show, of records that a version before has stored: set to the earliest of their clocks."""

from collections.abc import Sequence
from functools import partial

from bson import ObjectId
from pymongo import UpdateOne

from store.catching_up import Task, go_on
from store.deadlines.lateness import hidden
from store.deadlines.operations import due_to_show, timed_documents
from store.records import Record
from store.versioned import place_of


def catch_up(limit: int) -> int:
    """Correct the next records whose due moment is later than a clock that runs, `limit` of each kind at most.

    Returns how many there were of the kind that had most.
    """
    tasks = (
        Task(f"due_at of {each._get_collection_name()}", each, partial(_correct, each), hidden())
        for each in timed_documents()
        if "due_at" in each._fields
    )
    return max((go_on(each, limit) for each in tasks), default=0)


def _correct(document: type[Record], keys: Sequence[ObjectId]) -> None:
    found = document._get_collection().find({"_id": {"$in": list(keys)}}, {"events": 0})
    # Who has changed it meanwhile has set it right.
    updates = [
        UpdateOne(
            {"_id": raw["_id"], "version": raw["version"], **place_of(document, raw)},
            {"$set": {"due_at": due_to_show(raw)}},
        )
        for raw in found
    ]
    if updates:
        document._get_collection().bulk_write(updates, ordered=False)
