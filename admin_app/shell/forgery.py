"""Cross-site request forgery: one check for everything a browser session can open."""

from flask import Flask
from flask_wtf.csrf import CSRFError, CSRFProtect
from flask_wtf.form import FlaskForm

from store.errors import AnjuError
from store.words import Words

_protect = CSRFProtect()


class ForgedRequest(AnjuError):
    """The request does not carry the token of its session: too old a page, or another site's form."""

    def __init__(self) -> None:
        super().__init__(
            "csrf_failed",
            Words(
                "页面已过期，请刷新后重试（未保存任何内容）",
                "This page has expired; reload and try again (nothing was saved)",
            ),
        )


class SecureMeta(FlaskForm.Meta):
    """`Meta` for forms that are not `FlaskForm`s (Flask-Admin's): the same token as every other form."""


def register(app: Flask) -> None:
    # The gate calls `check`, because only it knows which doors are opened by a token instead of a session.
    app.config["WTF_CSRF_CHECK_DEFAULT"] = False
    app.config["WTF_CSRF_TIME_LIMIT"] = None  # the token lives as long as its session
    _protect.init_app(app)


def check() -> None:
    """Raises `ForgedRequest` unless the method is safe or the token fits the session."""
    try:
        _protect.protect()
    except CSRFError as error:
        raise ForgedRequest from error
