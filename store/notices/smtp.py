"""E-mail. A few connections carry a whole run of batches; TLS is used whenever the server offers it."""

import smtplib
import ssl
from collections import deque
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from functools import cached_property
from selectors import EVENT_READ, DefaultSelector
from socket import socket
from types import TracebackType
from typing import Self
from urllib.parse import parse_qs, unquote, urlsplit

from store.notices.mail_text import PLAIN_ADDRESS, message_bytes, message_of
from store.notices.rules import EMAIL
from store.notices.senders import Letter, SendFailed, Session, Turns
from store.notices.smtp_dialogue import Answers, Dialogue, Talk

SECONDS = 8.0
# Beside one another, if the address does not say: `connections=1` is for a server that takes no more from one house, 16
# for one of one's own that shall have a flood of letters within seconds.
CONNECTIONS, MOST_CONNECTIONS = 8, 16
# SMTP's answers: 5xx is for good, but for those that say that we must sign in first; 421 ends the connection.
FOR_GOOD = 500
SHUTTING_DOWN = 421
NOT_ADMITTED = frozenset({530, 534, 535, 538})
LONGEST_SAID = 300
NOTHING_WRONG = 250
MOST_AT_ONCE = 65_536
DEFAULT_PORTS = {"smtp": 25, "smtps": 465}


class SmtpSender:
    """`smtp[s]://user:password@host:port/?from=anju@company.cn&connections=8`; `smtps` is TLS from the first byte.

    Without `from` the user is the sender's address if it is one, else `anju@host`. Inside `with sender:` connections are
    kept for the next session; elsewhere each session has its own.
    """

    channel = EMAIL

    def __init__(self, url: str, seconds: float = SECONDS) -> None:
        parts = urlsplit(url)
        self._tls = parts.scheme == "smtps"
        self._host = parts.hostname or "localhost"
        self._port = parts.port or DEFAULT_PORTS[parts.scheme]
        self._user, self._password = unquote(parts.username or ""), unquote(parts.password or "")
        self.seconds = seconds
        fallback = self._user if "@" in self._user else f"anju@{self._host}"
        asked = parse_qs(parts.query)
        self._from = asked.get("from", [fallback])[0]
        self.side_by_side = _connections(asked.get("connections", [""])[0])
        self._keeps = False
        self._kept: deque[_SmtpSession] = deque()

    def __enter__(self) -> Self:
        self._keeps = True
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._keeps = False
        while self._kept:
            self._kept.pop().close()

    def receiver(self, address: str) -> str:
        return ""  # one mail server takes all letters

    def open(self, receiver: str) -> AbstractContextManager[Session]:
        return self.open_turns(receiver)

    @contextmanager
    def open_turns(self, receiver: str) -> Iterator[Turns]:
        session = self._from_before() or self._new()
        try:
            yield session
        finally:
            if self._keeps and session.is_sound:
                self._kept.append(session)
            else:
                session.close()

    def _from_before(self) -> "_SmtpSession | None":
        """A kept session that still answers: a server may have closed it meanwhile, which is no letter's fault."""
        while self._kept:
            session = self._kept.popleft()
            if session.answers():
                return session
            session.close()
        return None

    def _new(self) -> "_SmtpSession":
        try:
            return _SmtpSession(self._connect(), self._from, self.seconds)
        except Exception as error:
            # Whatever a server says before the first letter is about us, not about a letter: it may be mended any minute.
            raise _of_server(error) from None

    @cached_property
    def _secure(self) -> ssl.SSLContext:
        """Once for all connections: reading the certificates takes as long as fifty letters."""
        return ssl.create_default_context()

    def _connect(self) -> smtplib.SMTP:
        connection: smtplib.SMTP
        if self._tls:
            connection = smtplib.SMTP_SSL(self._host, self._port, timeout=self.seconds, context=self._secure)
        else:
            connection = smtplib.SMTP(self._host, self._port, timeout=self.seconds)
        try:
            connection.ehlo_or_helo_if_needed()
            if not self._tls and connection.has_extn("starttls"):
                connection.starttls(context=self._secure)
            if self._user:
                connection.login(self._user, self._password)
        except BaseException:
            connection.close()
            raise
        return connection


def _connections(asked: str) -> int:
    return min(max(int(asked), 1), MOST_CONNECTIONS) if asked.isdecimal() else CONNECTIONS


class _SmtpSession:
    """`is_sound`: the last letter was taken or refused in order, and another may follow."""

    def __init__(self, connection: smtplib.SMTP, sender: str, seconds: float) -> None:
        self.is_sound = True
        self._connection = connection
        self._dialogue = Dialogue(connection, sender)
        self._from = sender
        self._seconds = seconds
        self._talk: Talk | None = None
        self._answers = Answers()
        self._said = b""

    def send(self, letter: Letter) -> str:
        taken = self.begin(letter)
        with DefaultSelector() as selector:
            selector.register(self.fileno(), EVENT_READ)
            while not taken:
                if not selector.select(self._seconds):
                    self.give_up()
                taken = self.go_on()
        return _said(NOTHING_WRONG, self._said)

    def begin(self, letter: Letter) -> bool:
        with self._judged():
            if PLAIN_ADDRESS.fullmatch(letter.address):
                self._talk = self._dialogue.hand_over(letter.address, message_bytes(letter, self._from))
                next(self._talk)
                return False
            self._connection.send_message(message_of(letter, self._from), self._from, [letter.address])
            self.is_sound, self._said = True, b"OK"
        return True

    def go_on(self) -> bool:
        with self._judged():
            try:
                for answer in self._answers.of(self._receive()):
                    self._goes_on().send(answer)
            except StopIteration as end:
                self.is_sound, self._said = True, end.value
                return True
            except smtplib.SMTPServerDisconnected as error:
                self._goes_on().throw(error)
        return False

    def give_up(self) -> None:
        silent = smtplib.SMTPServerDisconnected("silent")
        silent.__context__ = TimeoutError()
        with self._judged():
            self._goes_on().throw(silent)

    def fileno(self) -> int:
        return self._socket().fileno()

    def _goes_on(self) -> Talk:
        if self._talk is None:
            raise LookupError("no letter has been begun")
        return self._talk

    def _socket(self) -> socket:
        if self._connection.sock is None:
            raise smtplib.SMTPServerDisconnected("closed")
        return self._connection.sock

    def _receive(self) -> bytes:
        """What has come, without waiting: of TLS there may be half a record. Raises `SMTPServerDisconnected`."""
        connection = self._socket()
        connection.settimeout(0)
        try:
            found = connection.recv(MOST_AT_ONCE)
            while isinstance(connection, ssl.SSLSocket) and connection.pending():
                found += connection.recv(MOST_AT_ONCE)
        except (BlockingIOError, ssl.SSLWantReadError):
            return b""
        except OSError as error:
            raise smtplib.SMTPServerDisconnected(type(error).__name__) from None
        finally:
            connection.settimeout(self._seconds)
        if not found:
            raise smtplib.SMTPServerDisconnected("closed")
        return found

    @contextmanager
    def _judged(self) -> Iterator[None]:
        """What went wrong as a `SendFailed`, and whether another letter may follow."""
        self.is_sound = False
        try:
            yield
        except SendFailed as failure:
            self.is_sound = not failure.broken
            raise
        except (smtplib.SMTPNotSupportedError, UnicodeError):
            self.is_sound = True
            raise SendFailed("bad_address", final=True) from None
        except smtplib.SMTPRecipientsRefused as error:
            raise self._refused(*next(iter(error.recipients.values()), (0, b""))) from None
        except smtplib.SMTPResponseException as error:
            raise self._refused(error.smtp_code, error.smtp_error) from None
        except (OSError, smtplib.SMTPException) as error:
            trouble = _of_server(error)
            trouble.unsure = self._dialogue.is_over_to_them
            raise trouble from None

    def _refused(self, code: int, words: bytes | str) -> SendFailed:
        failure = _of_letter(code, words)
        self.is_sound = not failure.broken
        return failure

    def answers(self) -> bool:
        try:
            return self._connection.noop()[0] == NOTHING_WRONG
        except (OSError, smtplib.SMTPException):
            return False

    def close(self) -> None:
        with suppress(OSError, smtplib.SMTPException):
            self._connection.quit()
        self._connection.close()


def _of_letter(code: int, words: bytes | str) -> SendFailed:
    """A server's answer to a sender, a recipient or a text. After it the session has been reset: the next may go."""
    said = _said(code, words)
    if code == SHUTTING_DOWN:
        return SendFailed("refused", broken=True, said=said)
    if code in NOT_ADMITTED:
        return SendFailed("not_admitted", broken=True, said=said)
    return SendFailed("rejected", final=True, said=said) if code >= FOR_GOOD else SendFailed("refused", said=said)


def _of_server(error: Exception) -> SendFailed:
    """Why nothing can be handed to this server now."""
    if isinstance(error, smtplib.SMTPResponseException):
        admitted = not isinstance(error, smtplib.SMTPAuthenticationError) and error.smtp_code not in NOT_ADMITTED
        reason = "refused" if admitted else "not_admitted"
        return SendFailed(reason, broken=True, said=_said(error.smtp_code, error.smtp_error))
    # smtplib calls a server that is silent one that has hung up.
    if isinstance(error, TimeoutError) or isinstance(error.__context__, TimeoutError):
        return SendFailed("timed_out", broken=True)
    if isinstance(error, ssl.SSLError | smtplib.SMTPNotSupportedError):
        return SendFailed("not_admitted", broken=True, said=type(error).__name__)
    if isinstance(error, OSError | smtplib.SMTPException):
        return SendFailed("unreachable", broken=True, said=type(error).__name__)
    raise error


def _said(code: int, words: bytes | str) -> str:
    text = words.decode(errors="replace") if isinstance(words, bytes) else words
    return f"{code} {text}"[:LONGEST_SAID]
