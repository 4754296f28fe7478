"""The tablet app, built and served, and tablets in people's hands.

`tablet()` gives a `Tablet` (`tablets.py`) that nobody is enrolled on; `tablet(who)` one on which this member of staff is at
work, with what the server had for him. A second call is a second tablet. All are on `site`, on the real clock.
"""

import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from store.actor import Actor
from tests import cast
from tests.admin_app.conftest import _application, app, client, make_account, serve
from tests.tablet.building import build
from tests.tablet.tablets import Tablet

__all__ = ["_application", "app", "client", "serve"]


@pytest.fixture(scope="session")
def built_app() -> None:
    build()


@pytest.fixture
def company(database: Any) -> None:
    """Estates, departments and the whole cast as staff."""
    cast.make_company(cast.LONG_AGO)


@pytest.fixture
def site(app: Flask, company: None, built_app: None, serve: Callable[[Flask], str]) -> str:
    """The address of the application with the built app."""
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    return serve(app)


@pytest.fixture
def tablet(chromium: Any, site: str, app: Flask, tmp_path: Path) -> Iterator[Callable[..., Tablet]]:
    tablets: list[Tablet] = []

    def hand_out(who: Actor | None = None, **options: Any) -> Tablet:
        made = Tablet(chromium, site, tmp_path / f"tablet-{len(tablets)}", **options)
        tablets.append(made)
        if who is not None:
            make_account(app, who)
            made.enrol(who)
        return made

    yield hand_out
    for each in tablets:
        each.stop()
