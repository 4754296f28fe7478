"""The whole product on a clock of the test: a served application, workers, a mail server, and people at browsers."""

import logging
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask import Flask

from store.settings import Settings
from tests.admin_app.conftest import _application, app, serve
from tests.browser.clockwork import Background, Clock, with_mail
from tests.browser.people import Person
from tests.servers import SmtpReceiver

__all__ = ["_application", "app", "serve"]

ZONE = ZoneInfo("Asia/Shanghai")
TUESDAY = 1


def next_tuesday(now: datetime) -> datetime:
    """Ten in the morning of the first Tuesday that is at least a day away.

    Not in the past: MongoDB removes sessions by its own clock, which no test can set.
    """
    day = now.astimezone(ZONE).date() + timedelta(days=1)
    day += timedelta(days=(TUESDAY - day.weekday()) % 7)
    return datetime.combine(day, time(10), ZONE).astimezone(UTC)


@pytest.fixture
def start() -> datetime:
    """When the test begins: a Tuesday, ten in the morning."""
    return next_tuesday(datetime.now(UTC))


@pytest.fixture
def clock(start: datetime, monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(start, monkeypatch)


@pytest.fixture
def site(app: Flask, serve: Callable[[Flask], str], clock: Clock) -> str:
    """The address of the application, served on the test's clock."""
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    return serve(app)


@pytest.fixture
def background(
    settings: Settings, site: str, clock: Clock, smtp: SmtpReceiver, monkeypatch: pytest.MonkeyPatch
) -> Background:
    return Background(with_mail(settings, smtp.url, site), clock, monkeypatch)


@pytest.fixture
def at_a_browser(chromium: Any, site: str) -> Iterator[Callable[..., Person]]:
    """`at_a_browser(cast.manager())` → that person, signed in, in a browser context of his own."""
    contexts = []

    def sit_down(who: Any, **options: Any) -> Person:
        person = Person(chromium, site, who, **options)
        contexts.append(person.context)
        return person

    yield sit_down
    for context in contexts:
        context.close()
