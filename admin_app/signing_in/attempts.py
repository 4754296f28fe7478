"""How often one may try to sign in: guessing is slow from everywhere, and nobody locks somebody else out.

Failures are counted for an account and the place they come from. A browser that has been signed in to the account before
(a signed cookie) counts for itself, so that not even a neighbour behind the same router is in its way. Over all unknown
places together an account takes a number of guesses that is far above what people mistype and far below what finds a
password; known browsers and known addresses are not held up by it.
"""

from collections.abc import Callable
from functools import cache, wraps
from hashlib import sha256
from secrets import token_urlsafe
from typing import Any

from flask import Flask, Response, after_this_request, current_app, g, request, session
from flask_limiter.util import get_remote_address
from itsdangerous import BadData, URLSafeTimedSerializer

from admin_app.accounts.documents import Account
from admin_app.shell.limits import limiter

# After ten mistakes one waits at most five minutes, and longer only who goes on guessing.
PLACE_LIMIT = "10 per 5 minutes;40 per hour"
ADDRESS_LIMIT = "60 per 15 minutes"
UNKNOWN_LIMIT = "100 per hour"
UNKNOWN_CODES_LIMIT = "30 per hour"
SESSION_LIMIT = "10 per 15 minutes"
_KNOWN_DAYS = 180
# On the computer of a desk many sign in.
_MOST_ACCOUNTS = 12
_MOST_ADDRESSES = 10


def register(app: Flask) -> None:
    limits = {
        "login": _limited_login,
        "two_factor_token_validation": _limited_code,
        "mf_recovery": _limited_code,
        "change_password": _limited_password,
        "verify": _limited_password,
    }
    for name, limited in limits.items():
        app.view_functions[f"security.{name}"] = limited(app.view_functions[f"security.{name}"])


def remember_place(account: Account) -> None:
    """This browser and this address belong to the account from now on: its owner has just signed in there."""
    address = request.remote_addr
    if address and address not in account.known_addresses:
        kept = {"$push": {"known_addresses": {"$each": [address], "$slice": -_MOST_ADDRESSES}}}
        Account._get_collection().update_one({"_id": account.id}, kept)
    known, own = _browser(), _hashed(account.username)
    accounts = [own, *(each for each in known.get("accounts", ()) if each != own)][:_MOST_ACCOUNTS]
    value = _serializer().dumps({"device": known.get("device") or token_urlsafe(12), "accounts": accounts})

    @after_this_request
    def keep(response: Response) -> Response:
        secure = bool(current_app.config["SESSION_COOKIE_SECURE"])
        age = _KNOWN_DAYS * 24 * 3600
        response.set_cookie(_cookie(), value, max_age=age, secure=secure, httponly=True, samesite="Lax")
        return response


def _failed(response: Response) -> bool:
    """Only failures count: a right password answers with a redirect, a wrong one with the form again."""
    return response.status_code != 302


def _asked_first(view: Callable[..., Any]) -> Callable[..., Any]:
    """What the limits want to know of MongoDB is asked before them: they take every error for one of their own store,
    ask again and again, and count in memory from then on."""

    @wraps(view)
    def ask(*values: Any, **more: Any) -> Any:
        if request.method == "POST":
            _is_known_place()
        return view(*values, **more)

    return ask


# The library's views are the same functions in every application: limited once, or each attempt would count twice.
@cache
def _limited_login(view: Callable[..., Any]) -> Callable[..., Any]:
    for limit, key, free in (
        (PLACE_LIMIT, _account_and_place, None),
        (UNKNOWN_LIMIT, _account, _is_known_place),
        (ADDRESS_LIMIT, get_remote_address, _is_known_browser),
    ):
        view = limiter.limit(limit, key_func=key, methods=["POST"], deduct_when=_failed, exempt_when=free)(view)
    return _asked_first(view)


@cache
def _limited_code(view: Callable[..., Any]) -> Callable[..., Any]:
    for limit, key, free in (
        (PLACE_LIMIT, _account_and_place, None),
        (UNKNOWN_CODES_LIMIT, _account, _is_known_place),
    ):
        view = limiter.limit(limit, key_func=key, methods=["POST"], deduct_when=_failed, exempt_when=free)(view)
    return _asked_first(view)


@cache
def _limited_password(view: Callable[..., Any]) -> Callable[..., Any]:
    """Whoever sits down at somebody's open session must not guess the password there."""
    return limiter.limit(SESSION_LIMIT, key_func=_session, methods=["POST"], deduct_when=_failed)(view)


def _session() -> str:
    return f"password:{session.get('_user_id', '')}"


def _account() -> str:
    """Hashed: people type telephone numbers and passwords into the wrong box, and Redis is to know nobody."""
    return f"account:{_hashed(_name())}"


def _account_and_place() -> str:
    place = _browser()["device"] if _is_known_browser() else get_remote_address()
    return f"{_account()}:{place}"


def _is_known_browser() -> bool:
    return _hashed(_name()) in _browser().get("accounts", ())


def _is_known_place() -> bool:
    """Only attempts are counted; who looks at the page is asked about nobody."""
    if "known_place" not in g:
        g.known_place = request.method == "POST" and (_is_known_browser() or _is_known_address())
    known: bool = g.known_place
    return known


def _is_known_address() -> bool:
    account = Account.objects(username=_name()).only("known_addresses").first()
    return account is not None and request.remote_addr in account.known_addresses


def _name() -> str:
    """Whose account is tried: the name that was typed, or who has given his password and is asked for a code."""
    if "tried_name" not in g:
        half_in = session.get("tf_user_id") if request.endpoint != "security.login" else None
        found = Account.objects(fs_uniquifier=half_in).only("username").first() if half_in else None
        g.tried_name = found.username if found else request.form.get("username", "").strip().lower()[:64]
    name: str = g.tried_name
    return name


def _hashed(name: str) -> str:
    return sha256(name.encode()).hexdigest()[:32]


def _browser() -> dict[str, Any]:
    """What this browser's cookie says of it; nothing where there is none of ours."""
    try:
        read = _serializer().loads(request.cookies.get(_cookie(), ""), max_age=_KNOWN_DAYS * 24 * 3600)
    except BadData:
        return {}
    return read if isinstance(read, dict) else {}


def _serializer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(str(current_app.config["SECRET_KEY"]), salt="anju/known-browser")


def _cookie() -> str:
    return "__Host-anju-known" if current_app.config["SESSION_COOKIE_SECURE"] else "anju-known"
