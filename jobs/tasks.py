"""The functions that workers run: no arguments, one verb each, in batches until nothing is left."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from jobs.beating import Counts, run_periodic, settings
from store import domains
from store.content import migration, searching, superseding
from store.content import operations as content
from store.deadlines import shown
from store.deadlines.missing_days import warn_missing
from store.deadlines.operations import sweep
from store.emergencies.operations import plan_all
from store.notices.delivery import deliver
from store.notices.relay import relay as relay_intents
from store.notices.senders import Sender
from store.notices.ways import kept_senders
from store.plans.operations import generate_due

# Content types, kinds of records and makers register themselves on import. Without them a scheduled publication would be
# of an unknown type, and every intent would be put aside.
domains.load("documents")
domains.load("operations")

MANY, SOME = 500, 100
# Letters of one delivery, and how long it may take: what is urgent waits for no more than one of them.
LETTERS, LETTER_SECONDS = 400, 5.0


def sweep_deadlines() -> Counts:
    return run_periodic("sweep_deadlines", partial(sweep, limit=MANY), MANY)


def publish_due() -> Counts:
    return run_periodic("publish_due", partial(_publish, limit=SOME), SOME)


def generate_work() -> Counts:
    return run_periodic("generate_work", partial(generate_due, limit=SOME), SOME)


def relay() -> Counts:
    return run_periodic("relay", partial(relay_intents, limit=MANY, zone=settings().timezone), MANY)


def send_notices() -> Counts:
    with kept_senders(settings()) as senders:
        return run_periodic("send_notices", partial(_deliver, senders), LETTERS)


def plan_drills() -> Counts:
    return run_periodic("plan_drills", plan_all)


def check_calendars() -> Counts:
    return run_periodic("check_calendars", warn_missing)


def _publish(now: datetime, limit: int) -> int:
    """Beside what is due, entries that follow their definition, and what the version before has left without marks and
    tokens, and with other due moments."""
    behind = (superseding.catch_up(limit), searching.catch_up(limit), shown.catch_up(limit))
    return max(content.publish_due(now, limit), migration.carry_on(now), *behind)


def _deliver(senders: Sequence[Sender], now: datetime) -> int:
    known = settings()
    return deliver(
        now,
        senders,
        base_url=known.base_url,
        zone=known.timezone,
        language=known.language,
        limit=LETTERS,
        seconds=LETTER_SECONDS,
    )
