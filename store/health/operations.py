"""Writing down how the periodic jobs fare. The only writer of beats and bad records."""

import logging
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from store.access import require
from store.actor import Actor
from store.alone import forget, is_alone, kept
from store.audit.operations import record as audit
from store.errors import NotFound
from store.health.documents import BadRecord, Beat
from store.health.rules import Stale, place_of, stale
from store.soundness import Flaw

log = logging.getLogger(__name__)

# A document that was used in part is looked at whenever it is read; on the page it says so for this long.
LOOK_AGAIN = timedelta(hours=1)


def beat_started(name: str, every_seconds: float, now: datetime, offset: timedelta = timedelta()) -> None:
    """A sign of life: the job's nudge has arrived, on a machine whose clock is ahead by `offset`."""
    values = {"every_seconds": every_seconds, "last_started": now, "clock_offset": offset.total_seconds()}
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


def all_stale(expected: Mapping[str, float], now: datetime, alive_since: datetime) -> list[Stale]:
    """Which of the jobs (`name → seconds between runs`) do not keep their time. `alive_since`: see `rules.stale`."""
    known = beats()
    found = (stale(name, known.get(name), every, now, alive_since) for name, every in expected.items())
    return [each for each in found if each is not None]


def report_bad(
    job: str,
    kind: str,
    record: Mapping[str, Any],
    error: BaseException,
    *,
    now: datetime,
    until: datetime,
    aside: tuple[str, str] | None = None,
) -> str:
    """Show on the jobs page that `job` failed on this record (as stored), which is put aside until `until` – by which
    collection's field `aside` says.

    Returns what is kept of the error: its kind and place.
    """
    told = place_of(error)
    about = {"kind": kind, "id": str(record.get("_id")), "number": record.get("number") or record.get("code") or ""}
    values = {"job": job, "about": about, "error": told, "last_at": now, "until": until}
    if aside:
        values["aside"] = {"collection": aside[0], "id": record["_id"], "field": aside[1]}
    if record.get("estate"):
        values["estate"] = record["estate"]
    update = {"$set": values, "$setOnInsert": {"first_at": now}, "$inc": {"times": 1}}
    BadRecord._get_collection().update_one({"_id": _key(job, kind, record.get("_id"))}, update, upsert=True)
    forget()
    return told


def _is_any() -> bool:
    """Whether there may be something to take from the page: a process that is alone knows whether there is."""
    return not is_alone() or kept(BadRecord, lambda: BadRecord._get_collection().find_one() is not None)


def report_flaws(job: str, flaws: Iterable[Flaw], read: Sequence[object], *, now: datetime) -> None:
    """Show what `job` could use in part only, and take from the page what it has `read` in full again."""
    for kind, document, error in flaws:
        told = report_bad(job, kind, document, error, now=now, until=now + LOOK_AGAIN)
        log.error("%s used %s %s in part only: %s", job, kind, document.get("_id"), told)
    if read and _is_any():
        BadRecord._get_collection().delete_many(
            {"job": job, "about.id": {"$in": [str(each) for each in read]}, "last_at": {"$lt": now}}
        )


def mended(job: str, kind: str, ids: Sequence[object], now: datetime) -> None:
    """These records could be worked on after all, but for those that were reported in this very run."""
    if ids and _is_any():
        keys = [_key(job, kind, each) for each in ids]
        BadRecord._get_collection().delete_many({"_id": {"$in": keys}, "last_at": {"$lt": now}})


def try_again(key: str, *, actor: Actor, now: datetime) -> None:
    """The cause is mended: let the job try the record at once instead of in an hour. Audited.

    A record that has moved on since is not put aside any more and only leaves the page. Raises `NotFound`.
    """
    require(actor, "jobs.write")
    bad = BadRecord.objects(key=key).first() if isinstance(key, str) else None
    if bad is None or not actor.sees(bad.estate):
        raise NotFound(BadRecord.LABEL, key)
    about = f"{bad.about['kind']}:{bad.about['number'] or bad.about['id']}"
    audit("retry_record", about, actor=actor, now=now, estate=bad.estate, detail={"job": bad.job})
    if _let_go(bad, now):
        BadRecord.objects(key=key, until=bad.until).update_one(set__until=now)
    else:
        BadRecord.objects(key=key, until=bad.until).delete()


def _let_go(bad: BadRecord, now: datetime) -> bool:
    """Only a moment that the job itself has set is changed; with any other the record has a time of its own."""
    if not bad.aside:
        return False
    still = {"_id": bad.aside["id"], bad.aside["field"]: bad.until}
    collection = BadRecord._get_collection().database[bad.aside["collection"]]
    return collection.update_one(still, {"$set": {bad.aside["field"]: now}}).matched_count > 0


def bad_records(limit: int = 100) -> Iterable[BadRecord]:
    """The newest first."""
    return list(BadRecord.objects.order_by("-last_at").limit(limit))


def _key(job: str, kind: str, record_id: object) -> str:
    return f"{job}:{kind}:{record_id}"
