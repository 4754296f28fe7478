"""Many ordinary e-mails for one reader are one letter; urgent ones go first, and old ones are not forgotten for them."""

from datetime import timedelta
from typing import Any

import pytest
from pymongo.errors import AutoReconnect

from store.notices import operations
from store.notices.delivery import deliver
from store.notices.documents import Notice
from store.notices.mail_text import message_id
from store.notices.smtp import SmtpSender
from tests import cast
from tests.cast import NOW
from tests.servers import SmtpReceiver
from tests.store.mail_server import MailServer
from tests.store.notice_sources import intent, make_notice, make_source, make_template, relay

MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def _company(database: Any) -> None:
    make_template()
    make_template("overdue", urgent=True)
    for code in ("guard", "desk"):
        cast.make_staff(code)


def tell(count: int, *to: str, template: str = "reminder", prefix: str = "s", now: Any = NOW) -> None:
    for number in range(count):
        make_source(intent(*to, template=template, channels=["email"]), code=f"{prefix}{number}", now=now)
    relay(now)


def send(smtp: Any, now: Any = NOW, **settings: Any) -> int:
    return deliver(now, [SmtpSender(smtp.url)], base_url="https://anju.example", **settings)


def test_more_than_five_waiting_go_out_in_one_letter_and_each_is_accounted_for(smtp: SmtpReceiver) -> None:
    tell(6, "guard")
    send(smtp)
    [message] = smtp.wait_for(1)
    assert message["Subject"] == "6 条通知：提醒 s0：灭火器检查 等"
    text = message.get_content()
    assert all(f"{n + 1}. 提醒 s{n}：灭火器检查" in text for n in range(6))
    sent = list(Notice.objects(channel="email"))
    assert {each.state for each in sent} == {"sent"}
    [letter] = {each.letter for each in sent}
    assert message["Message-ID"] == message_id(letter, "anju@127.0.0.1")
    assert send(smtp, NOW + MINUTE) == 0


def test_five_are_five_letters(smtp: SmtpReceiver) -> None:
    tell(5, "guard")
    send(smtp)
    assert len(smtp.wait_for(5)) == 5
    assert all(each.letter == each.key for each in Notice.objects(channel="email"))


def test_urgent_ones_are_never_bundled(smtp: SmtpReceiver) -> None:
    tell(8, "guard", template="overdue")
    send(smtp)
    assert len(smtp.wait_for(8)) == 8


def test_what_waits_beyond_the_claim_goes_into_the_same_letter(smtp: SmtpReceiver) -> None:
    """A claim of few letters out of many would make bundles of one."""
    tell(40, "guard")
    assert send(smtp, limit=4) == 4
    assert len(smtp.messages) == 1
    assert Notice.objects(channel="email", state="sent").count() == 12


def test_a_run_without_time_tells_somebody_all_the_same(smtp: SmtpReceiver) -> None:
    """On a busy machine writing alone took longer than a delivery may: everything was given back, for ever."""
    tell(3, "guard")
    for sent in (1, 2, 3):
        send(smtp, NOW + sent * MINUTE, seconds=0.0)
        assert Notice.objects(channel="email", state="sent").count() == sent


def test_a_bundle_that_is_refused_is_refused_for_each_of_its_notices() -> None:
    tell(7, "guard")
    with MailServer(RCPT="450 later") as server:
        send(server)
        waiting = Notice.objects(channel="email")
        assert {(each.state, each.attempts, each.last_error) for each in waiting} == {("queued", 1, "refused")}
        server.answers["RCPT"] = "550 never"
        send(server, NOW + 2 * MINUTE)
    assert {(each.state, each.last_error) for each in Notice.objects(channel="email")} == {("dead", "rejected")}


def test_a_bundle_whose_lease_was_lost_marks_nothing(smtp: SmtpReceiver, monkeypatch: pytest.MonkeyPatch) -> None:
    tell(6, "guard")
    first = Notice.objects(channel="email").first()
    mark = operations.mark_all_sent

    def stolen(notices: Any, now: Any) -> int:
        Notice.objects(key=first.key).update(lease_token="another")
        return mark(notices, now)

    monkeypatch.setattr(operations, "mark_all_sent", stolen)
    send(smtp)
    assert Notice.objects(channel="email", state="sent").count() == 5
    assert first.reload().state == "leased"


def test_a_bundle_of_very_many_lists_subjects_and_is_cut_into_letters(smtp: SmtpReceiver) -> None:
    tell(130, "guard")
    send(smtp)
    assert len(smtp.wait_for(2)) == 2
    assert "https://anju.example/admin/inbox/" in smtp.messages[0].get_content()
    assert Notice.objects(channel="email", state="sent").count() == 130


def test_one_that_cannot_be_written_does_not_hold_the_bundle_back(smtp: SmtpReceiver, database: Any) -> None:
    tell(7, "guard")
    database.notices.update_one({"channel": "email"}, {"$set": {"due_at": "junk"}})
    send(smtp)
    [message] = smtp.wait_for(1)
    assert message["Subject"].startswith("6 条通知")


def test_urgent_ones_come_first_however_many_wait() -> None:
    tell(30, "guard", prefix="calm", now=NOW - MINUTE)
    tell(4, "desk", template="overdue", prefix="urgent")
    claimed = operations.claim(NOW, 8, 60, "a")
    assert [each.urgent for each in claimed[:4]] == [True] * 4


def test_old_ordinary_ones_keep_a_quarter_of_the_places_beside_urgent_ones() -> None:
    tell(8, "guard", prefix="calm", now=NOW - timedelta(minutes=11))
    tell(40, "desk", template="overdue", prefix="urgent")
    claimed = operations.claim(NOW, 8, 60, "a")
    assert [each.urgent for each in claimed] == [True] * 6 + [False] * 2
    young = operations.claim(NOW, 8, 60, "b")
    assert len(young) == 8


def test_without_old_ones_urgent_ones_have_all_places() -> None:
    tell(8, "guard", prefix="calm")
    tell(40, "desk", template="overdue", prefix="urgent")
    assert [each.urgent for each in operations.claim(NOW, 8, 60, "a")] == [True] * 8


def test_a_notice_to_a_resident_has_a_letter_of_its_own() -> None:
    from store.notices.bundles import may_be_bundled

    notice = make_notice()
    assert may_be_bundled(notice)
    notice.recipient = "resident:656565656565656565656565"
    assert not may_be_bundled(notice)


def cut_off(smtp: SmtpReceiver, monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker that ends after the receiver took the letter and before it could mark anything."""

    def gone(*_: Any) -> None:
        raise AutoReconnect("away")

    with monkeypatch.context() as patch:
        patch.setattr(operations, "mark_all_sent", gone)
        with pytest.raises(AutoReconnect):
            send(smtp)


def test_a_letter_that_was_cut_off_comes_again_as_it_was_though_more_wait_by_then(
    smtp: SmtpReceiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    tell(6, "guard")
    cut_off(smtp, monkeypatch)
    tell(9, "guard", prefix="new")
    send(smtp, NOW + 2 * MINUTE)
    first, *later = smtp.wait_for(3)
    again = [each for each in later if each["Message-ID"] == first["Message-ID"]]
    assert [each.get_content() for each in again] == [first.get_content()]
    [other] = [each for each in later if each not in again]
    assert other["Subject"].startswith("9 条通知")
    assert Notice.objects(state="sent", channel="email").count() == 15


def test_the_rest_of_a_cut_off_letter_is_claimed_beyond_the_limit(
    smtp: SmtpReceiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    tell(30, "guard")
    cut_off(smtp, monkeypatch)
    assert send(smtp, NOW + 2 * MINUTE, limit=4) == 4
    first, again = smtp.wait_for(2)
    assert first["Message-ID"] == again["Message-ID"]


def test_single_letters_that_were_cut_off_are_not_put_together(
    smtp: SmtpReceiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    tell(1, "guard")
    cut_off(smtp, monkeypatch)
    tell(5, "guard", prefix="new")
    send(smtp, NOW + 2 * MINUTE)
    ids = [each["Message-ID"] for each in smtp.wait_for(7)]
    assert ids.count(ids[0]) == 2
    assert len(set(ids)) == 6


def test_a_letter_that_cannot_be_put_together_again_is_known_as_an_earlier_one(
    smtp: SmtpReceiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    tell(7, "guard")
    cut_off(smtp, monkeypatch)
    one = Notice.objects(channel="email").first()
    one.update(set__state="sent")
    send(smtp, NOW + 2 * MINUTE)
    first, again = smtp.wait_for(2)
    assert first["Message-ID"] != again["Message-ID"]
    sent = [each for each in Notice.objects(channel="email") if each.key != one.key]
    assert {message_id(former, "anju@127.0.0.1") for each in sent for former in each.former_letters} == {
        first["Message-ID"]
    }
    assert {message_id(each.letter, "anju@127.0.0.1") for each in sent} == {again["Message-ID"]}


def test_what_was_certainly_not_handed_over_goes_out_with_what_waits_by_then() -> None:
    tell(3, "guard")
    with MailServer(GREETING="421 closed") as server:
        send(server)
        del server.answers["GREETING"]
        tell(3, "guard", prefix="new")
        send(server, NOW + 2 * MINUTE)
        assert len(server.taken) == 1
    assert Notice.objects(channel="email", state="sent").count() == 6


def test_a_letter_of_which_nobody_knows_whether_it_was_taken_comes_again_as_it_was() -> None:
    tell(6, "guard")
    with MailServer(TEXT="close") as server:
        send(server)
        [letter] = {each.letter for each in Notice.objects(channel="email")}
        del server.answers["TEXT"]
        tell(6, "guard", prefix="new")
        send(server, NOW + 2 * MINUTE)
        assert len(server.taken) == 2
    assert Notice.objects(channel="email", letter=letter, state="sent").count() == 6


def test_what_is_given_back_unsent_can_still_be_put_into_one_letter(smtp: SmtpReceiver) -> None:
    tell(4, "guard")
    send(smtp, seconds=0.0)
    tell(3, "guard", prefix="new")
    send(smtp, NOW + MINUTE)
    assert len(smtp.wait_for(2)) == 2
