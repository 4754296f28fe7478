"""Tablets are woken: encrypted, signed, saying nothing, and never sent where nobody listens any more."""

import logging
import socket
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from store.errors import Forbidden, Invalid
from store.notices import push, push_keys
from store.notices.delivery import deliver
from store.notices.documents import Notice, PushSubscription, ServerKey
from store.notices.relay import relay
from store.notices.web_push import PushSender
from tests import cast
from tests.cast import NOW
from tests.servers import WebhookReceiver
from tests.store.notice_sources import intent, make_source, make_template, one
from tests.store.push_receiver import Browser, claims, headers_of

MINUTE = timedelta(minutes=1)
TABLET, OTHER = "tablet-1", "tablet-2"
BASE = "https://anju.example"


@pytest.fixture
def browser(database: Any, webhook: WebhookReceiver) -> Browser:
    """The guard's tablet, subscribed."""
    make_template()
    cast.make_staff("guard")
    webhook.answer(status=201)
    found = Browser(webhook)
    push.subscribe(TABLET, found.subscription, actor=cast.guard(), now=NOW)
    return found


def send(now: Any = NOW, **changes: Any) -> int:
    settings = {"allow_private": True, **changes}
    sender = PushSender(push_keys.private_key, BASE, push.forget, **settings)
    return deliver(now, [sender], base_url=BASE)


def tell(code: str = "one", **changes: Any) -> None:
    make_source(intent(channels=["app", "push"], **changes), code=code)
    relay(NOW)


def test_a_notice_wakes_the_tablet_and_says_nothing(browser: Browser, webhook: WebhookReceiver) -> None:
    tell()
    assert send() == 1
    [received] = webhook.wait_for(1)
    assert browser.read(received) == {"path": "/tablet/"}
    assert "灭火器".encode() not in received.body
    assert received.path == browser.path
    assert (one(channel="push").state, one(channel="app").state) == ("sent", "sent")
    headers = headers_of(received)
    assert (headers["urgency"], headers["topic"], headers["content-encoding"]) == ("normal", "work", "aes128gcm")


def test_what_is_urgent_says_so_to_the_push_service(browser: Browser, webhook: WebhookReceiver) -> None:
    tell(urgent=True)
    send()
    assert headers_of(webhook.wait_for(1)[0])["urgency"] == "high"


def test_another_browser_cannot_read_it(browser: Browser, webhook: WebhookReceiver) -> None:
    tell()
    send()
    with pytest.raises(Exception, match="ecrypt"):
        Browser(webhook).read(webhook.wait_for(1)[0])


def test_the_push_service_sees_by_whom_it_is_signed(browser: Browser, webhook: WebhookReceiver) -> None:
    tell()
    send()
    said, key = claims(webhook.wait_for(1)[0])
    assert key == push_keys.public_key()
    assert (said["aud"], said["sub"]) == (webhook.url, BASE)


@pytest.mark.parametrize("status", [404, 410])
def test_where_nobody_listens_any_more_the_subscription_goes(
    browser: Browser, webhook: WebhookReceiver, status: int
) -> None:
    webhook.answer(status=status)
    tell()
    send()
    assert PushSubscription.objects.count() == 0
    assert (one(channel="push").state, one(channel="push").last_error) == ("held", "unsubscribed")
    tell(code="two")
    assert not Notice.objects(channel="push", about__number="two")


@pytest.mark.parametrize("status", [429, 500, 503, 301])
def test_a_push_service_in_trouble_is_tried_again_later(
    browser: Browser, webhook: WebhookReceiver, status: int
) -> None:
    webhook.answer(status=status, headers={"Location": "/elsewhere"})
    tell()
    send()
    failed = one(channel="push")
    reason = "rate_limited" if status == 429 else "refused"
    assert (failed.state, failed.last_error, failed.attempts) == ("queued", reason, 1)
    assert [each.path for each in webhook.requests] == [browser.path]
    webhook.answer(status=201)
    assert send(failed.not_before - timedelta(milliseconds=1)) == 0
    assert send(failed.not_before) == 1
    assert one(channel="push").state == "sent"
    assert PushSubscription.objects.count() == 1


def test_a_push_service_that_hangs_is_given_up_in_time(browser: Browser, webhook: WebhookReceiver) -> None:
    webhook.answer(hang=5)
    tell()
    send(seconds=0.3)
    assert one(channel="push").last_error == "timed_out"


def test_of_an_answer_only_the_status_is_read(browser: Browser) -> None:
    """A service that never ends its answer: waiting for the rest would end in a failure."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        endpoint = f"http://127.0.0.1:{listening.getsockname()[1]}/push"
        push.subscribe(TABLET, {**browser.subscription, "endpoint": endpoint}, actor=cast.guard(), now=NOW)
        tell()
        with ThreadPoolExecutor(1) as beside:
            held = beside.submit(_answer_without_end, listening)
            send(seconds=1)
            held.result().close()
    assert one(channel="push").state == "sent"


def _answer_without_end(listening: socket.socket) -> socket.socket:
    connection, _ = listening.accept()
    connection.recv(65_536)
    connection.sendall(b"HTTP/1.1 201 Created\r\nContent-Length: 1000000\r\n\r\n.")
    return connection


def test_addresses_inside_our_network_are_refused_as_for_webhooks(browser: Browser, webhook: WebhookReceiver) -> None:
    tell()
    send(allow_private=False)
    assert (one(channel="push").state, one(channel="push").last_error) == ("dead", "private_address")
    assert not webhook.requests


def test_each_person_and_each_tablet_is_woken_for_himself(browser: Browser, webhook: WebhookReceiver) -> None:
    second = Browser(webhook, "/push/second")
    push.subscribe(OTHER, second.subscription, actor=cast.guard(), now=NOW)
    cast.make_staff("cleaner")
    tell()
    make_source(intent("cleaner", channels=["push"]), code="two")
    relay(NOW)
    send()
    assert sorted(each.path for each in webhook.wait_for(2)) == sorted([browser.path, "/push/second"])


def test_a_renewed_subscription_replaces_the_old_one(browser: Browser, webhook: WebhookReceiver) -> None:
    tell()
    push.subscribe(TABLET, Browser(webhook, "/push/new").subscription, actor=cast.guard(), now=NOW)
    send()
    assert one(channel="push").last_error == "unsubscribed"
    tell(code="two")
    send()
    assert [each.path for each in webhook.wait_for(1)] == ["/push/new"]


def test_a_tablet_that_was_enrolled_anew_is_woken_once(browser: Browser, webhook: WebhookReceiver) -> None:
    push.subscribe(OTHER, browser.subscription, actor=cast.guard(), now=NOW)
    tell()
    send()
    assert len(webhook.wait_for(1)) == 1
    assert [each.device for each in PushSubscription.objects] == [OTHER]


def test_two_people_of_one_tablet_share_its_address(browser: Browser) -> None:
    push.subscribe(TABLET, browser.subscription, actor=cast.second_guard(), now=NOW)
    assert {each.staff for each in PushSubscription.objects} == {"guard", "guard-2"}
    push.unsubscribe(TABLET, actor=cast.guard())
    assert [each.staff for each in PushSubscription.objects] == ["guard-2"]
    push.drop_device(TABLET)
    assert not PushSubscription.objects


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"endpoint": "http://push.example/x"}, "endpoint"),
        ({"endpoint": "file:///etc/passwd"}, "endpoint"),
        ({"endpoint": "https://x/" + "y" * 2000}, "endpoint"),
        ({"endpoint": {"$ne": None}}, "endpoint"),
        ({"endpoint": "https://[x/"}, "endpoint"),
        ({"endpoint": "https://127.0.0.1\\@push.example/"}, "endpoint"),
        ({"endpoint": "https://somebody@push.example/"}, "endpoint"),
        ({"endpoint": "ftp://localhost/x"}, "endpoint"),
        ({"keys": {"p256dh": "AAAA", "auth": "c2l4dGVlbiBieXRlcyBvaw"}}, "keys.p256dh"),
        ({"keys": {"p256dh": "§§§", "auth": "c2l4dGVlbiBieXRlcyBvaw"}}, "keys.p256dh"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_what_is_no_subscription_is_refused_at_its_field(browser: Browser, change: Any, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        push.subscribe(OTHER, {**browser.subscription, **change}, actor=cast.guard(), now=NOW)
    assert [problem.field for problem in refused.value.problems] == [field]
    assert PushSubscription.objects.count() == 1


def test_a_secret_of_the_wrong_length_is_refused(browser: Browser) -> None:
    keys = {**browser.subscription["keys"], "auth": "c2hvcnQ"}
    with pytest.raises(Invalid) as refused:
        push.subscribe(OTHER, {**browser.subscription, "keys": keys}, actor=cast.guard(), now=NOW)
    assert refused.value.problems[0].field == "keys.auth"


def test_who_does_no_work_is_not_woken(browser: Browser) -> None:
    with pytest.raises(Forbidden):
        push.subscribe(OTHER, browser.subscription, actor=cast.auditor(), now=NOW)


def test_no_address_and_no_key_is_ever_logged(
    browser: Browser, webhook: WebhookReceiver, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    for status in (500, 410):
        webhook.answer(status=status)
        tell(code=f"s{status}")
        send()
    secrets = [browser.path, *browser.subscription["keys"].values(), push_keys.private_key()]
    kept = str([each.to_mongo().to_dict() for each in Notice.objects])
    assert not [each for each in secrets if each in caplog.text or each in kept]


def test_the_key_is_made_once_whoever_asks_first(database: Any) -> None:
    with ThreadPoolExecutor(8) as side_by_side:
        keys = set(side_by_side.map(lambda _: push_keys.private_key(), range(16)))
    assert len(keys) == 1
    assert ServerKey.objects.count() == 1
    assert len(push_keys.decoded(push_keys.public_key())) == 65


def test_a_configured_key_is_used_and_none_is_made(database: Any) -> None:
    """The pair of RFC 8291, appendix A."""
    private = "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"
    public = "BP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A8"
    assert push_keys.public_key(private) == public
    assert ServerKey.objects.count() == 0
