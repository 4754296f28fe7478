"""Delivery to real receivers on loopback: mail, webhooks, and what they do to us."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from store.notices import operations, sending
from store.notices.delivery import deliver
from store.notices.documents import Notice
from store.notices.guarded import public_addresses
from store.notices.mail_text import message_of
from store.notices.relay import relay
from store.notices.robots import RobotSender
from store.notices.senders import Letter, SendFailed
from store.notices.smtp import SmtpSender
from store.notices.texts import Text
from tests import cast
from tests.cast import NOW
from tests.servers import SmtpReceiver, WebhookReceiver
from tests.store.notice_sources import intent, keys, make_notice, make_source, make_template, one

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def _company(database: Any) -> None:
    make_template()


def robots(**settings: Any) -> RobotSender:
    return RobotSender(allow_private=True, **settings)


def hook(webhook: WebhookReceiver, path: str = "/hook") -> str:
    return webhook.url.replace("http://", "json://") + path


def send(smtp: SmtpReceiver, now: datetime = NOW, **settings: Any) -> int:
    return deliver(now, [SmtpSender(smtp.url), robots()], base_url="https://anju.example", **settings)


def test_mail_is_written_in_the_readers_language(smtp: SmtpReceiver) -> None:
    cast.make_staff("guard", language="en")
    make_source(intent("guard", params={"title": {"zh": "查灭火器", "en": "Check"}, "due": NOW}, channels=["email"]))
    relay(NOW)
    assert send(smtp) == 1
    [message] = smtp.wait_for(1)
    assert message["Subject"] == "Reminder one: Check"
    assert message["To"] == "卫安朗 <guard@anju.example>"
    assert message.get_content().strip() == "卫安朗, 阳光花园 2026-11-24 10:00"
    sent = one(channel="email")
    assert sent.state == "sent"
    assert sent.sent_at >= NOW


@pytest.mark.parametrize(("language", "told"), [("zh", "13 小时 7 分"), ("en", "13 h 7 min")])
def test_how_late_it_is_is_told_as_people_say_it(smtp: SmtpReceiver, language: str, told: str) -> None:
    cast.make_staff("guard", language=language)
    make_template(subject="{late}", now=NOW + MINUTE)
    make_source(intent("guard", params={"title": "查灭火器", "late_minutes": 787}, channels=["email"]), now=NOW + HOUR)
    relay(NOW + HOUR)
    send(smtp, NOW + HOUR)
    assert smtp.wait_for(1)[0]["Subject"] == told


def test_the_pinned_revision_is_sent_even_when_a_newer_one_is_in_force(smtp: SmtpReceiver) -> None:
    cast.make_staff("guard")
    make_notice()
    make_template(subject="二版", now=NOW + MINUTE)
    send(smtp, NOW + MINUTE)
    assert smtp.wait_for(1)[0]["Subject"] == "提醒 one：灭火器检查"


def test_without_a_template_something_is_said_all_the_same(smtp: SmtpReceiver) -> None:
    cast.make_staff("guard")
    make_notice(template="never-published")
    send(smtp)
    assert smtp.wait_for(1)[0]["Subject"] == "one 灭火器检查"


def test_a_repeated_letter_has_the_same_message_id(smtp: SmtpReceiver) -> None:
    """Killed after the server took it and before the mark: the lease runs out and it is sent again."""
    cast.make_staff("guard")
    make_notice()
    send(smtp)
    Notice.objects(channel="email").update(state="leased", lease_token="dead-worker", not_before=NOW + MINUTE)
    send(smtp, NOW + MINUTE)
    first, second = smtp.wait_for(2)
    assert first["Message-ID"] == second["Message-ID"]


def test_a_batch_goes_through_one_connection(smtp: SmtpReceiver, monkeypatch: pytest.MonkeyPatch) -> None:
    cast.make_staff("guard")
    for number in range(5):
        make_notice(code=f"s{number}")
    opened: list[int] = []
    connect = SmtpSender._connect

    def counted(self: SmtpSender) -> Any:
        opened.append(1)
        return connect(self)

    monkeypatch.setattr(SmtpSender, "_connect", counted)
    send(smtp)
    assert len(smtp.wait_for(5)) == 5
    assert len(opened) == 1


def test_a_title_cannot_add_a_header_or_a_reader(smtp: SmtpReceiver) -> None:
    cast.make_staff("guard")
    make_notice(params={"title": "x\r\nBcc: victim@example.com\r\n\r\nevil"})
    send(smtp)
    [message] = smtp.wait_for(1)
    assert message["Bcc"] is None
    assert "Bcc: victim@example.com" in message["Subject"]
    assert smtp.recipients == [["guard@anju.example"]]


@pytest.mark.parametrize("address", ["", "a@b\r\nBcc: v@example.com", "a@b>, <v@example.com", "@", "no-at"])
def test_an_address_that_is_none_is_refused(address: str) -> None:
    letter = Letter("id", address, Text("s", "b"), NOW)
    with pytest.raises(SendFailed, match="bad_address"):
        message_of(letter, "anju@example.com")


def test_a_name_cannot_add_a_header() -> None:
    letter = Letter("id", "a@example.com", Text("s", "b"), NOW, name="x\r\nBcc: v@example.com")
    message = message_of(letter, "anju@example.com")
    assert message["Bcc"] is None
    assert len(message["To"].addresses) == 1


def test_refused_mail_backs_off_and_comes_later(smtp: SmtpReceiver) -> None:
    cast.make_staff("guard")
    make_notice()
    smtp.refusal = "451 try later, guard@anju.example"
    send(smtp)
    failed = one(channel="email")
    assert (failed.state, failed.attempts, failed.last_error) == ("queued", 1, "refused")
    smtp.refusal = None
    assert send(smtp, NOW + 59 * timedelta(seconds=1)) == 0
    send(smtp, NOW + 2 * MINUTE)
    smtp.wait_for(1)
    assert one(channel="email").state == "sent"


def test_one_refused_letter_does_not_stop_those_behind_it(smtp: SmtpReceiver) -> None:
    cast.make_staff("guard", email="用户@例子.公司")  # this server offers no SMTPUTF8
    cast.make_staff("desk")
    make_source(intent("guard", "desk", channels=["email"]))
    relay(NOW)
    send(smtp)
    smtp.wait_for(1)
    assert one(channel="email", recipient="desk").state == "sent"
    assert (one(channel="email", recipient="guard").state) == "dead"


def test_a_server_that_is_away_fails_all_letters_at_once(smtp: SmtpReceiver) -> None:
    cast.make_staff("guard")
    for number in range(3):
        make_notice(code=f"s{number}")
    deliver(NOW, [SmtpSender("smtp://127.0.0.1:1")])
    assert [each.last_error for each in Notice.objects(channel="email")] == ["unreachable"] * 3


def test_without_a_mail_server_mail_is_held_with_a_reason_and_sent_when_there_is_one(smtp: SmtpReceiver) -> None:
    cast.make_staff("guard")
    make_notice()
    make_notice(code="old", now=NOW - 30 * HOUR)
    deliver(NOW - 30 * HOUR, [robots()])
    deliver(NOW, [robots()])
    assert [(each.state, each.last_error) for each in Notice.objects(channel="email")] == [("held", "no_smtp")] * 2
    send(smtp, NOW + HOUR)
    assert smtp.wait_for(1)[0]["Subject"].startswith("提醒 one")
    time.sleep(0.05)
    assert len(smtp.messages) == 1, "yesterday's reminder stays held"


def test_a_reader_without_an_address_any_more_is_a_dead_notice(smtp: SmtpReceiver) -> None:
    cast.make_staff("guard")
    make_notice()
    from store.people.documents import Staff

    Staff.objects(code="guard").update(unset__email=1)
    send(smtp)
    assert (one(channel="email").state, one(channel="email").last_error) == ("dead", "no_address")


def test_a_webhook_gets_text_and_an_id_to_tell_repetitions(webhook: WebhookReceiver) -> None:
    cast.make_staff("guard", channels=[{"url": hook(webhook)}])
    make_notice("apprise")
    deliver(NOW, [robots()])
    [request] = webhook.wait_for(1)
    assert request.json["title"] == "提醒 one：灭火器检查"
    assert request.headers["X-Anju-Notice"] == one(channel="apprise").key
    assert one(channel="apprise").state == "sent"


def test_a_group_robot_named_by_the_intent_is_told(webhook: WebhookReceiver) -> None:
    make_source(intent(to=[], channels=[hook(webhook, "/group")]))
    relay(NOW)
    deliver(NOW, [robots()])
    assert webhook.wait_for(1)[0].path == "/group"


def test_a_channel_among_the_recipients_is_told_by_its_robot_only(webhook: WebhookReceiver) -> None:
    cast.make_entry("channel", "guards-group", {"name": "保安群", "url": hook(webhook, "/guards")})
    make_source(intent(to=["channel:guards-group"]))
    relay(NOW)
    deliver(NOW, [robots()])
    assert webhook.wait_for(1)[0].path == "/guards"
    assert [notice.channel for notice in Notice.objects] == ["apprise"]


def test_a_webhook_that_says_no_backs_off(webhook: WebhookReceiver) -> None:
    cast.make_staff("guard", channels=[{"url": hook(webhook)}])
    make_notice("apprise")
    webhook.answer(status=503)
    deliver(NOW, [robots()])
    failed = one(channel="apprise")
    assert (failed.state, failed.attempts, failed.last_error) == ("queued", 1, "refused")


def test_a_redirect_is_not_followed(webhook: WebhookReceiver) -> None:
    cast.make_staff("guard", channels=[{"url": hook(webhook) + "?redirect=yes"}])
    make_notice("apprise")
    webhook.answer(status=302, headers={"Location": webhook.url + "/elsewhere"})
    deliver(NOW, [robots()])
    assert [each.path for each in webhook.requests] == ["/hook"]
    assert one(channel="apprise").state == "queued"


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("json://127.0.0.1/", "private_address"),
        ("json://localhost/", "private_address"),
        ("json://169.254.169.254/latest", "private_address"),
        ("jsons://[::1]/", "private_address"),
        ("jsons://[::ffff:127.0.0.1]/", "private_address"),
        ("json://2130706433/", "private_address"),
        ("syslog://", "bad_address"),
        ("dbus://", "bad_address"),
        ("mailto://user:pass@example.com", "bad_address"),
    ],
)
def test_addresses_that_would_reach_into_the_house_are_refused(url: str, reason: str) -> None:
    letter = Letter("id", url, Text("s", "b"), NOW)
    with pytest.raises(SendFailed, match=reason), RobotSender().open(url) as session:
        session.send(letter)


def test_public_addresses_are_public() -> None:
    assert public_addresses("93.184.216.34") == ["93.184.216.34"]
    for inside in ("10.1.2.3", ""):
        with pytest.raises(SendFailed, match="private_address"):
            public_addresses(inside)


def test_a_hanging_receiver_does_not_hold_up_the_others(smtp: SmtpReceiver, webhook: WebhookReceiver) -> None:
    cast.make_staff("guard", channels=[{"url": hook(webhook, "/hangs")}])
    cast.make_staff("desk")
    for number in range(5):
        make_source(intent("guard", "desk", channels=["apprise", "email"]), code=f"s{number}")
    relay(NOW)
    webhook.answer(hang=30)
    began = time.monotonic()
    deliver(NOW, [SmtpSender(smtp.url), robots(seconds=0.4)])
    assert time.monotonic() - began < 3, "two time-outs, and the other three letters are not tried"
    assert len(smtp.wait_for(10)) == 10
    assert {each.last_error for each in Notice.objects(channel="apprise")} == {"timed_out"}
    assert len(webhook.requests) == 2


class Dribbler:
    """A receiver whose session never ends by itself, as a server that sends a byte now and then."""

    channel = "apprise"

    def __init__(self) -> None:
        self.seconds = 0.6

    def receiver(self, address: str) -> str:
        return address

    def open(self, receiver: str) -> "Dribbler":
        return self

    def __enter__(self) -> "Dribbler":
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def send(self, letter: Letter) -> str:
        time.sleep(self.seconds)
        return ""


def test_what_no_timeout_ends_is_left_behind_and_cannot_mark_later(monkeypatch: pytest.MonkeyPatch) -> None:
    cast.make_staff("guard", channels=[{"url": "json://example.com"}])
    make_notice("apprise")
    monkeypatch.setattr(sending, "LATE", 0.1)
    deliver(NOW, [Dribbler()], seconds=0.1)
    assert (one(channel="apprise").state, one(channel="apprise").last_error) == ("queued", "timed_out")
    time.sleep(0.7)
    assert one(channel="apprise").state == "queued", "the late thread's mark is refused: its lease is gone"


def test_a_run_that_is_over_gives_the_rest_back(monkeypatch: pytest.MonkeyPatch) -> None:
    cast.make_staff("guard", channels=[{"url": "json://example.com"}])
    for number in range(3):
        make_notice("apprise", code=f"s{number}")
    deliver(NOW, [Dribbler()], seconds=0.3)
    states = sorted((each.state, each.attempts) for each in Notice.objects(channel="apprise"))
    assert states == [("queued", 0), ("queued", 0), ("sent", 0)]


class Exploding(Dribbler):
    def send(self, letter: Letter) -> str:
        raise ZeroDivisionError


def test_a_senders_own_mistake_is_a_failed_attempt_not_a_lost_batch() -> None:
    cast.make_staff("guard", channels=[{"url": "json://example.com"}])
    make_notice("apprise")
    deliver(NOW, [Exploding()])
    assert (one(channel="apprise").state, one(channel="apprise").attempts) == ("queued", 1)


def test_four_deliveries_at_once_send_each_letter_once(smtp: SmtpReceiver) -> None:
    cast.make_staff("guard")
    for number in range(60):
        make_notice(code=f"s{number}", urgent=True)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: send(smtp, limit=10), range(12)))
    assert len(smtp.messages) == 60
    assert len({message["Message-ID"] for message in smtp.messages}) == 60


def test_a_notice_held_by_the_quiet_hours_is_sent_at_their_end(smtp: SmtpReceiver) -> None:
    cast.make_staff("guard", quiet_start="22:00", quiet_end="07:00")
    night = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)  # 23:00 in Shanghai
    morning = datetime(2026, 11, 24, 23, 0, tzinfo=UTC)
    make_notice(now=night)
    assert send(smtp, night) == 0
    assert send(smtp, morning - timedelta(milliseconds=1)) == 0
    assert send(smtp, morning) == 1


@pytest.mark.parametrize("urgent", [False, True])
def test_what_is_tried_again_keeps_the_quiet_hours_too_unless_it_is_urgent(smtp: SmtpReceiver, urgent: bool) -> None:
    cast.make_staff("guard", quiet_start="22:00", quiet_end="07:00")
    evening = datetime(2026, 11, 24, 13, 59, 30, tzinfo=UTC)
    make_notice(now=evening, urgent=urgent)
    smtp.refusal = "451 later"
    send(smtp, evening)
    smtp.refusal = None
    send(smtp, evening + 2 * MINUTE)
    assert len(smtp.messages) == int(urgent)
    assert one(channel="email").attempts == 1
    send(smtp, datetime(2026, 11, 24, 23, 0, tzinfo=UTC))
    assert len(smtp.wait_for(1)) == 1


def test_urgent_is_sent_in_the_quiet_hours(smtp: SmtpReceiver) -> None:
    cast.make_staff("guard", quiet_start="22:00", quiet_end="07:00", digest=True)
    night = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)
    make_notice(now=night, urgent=True)
    assert send(smtp, night) == 1


DIGEST: dict[str, Any] = {"subject": {"zh": "摘要 {count} 条"}, "body": {"zh": "{name} {estate}\n{title}\n{link}"}}
MORNING = datetime(2026, 11, 25, 0, 0, tzinfo=UTC)  # 08:00 in Shanghai


@pytest.fixture
def _digests() -> None:
    make_template("digest", **DIGEST)
    cast.make_staff("guard", digest=True)


@pytest.mark.usefixtures("_digests")
def test_a_digest_gathers_a_days_mail(smtp: SmtpReceiver) -> None:
    make_notice()
    make_notice(code="two", now=NOW + HOUR)
    assert send(smtp, MORNING - timedelta(milliseconds=1)) == 0
    assert send(smtp, MORNING) == 1
    [message] = smtp.wait_for(1)
    assert message["Subject"] == "摘要 2 条"
    assert message.get_content().splitlines()[:3] == ["卫安朗 阳光花园", "提醒 one：灭火器检查", "提醒 two：灭火器检查"]
    assert {each.state for each in Notice.objects(channel="email")} == {"sent"}
    assert send(smtp, MORNING + HOUR) == 0


@pytest.mark.usefixtures("_digests")
def test_what_comes_late_into_a_digest_that_is_out_goes_out_after_it(smtp: SmtpReceiver) -> None:
    make_notice()
    send(smtp, MORNING)
    make_notice(code="late", now=MORNING - MINUTE)  # a relay that was frozen over eight o'clock
    send(smtp, MORNING + MINUTE)
    first, second = smtp.wait_for(2)
    assert second["Subject"] == "摘要 1 条"
    assert "late" in second.get_content()
    assert first["Message-ID"] != second["Message-ID"]


@pytest.mark.usefixtures("_digests")
def test_what_comes_into_a_digest_on_its_way_is_not_lost(smtp: SmtpReceiver, monkeypatch: pytest.MonkeyPatch) -> None:
    make_notice()
    mark_sent = operations.mark_sent

    def after_somebody_adds(notice: Notice, now: datetime) -> bool:
        make_notice(code="late", now=MORNING - MINUTE)
        return mark_sent(notice, now)

    with monkeypatch.context() as patch:
        patch.setattr(operations, "mark_sent", after_somebody_adds)
        send(smtp, MORNING)
    send(smtp, MORNING + MINUTE)
    assert "late" in smtp.wait_for(2)[1].get_content()
    assert keys(channel="email", state__ne="sent") == []


@pytest.mark.usefixtures("_digests")
def test_a_digest_killed_before_its_mark_tells_nothing_twice(
    smtp: SmtpReceiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_notice()
    with monkeypatch.context() as patch:
        patch.setattr(operations, "mark_sent", lambda *_: False)
        send(smtp, MORNING)
    send(smtp, MORNING + 2 * MINUTE)
    assert len(smtp.messages) == 1
    assert keys(channel="email", state__ne="sent") == []
