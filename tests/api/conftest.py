"""Programs that talk to the API: an application, tokens, clients that send them."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from admin_app.accounts import documents
from admin_app.accounts.documents import Account
from admin_app.app import create_app
from admin_app.tokens import operations as tokens
from store import clock
from store.actor import SYSTEM, Actor
from store.devices import operations as devices
from tests import cast

ROOT = "/api/v1"


class Program:
    """A program with a token: `get`, `post`, `put`, `delete` below `/api/v1`."""

    def __init__(self, app: Flask, secret: str) -> None:
        self.client: FlaskClient = app.test_client(use_cookies=False)
        self.headers = {"Authorization": f"Bearer {secret}", "Accept-Language": "en"}
        self.secret = secret

    def ask(self, method: str, path: str, headers: dict[str, str] | None = None, **options: Any) -> TestResponse:
        return self.client.open(ROOT + path, method=method, headers={**self.headers, **(headers or {})}, **options)

    def get(self, path: str, **options: Any) -> TestResponse:
        return self.ask("GET", path, **options)

    def post(self, path: str, body: Any = None, **options: Any) -> TestResponse:
        return self.ask("POST", path, **({"json": body} if body is not None else {}), **options)

    def put(self, path: str, body: Any, **options: Any) -> TestResponse:
        return self.ask("PUT", path, json=body, **options)

    def delete(self, path: str, **options: Any) -> TestResponse:
        return self.ask("DELETE", path, **options)


AsProgram = Callable[..., Program]


@pytest.fixture(scope="session")
def _api_application(settings: Any, _connected: Any) -> Flask:
    documents.ensure_indexes()
    return create_app(settings)


@pytest.fixture
def app(_api_application: Flask, database: Any, redis: Any) -> Flask:
    return _api_application


def make_account(who: Actor) -> None:
    """The password is nobody's: hashing is slow."""
    cast.make_staff(who)
    if Account.objects(username=who.code).first() is None:
        Account(username=who.code, staff=who.code, password="-", fs_uniquifier=who.code).save(force_insert=True)


def make_token(who: Actor, scopes: tuple[str, ...] = ("all",)) -> str:
    """A token of a member of staff, with the account it belongs to."""
    make_account(who)
    return tokens.mint(who.code, list(scopes), name="test", actor=SYSTEM, now=clock.now()).secret


TABLET = cast.TABLET


def make_tablet_token(who: Actor, device: str = TABLET, name: str = "巡更平板 1") -> str:
    """A token of a member of staff on a tablet; he is enrolled there, as by the tablet's own page."""
    make_account(who)
    devices.enrol(device, name, actor=replace(who, roles=who.roles | {"system"}), now=clock.now())
    return tokens.mint(who.code, ["all"], name=name, actor=SYSTEM, now=clock.now(), device=device).secret


@pytest.fixture
def program(app: Flask) -> AsProgram:
    """`program(cast.desk())` → a client with a token of that member of staff."""
    return lambda who, *scopes: Program(app, make_token(who, scopes or ("all",)))


@pytest.fixture
def item(database: Any) -> str:
    """A service item in force that takes every kind."""
    cast.make_estate()
    cast.make_department("repair", cast.LONG_AGO)
    cast.publish("service_category", "repair", {"name": {"zh": "维修"}, "department": "repair"}, cast.LONG_AGO)
    kinds = ["enquiry", "repair", "complaint", "suggestion"]
    values = {"urgency": "normal", "response_minutes": 30, "resolve_minutes": 1440, "department": "repair"}
    body = {"name": {"zh": "水管漏水"}, "category": "repair", "kinds": kinds, "clause": "3.2", **values}
    cast.publish("service_item", "leak", body, cast.LONG_AGO)
    return "leak"


def intake(**changes: Any) -> dict[str, Any]:
    """What a desk program sends to record a request."""
    values = {"estate": cast.ESTATE, "kind": "enquiry", "item": "leak", "channel": "api", "words": "厨房漏水"}
    return {**values, **changes}


def described_by_house(app: Flask) -> dict[str, Any]:
    """The description without the types of content, each of which tells the operations on content once more."""
    found: dict[str, Any] = app.extensions["flask-smorest"]["apis"][""]["ext_obj"].spec.to_dict()
    return found


def body_of(answer: TestResponse) -> Any:
    """The JSON of an answer."""
    return answer.get_json()
