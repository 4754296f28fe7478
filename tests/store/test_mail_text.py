"""Letters as bytes: what the standard library reads in them is what it would have written itself."""

import re
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.policy import SMTP, default

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from store.notices.mail_text import PLAIN_ADDRESS, message_bytes, message_of
from store.notices.senders import Letter
from store.notices.smtp_dialogue import _dotted
from store.notices.texts import Text
from tests.cast import NOW

SENDERS = st.sampled_from(["anju@anju.example", "Anju <no-reply@mail.example.com>", "安居 <anju@anju.example>"])
HEADERS = ["From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "Importance"]
KINDS = ["MIME-Version", "Content-Type"]
# The library itself reads an encoded word in what it is given to write, and keeps control characters as they come.
SIGNS = st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="=")
LINES = st.text(SIGNS | st.sampled_from("\n\t.=水梯é🚰"), max_size=200)
LONG_LINES = st.builds(
    lambda word, times: word * times,
    st.sampled_from(["a", "水", ". ", "..\n", "é "]),
    st.sampled_from([1, 80, 400, 1_000]),
)
LOCAL = st.from_regex(r"[a-zA-Z0-9!#$%&'*+/=?^_`{|}~-]{1,20}(\.[a-z0-9-]{1,10})?", fullmatch=True)
DOMAIN = st.from_regex(r"[a-z0-9]{1,10}(\.[a-z0-9]{1,10}){0,2}", fullmatch=True)
LETTERS = st.builds(
    Letter,
    id=st.text(max_size=60),
    address=st.builds("{}@{}".format, LOCAL, DOMAIN),
    text=st.builds(Text, subject=st.text(SIGNS, max_size=120), body=LINES | LONG_LINES),
    at=st.integers(0, 4 * 10**9).map(lambda second: datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=second)),
    name=st.text(SIGNS, max_size=11),
    urgent=st.booleans(),
)


def read(data: bytes) -> EmailMessage:
    return message_from_bytes(data, policy=default)


def letter(subject: str = "提醒", body: str = "内容", name: str = "") -> Letter:
    return Letter("id", "a@example.com", Text(subject, body), NOW, name)


# The library takes milliseconds for each.
@settings(max_examples=60, deadline=None)
@given(LETTERS, SENDERS)
def test_what_is_read_is_what_the_library_would_have_written(letter: Letter, sender: str) -> None:
    ours, theirs = read(message_bytes(letter, sender)), read(message_of(letter, sender).as_bytes(policy=SMTP))
    for name in (*HEADERS, *KINDS):
        assert str(ours[name]) == str(theirs[name]), name
    assert [each.addr_spec for each in ours["To"].addresses] == [letter.address]
    assert ours.get_content().splitlines() == theirs.get_content().splitlines()
    assert not ours.defects


@settings(deadline=None)
@given(LETTERS, SENDERS)
def test_every_line_can_go_over_the_wire(letter: Letter, sender: str) -> None:
    data = message_bytes(letter, sender)
    assert data.isascii()
    assert data.endswith(b"\r\n")
    lines = data.split(b"\r\n")
    assert not any(b"\r" in line or b"\n" in line for line in lines)
    assert max(map(len, lines)) <= 998
    assert max(len(line) for line in lines if b"=?utf-8?b?" in line or not line) <= 76


@settings(deadline=None)
@given(st.text(st.sampled_from(".\n a水"), max_size=60))
def test_a_line_with_a_dot_arrives_as_it_was(body: str) -> None:
    sent = _dotted(message_bytes(letter(body=body), "anju@anju.example"))
    assert sent.endswith(b"\r\n.\r\n")
    text = sent[: -len(b".\r\n")]
    assert b"\r\n.\r\n" not in text
    taken = b"\r\n".join(line[1:] if line.startswith(b".") else line for line in text.split(b"\r\n"))
    assert read(taken).get_content().split() == body.split()


@pytest.mark.parametrize("text", ["=?utf-8?q?hidden?=", "a =?utf-8?b?5rC0?= b", "100% = 100%?=", 'quote " and \\'])
def test_what_looks_like_an_encoded_word_is_told_as_it_is(text: str) -> None:
    message = read(message_bytes(letter(subject=text, name=text), "anju@anju.example"))
    assert message["Subject"] == text
    assert message["To"].addresses[0].display_name == text


def test_a_name_that_takes_two_words_is_one_name() -> None:
    """By RFC 2047 the space between two encoded words is none; the library's own reader of names keeps it."""
    name = "阳光花园小区物业服务中心夜间值班室主任王小明"
    raw = message_bytes(letter(name=name), "anju@anju.example")
    [line] = re.findall(rb"^To: (.*?)\r\n <", raw, re.MULTILINE | re.DOTALL)
    assert str(make_header(decode_header(line.decode()))) == name


def test_a_subject_and_a_name_cannot_add_a_header() -> None:
    evil = "x\r\nBcc: victim@example.com\r\n\r\nevil"
    message = read(message_bytes(letter(subject=evil, name=evil), "anju@anju.example"))
    assert message["Bcc"] is None
    assert len(message["To"].addresses) == 1


@pytest.mark.parametrize(
    "address", ["a@b\r\nRCPT TO:<v@x>", "a b@c", "a@b>", "<a@b", "用户@例子.公司", "a@", "@b", "a@b\n"]
)
def test_an_address_that_is_not_plain_is_left_to_the_library(address: str) -> None:
    assert not PLAIN_ADDRESS.fullmatch(address)


def test_plain_words_are_readable_in_the_source() -> None:
    data = message_bytes(letter(subject="Lift stands still", body="Room 3-1201\n"), "anju@anju.example")
    assert b"\r\nSubject: Lift stands still\r\n" in data
    assert data.endswith(b"\r\n\r\nRoom 3-1201\r\n")
