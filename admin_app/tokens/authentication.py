"""Who a program is: the bearer token of the request, and nothing else. A session's cookie opens no door of the API.

A token that was made for a tablet opens the field's doors and no others; other tokens do not open the field's doors.
"""

from datetime import datetime
from typing import Any

from flask import g, request

from admin_app.shell import gate
from admin_app.shell.paths import API_DOOR, is_field_door
from admin_app.tokens import operations, scopes
from admin_app.tokens.documents import Token
from store import clock, standing
from store.actor import Actor
from store.devices import operations as devices
from store.errors import AnjuError
from store.words import Words

LONGEST = 200


class TokenRefused(gate.NotSignedIn):
    """401 with the reason; only who holds the token learns more than that it is missing."""

    def __init__(self, code: str, words: Words, **details: Any) -> None:
        AnjuError.__init__(self, code, words, **details)


class WrongDoor(AnjuError):
    """The token is good, but not for this address."""

    status = 403


MISSING = Words("请提供令牌：Authorization: Bearer …", "Give a token: Authorization: Bearer …")
WRONG = Words("令牌无效", "The token is not valid")
REVOKED = Words("令牌已被吊销", "The token was revoked")
EXPIRED = Words("令牌已过期", "The token has expired")
NOT_A_DEVICE = Words("此地址只供登记过的平板使用", "This address is for enrolled tablets only")
FIELD_ONLY = Words("平板的令牌只能用于现场接口", "A tablet's token opens the field's addresses only")
DEVICE_REVOKED = Words(
    "此平板或您在其上的登记已被吊销，请重新登录", "This tablet, or your enrolment on it, was revoked; sign in again"
)


def authenticate() -> Actor | None:
    """The actor of the token at the API's doors; None elsewhere. Raises `TokenRefused`, `WrongDoor`."""
    if not request.path.startswith(API_DOOR):
        return None
    now = clock.now()
    token, actor = _holder(_secret(), now)
    _check_door(token)
    if actor is None:
        raise _of_nobody(token)
    operations.touch(token, now)
    g.token = token
    return actor


def _of_nobody(token: Token) -> TokenRefused:
    """Who has left must not stay on a tablet: it wipes what it holds of him."""
    return _revoked("person") if token.device else TokenRefused("token_invalid", WRONG)


def _revoked(what: str) -> TokenRefused:
    """`revoked` tells the tablet what to wipe: what it holds of this `person`, or of everybody (`device`)."""
    return TokenRefused("device_revoked", DEVICE_REVOKED, revoked=what)


def _check_door(token: Token) -> None:
    at_field = is_field_door()
    if token.device is None:
        if at_field:
            raise WrongDoor("not_a_device", NOT_A_DEVICE)
        return
    device = devices.find(token.device)
    if device is None or device.state == "revoked":
        raise _revoked("device")
    if token.revoked_at is not None and not token.replaced:
        raise _revoked("person")
    if not at_field:
        raise WrongDoor("field_doors_only", FIELD_ONLY)
    g.device = device


def check_scope(permission: str, *, writing: bool = False) -> None:
    """Raises `ScopeMissing`."""
    if not scopes.allows(g.token.scopes, permission, writing=writing):
        raise scopes.ScopeMissing(permission)


def _secret() -> str:
    kind, _, secret = request.headers.get("Authorization", "").strip().partition(" ")
    if kind.lower() != "bearer" or not secret.strip():
        raise TokenRefused("token_missing", MISSING)
    return secret.strip()


_KEPT: standing.Kept[operations.Holder | None] = standing.Kept()


def _holder(secret: str, now: datetime) -> operations.Holder:
    """Who holds a token that is good."""
    holder = _known(secret) if len(secret) <= LONGEST else None
    if holder is None:
        raise TokenRefused("token_invalid", WRONG)
    token = holder.token
    if token.revoked_at is not None and (token.device is None or token.replaced):
        raise TokenRefused("token_revoked", REVOKED)
    if token.expires_at is not None and token.expires_at <= now:
        raise TokenRefused("token_expired", EXPIRED)
    return holder


def _known(secret: str) -> operations.Holder | None:
    """A tablet asks a few times a minute, and what it holds must be wiped at once: its holder is looked up each time."""
    if is_field_door():
        return operations.holder_of(secret)
    return _KEPT.get(operations.hashed(secret), lambda: operations.holder_of(secret))
