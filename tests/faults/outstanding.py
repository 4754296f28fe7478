"""How much is still to be done, and who is about it, as the database tells."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from tests.faults.oracle import RECORDS


def left(database: Any, moment: datetime) -> int:
    """Plans and orders whose time has come, intents that nobody has relayed, letters that wait."""
    unsent = {"channel": "email", "state": {"$in": ["queued", "leased"]}}
    return int(
        database.content.count_documents({"next_generate_at": {"$lte": moment}})
        + database.work_orders.count_documents({"next_check_at": {"$lte": moment}})
        + sum(database[name].count_documents({"pending": True}) for name in RECORDS)
        + database.notices.count_documents(unsent)
    )


def running(database: Any, jobs: Sequence[str], since: datetime) -> list[str]:
    """The jobs that have begun after `since` and not ended: one that was killed never ends."""
    beats = database.beats.find({"_id": {"$in": list(jobs)}, "last_started": {"$gt": since}})
    return [
        each["_id"] for each in beats if not each.get("last_finished") or each["last_started"] > each["last_finished"]
    ]


def has_finished(database: Any, jobs: Sequence[str], since: datetime) -> bool:
    """Whether each of the jobs has begun and ended well after `since`."""
    after = {"_id": {"$in": list(jobs)}, "last_started": {"$gt": since}, "last_finished": {"$gt": since}}
    return bool(database.beats.count_documents(after) == len(jobs))
