"""The tablet app, built and served, and tablets in people's hands."""

from tests.admin_app.conftest import _application, app, client, serve

__all__ = ["_application", "app", "client", "serve"]
