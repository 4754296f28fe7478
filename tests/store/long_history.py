"""Records of which much has been written, so that most of their events have gone to the history."""

from typing import TypeVar

from store.versioned import Change, Versioned, commit
from tests import cast

D = TypeVar("D", bound=Versioned)


def grown(record: D, events: int = 200) -> D:
    """The record after so many notes more, which change nothing of it; what it had to tell has been told."""
    told = {"$set": {"relayed": record.version}, "$unset": {"pending": ""}}
    type(record)._get_collection().update_one({"_id": record.pk}, told)
    for _ in range(events):
        record = commit(record, Change("note", {"note": "记"}), actor=cast.manager(), now=cast.NOW)
    assert record.in_history
    return record
