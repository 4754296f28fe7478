"""The web application on this worker's databases, people who are signed in, and a server for the browser."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from threading import Thread
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.serving import make_server

from admin_app.accounts import documents, operations
from admin_app.accounts.authority import OPERATOR
from admin_app.app import create_app
from store.actor import Actor
from tests import cast

PASSWORD = "kettle-harbour-violet"
SignIn = Callable[..., FlaskClient]


@pytest.fixture(scope="session")
def _application(settings: Any, _connected: Any) -> Flask:
    documents.ensure_indexes()
    return create_app(settings)


@pytest.fixture
def app(_application: Flask, database: Any, redis: Any) -> Flask:
    """The application with an empty database and without anybody's failed attempts."""
    return _application


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def sign_in(app: Flask) -> SignIn:
    """`sign_in(cast.manager())` → a client in whose session that member of staff is signed in."""
    return lambda who, application=app: signed_in(application, who)


def make_account(app: Flask, who: Actor, password: str = PASSWORD) -> None:
    cast.make_staff(who)
    with app.app_context():
        operations.create(who.code, password, who.code, cast.NOW, actor=OPERATOR)


def signed_in(app: Flask, who: Actor) -> FlaskClient:
    make_account(app, who)
    client = app.test_client()
    answer = log_in(client, who.code)
    assert answer.status_code == 302, answer.text
    return client


def log_in(client: FlaskClient, username: str, password: str = PASSWORD, **fields: str) -> Any:
    """Fill in the sign-in page as a browser would."""
    values = {"username": username, "password": password, "csrf_token": token_of(client), **fields}
    return client.post("/login", data=values)


def token_of(client: FlaskClient, page: str = "/login") -> str:
    """The CSRF token of a page, for forms posted by hand."""
    text = client.get(page, follow_redirects=True).text
    return text.split('name="csrf-token" content="')[1].split('"')[0]


@contextmanager
def serving(application: Flask) -> Iterator[str]:
    """The address of a real HTTP server, as long as it is needed."""
    server = make_server("127.0.0.1", 0, application, threaded=True)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


@pytest.fixture
def serve() -> Iterator[Callable[[Flask], str]]:
    """`serve(app)` → the address of a real HTTP server, for the browser."""
    with ExitStack() as servers:
        yield lambda application: servers.enter_context(serving(application))
