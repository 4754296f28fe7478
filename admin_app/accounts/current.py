"""Who is asking: the actor of this request, from a token or from the signed-in account's member of staff."""

from collections.abc import Callable

from flask import Flask, current_app, g, has_request_context, session
from flask_login import current_user, logout_user

from admin_app.accounts import sessions
from store import clock
from store.actor import Actor
from store.errors import Forbidden
from store.people.operations import actor_of

Authenticator = Callable[[], Actor | None]
_AUTHENTICATORS = "anju_authenticators"


def add_authenticator(app: Flask, authenticate: Authenticator) -> None:
    """Ask `authenticate` before the session: it returns the actor of this request's token, or None when there is none.

    It may raise an `AnjuError` for a token that is wrong. A request it knows is not asked for a CSRF token.
    """
    app.extensions.setdefault(_AUTHENTICATORS, []).append(authenticate)


def actor_or_none() -> Actor | None:
    if "actor" not in g:
        g.actor = _of_token() or _of_session()
    actor: Actor | None = g.actor
    return actor


def current_actor() -> Actor:
    """The actor of this request. Raises `Forbidden` where nobody is signed in (the gate lets nobody come so far)."""
    actor = actor_or_none()
    if actor is None:
        raise Forbidden("signed_in")
    return actor


def authenticated_by_token() -> bool:
    actor_or_none()
    return bool(g.get("actor_by_token"))


def account_language() -> str | None:
    """The language written at the account, when somebody is signed in."""
    if not has_request_context() or "_user_id" not in session or not current_user.is_authenticated:
        return None
    language: str | None = current_user.language
    return language


def _of_token() -> Actor | None:
    for authenticate in current_app.extensions.get(_AUTHENTICATORS, []):
        actor: Actor | None = authenticate()
        if actor is not None:
            g.actor_by_token = True
            return actor
    return None


def _of_session() -> Actor | None:
    if "_user_id" not in session:
        return None
    actor = _actor_of_account() if current_user.is_authenticated else None
    if actor is None:
        # The session was ended elsewhere, or the person left: the cookie is thrown away with all it holds.
        logout_user()
        session.clear()
    return actor


def _actor_of_account() -> Actor | None:
    found = signed_in()
    return actor_of(found.staff) if found and found.staff else None


def signed_in() -> sessions.SignedIn | None:
    """The reader's open session, looked up once in a request."""
    if "signed_in" not in g:
        g.signed_in = sessions.find(session.get("sign_in"), session.get("_user_id", ""), clock.now())
    found: sessions.SignedIn | None = g.signed_in
    return found
