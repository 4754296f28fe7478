"""Who a program is: the bearer token of the request, and nothing else. A session's cookie opens no door of the API."""

from flask import g, request

from admin_app.shell import gate
from admin_app.tokens import operations, scopes
from admin_app.tokens.documents import Token
from store import clock
from store.actor import Actor
from store.errors import AnjuError, NotFound
from store.people.operations import actor_for
from store.words import Words

DOOR = "/api/v1/"
LONGEST = 200


class TokenRefused(gate.NotSignedIn):
    """401 with the reason; only who holds the token learns more than that it is missing."""

    def __init__(self, code: str, words: Words) -> None:
        AnjuError.__init__(self, code, words)


MISSING = Words("请提供令牌：Authorization: Bearer …", "Give a token: Authorization: Bearer …")
WRONG = Words("令牌无效", "The token is not valid")
REVOKED = Words("令牌已被吊销", "The token was revoked")
EXPIRED = Words("令牌已过期", "The token has expired")


def authenticate() -> Actor | None:
    """The actor of the token at the API's doors; None elsewhere. Raises `TokenRefused`."""
    if not request.path.startswith(DOOR):
        return None
    token = _token(_secret())
    account = operations.account_of(token)
    if account is None:
        raise TokenRefused("token_invalid", WRONG)
    try:
        actor = actor_for(account.staff)
    except NotFound as error:
        raise TokenRefused("token_invalid", WRONG) from error
    operations.touch(token, clock.now())
    g.token = token
    return actor


def check_scope(permission: str, *, writing: bool = False) -> None:
    """Raises `ScopeMissing`."""
    if not scopes.allows(g.token.scopes, permission, writing=writing):
        raise scopes.ScopeMissing(permission)


def _secret() -> str:
    kind, _, secret = request.headers.get("Authorization", "").strip().partition(" ")
    if kind.lower() != "bearer" or not secret.strip():
        raise TokenRefused("token_missing", MISSING)
    return secret.strip()


def _token(secret: str) -> Token:
    token = operations.find_live(secret) if len(secret) <= LONGEST else None
    if token is None:
        raise TokenRefused("token_invalid", WRONG)
    if token.revoked_at is not None:
        raise TokenRefused("token_revoked", REVOKED)
    if token.expires_at is not None and token.expires_at <= clock.now():
        raise TokenRefused("token_expired", EXPIRED)
    return token
