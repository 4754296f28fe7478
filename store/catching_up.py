"""What a version adds to documents is added to all that stood before it: by itself, some at a time, until all have it.

How far it is stands beside the data and goes with it, so a restored backup is gone through from where it was. A run that
was cut off is made again, and several at once do no harm: the work on a document may be done any number of times.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bson import ObjectId
from mongoengine import Document
from mongoengine.connection import get_db

from store.blame import is_of_database
from store.first import first
from store.health.rules import place_of

log = logging.getLogger(__name__)

# Named when content alone was caught up with.
PROGRESS = "content_progress"


@dataclass(frozen=True)
class Task:
    """`work` is given ids of the documents that `which` finds: all, unless it says less."""

    name: str
    document: type[Document]
    work: Callable[[Sequence[ObjectId]], None]
    which: Mapping[str, Any] = field(default_factory=dict)


def go_on(task: Task, limit: int) -> int:
    """Work on the next `limit` documents that no run has come to. Returns how many there were."""
    progress = get_db()[PROGRESS]
    reached = first(progress, {"_id": task.name}) or {}
    if reached.get("done"):
        return 0
    beyond = {"_id": {"$gt": reached["last"]}} if "last" in reached else {}
    found = task.document._get_collection().find({**task.which, **beyond}, {"_id": 1})
    keys = [each["_id"] for each in found.sort("_id", 1).limit(limit)]
    _work(task, keys)
    update: dict[str, Any] = {"$max": {"last": keys[-1]}} if keys else {}
    if len(keys) < limit:
        update["$set"] = {"done": True}
    progress.update_one({"_id": task.name}, update, upsert=True)
    return len(keys)


def _work(task: Task, keys: Sequence[ObjectId]) -> None:
    """A torn document stays as it is, which costs time alone; it must not keep the others from being worked on for ever."""
    try:
        task.work(keys)
    except Exception as error:  # whatever is wrong with one, the others go on
        if is_of_database(error):
            raise
        if len(keys) == 1:
            kind = task.document._get_collection_name()
            log.error("%s of %s %s stay as they are: %s", task.name, kind, keys[0], place_of(error))
            return
        for each in keys:
            _work(task, [each])
