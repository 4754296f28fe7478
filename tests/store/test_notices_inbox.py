"""The inbox: by record, newest first, page by page without a gap, and what is unread."""

from datetime import timedelta

import pytest

from store.errors import NotFound
from store.notices import inbox
from store.notices import operations as notices
from store.notices.documents import Notice
from tests import cast

NOW = cast.NOW
MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def _database(database):
    """Every test here needs the database."""


def tell(record, minute=0, recipient="guard", event=1):
    return Notice(
        key=f"work_order:{record}:{event}:{recipient}:app",
        estate=cast.ESTATE,
        about={"kind": "work_order", "id": record, "number": f"W-{record}"},
        recipient=recipient,
        channel="app",
        template={"code": "overdue"},
        urgent=False,
        state="sent",
        not_before=NOW,
        created_at=NOW + minute * MINUTE,
        due_at=NOW,
    ).save(force_insert=True)


def shown(found):
    return [(thread.notices[0].about["id"], len(thread.notices)) for thread in found]


def all_pages(limit, **which):
    after, pages = None, []
    while found := inbox.threads("guard", after=after, limit=limit, **which):
        pages += shown(found)
        after = found[-1].place
    return pages


def test_a_record_stands_once_at_its_newest_notice():
    for event in range(1, 10):
        tell("a", minute=event, event=event)
    tell("b", minute=5)
    tell("c", minute=20)
    assert shown(inbox.threads("guard")) == [("c", 1), ("a", 9), ("b", 1)]
    newest = inbox.threads("guard")[1].notices
    assert [each.created_at for each in newest] == sorted((each.created_at for each in newest), reverse=True)
    assert inbox.unread_count("guard") == 3


def test_pages_show_every_record_once_also_where_many_were_told_of_at_one_moment():
    for number in range(60):
        tell(f"{number}", minute=number % 3)
        tell(f"{number}", minute=number % 2, event=2)
    pages = all_pages(7)
    assert sorted(pages) == sorted((f"{number}", 2) for number in range(60))
    assert pages == shown(inbox.threads("guard", limit=100))


def test_what_is_read_leaves_the_unread_ones_and_the_number():
    for event in (1, 2, 3):
        tell("a", minute=event, event=event)
    tell("b")
    notices.mark_read("work_order:a:3:guard:app", actor=cast.guard(), now=NOW)
    assert inbox.unread_count("guard") == 2, "two older ones are unread"
    assert all_pages(1, unread=True) == [("a", 2), ("b", 1)]
    assert notices.mark_all_read(actor=cast.guard(), now=NOW + 9 * MINUTE) == 3
    assert inbox.unread_count("guard") == 0


def test_to_look_at_the_record_reads_what_was_told_of_it_so_far():
    for event in (1, 2, 3):
        tell("a", minute=event, event=event)
    tell("b")
    tell("a", recipient="guard2")
    notices.mark_record_read("work_order:a:2:guard:app", actor=cast.guard(), now=NOW)
    unread = Notice.objects(read_at=None).order_by("key").distinct("key")
    assert unread == ["work_order:a:1:guard2:app", "work_order:a:3:guard:app", "work_order:b:1:guard:app"]
    with pytest.raises(NotFound):
        notices.mark_record_read("work_order:a:1:guard2:app", actor=cast.guard(), now=NOW)


def test_the_number_stops_where_the_bell_stops():
    for number in range(inbox.MOST_COUNTED + 5):
        tell(f"{number}")
    assert inbox.unread_count("guard") == inbox.MOST_COUNTED
