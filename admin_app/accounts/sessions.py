"""Open sessions are kept on the server: regenerated at login, dead at logout, whoever still holds the cookie."""

from datetime import datetime, timedelta
from hashlib import sha256
from secrets import token_urlsafe

from bson import ObjectId

from admin_app.accounts.documents import SignIn

OFFICE_IDLE = timedelta(hours=12)
KEPT_IDLE = timedelta(days=14)
_TOUCH_EVERY = timedelta(minutes=5)


def open_sign_in(account: ObjectId, *, keep: bool, address: str | None, browser: str, now: datetime) -> str:
    """Open a session and return its token, which only the browser's signed cookie holds."""
    token = token_urlsafe(32)
    idle = KEPT_IDLE if keep else OFFICE_IDLE
    SignIn(
        token_hash=_hash(token),
        account=account,
        opened_at=now,
        seen_at=now,
        expires_at=now + idle,
        idle_minutes=int(idle.total_seconds() // 60),
        address=address,
        browser=browser[:200],
    ).save(force_insert=True)
    return token


def is_open(token: object, account: ObjectId, now: datetime) -> bool:
    """Whether the token's session is open for this account; a session in use moves its end."""
    if not isinstance(token, str):
        return False
    # expires_at is asked for here too: Mongo's own expiry may come a minute late.
    found = SignIn.objects(token_hash=_hash(token), account=account, expires_at__gt=now).first()
    if found is None:
        return False
    if now - found.seen_at > _TOUCH_EVERY:
        SignIn.objects(id=found.id).update_one(
            set__seen_at=now, set__expires_at=now + timedelta(minutes=found.idle_minutes)
        )
    return True


def close_sign_in(token: object) -> None:
    if isinstance(token, str):
        SignIn.objects(token_hash=_hash(token)).delete()


def close_all(account: ObjectId, *, but: object = None) -> None:
    """End every session of the account, except perhaps the one that asks."""
    sessions = SignIn.objects(account=account)
    if isinstance(but, str):
        sessions = sessions.filter(token_hash__ne=_hash(but))
    sessions.delete()


def _hash(token: str) -> str:
    return sha256(token.encode()).hexdigest()
