"""Rules of notices: what a template may say, when who may be disturbed, and how failures back off. Pure functions."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo
from functools import lru_cache
from typing import Any, NamedTuple

from store.errors import Problem
from store.words import Words

APP, EMAIL, APPRISE, PUSH = "app", "email", "apprise", "push"
CHANNELS: dict[str, Words] = {
    APP: Words("站内", "In the app"),
    EMAIL: Words("邮件", "E-mail"),
    APPRISE: Words("群机器人", "Chat robot"),
    PUSH: Words("平板推送", "Push to the tablet"),
}
STATES: dict[str, Words] = {
    "queued": Words("待发送", "Queued"),
    "leased": Words("发送中", "Being sent"),
    "sent": Words("已发送", "Sent"),
    "held": Words("暂不发送", "Held back"),
    "dead": Words("发送失败", "Dead"),
}
# Why the last attempt did not end well. The other side's own words are not kept: they may repeat an address.
REASONS: dict[str, Words] = {
    "no_smtp": Words("没有配置邮件服务器（SMTP_URL）", "No mail server is configured (SMTP_URL)"),
    "in_digest": Words("并入每日摘要", "Goes out with the daily digest"),
    "reader_unknown": Words("收件人已离职或不存在", "The reader has left or does not exist"),
    "no_address": Words("收件人没有此渠道的地址", "The reader has no address for this channel"),
    "bad_address": Words("地址不能使用", "The address cannot be used"),
    "private_address": Words("地址指向内部网络，拒绝发送", "The address points into the internal network"),
    "refused": Words("对方暂时拒收，稍后再试", "The receiver refused it for now"),
    "rejected": Words("对方拒收，不会再试", "The receiver rejected it for good"),
    "rate_limited": Words("对方限制频率，稍后再试", "The receiver wants fewer messages"),
    "not_admitted": Words("邮件服务器不接受登录", "The mail server does not admit us"),
    "unreachable": Words("连接不上对方", "The receiver cannot be reached"),
    "timed_out": Words("对方没有按时应答", "The receiver did not answer in time"),
    "unsubscribed": Words("平板不再接收推送", "The tablet no longer takes push messages"),
    "not_written": Words("通知内容无法生成", "The text could not be written"),
}

# What templates may name; `store/notices/texts.py` fills it.
PLACEHOLDERS = (
    "number", "title", "place", "due", "late", "late_minutes", "name", "estate", "step", "link", "date", "count", "checkpoints",
    "answer",
)  # fmt: skip
MISSING = "—"
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_CONTROL = re.compile(r"[\s\x00-\x1f\x7f\u2028\u2029]+")
LONGEST_SUBJECT = 200

# Whoever has more ordinary e-mails waiting than this gets them in one letter, but never more than so many.
MOST_LETTERS, MOST_IN_A_BUNDLE = 5, 100
MOST_ATTEMPTS = 8
TROUBLE_IS_NEWS = timedelta(hours=24)
# One wrong address is no trouble of the mail server; so many in a row, with nothing taken in between, are.
REFUSALS_ARE_TROUBLE = 3
LONGEST_PAUSE = timedelta(hours=1)
DIGEST_AT = time(8, 0)
DIGEST_TEMPLATE = "digest"


@dataclass(frozen=True)
class Reader:
    """A member of staff as somebody who is told things."""

    code: str
    name: Words
    language: str = "zh"
    email: str | None = None
    targets: tuple[str, ...] = ()
    # His push subscriptions, one for each tablet.
    pushes: tuple[str, ...] = ()
    quiet: tuple[time, time] | None = None
    digest: bool = False
    is_group: bool = False


class Sending(NamedTuple):
    """When a notice goes out, and whether it does so inside the digest of that moment."""

    not_before: datetime
    in_digest: bool = False


def check_template(body: Mapping[str, Any]) -> list[Problem]:
    """Known placeholders only, and no other braces, so that a typing error is seen before anybody is told `{numbr}`."""
    problems = []
    for name in ("subject", "body"):
        for language, text in (body.get(name) or {}).items():
            problems += _check_text(str(text), f"{name}.{language}")
    return problems


def _check_text(text: str, path: str) -> list[Problem]:
    unknown = [found for found in _PLACEHOLDER.findall(text) if found not in PLACEHOLDERS]
    words = Words("没有名为「{name}」的占位符", "There is no placeholder named “{name}”")
    problems = [Problem("unknown_placeholder", words.fill(name=name), path) for name in dict.fromkeys(unknown)]
    if set(_PLACEHOLDER.sub("", text)) & set("{}"):
        problems.append(Problem("stray_brace", Words("花括号没有成对", "A brace is left over"), path))
    return problems


def fill(text: str, values: Mapping[str, str]) -> str:
    """Put values in place of `{name}`: once, from left to right, so that a value is never read as a template.

    `str.format` would let a template reach into Python's objects (`{name.__class__}`); here a name is only a key.
    """

    def value(match: re.Match[str]) -> str:
        name = match.group(1)
        return values.get(name) or MISSING if name in PLACEHOLDERS else match.group(0)

    return _PLACEHOLDER.sub(value, text)


@lru_cache(maxsize=256)
def named_in(text: str) -> frozenset[str]:
    """The placeholders of a template's text."""
    return frozenset(_PLACEHOLDER.findall(text)) & frozenset(PLACEHOLDERS)


def one_line(text: str) -> str:
    """`text` as a subject: a line break in a title must not become a second header."""
    return _CONTROL.sub(" ", text).strip()[:LONGEST_SUBJECT]


def notice_key(kind: str, record_id: object, event: int, recipient: str, channel: str, target: str | None) -> str:
    """The deterministic id; a reader's robots are told apart by the digest of their address."""
    by = f"{channel}-{target}" if target else channel
    return f"{kind}:{record_id}:{event}:{recipient}:{by}"


def digest_key(recipient: str, not_before: datetime) -> str:
    return f"digest:{recipient}:{not_before:%Y%m%dT%H%M}:{EMAIL}"


def bundle_id(keys: Sequence[str]) -> str:
    """The id of a letter that carries these notices: the same for the same notices."""
    return "bundle:" + hashlib.sha256("\n".join(sorted(keys)).encode()).hexdigest()[:32]


def target_id(url: str) -> str:
    """Tells an address from others without giving it away: robots' addresses are their passwords."""
    return hashlib.sha256(url.encode()).hexdigest()[:16]


def sending(channel: str, urgent: bool, reader: Reader | None, zone: tzinfo, now: datetime) -> Sending:
    """When this reader may be told by this channel. In the app nobody is disturbed; what is urgent waits for nobody."""
    if reader is None or urgent or channel == APP:
        return Sending(now)
    if channel == EMAIL and reader.digest:
        return Sending(quiet_end(reader.quiet, zone, next_digest(zone, now)), in_digest=True)
    return Sending(quiet_end(reader.quiet, zone, now))


def quiet_end(quiet: tuple[time, time] | None, zone: tzinfo, moment: datetime) -> datetime:
    """The end of the quiet hours that `moment` lies in, else `moment`. The first minute is quiet, the last is not."""
    if quiet is None or quiet[0] == quiet[1]:
        return moment
    start, end = quiet
    local = moment.astimezone(zone)
    at = local.time()
    inside = start <= at < end if start < end else at >= start or at < end
    if not inside:
        return moment
    day = local.date() if at < end else local.date() + timedelta(days=1)
    return datetime.combine(day, end, zone).astimezone(UTC)


def next_digest(zone: tzinfo, now: datetime) -> datetime:
    """The next moment at which digests go out; what comes at that very moment waits a day."""
    local = now.astimezone(zone)
    day = local.date() if local.time() < DIGEST_AT else local.date() + timedelta(days=1)
    return datetime.combine(day, DIGEST_AT, zone).astimezone(UTC)


def pause_after(attempts: int, least: timedelta = timedelta()) -> timedelta | None:
    """How long to wait after the attempt of this number (1, 2, 4 … minutes, at most an hour); None: it was the last.

    `least` is what the receiver itself has asked for.
    """
    if attempts >= MOST_ATTEMPTS:
        return None
    return min(max(timedelta(minutes=2 ** (attempts - 1)), least), LONGEST_PAUSE)


def in_trouble(failing_since: datetime | None, last_failure: datetime | None, now: datetime) -> bool:
    """Whether people are told that a channel fails. What was not tried for a day – a robot that was taken out of use –
    says nothing any more."""
    return failing_since is not None and last_failure is not None and now - last_failure <= TROUBLE_IS_NEWS


def wanted_channels(channels: Sequence[str] | None) -> tuple[frozenset[str], tuple[str, ...]]:
    """An intent's `channels`: the kinds its readers are told by (all when none is named), and robots of groups."""
    named = channels or ()
    kinds = frozenset(each for each in named if each in CHANNELS)
    return kinds or frozenset(CHANNELS), tuple(each for each in named if "://" in each)


def ways(reader: Reader, kinds: frozenset[str]) -> list[tuple[str, str | None]]:
    """(channel, target) for everything by which the reader is reached."""
    # A group has no inbox.
    found: list[tuple[str, str | None]] = [(APP, None)] if APP in kinds and not reader.is_group else []
    if EMAIL in kinds and reader.email:
        found.append((EMAIL, None))
    if APPRISE in kinds:
        found += [(APPRISE, target_id(url)) for url in reader.targets]
    if PUSH in kinds:
        found += [(PUSH, target_id(address)) for address in reader.pushes]
    return found
