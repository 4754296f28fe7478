"""The application with two estates in it: `world` is everything of one, and what its neighbours must never see of it."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests import cast
from tests.admin_app.conftest import SignIn, _application, app, client, serve, sign_in
from tests.security.world import World, make_world

__all__ = ["_application", "app", "client", "serve", "sign_in"]


@pytest.fixture
def world(app: Flask) -> World:
    """Both estates, with one of everything."""
    return make_world()


@pytest.fixture
def stranger(world: World, sign_in: SignIn) -> FlaskClient:
    """A manager of the other estate, signed in: nothing of `world` exists for him."""
    return sign_in(cast.stranger())


@pytest.fixture
def administrator(world: World, sign_in: SignIn) -> FlaskClient:
    return sign_in(cast.administrator())


Ask = Callable[..., str]
