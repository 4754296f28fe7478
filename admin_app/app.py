"""Makes the web application: configuration, the shell, and the parts, each of which registers itself."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode, urlsplit

from flask import Flask, redirect, request, url_for
from flask_admin import Admin
from flask_admin.theme import Bootstrap4Theme
from flask_smorest import Api
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.wrappers import Response

from admin_app import health as readiness
from admin_app.accounts import commands as account_commands
from admin_app.accounts.current import actor_or_none
from admin_app.api.register import register as register_api
from admin_app.backoffice.frame.home import Home
from admin_app.backoffice.frame.navigation import register as register_navigation
from admin_app.backoffice.frame.search import Search
from admin_app.backoffice.register import register as register_backoffice
from admin_app.portal.register import register as register_portal
from admin_app.shell import (
    assets,
    bell,
    chips,
    drafts,
    errors,
    forgery,
    formats,
    gate,
    headers,
    health,
    language,
    limits,
    markdown,
    outage,
    pace,
    preferences,
    request_ids,
    search,
    way_back,
)
from admin_app.shell.forms import BoundedRequest
from admin_app.shell.hooks import House
from admin_app.signing_in import pages as signing_in
from admin_app.tablet.register import register as register_tablet
from store.access import ROLES
from store.settings import Settings
from store.words import translated

MAX_UPLOAD = 16 * 1024 * 1024


def create_app(settings: Settings, *, configuration: Mapping[str, Any] | None = None) -> Flask:
    """The application. `configuration` overrides Flask's (tests); the store is connected by the caller."""
    app = House(__name__, static_folder=None)
    app.request_class = BoundedRequest
    app.config.update(
        SECRET_KEY=settings.secret_key,
        MAX_CONTENT_LENGTH=MAX_UPLOAD,
        MAX_FORM_MEMORY_SIZE=2 * 1024 * 1024,
        MAX_FORM_PARTS=2_000,
        TEMPLATES_AUTO_RELOAD=False,
        **(configuration or {}),
    )
    app.extensions["anju_settings"] = settings
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    _register_shell(app, settings)
    _register_parts(app)
    errors.register(app)  # last: a library's own answers to errors are replaced
    outage.register_handlers(app)
    return app


def _register_shell(app: Flask, settings: Settings) -> None:
    https = urlsplit(settings.base_url).scheme == "https"
    if https:
        # We speak plain HTTP: an https address means that exactly one proxy of ours stands in front.
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=1)  # type: ignore[method-assign]
    request_ids.register(app)
    outage.register(app)
    limits.register(app, settings.redis_url)
    pace.register(app)
    language.register(app, language=settings.language, timezone=settings.timezone)
    formats.register(app, timezone=settings.timezone)
    chips.register(app)
    markdown.register(app)
    forgery.register(app)
    gate.register(app)
    headers.register(app, https=https)
    assets.register(app)
    signing_in.register(app, settings)
    preferences.register(app)
    drafts.register(app)
    way_back.register(app)
    health.register(app)
    app.cli.add_command(account_commands.user)
    app.add_url_rule("/", endpoint="root", view_func=gate.public(_root))
    app.context_processor(_page_context)


def _register_parts(app: Flask) -> None:
    admin = Admin(app, name="安居", theme=Bootstrap4Theme(base_template="admin/base.html"), index_view=Home())
    register_navigation(app, admin)
    admin.add_view(Search())
    register_backoffice(admin)
    _register_api(app)
    register_tablet(app)
    register_portal(app)
    readiness.register(app)


def _register_api(app: Flask) -> None:
    api = Api(app, spec_kwargs={"title": "Anju", "version": "v1", "openapi_version": "3.1.0"})
    register_api(api)


def _root() -> Response:
    return redirect(url_for("admin.index"))


def _page_context() -> dict[str, Any]:
    """What the frame of every page asks for. Functions, so that pages without the frame ask nothing."""
    return {
        "theme_choice": preferences.theme,
        "visible_estates": preferences.visible_estates,
        "chosen_estate": preferences.chosen_estate,
        "bell": bell.provided,
        "search_url": lambda: url_for("search.index") if search.is_provided() else None,
        "same_page_in": lambda code: urlencode({**request.args.to_dict(flat=False), "lang": code}, doseq=True),
        "reader_or_none": actor_or_none,
        "role_words": ROLES,
        "translated": translated,
    }
