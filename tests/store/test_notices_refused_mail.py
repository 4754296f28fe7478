"""What a mail server refuses for good is dead at once, what it refuses for now is trouble that people see."""

from datetime import timedelta
from typing import Any

import pytest

from store.actor import SYSTEM
from store.notices import channels, operations
from store.notices.delivery import deliver
from store.notices.documents import Notice
from store.notices.smtp import SmtpSender
from tests import cast
from tests.cast import NOW
from tests.store.mail_server import CLOSE, HANG, MailServer
from tests.store.notice_sources import intent, make_notice, make_source, make_template, one, relay

MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def _company(database: Any) -> None:
    make_template()
    cast.make_staff("guard")


def send(server: MailServer, now: Any = NOW, url: str = "") -> None:
    deliver(now, [SmtpSender(url or server.url, seconds=0.5)], base_url="https://anju.example")


@pytest.mark.parametrize("at", ["MAIL", "RCPT", "DATA", "TEXT"])
@pytest.mark.parametrize("code", [550, 552, 554])
def test_what_is_refused_for_good_is_dead_at_once(at: str, code: int) -> None:
    make_notice()
    with MailServer(**{at: f"{code} no such guard@anju.example here"}) as server:
        send(server)
    notice = one(channel="email")
    assert (notice.state, notice.last_error) == ("dead", "rejected")
    assert "guard@" not in str(notice.to_mongo().to_dict())


@pytest.mark.parametrize(
    ("answers", "reason"),
    [
        ({"MAIL": "451 later"}, "refused"),
        ({"RCPT": "450 greylisted"}, "refused"),
        ({"DATA": "451 later"}, "refused"),
        ({"TEXT": "452 full"}, "refused"),
        ({"RCPT": "421 shutting down"}, "refused"),
        ({"GREETING": "554 no service for you"}, "refused"),
        ({"GREETING": CLOSE}, "unreachable"),
        ({"MAIL": CLOSE}, "unreachable"),
        ({"TEXT": CLOSE}, "unreachable"),
        ({"GREETING": HANG}, "timed_out"),
        ({"RCPT": HANG}, "timed_out"),
        ({"TEXT": HANG}, "timed_out"),
        ({"MAIL": "530 authentication required"}, "not_admitted"),
        ({"AUTH": "535 wrong password"}, "not_admitted"),
        ({"AUTH": "454 later"}, "not_admitted"),
    ],
    ids=str,
)
def test_trouble_for_now_is_tried_again_and_shown(answers: dict[str, str], reason: str) -> None:
    make_notice()
    with MailServer(**answers) as server:
        send(server, url=f"smtp://anju:secret@{server.place}" if "AUTH" in answers else "")
    notice = one(channel="email")
    assert (notice.state, notice.attempts, notice.last_error) == ("queued", 1, reason)
    [trouble] = channels.troubles(NOW + MINUTE)
    assert (trouble.channel, trouble.key) == ("email", "email")
    assert channels.figures(NOW + MINUTE)["email"].waiting == 1


def test_letters_that_a_server_refuses_are_seen_and_can_be_sent_again_when_it_is_mended() -> None:
    readers = ("guard", "desk", "cleaner", "manager")
    for code in readers[1:]:
        cast.make_staff(code)
    for number in range(5):
        make_source(intent(*readers, channels=["email"]), code=f"s{number}")
    relay(NOW)
    with MailServer(RCPT="550 relaying denied") as server:
        send(server)
        assert Notice.objects(channel="email", state="dead").count() == 20
        [trouble] = channels.troubles(NOW + MINUTE)
        assert "不会再试" in trouble.why.zh
        assert channels.figures(NOW + MINUTE)["email"].refused == 20
        server.answers.clear()
        for notice in Notice.objects(channel="email"):
            operations.resend(notice.key, actor=cast.supervisor(), now=NOW + MINUTE)
        send(server, NOW + MINUTE)
        assert len(server.taken) == 20
    assert Notice.objects(channel="email", state="sent").count() == 20
    assert channels.troubles(NOW + 2 * MINUTE) == []


def test_one_wrong_address_is_no_trouble_of_the_server() -> None:
    make_notice()
    with MailServer(RCPT="550 no such user") as server:
        send(server)
    assert channels.troubles(NOW + MINUTE) == []
    assert channels.figures(NOW + MINUTE)["email"].refused == 1


def test_one_refused_recipient_does_not_stop_the_letters_behind_it() -> None:
    for number in range(3):
        make_notice(code=f"s{number}")
    with MailServer(RCPT="550 no such user") as server:
        send(server)
        server.answers.clear()
        make_notice(code="after")
        send(server)
        assert len(server.taken) == 1
    assert channels.troubles(NOW + MINUTE) == []


def test_what_waits_for_its_next_attempt_can_be_sent_at_once() -> None:
    make_notice()
    with MailServer(RCPT="451 later") as server:
        send(server)
        server.answers.clear()
        operations.resend(one(channel="email").key, actor=SYSTEM, now=NOW + MINUTE / 4)
        send(server, NOW + MINUTE / 4)
        assert len(server.taken) == 1


def test_trouble_is_no_news_a_day_after_the_last_attempt() -> None:
    make_notice()
    with MailServer(RCPT="451 later") as server:
        send(server)
    assert channels.troubles(NOW + timedelta(hours=23))
    assert channels.troubles(NOW + timedelta(hours=25)) == []
