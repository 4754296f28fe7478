"""Who is sent next, counted in batches: what is urgent waits for none, and nobody waits for ever."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from store.notices import operations
from store.notices.delivery import deliver
from store.notices.documents import Notice
from store.notices.smtp import SmtpSender
from tests import cast
from tests.cast import NOW
from tests.servers import SmtpReceiver
from tests.store.notice_sources import make_notice, make_template

WAITING = 24_000
READERS = 12
LONG_AGO = NOW - timedelta(hours=2)


@pytest.fixture(autouse=True)
def _company(database: Any) -> None:
    make_template()
    make_template("overdue", urgent=True)
    cast.make_staff("desk")
    for number in range(READERS):
        cast.make_staff(f"guard-{number}")


def queue_up(count: int, *, since: datetime = LONG_AGO, urgent: bool = False, name: str = "calm") -> None:
    """As many e-mails as if the relay had made them, each a millisecond after the one before."""
    cast.make_staff("guard")
    like = make_notice(code=f"like-{name}", now=since, template="overdue" if urgent else "reminder").to_mongo()
    Notice._get_collection().delete_one({"_id": like["_id"]})
    notices = [
        {**like, "_id": f"{name}:{n:05}", "recipient": f"guard-{n % READERS}", "not_before": at, "due_at": at}
        for n, at in ((n, since + n * timedelta(milliseconds=1)) for n in range(count))
    ]
    Notice._get_collection().insert_many(notices)


def send(smtp: SmtpReceiver, now: datetime = NOW, limit: int = 200) -> int:
    return deliver(now, [SmtpSender(smtp.url)], limit=limit)


def test_an_urgent_letter_behind_24_000_goes_with_the_next_batch(smtp: SmtpReceiver) -> None:
    queue_up(WAITING)
    assert send(smtp) == 200
    queue_up(1, since=NOW, urgent=True, name="urgent")
    send(smtp)
    assert Notice.objects(key="urgent:00000").get().state == "sent"
    assert Notice.objects(state="queued").count() > WAITING * 0.9


def test_an_urgent_letter_is_the_first_of_its_batch(smtp: SmtpReceiver) -> None:
    queue_up(300)
    queue_up(1, since=NOW, urgent=True, name="urgent")
    assert operations.claim(NOW, 200, 60, "t")[0].key == "urgent:00000"


def test_whoever_waits_goes_although_urgent_ones_never_end(smtp: SmtpReceiver) -> None:
    """A quarter of each batch: ten that wait since long are gone after five batches of eight."""
    queue_up(10)
    for batch in range(5):
        queue_up(8, since=NOW, urgent=True, name=f"urgent-{batch}")
        send(smtp, limit=8)
    assert Notice.objects(urgent=False, state__ne="sent").count() == 0


def test_nobody_is_passed_by_who_came_later(smtp: SmtpReceiver) -> None:
    queue_up(60)
    batches = 0
    while send(smtp, limit=10):
        batches += 1
        first = [f"calm:{n:05}" for n in range(10 * batches)]
        assert Notice.objects(key__in=first, state="queued").count() == 0
    assert Notice.objects(state="queued").count() == 0
