"""E-mail. One connection carries a whole batch; TLS is used whenever the server offers it."""

import hashlib
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from urllib.parse import parse_qs, unquote, urlsplit

from store.notices.rules import EMAIL, one_line
from store.notices.senders import Letter, SendFailed, Session

SECONDS = 8.0
DEFAULT_PORTS = {"smtp": 25, "smtps": 465}


class SmtpSender:
    """`smtp[s]://user:password@host:port/?from=anju@company.cn`; `smtps` is TLS from the first byte.

    Without `from` the user is the sender's address if it is one, else `anju@host`.
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
        self._from = parse_qs(parts.query).get("from", [fallback])[0]

    def receiver(self, address: str) -> str:
        return ""  # one mail server takes all letters

    @contextmanager
    def open(self, receiver: str) -> Iterator[Session]:
        try:
            connection = self._connect()
        except smtplib.SMTPAuthenticationError:
            raise SendFailed("refused", broken=True) from None
        except TimeoutError:
            raise SendFailed("timed_out", broken=True) from None
        except (OSError, smtplib.SMTPException):
            raise SendFailed("unreachable", broken=True) from None
        try:
            yield _SmtpSession(connection, self._from)
        finally:
            _close(connection)

    def _connect(self) -> smtplib.SMTP:
        secure = ssl.create_default_context()
        connection: smtplib.SMTP
        if self._tls:
            connection = smtplib.SMTP_SSL(self._host, self._port, timeout=self._seconds, context=secure)
        else:
            connection = smtplib.SMTP(self._host, self._port, timeout=self._seconds)
        try:
            connection.ehlo_or_helo_if_needed()
            if not self._tls and connection.has_extn("starttls"):
                connection.starttls(context=secure)
            if self._user:
                connection.login(self._user, self._password)
        except BaseException:
            connection.close()
            raise
        return connection


class _SmtpSession:
    def __init__(self, connection: smtplib.SMTP, sender: str) -> None:
        self._connection = connection
        self._from = sender

    def send(self, letter: Letter) -> None:
        message = message_of(letter, self._from)
        try:
            self._connection.send_message(message, self._from, [letter.address])
        except smtplib.SMTPServerDisconnected:
            raise SendFailed("unreachable", broken=True) from None
        except (smtplib.SMTPNotSupportedError, UnicodeError):
            raise SendFailed("bad_address", final=True) from None
        except smtplib.SMTPException:
            raise SendFailed("refused") from None  # smtplib has reset the session: the next letter may go
        except TimeoutError:
            raise SendFailed("timed_out", broken=True) from None
        except OSError:
            raise SendFailed("unreachable", broken=True) from None


def message_of(letter: Letter, sender: str) -> EmailMessage:
    """The message as it goes out. Raises `SendFailed` `bad_address`.

    Header injection is impossible twice over: subject and names are one line, and `email` refuses line breaks.
    """
    message = EmailMessage()
    try:
        to = Address(display_name=one_line(letter.name), addr_spec=letter.address)
        message["From"] = sender
        message["To"] = to
    except (ValueError, IndexError, MessageError):  # what `email` raises for an address it cannot read
        raise SendFailed("bad_address", final=True) from None
    message["Subject"] = one_line(letter.text.subject)
    message["Date"] = format_datetime(letter.at)
    message["Message-ID"] = message_id(letter.id, sender)
    message["Auto-Submitted"] = "auto-generated"
    if letter.urgent:
        message["Importance"] = "high"
    message.set_content(letter.text.body)
    return message


def message_id(notice_id: str, sender: str) -> str:
    """The same for every attempt of a notice: a mailbox shows a repeated message once."""
    domain = sender.rpartition("@")[2].strip("<> ") or "anju"
    return f"<{hashlib.sha256(notice_id.encode()).hexdigest()[:32]}@{domain}>"


def _close(connection: smtplib.SMTP) -> None:
    with suppress(OSError, smtplib.SMTPException):
        connection.quit()
    connection.close()
