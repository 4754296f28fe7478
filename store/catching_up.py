"""What a version adds to content is added to all that stood before it: by itself, some pieces at a time, until all have it.

How far it is stands beside the data and goes with it, so a restored backup is gone through from where it was. A run that
was cut off is made again, and several at once do no harm: the work on a piece may be done any number of times.
"""

import logging
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from bson import ObjectId
from mongoengine.connection import get_db

from store.blame import is_of_database
from store.content.documents import Content
from store.first import first
from store.health.rules import place_of

log = logging.getLogger(__name__)

PROGRESS = "content_progress"


class Task(NamedTuple):
    """`work` is given the ids of heads."""

    name: str
    work: Callable[[Sequence[ObjectId]], None]


def go_on(task: Task, limit: int) -> int:
    """Work on the next `limit` pieces of content that no run has come to. Returns how many there were."""
    progress = get_db()[PROGRESS]
    reached = first(progress, {"_id": task.name}) or {}
    if reached.get("done"):
        return 0
    beyond = {"_id": {"$gt": reached["content"]}} if "content" in reached else {}
    heads = [each["_id"] for each in Content._get_collection().find(beyond, {"_id": 1}).sort("_id", 1).limit(limit)]
    _work(task, heads)
    update: dict[str, Any] = {"$max": {"content": heads[-1]}} if heads else {}
    if len(heads) < limit:
        update["$set"] = {"done": True}
    progress.update_one({"_id": task.name}, update, upsert=True)
    return len(heads)


def _work(task: Task, heads: Sequence[ObjectId]) -> None:
    """A torn piece stays as it is, which costs time alone; it must not keep the others from being worked on for ever."""
    try:
        task.work(heads)
    except Exception as error:  # whatever is wrong with one, the others go on
        if is_of_database(error):
            raise
        if len(heads) == 1:
            log.error("%s of content %s stay as they are: %s", task.name, heads[0], place_of(error))
            return
        for each in heads:
            _work(task, [each])
