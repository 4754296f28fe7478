"""Sign-in with Flask-Security: our form, our pages, sessions regenerated at login and dead at logout."""

from base64 import b64encode
from datetime import timedelta
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

import mongoengine
from flask import Flask, abort, g, request, session
from flask_login import user_logged_in, user_logged_out
from flask_security import MongoEngineUserDatastore, Security, password_changed
from flask_security.forms import LoginForm
from wtforms import BooleanField, Field, StringField
from wtforms.validators import InputRequired, Length

from admin_app.accounts import sessions, trail
from admin_app.accounts.current import signed_in
from admin_app.accounts.documents import SECOND_FACTOR_ROLES, Account
from admin_app.accounts.operations import MINIMUM_LENGTH, normal_username
from admin_app.shell import gate
from admin_app.shell.paths import own_path
from admin_app.signing_in import attempts, factors
from store import clock
from store.settings import Settings

# Kept from the session of the visitor who signs in; all else, the CSRF token too, is made anew.
_CARRIED_OVER = {"language", "_user_id", "_fresh", "_id", "keep"}
_FACTOR_PAGES = {
    "two_factor_setup": gate.PUBLIC,
    "two_factor_setup_validate": gate.PUBLIC,
    "two_factor_token_validation": gate.PUBLIC,
    "two_factor_rescue": gate.PUBLIC,
    "tf_select": gate.PUBLIC,
    "mf_recovery": gate.PUBLIC,
    "mf_recovery_codes": gate.SIGNED_IN,
}
_PAGES = {"login": gate.PUBLIC, "logout": gate.PUBLIC, "verify": gate.SIGNED_IN, "change_password": gate.SIGNED_IN}


class SignInForm(LoginForm):
    """Username and password; `keep` holds the session for two weeks on a device of one's own."""

    username = StringField(validators=[InputRequired(), Length(max=64)], render_kw={"autocomplete": "username"})
    keep = BooleanField()
    email = StringField()  # the library expects it; nobody is asked for it
    remember = None

    def validate_next(self, field: Field) -> None:
        """A foreign address is dropped quietly: signing in then leads to the first page."""
        field.data = own_path(field.data) or ""

    def validate(self, **kwargs: Any) -> bool:
        self.ifield = self.username
        self.user = Account.objects(username=normal_username(self.username.data or "")).first()
        valid: bool = super().validate(**kwargs)
        if valid:
            session["keep"] = bool(self.keep.data)
        return valid


class AccountStore(MongoEngineUserDatastore):
    """The library's store, which knows the account of an open session from the look-up that all pages share."""

    def find_user(self, case_insensitive: bool = False, **query: Any) -> Account | None:
        if set(query) == {"fs_uniquifier"} and session.get("_user_id") == query["fs_uniquifier"]:
            found = signed_in()
            if found is not None:
                return found.account
        account: Account | None = super().find_user(case_insensitive, **query)
        return account

    def tf_set(self, user: Account, primary_method: str, totp_secret: str | None = None, phone: None = None) -> None:
        """Called at every sign-in with a code, too; then there is nothing to set."""
        if totp_secret != user.tf_totp_secret or primary_method != user.tf_primary_method:
            trail.note_own("account_factor_on", user, now=clock.now())
            super().tf_set(user, primary_method, totp_secret)

    def tf_reset(self, user: Account) -> None:
        trail.note_own("account_factor_off", user, now=clock.now())
        Account.objects(id=user.id).update_one(unset__tf_primary_method=True, unset__tf_totp_secret=True)

    def mf_set_recovery_codes(self, user: Account, rcs: list[str] | None) -> None:
        trail.note_own("account_recovery_codes", user, now=clock.now())
        super().mf_set_recovery_codes(user, rcs)

    def mf_delete_recovery_code(self, user: Account, idx: int) -> bool:
        """The form has taken it out already, in one update with its check."""
        trail.note_own("account_recovery_used", user, now=clock.now())
        return True


def register(app: Flask, settings: Settings) -> None:
    app.config.update(_configuration(settings))
    datastore = AccountStore(mongoengine, Account, None)
    security = Security(
        app,
        datastore,
        login_form=SignInForm,
        two_factor_rescue_form=factors.RescueForm,
        mf_recovery_form=factors.OnceRecoveryForm,
        totp_cls=factors.OnceTotp,
    )
    # People sign in on pages; the library's JSON variant would also hand out tokens that we do not know.
    security.want_json(lambda request: False)
    app.before_request(_forms_only)
    for name, requirement in {**_PAGES, **_FACTOR_PAGES}.items():
        gate.declare(app, f"security.{name}", requirement)
    app.before_request(factors.keep_who_is_in)
    attempts.register(app)
    user_logged_in.connect(_open, app)
    user_logged_out.connect(_close, app)
    password_changed.connect(_end_other_sessions, app)


def _forms_only() -> None:
    page = request.blueprint == "security" and request.method == "POST"
    if page and request.mimetype not in {"application/x-www-form-urlencoded", "multipart/form-data", ""}:
        abort(415)


def _configuration(settings: Settings) -> dict[str, Any]:
    https = urlsplit(settings.base_url).scheme == "https"
    return {
        "SESSION_COOKIE_NAME": "__Host-anju" if https else "anju",
        "SESSION_COOKIE_SECURE": https,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "PERMANENT_SESSION_LIFETIME": sessions.KEPT_IDLE,
        "SECURITY_PASSWORD_HASH": "argon2",
        "SECURITY_PASSWORD_SCHEMES": ["argon2"],
        "SECURITY_PASSWORD_SINGLE_HASH": True,
        "SECURITY_PASSWORD_HASH_PASSLIB_OPTIONS": {
            "argon2__type": "ID",
            "argon2__time_cost": 2,
            "argon2__memory_cost": 19_456,
            "argon2__parallelism": 1,
        },
        "SECURITY_PASSWORD_LENGTH_MIN": MINIMUM_LENGTH,
        "SECURITY_RETURN_GENERIC_RESPONSES": True,
        "SECURITY_USER_IDENTITY_ATTRIBUTES": [{"username": {"mapper": normal_username}}],
        "SECURITY_API_ENABLED_METHODS": ["session"],
        "SECURITY_FRESHNESS_ALLOW_AUTH_TOKEN": False,
        "SECURITY_LOGOUT_METHODS": ["POST"],
        "SECURITY_POST_LOGIN_VIEW": "/admin/",
        "SECURITY_POST_LOGOUT_VIEW": "/login",
        "SECURITY_CHANGEABLE": True,
        "SECURITY_CHANGE_URL": "/account/password",
        "SECURITY_POST_CHANGE_VIEW": "/admin/",
        "SECURITY_SEND_PASSWORD_CHANGE_EMAIL": False,
        "SECURITY_TWO_FACTOR": True,
        # Who must have one is asked of the account: `Account.check_tf_required`.
        SECOND_FACTOR_ROLES: settings.second_factor,
        "SECURITY_TWO_FACTOR_AUTHENTICATOR_VALIDITY": 30,
        "SECURITY_TWO_FACTOR_ENABLED_METHODS": ["authenticator"],
        "SECURITY_TWO_FACTOR_RESCUE_EMAIL": False,
        "SECURITY_TWO_FACTOR_SETUP_URL": "/account/second-factor",
        "SECURITY_TWO_FACTOR_TOKEN_VALIDATION_URL": "/login/code",
        "SECURITY_TWO_FACTOR_RESCUE_URL": "/login/rescue",
        "SECURITY_TWO_FACTOR_SELECT_URL": "/login/factor",
        "SECURITY_TWO_FACTOR_POST_SETUP_VIEW": "/account/second-factor",
        "SECURITY_MULTI_FACTOR_RECOVERY_CODES": True,
        "SECURITY_MULTI_FACTOR_RECOVERY_CODES_URL": "/account/recovery-codes",
        "SECURITY_MULTI_FACTOR_RECOVERY_URL": "/login/recovery",
        "SECURITY_TOTP_SECRETS": {"1": _derived(settings.secret_key, "totp")},
        "SECURITY_TOTP_ISSUER": "Anju",
        "SECURITY_FRESHNESS": timedelta(hours=12),
        "SECURITY_REDIRECT_ALLOW_SUBDOMAINS": False,
        "SECURITY_CACHE_CONTROL": None,  # every page says no-store already
    }


def _derived(secret: str, purpose: str) -> str:
    """A key of its own for each purpose, so that none reveals another."""
    return b64encode(sha256(f"anju/{purpose}/{secret}".encode()).digest()).decode()


def _open(app: Flask, user: Account) -> None:
    """A new session for the one who signs in: nothing that was planted before survives, and the token is new."""
    for key in set(session) - _CARRIED_OVER:
        session.pop(key)
    g.pop("csrf_token", None)
    now = clock.now()
    keep = bool(session.pop("keep", False))
    session.permanent = keep
    browser = request.user_agent.string
    session["sign_in"] = sessions.open_sign_in(
        user.id, keep=keep, address=request.remote_addr, browser=browser, now=now
    )
    Account.objects(id=user.id).update_one(set__last_sign_in_at=now)
    attempts.remember_place(user)
    g.pop("actor", None)


def _close(app: Flask, user: Account) -> None:
    sessions.close_sign_in(session.get("sign_in"))
    language = session.get("language")
    session.clear()
    if language:
        session["language"] = language
    g.pop("actor", None)


def _end_other_sessions(app: Flask, user: Account, **_: object) -> None:
    trail.note_own("account_own_password", user, now=clock.now())
    sessions.close_all(user.id, but=session.get("sign_in"))
