"""A tablet asks to be woken, and to be left alone; other tokens may not."""

from typing import Any

import pytest
from flask import Flask

from store.notices.documents import PushSubscription
from store.notices.push_keys import public_key
from tests import cast
from tests.api.conftest import AsProgram, Program, body_of, make_tablet_token
from tests.servers import WebhookReceiver
from tests.store.push_receiver import Browser

HERE = "/field/push-subscription"


@pytest.fixture
def tablet(app: Flask) -> Program:
    return Program(app, make_tablet_token(cast.guard()))


def test_it_subscribes_and_unsubscribes(tablet: Program, webhook: WebhookReceiver) -> None:
    subscription = Browser(webhook).subscription
    for _ in range(2):
        assert tablet.ask("PUT", HERE, json=subscription).status_code == 204
    [kept] = PushSubscription.objects
    assert (kept.staff, kept.endpoint) == ("guard", subscription["endpoint"])
    for _ in range(2):
        assert tablet.ask("DELETE", HERE).status_code == 204
    assert not PushSubscription.objects


def test_the_bundle_names_the_key_to_subscribe_with(tablet: Program) -> None:
    assert body_of(tablet.get("/field/bundle"))["push_key"] == public_key()


@pytest.mark.parametrize("body", [{}, {"endpoint": "http://push.example/", "keys": {}}, {"endpoint": 7}, []])
def test_what_is_none_is_named(tablet: Program, body: Any) -> None:
    assert tablet.ask("PUT", HERE, json=body).status_code in (400, 422)
    assert not PushSubscription.objects


def test_only_tablets_may(program: AsProgram, webhook: WebhookReceiver) -> None:
    refused = program(cast.guard()).ask("PUT", HERE, json=Browser(webhook).subscription)
    assert (refused.status_code, body_of(refused)["code"]) == (403, "not_a_device")
