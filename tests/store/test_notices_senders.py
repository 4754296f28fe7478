"""Several senders for one mail server: kept connections, few round trips, one letter of each in doubt."""

import smtplib
import ssl
from datetime import timedelta
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from pymongo.errors import AutoReconnect

from store.notices import operations
from store.notices.delivery import deliver
from store.notices.documents import Notice
from store.notices.smtp import CONNECTIONS, SmtpSender
from tests import cast
from tests.cast import NOW
from tests.faults.crew import until
from tests.store.mail_server import CLOSE, HANG, MailServer
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


def test_what_is_handed_over_side_by_side_is_marked_together(monkeypatch: pytest.MonkeyPatch) -> None:
    marked: list[int] = []
    mark = operations.mark_all_sent

    def counted(notices: Any, now: Any) -> int:
        marked.append(len(notices))
        return mark(notices, now)

    make_many()
    monkeypatch.setattr(operations, "mark_all_sent", counted)
    with MailServer() as server:
        deliver(NOW, [SmtpSender(server.url)])
    assert (sum(marked), marked[0]) == (MANY, 1), "the first one is tried alone"
    assert len(marked) < MANY / 2
    assert max(marked) <= CONNECTIONS, "one letter of each session"


def test_a_server_that_refuses_other_sessions_letters_gets_them_by_the_first() -> None:
    make_many()
    with MailServer() as server:
        server.answers_of = {n: {"MAIL": "452 4.3.2 too many at a time"} for n in range(2, CONNECTIONS + 1)}
        deliver(NOW, [SmtpSender(server.url)])
        assert len(server.taken) == len(set(server.taken)) == MANY
    assert states() == {("sent", 0)}, "no letter is at fault"


def test_a_session_that_falls_silent_holds_up_its_own_letter_only() -> None:
    make_many()
    with MailServer() as server:
        server.answers_of = {2: {"TEXT": HANG}}
        deliver(NOW, [SmtpSender(server.url, seconds=2.0)])
        assert len(server.taken) == MANY - 1
    assert Notice.objects(state="sent").count() == MANY - 1
    assert [(each.state, each.last_error) for each in Notice.objects(state__ne="sent")] == [("queued", "timed_out")]


def test_a_session_that_breaks_hands_over_no_more_and_the_others_go_on() -> None:
    make_many()
    with MailServer() as server:
        server.answers_of = {n: {"DATA": CLOSE} for n in range(2, CONNECTIONS)}
        deliver(NOW, [SmtpSender(server.url)])
        assert len(server.taken) == len(set(server.taken)) == MANY
    assert states() == {("sent", 0)}


@pytest.fixture
def certificate(tmp_path: Path) -> tuple[Path, Path]:
    """Of 127.0.0.1, signed by itself: (certificate, key)."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail")])
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), 1, NOW - 9_999 * MINUTE, NOW + 9_999_999 * MINUTE)
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    paths = tmp_path / "mail.pem", tmp_path / "mail.key"
    paths[0].write_bytes(made.public_bytes(Encoding.PEM))
    paths[1].write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return paths


def test_sessions_inside_tls_hand_over_side_by_side(certificate: tuple[Path, Path]) -> None:
    make_many()
    with MailServer(EHLO=PIPELINING) as server:
        server.secure = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        server.secure.load_cert_chain(*certificate)
        sender = SmtpSender(f"smtps://{server.place}")
        vars(sender)["_secure"] = ssl.create_default_context(cafile=str(certificate[0]))
        deliver(NOW, [sender])
        assert server.greeted == CONNECTIONS
        assert len(server.taken) == len(set(server.taken)) == MANY
    assert states() == {("sent", 0)}


def test_a_rehearsal_is_marked_by_one_command(monkeypatch: pytest.MonkeyPatch) -> None:
    marked: list[int] = []
    mark = operations.mark_all_sent

    def counted(notices: Any, now: Any) -> int:
        marked.append(len(notices))
        return mark(notices, now)

    make_many(9)
    monkeypatch.setattr(operations, "mark_all_sent", counted)
    with MailServer() as server:
        deliver(NOW, [SmtpSender(server.url)], is_rehearsal=True)
    assert marked == [9]
    assert states() == {("sent", 0)}
