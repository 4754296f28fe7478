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
# SMTP's answers: 5xx is for good, but for those that say that we must sign in first; 421 ends the connection.
FOR_GOOD = 500
SHUTTING_DOWN = 421
NOT_ADMITTED = frozenset({530, 534, 535, 538})
LONGEST_SAID = 300
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
        except Exception as error:
            # Whatever a server says before the first letter is about us, not about a letter: it may be mended any minute.
            raise _of_server(error) from None
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

    def send(self, letter: Letter) -> str:
        message = message_of(letter, self._from)
        try:
            self._connection.send_message(message, self._from, [letter.address])
        except (smtplib.SMTPNotSupportedError, UnicodeError):
            raise SendFailed("bad_address", final=True) from None
        except smtplib.SMTPRecipientsRefused as error:
            raise _of_letter(*next(iter(error.recipients.values()), (0, b""))) from None
        except smtplib.SMTPResponseException as error:
            raise _of_letter(error.smtp_code, error.smtp_error) from None
        except (OSError, smtplib.SMTPException) as error:
            raise _of_server(error) from None
        return "250 OK"


def _of_letter(code: int, words: bytes | str) -> SendFailed:
    """A server's answer to a sender, a recipient or a text. After it smtplib has reset the session: the next may go."""
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
