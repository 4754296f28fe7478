"""Writing down how the periodic jobs fare. The only writer of beats and bad records."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from store.health.documents import BadRecord, Beat
from store.health.rules import Stale, place_of, stale


def beat_started(name: str, every_seconds: int, now: datetime) -> None:
    """A sign of life: the job's nudge has arrived."""
    values = {"every_seconds": every_seconds, "last_started": now}
    Beat._get_collection().update_one({"_id": name}, {"$set": values}, upsert=True)


def beat_finished(name: str, now: datetime, counts: Mapping[str, int]) -> None:
    update = {
        "$set": {"last_finished": now, "last_counts": dict(counts)},
        "$unset": {"last_error": ""},
        "$inc": {"runs": 1},
    }
    Beat._get_collection().update_one({"_id": name}, update)


def beat_failed(name: str, error: BaseException) -> None:
    """Keep the kind and the place of the error; `last_finished` stays, so the job becomes stale."""
    update = {"$set": {"last_error": place_of(error)}, "$inc": {"failures": 1}}
    Beat._get_collection().update_one({"_id": name}, update)


def beats() -> dict[str, Beat]:
    return {beat.name: beat for beat in Beat.objects.order_by("name")}


def last_finished(name: str) -> datetime | None:
    raw = Beat._get_collection().find_one({"_id": name}, {"last_finished": 1})
    return raw.get("last_finished") if raw else None


def all_stale(expected: Mapping[str, int], now: datetime, alive_since: datetime) -> list[Stale]:
    """Which of the jobs (`name → seconds between runs`) do not keep their time. `alive_since`: see `rules.stale`."""
    known = beats()
    found = (stale(name, known.get(name), every, now, alive_since) for name, every in expected.items())
    return [each for each in found if each is not None]


def report_bad(
    job: str, kind: str, record: Mapping[str, Any], error: BaseException, *, now: datetime, until: datetime
) -> str:
    """Show on the jobs page that `job` failed on this record (as stored), which is put aside until `until`.

    Returns what is kept of the error: its kind and place.
    """
    told = place_of(error)
    about = {"kind": kind, "id": str(record["_id"]), "number": record.get("number") or record.get("code") or ""}
    values = {"job": job, "about": about, "error": told, "last_at": now, "until": until}
    if record.get("estate"):
        values["estate"] = record["estate"]
    update = {"$set": values, "$setOnInsert": {"first_at": now}, "$inc": {"times": 1}}
    BadRecord._get_collection().update_one({"_id": _key(job, kind, record["_id"])}, update, upsert=True)
    return told


def mended(job: str, kind: str, ids: Sequence[object]) -> None:
    """These records could be worked on after all."""
    if ids:
        BadRecord._get_collection().delete_many({"_id": {"$in": [_key(job, kind, each) for each in ids]}})


def bad_records(limit: int = 100) -> Iterable[BadRecord]:
    """The newest first."""
    return list(BadRecord.objects.order_by("-last_at").limit(limit))


def _key(job: str, kind: str, record_id: object) -> str:
    return f"{job}:{kind}:{record_id}"
