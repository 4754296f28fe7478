"""Every way out of this installation, as its settings have it, and a letter by which a person tries one."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from typing import NamedTuple
from uuid import uuid4

from store.access import require
from store.actor import Actor
from store.audit.operations import record
from store.notices import channels, push, push_keys, rules
from store.notices.channels import Outcome
from store.notices.robots import RobotSender
from store.notices.senders import Letter, Sender, SendFailed
from store.notices.smtp import SmtpSender
from store.notices.texts import Text
from store.notices.web_push import PushSender
from store.settings import Settings
from store.words import Words

SUBJECT = Words("安居测试消息", "Test message of Anju")
BODY = Words(
    "这是一条测试消息，收到即表示此通道可用。发送人：{name}",
    "This is a test message: who reads it knows that this channel works. Sent by {name}",
)


class Tried(NamedTuple):
    """How a test letter fared: `why` in our words, `said` in those of the other side. The latter are shown and not kept."""

    ok: bool
    why: Words
    said: str


def senders_of(settings: Settings) -> list[Sender]:
    """Chat robots and tablets always; e-mail where a server is configured. Without one, e-mail notices are held and say why."""
    pushes = PushSender(
        lambda: push_keys.private_key(settings.vapid_private_key),
        settings.base_url,
        push.forget,
        allow_private=settings.private_webhooks,
    )
    robots: list[Sender] = [RobotSender(allow_private=settings.private_webhooks), pushes]
    return [*robots, SmtpSender(settings.smtp_url)] if settings.smtp_url else robots


@contextmanager
def kept_senders(settings: Settings) -> Iterator[list[Sender]]:
    """The same for many deliveries in a row, with connections that are kept from one to the next."""
    with ExitStack() as stack:
        yield [stack.enter_context(each) if isinstance(each, SmtpSender) else each for each in senders_of(settings)]


def try_out(
    sender: Sender, address: str, *, about: str, language: str, actor: Actor, now: datetime, estate: str | None = None
) -> Tried:
    """Send one test letter at once. Audited; raises `Forbidden`. What it shows counts as the channel's health too."""
    require(actor, "people.write", estate)
    record("test_channel", about, actor=actor, now=now, estate=estate)
    text = Text(SUBJECT.text(language), BODY.fill(name=actor.name).text(language))
    letter, outcome = Letter(f"test:{uuid4().hex}", address, text, now), Outcome()
    try:
        with sender.open(sender.receiver(address)) as session:
            said = session.send(letter)
        outcome.sent = 1
        tried = Tried(True, Words("对方已接收", "The receiver took it"), said)
    except SendFailed as failure:
        outcome.add(failure, address)
        tried = Tried(False, rules.REASONS[failure.reason], failure.said)
    channels.note(sender.channel, sender.receiver(address), outcome, now)
    return tried
