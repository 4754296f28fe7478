"""Marks on revisions, `superseded_at`: from when on a later one is in force. Readers pass over what is marked.

A mark is a help, never the truth: who reads asks which of the unmarked is the newest. So it may be missing – cut off, or
made by a version that knew no marks – and marks are only ever added or moved to an earlier moment, by any number at once.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import groupby, pairwise
from typing import Any, NamedTuple

from bson import ObjectId
from pymongo import UpdateOne

from store.catching_up import Task, go_on
from store.content.documents import Content, Revision

_SHOWN = {"content": 1, "number": 1, "effective_at": 1, "superseded_at": 1}
Raw = Mapping[str, Any]


class Mark(NamedTuple):
    key: str
    superseded_at: datetime


def unmarked_at(moment: datetime) -> dict[str, Any]:
    """The condition on revisions that may be in force at `moment`."""
    return {"effective_at": {"$lte": moment}, "superseded_at": {"$not": {"$lte": moment}}}


def rank(revision: Raw) -> tuple[datetime, int]:
    """Of two revisions of a piece of content that have begun, the one with the higher rank is in force."""
    return revision["effective_at"], revision["number"]


def marks(revisions: Sequence[Raw]) -> Iterator[Mark]:
    """What is to be marked among revisions of one piece of content: each ends when the next by rank begins."""
    for earlier, later in pairwise(sorted(revisions, key=rank)):
        marked = earlier.get("superseded_at")
        if marked is None or marked > later["effective_at"]:
            yield Mark(earlier["_id"], later["effective_at"])


def supersede(content: ObjectId) -> None:
    """Mark what the newest revision of a piece of content ends; it stands already."""
    _mark({"content": content, "superseded_at": None})


def catch_up(limit: int) -> int:
    """Mark the revisions of the next pieces of content that no run has come to, `limit` at most. Returns how many.

    A database of the version before, or one that was restored from its backup, has none marked.
    """
    return go_on(Task("superseded_at", Content, _mark_all), limit)


def _mark_all(heads: Sequence[ObjectId]) -> None:
    _mark({"content": {"$in": list(heads)}})


def _mark(which: Mapping[str, Any]) -> None:
    # One that never begins is in force at no moment, and may not keep the others from being published.
    begun = {**which, "effective_at": {"$type": "date"}}
    rows = Revision._get_collection().find(begun, _SHOWN).sort([("content", 1), ("number", 1)])
    found = [mark for _, each in groupby(rows, key=lambda row: row["content"]) for mark in marks(list(each))]
    if found:
        # The earliest moment wins, whoever comes last.
        updates = [UpdateOne({"_id": key}, {"$min": {"superseded_at": at}}) for key, at in found]
        Revision._get_collection().bulk_write(updates, ordered=False)


def newest(rows: Collection[Raw]) -> dict[str, Raw]:
    """By code the one of the highest rank."""
    return {row["code"]: row for row in sorted(rows, key=rank)}
