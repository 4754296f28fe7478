"""What each chat program is sent, and what it answers: most say “no” with HTTP 200 and a number in the body."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import quote

from store.notices.guarded import Answer
from store.notices.senders import Letter, SendFailed
from store.people.addresses import DINGTALK, FEISHU, GOTIFY, LARK, TEAMS, WEBHOOK, WECOM, Robot

PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(hours=1)
LONGEST_SAID = 300
# Bytes of UTF-8: so WeCom counts, at 2,048 for a text; the others limit the whole request at about 20 KB.
MOST_BYTES: dict[str, int] = {WECOM: 2_048, DINGTALK: 15_000, FEISHU: 15_000, LARK: 15_000, TEAMS: 20_000}
CUT = "…\n"
# HTTP's own ways to say “later”; any other 4xx stays so until somebody changes something.
_LATER = frozenset({408, 409, 421, 423, 425, 429})

Body = dict[str, Any]


@dataclass(frozen=True)
class Codes:
    """Where a program says how it went, and which of its numbers mean “too fast” or “never”; the others may pass."""

    fields: tuple[str, ...]
    said: str
    fast: frozenset[int]
    never: frozenset[int]


CODES: dict[str, Codes] = {
    WECOM: Codes(
        ("errcode",),
        "errmsg",
        frozenset({45009, 45033, 45047}),
        frozenset({40008, 40033, 40035, 40056, 40058, 40063, 44004, 45002, 93000, 93004, 93008, 93017}),
    ),
    DINGTALK: Codes(
        ("errcode",),
        "errmsg",
        frozenset({88, 130101, 130102, 410100}),
        frozenset({300001, 300005, 310000, 400013, 400101, 400102, 400105, 400106, 430101, 430102, 430103, 430104}),
    ),
    FEISHU: Codes(
        ("code", "StatusCode"),
        "msg",
        frozenset({11232, 11233, 99991400}),
        frozenset({19001, 19002, 19021, 19022, 19024, 10003}),
    ),
}
CODES[LARK] = CODES[FEISHU]


def request_for(robot: Robot, host: str, letter: Letter) -> tuple[str, Body, dict[str, str]]:
    """(address, body, headers)."""
    text = _text(robot, letter)
    url = robot.url or host + robot.path
    # A webhook can tell a repetition by this.
    headers = {"X-Anju-Notice": quote(letter.id, safe=":,-_."), **dict(robot.headers)}
    return url + _signed_query(robot, letter), _BODIES[robot.program](robot, letter, text), headers


def _text(robot: Robot, letter: Letter) -> str:
    text = f"{letter.text.subject}\n{letter.text.body}".strip()
    if robot.keyword and robot.keyword not in text:
        text = f"{robot.keyword} {text}"
    return cut(text, MOST_BYTES.get(robot.program, 0))


def cut(text: str, most_bytes: int) -> str:
    """At most so many bytes of UTF-8, cut between two characters; the last line stays if it is a link. 0: no limit."""
    if not most_bytes or len(text.encode()) <= most_bytes:
        return text
    last = text.rpartition("\n")[2]
    end = CUT + last if last.startswith(("https://", "http://")) else CUT.strip()
    room = most_bytes - len(end.encode())
    if room <= 0:
        end, room = "", most_bytes
    return text.encode()[:room].decode(errors="ignore").rstrip() + end


def _digest(key: str, message: str) -> str:
    return base64.b64encode(hmac.new(key.encode(), message.encode(), hashlib.sha256).digest()).decode()


def _signed_query(robot: Robot, letter: Letter) -> str:
    if robot.program != DINGTALK or not robot.secret:
        return ""
    stamp = int(letter.at.timestamp() * 1000)
    sign = quote(_digest(robot.secret, f"{stamp}\n{robot.secret}"), safe="")
    return f"&timestamp={stamp}&sign={sign}"


def _wecom(robot: Robot, letter: Letter, text: str) -> Body:
    return {"msgtype": "text", "text": {"content": text}}


def _feishu(robot: Robot, letter: Letter, text: str) -> Body:
    body: Body = {"msg_type": "text", "content": {"text": text}}
    if robot.secret:
        stamp = int(letter.at.timestamp())
        # Here the key is what is signed, and nothing the message.
        body |= {"timestamp": str(stamp), "sign": _digest(f"{stamp}\n{robot.secret}", "")}
    return body


def _teams(robot: Robot, letter: Letter, text: str) -> Body:
    card = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "body": [{"type": "TextBlock", "text": text, "wrap": True}],
    }
    attached = {"contentType": "application/vnd.microsoft.card.adaptive", "content": card}
    return {"type": "message", "attachments": [attached]}


def _gotify(robot: Robot, letter: Letter, text: str) -> Body:
    return {"title": letter.text.subject, "message": letter.text.body, "priority": 8 if letter.urgent else 5}


def _webhook(robot: Robot, letter: Letter, text: str) -> Body:
    kind = "warning" if letter.urgent else "info"
    told = {
        "version": "1.0",
        "title": letter.text.subject,
        "message": letter.text.body,
        "attachments": [],
        "type": kind,
    }
    return {**told, **dict(robot.extra)}


_BODIES: dict[str, Callable[[Robot, Letter, str], Body]] = {
    WECOM: _wecom,
    DINGTALK: _wecom,
    FEISHU: _feishu,
    LARK: _feishu,
    TEAMS: _teams,
    GOTIFY: _gotify,
    WEBHOOK: _webhook,
}


def check(robot: Robot, answer: Answer) -> str:
    """What the program said, if it took the message. Raises `SendFailed`."""
    said = answer.body[:LONGEST_SAID].decode(errors="replace").strip()
    _check_status(answer, said)
    codes = CODES.get(robot.program)
    if codes:
        _check_codes(codes, answer, said)
    return said or f"HTTP {answer.status}"


def _check_status(answer: Answer, said: str) -> None:
    status, said = answer.status, f"HTTP {answer.status} {said}".strip()
    if status == 429 or (status == 503 and "retry-after" in answer.headers):
        raise SendFailed("rate_limited", later=_retry_after(answer.headers), said=said)
    if 400 <= status < 500 and status not in _LATER:
        raise SendFailed("rejected", final=True, said=said)
    if not 200 <= status < 300:
        raise SendFailed("refused", said=said)


def _retry_after(headers: Mapping[str, str]) -> timedelta:
    """In seconds or as a date, which is read by the clock of who wrote it."""
    text = headers.get("retry-after", "").strip()
    if text.isascii() and text.isdigit():
        wanted = timedelta(seconds=min(int(text), LONGEST_PAUSE.total_seconds()))
    else:
        try:
            wanted = parsedate_to_datetime(text) - parsedate_to_datetime(headers.get("date", ""))
        except (ValueError, TypeError):
            wanted = PAUSE
    return max(min(wanted, LONGEST_PAUSE), timedelta(seconds=1))


def _check_codes(codes: Codes, answer: Answer, said: str) -> None:
    try:
        body = json.loads(answer.body)
        found = next(body[name] for name in codes.fields if name in body)
        code, words = int(found), f"{found} {body.get(codes.said, '')}"[:LONGEST_SAID]
    except (ValueError, TypeError, StopIteration, AttributeError):
        # Not the program's own answer: a gateway, a sign-in page of the network.
        raise SendFailed("refused", said=said) from None
    if code in codes.fast:
        raise SendFailed("rate_limited", later=PAUSE, said=words)
    if code in codes.never:
        raise SendFailed("rejected", final=True, said=words)
    if code != 0:
        raise SendFailed("refused", said=words)
