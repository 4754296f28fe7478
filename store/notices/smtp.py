"""E-mail. A few connections carry a whole run of batches; TLS is used whenever the server offers it."""

import smtplib
import ssl
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cached_property
from types import TracebackType
from typing import Self
from urllib.parse import parse_qs, unquote, urlsplit

from store.notices.mail_text import PLAIN_ADDRESS, message_bytes, message_of
from store.notices.rules import EMAIL
from store.notices.senders import Letter, SendFailed, Session
from store.notices.smtp_dialogue import Dialogue

SECONDS = 8.0
# Beside one another; `connections=1` in the address is for a server that takes no more from one house.
CONNECTIONS = 4
# SMTP's answers: 5xx is for good, but for those that say that we must sign in first; 421 ends the connection.
FOR_GOOD = 500
SHUTTING_DOWN = 421
NOT_ADMITTED = frozenset({530, 534, 535, 538})
LONGEST_SAID = 300
NOTHING_WRONG = 250
DEFAULT_PORTS = {"smtp": 25, "smtps": 465}


class SmtpSender:
    """`smtp[s]://user:password@host:port/?from=anju@company.cn&connections=4`; `smtps` is TLS from the first byte.

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
        self._seconds = seconds
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

    @contextmanager
    def open(self, receiver: str) -> Iterator[Session]:
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
            return _SmtpSession(self._connect(), self._from)
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
            connection = smtplib.SMTP_SSL(self._host, self._port, timeout=self._seconds, context=self._secure)
        else:
            connection = smtplib.SMTP(self._host, self._port, timeout=self._seconds)
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
    return min(max(int(asked), 1), CONNECTIONS) if asked.isdecimal() else CONNECTIONS


class _SmtpSession:
    """`is_sound`: the last letter was taken or refused in order, and another may follow."""

    def __init__(self, connection: smtplib.SMTP, sender: str) -> None:
        self.is_sound = True
        self._connection = connection
        self._dialogue = Dialogue(connection, sender)
        self._from = sender

    def send(self, letter: Letter) -> str:
        self.is_sound = False
        try:
            said = self._hand_over(letter)
        except SendFailed as failure:
            self.is_sound = not failure.broken
            raise
        self.is_sound = True
        return _said(NOTHING_WRONG, said)

    def _hand_over(self, letter: Letter) -> bytes:
        try:
            if PLAIN_ADDRESS.fullmatch(letter.address):
                return self._dialogue.hand_over(letter.address, message_bytes(letter, self._from))
            self._connection.send_message(message_of(letter, self._from), self._from, [letter.address])
            return b"OK"
        except (smtplib.SMTPNotSupportedError, UnicodeError):
            raise SendFailed("bad_address", final=True) from None
        except smtplib.SMTPRecipientsRefused as error:
            raise _of_letter(*next(iter(error.recipients.values()), (0, b""))) from None
        except smtplib.SMTPResponseException as error:
            raise _of_letter(error.smtp_code, error.smtp_error) from None
        except (OSError, smtplib.SMTPException) as error:
            failure = _of_server(error)
            failure.unsure = self._dialogue.is_over_to_them
            raise failure from None

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
