"""A manager at the two doors he uses – the screens, with their forms, and the API – and the database's fingerprint."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests import cast
from tests.admin_app.conftest import SignIn, _application, app, sign_in
from tests.admin_app.content_samples import form_of, post, publish_samples
from tests.api.conftest import Program, make_token
from tests.wrong_input.fingerprint import Fingerprint, fingerprint

__all__ = ["_application", "app", "sign_in"]

Taken = Callable[[], Fingerprint]


class Doors:
    """The screens and the API, as the same manager."""

    def __init__(self, app: Flask, sign_in: SignIn) -> None:
        self.screen: FlaskClient = sign_in(cast.manager())
        self.api = Program(app, make_token(cast.manager()))

    def fill_in(self, kind: str, code: str, body: dict[str, Any], language: str, **more: str) -> TestResponse:
        """Save an entry's form with these values, and go on to publish unless `then` says otherwise."""
        known = self.draft(kind, code)
        version = known.headers["ETag"].strip('"')
        values = form_of(kind, body, **{"version": version, "then": "publish", **more})
        answer: TestResponse = post(self.screen, f"/admin/content/{kind}/{code}/?lang={language}", values)
        return answer

    def draft(self, kind: str, code: str) -> TestResponse:
        return self.api.get(f"/content/{kind}/{code}/draft")

    def save(self, kind: str, code: str, body: dict[str, Any], **headers: str) -> TestResponse:
        tag = {"If-Match": self.draft(kind, code).headers["ETag"]}
        return self.api.put(f"/content/{kind}/{code}/draft", {"body": body}, headers={**tag, **headers})

    def publish(self, kind: str, code: str, language: str = "en") -> TestResponse:
        return self.api.post(f"/content/{kind}/{code}/publication", headers={"Accept-Language": language})


@pytest.fixture
def doors(app: Flask, sign_in: SignIn) -> Doors:
    """The samples of content are in force: plan `night`, route `garage`, escalation `patrol-chain`, calendar `office`."""
    publish_samples()
    return Doors(app, sign_in)


@pytest.fixture
def taken(database: Any) -> Taken:
    """`taken()` → the fingerprint of everything that matters, as it is now."""
    return lambda: fingerprint(database)
