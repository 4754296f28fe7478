"""A letter as the bytes of an e-mail. `email.message` takes a hundred times as long, and most of a delivery was that.

What is written here is read by the standard library as the very message that it would have written itself; addresses
beyond plain ASCII are left to it.
"""

import base64
import hashlib
import re
from collections.abc import Iterator
from datetime import datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from functools import lru_cache

from store.notices.rules import one_line
from store.notices.senders import Letter, SendFailed

PLAIN_ADDRESS = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*"
)
# What a header, and what a body, may say as it is. `=?` would be read as the beginning of an encoded word.
_PLAIN_HEADER = re.compile(r"(?!.*=\?)[\x20-\x7e]{0,60}")
_PLAIN_BODY = re.compile(r"[\t\n\x20-\x7e]*")
# A line that holds encoded words has at most 76 characters (RFC 2047), `Subject: ` or `To: ` included. A name in one word
# is read well by programs too that put a space between two.
_BYTES_OF_SUBJECT, _BYTES_OF_NAME = 39, 45
_LONGEST_LINE = 998


def message_bytes(letter: Letter, sender: str) -> bytes:
    """The whole message with CRLF, to an address that is `PLAIN_ADDRESS`."""
    how, body = _body(letter.text.body)
    lines = [
        _from_line(sender),
        f"To: {_to(letter.name, letter.address)}",
        f"Subject: {_words(one_line(letter.text.subject), _BYTES_OF_SUBJECT)}",
        f"Date: {_date(letter.at.replace(microsecond=0))}",
        f"Message-ID: {message_id(letter.id, sender)}",
        "Auto-Submitted: auto-generated",
        *(("Importance: high",) if letter.urgent else ()),
        "MIME-Version: 1.0",
        'Content-Type: text/plain; charset="utf-8"',
        f"Content-Transfer-Encoding: {how}",
        "",
    ]
    return "\r\n".join(lines).encode("ascii") + b"\r\n" + body


# The same readers, and the same second, come again and again.
@lru_cache(maxsize=256)
def _to(reader: str, address: str) -> str:
    name = one_line(reader)
    if not name:
        return address
    if _PLAIN_HEADER.fullmatch(name):
        quoted = re.sub(r'(["\\])', r"\\\1", name)
        return f'"{quoted}" <{address}>'
    return f"{_words(name, _BYTES_OF_NAME)}\r\n <{address}>"


@lru_cache(maxsize=8)
def _date(second: datetime) -> str:
    return format_datetime(second)


def _words(text: str, most: int) -> str:
    """`text` as it stands, or in encoded words, one to a line."""
    if _PLAIN_HEADER.fullmatch(text):
        return text
    return "\r\n ".join(f"=?utf-8?b?{base64.b64encode(each).decode()}?=" for each in _pieces(text, most))


def _pieces(text: str, most: int) -> Iterator[bytes]:
    """Cut between characters: each encoded word is decoded by itself."""
    whole, begin = text.encode(errors="replace"), 0
    while begin < len(whole) or not begin:
        end = begin + most
        while end < len(whole) and whole[end] & 0xC0 == 0x80:  # in the middle of a character
            end -= 1
        yield whole[begin:end]
        begin = end


def _body(text: str) -> tuple[str, bytes]:
    """(encoding, body with CRLF); lines end as `email` has them end."""
    lines = text.encode(errors="replace").splitlines() or [b""]
    if _PLAIN_BODY.fullmatch(text) and max(map(len, lines)) <= _LONGEST_LINE:
        return "7bit", b"\r\n".join(lines) + b"\r\n"
    return "base64", base64.encodebytes(b"\n".join(lines) + b"\n").replace(b"\n", b"\r\n")


@lru_cache(maxsize=8)
def _from_line(sender: str) -> str:
    message = EmailMessage(policy=SMTP)
    try:
        message["From"] = sender
    except (ValueError, IndexError, MessageError):
        raise SendFailed("bad_address", final=True) from None
    return message.as_bytes().decode("ascii").partition("\r\n\r\n")[0].rstrip("\r\n")


def message_of(letter: Letter, sender: str) -> EmailMessage:
    """The same message by the standard library, to whatever address. Raises `SendFailed` `bad_address`.

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


def message_id(letter_id: str, sender: str) -> str:
    """The same for every attempt of a letter: a mailbox shows a repeated message once."""
    domain = sender.rpartition("@")[2].strip("<> ") or "anju"
    return f"<{hashlib.sha256(letter_id.encode()).hexdigest()[:32]}@{domain}>"
