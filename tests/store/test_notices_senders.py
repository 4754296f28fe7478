"""Several senders for one mail server: kept connections, few round trips, one letter of each in doubt."""

import smtplib
from datetime import timedelta
from typing import Any

import pytest
from pymongo.errors import AutoReconnect

from store.notices import operations
from store.notices.delivery import deliver
from store.notices.documents import Notice
from store.notices.smtp import CONNECTIONS, SmtpSender
from tests import cast
from tests.cast import NOW
from tests.faults.crew import until
from tests.store.mail_server import MailServer
from tests.store.notice_sources import make_notice, make_template

MINUTE = timedelta(minutes=1)
MANY = 200
PIPELINING = "250-here\r\n250 PIPELINING"


@pytest.fixture(autouse=True)
def _company(database: Any) -> None:
    make_template()
    cast.make_staff("guard")


def make_many(count: int = MANY) -> None:
    """Urgent ones: each has a letter of its own."""
    first = make_notice(urgent=True).to_mongo()
    copies = [{**first, "_id": f"content:{n}:1:guard:email", "urgent": True} for n in range(1, count)]
    Notice._get_collection().update_one({"_id": first["_id"]}, {"$set": {"urgent": True}})
    if copies:
        Notice._get_collection().insert_many(copies)


def states() -> set[tuple[str, int]]:
    return {(each.state, each.attempts) for each in Notice.objects}


def test_many_letters_have_several_senders_and_each_goes_once() -> None:
    make_many()
    with MailServer() as server:
        deliver(NOW, [SmtpSender(server.url)])
        assert server.greeted == CONNECTIONS
        assert len(server.taken) == len(set(server.taken)) == MANY
    assert states() == {("sent", 0)}


def test_few_letters_have_one_sender() -> None:
    make_many(25)
    with MailServer() as server:
        deliver(NOW, [SmtpSender(server.url)])
        assert (server.greeted, len(server.taken)) == (1, 25)


def test_a_server_that_takes_one_connection_gets_all_letters_by_it() -> None:
    make_many()
    with MailServer() as server:
        server.most = 1
        deliver(NOW, [SmtpSender(server.url)])
        assert (server.greeted, len(server.taken)) == (1, MANY)
    assert states() == {("sent", 0)}, "a refused connection is no letter's fault"


def test_the_address_can_ask_for_one_connection() -> None:
    make_many()
    with MailServer() as server:
        deliver(NOW, [SmtpSender(f"{server.url}/?connections=1")])
        assert (server.greeted, len(server.taken)) == (1, MANY)


def test_when_nothing_can_be_marked_each_sender_has_handed_over_one_letter_at_most(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As if the process were killed there: what stands at the receiver unmarked comes again."""

    def gone(*_: Any) -> None:
        raise AutoReconnect("away")

    make_many()
    monkeypatch.setattr(operations, "mark_all_sent", gone)
    with MailServer() as server:
        with pytest.raises(AutoReconnect):
            deliver(NOW, [SmtpSender(server.url)])
        assert 1 <= len(server.taken) <= CONNECTIONS


def test_connections_are_kept_for_the_next_batch() -> None:
    make_many(60)
    with MailServer() as server:
        with SmtpSender(server.url) as sender:
            while deliver(NOW, [sender], limit=20):
                pass
        assert (server.greeted, len(server.taken)) == (1, 60)
        until(lambda: not server._open, "the end of the connection", 5)


def test_a_kept_connection_that_the_server_has_closed_costs_no_attempt() -> None:
    make_many(2)
    with MailServer() as server, SmtpSender(server.url) as sender:
        deliver(NOW, [sender], limit=1)
        server.hang_up()
        until(lambda: not server._open, "the end of the connection", 5)
        deliver(NOW, [sender], limit=1)
        assert (server.greeted, len(server.taken)) == (2, 2)
    assert states() == {("sent", 0)}


@pytest.mark.parametrize(("hello", "turns"), [("250 here", 4), (PIPELINING, 2)])
def test_a_server_that_offers_it_is_waited_for_twice_a_letter(
    hello: str, turns: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_many(1)
    said: list[Any] = []
    send = smtplib.SMTP.send

    def counted(self: smtplib.SMTP, words: Any) -> None:
        said.append(words)
        send(self, words)

    monkeypatch.setattr(smtplib.SMTP, "send", counted)
    with MailServer(EHLO=hello) as server:
        deliver(NOW, [SmtpSender(server.url)])
        assert len(server.taken) == 1
    beside = ("ehlo", "quit")
    assert len([each for each in said if not str(each).lower().startswith(beside)]) == turns


@pytest.mark.parametrize("hello", ["250 here", PIPELINING])
@pytest.mark.parametrize(
    ("command", "answer", "state"),
    [
        ("MAIL", "550 never", "dead"),
        ("RCPT", "550 never", "dead"),
        ("RCPT", "450 later", "queued"),
        ("DATA", "554 no", "dead"),
        ("TEXT", "452 full", "queued"),
    ],
)
def test_a_refusal_is_that_of_its_letter_and_the_next_goes_by_the_same_connection(
    hello: str, command: str, answer: str, state: str
) -> None:
    make_many(2)
    with MailServer(EHLO=hello, **{command: answer}) as server, SmtpSender(server.url) as sender:
        deliver(NOW, [sender], limit=1)
        assert sorted(each.state for each in Notice.objects) == sorted([state, "queued"])
        del server.answers[command]
        server.taken.clear()
        deliver(NOW, [sender], limit=1)
        assert (server.greeted, len(server.taken)) == (1, 1)
