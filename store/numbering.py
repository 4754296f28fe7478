"""Numbers that can be read out on the telephone: `R-2611-0042`."""

from datetime import datetime
from zoneinfo import ZoneInfo

from mongoengine import Document
from mongoengine.fields import IntField, StringField
from pymongo import ReturnDocument


class Counter(Document):
    key = StringField(primary_key=True)
    last = IntField(required=True)

    meta = {"collection": "counters", "auto_create_index": False}


def take(prefix: str, now: datetime, timezone: str, count: int = 1) -> list[str]:
    """Reserve `count` consecutive numbers of the local month. Gaps are possible, doubles are not."""
    month = now.astimezone(ZoneInfo(timezone)).strftime("%y%m")
    raw = Counter._get_collection().find_one_and_update(
        {"_id": f"{prefix}-{month}"}, {"$inc": {"last": count}}, upsert=True, return_document=ReturnDocument.AFTER
    )
    last: int = raw["last"]
    return [f"{prefix}-{month}-{n:04d}" for n in range(last - count + 1, last + 1)]
