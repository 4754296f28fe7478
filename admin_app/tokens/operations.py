"""What is done with tokens. The command and the account screens call these; nothing else writes tokens."""

from datetime import datetime, timedelta
from hashlib import sha256
from secrets import token_urlsafe
from typing import Any, NamedTuple

from bson import ObjectId

from admin_app.accounts import operations as accounts
from admin_app.accounts import trail
from admin_app.accounts.authority import require_authority
from admin_app.accounts.documents import Account
from admin_app.tokens import scopes as scoping
from admin_app.tokens.documents import Token
from store import standing
from store.actor import Actor
from store.errors import Invalid, NotFound
from store.people.documents import Staff
from store.people.operations import actor_of
from store.words import Words

PREFIX = "anju_"
LONGEST_NAME = 100
LONGEST_LIFE_DAYS = 3650
_HINT = len(PREFIX) + 6
_TOUCH_EVERY = timedelta(minutes=1)


class Minted(NamedTuple):
    """A new token with its secret: shown once, kept nowhere."""

    token: Token
    secret: str


def mint(
    username: str,
    scopes: list[str],
    *,
    name: str,
    actor: Actor,
    now: datetime,
    days: int | None = None,
    device: str | None = None,
) -> Minted:
    """Make a token for an account; `days` is its life, None means until it is revoked. One for a `device` opens the
    field's doors only, and is the one kind that somebody makes for himself, by signing in there.

    Raises `NotFound` for an unknown or foreign account, `Invalid` for unknown scopes, a missing name or a wrong life.
    """
    account = accounts.find(username)
    if device is None or account.staff != actor.code:
        require_authority(actor, account)
    wanted = scoping.check(scopes)
    title = name.strip()[:LONGEST_NAME]
    if not title:
        raise Invalid.one("required", Words("请给令牌起名", "Give the token a name"), "name")
    if days is not None and not 1 <= days <= LONGEST_LIFE_DAYS:
        words = Words("有效期为 1 至 {most} 天", "A token lives 1 to {most} days").fill(most=LONGEST_LIFE_DAYS)
        raise Invalid.one("out_of_range", words, "days")
    secret = PREFIX + token_urlsafe(32)
    token = Token(
        token_hash=hashed(secret),
        hint=secret[:_HINT],
        account=account.id,
        name=title,
        scopes=wanted,
        device=device,
        created_at=now,
        created_by=actor.code,
        expires_at=now + timedelta(days=days) if days else None,
    )
    trail.note("token_create", account, actor=actor, now=now, token=token.hint, name=title)
    return Minted(token.save(force_insert=True), secret)


class Holder(NamedTuple):
    """A token with who uses it; nobody where his account was disabled or he has left."""

    token: Token
    actor: Actor | None


def holder_of(secret: str) -> Holder | None:
    """The token of a secret and its holder; revoked and expired tokens too, so that their user can be told."""
    found = next(iter(Token._get_collection().aggregate([_token(secret), *_WITH_HOLDER])), None)
    if found is None:
        return None
    staff = found.pop("staff")
    actor = actor_of(Staff._from_son(staff[0])) if staff else None
    return Holder(Token._from_son(found), actor)


def _token(secret: str) -> dict[str, Any]:
    return {"$match": {"token_hash": hashed(secret)}}


_WITH_HOLDER: list[dict[str, Any]] = [
    {
        "$lookup": {
            "from": "accounts",
            "localField": "account",
            "foreignField": "_id",
            "pipeline": [{"$match": {"active": True}}, {"$project": {"staff": 1}}],
            "as": "holder",
        }
    },
    {
        "$lookup": {
            "from": "staff",
            "localField": "holder.staff",
            "foreignField": "code",
            "pipeline": [{"$match": {"active": {"$ne": False}}}, {"$project": {"events": 0, "tokens": 0}}],
            "as": "staff",
        }
    },
    {"$unset": "holder"},
]


def touch(token: Token, now: datetime) -> None:
    """Remember that it was used; to the minute, because a busy program asks a hundred times a second."""
    if token.last_used_at is None or now - token.last_used_at >= _TOUCH_EVERY:
        Token.objects(id=token.id).update_one(set__last_used_at=now)
        token.last_used_at = now  # what is kept of it knows it too


def revoke(token_id: object, *, actor: Actor, now: datetime) -> Token:
    """End a token for good. Raises `NotFound`, also for one of a foreign account."""
    found = Token.objects(id=ObjectId(str(token_id))).first() if ObjectId.is_valid(str(token_id)) else None
    account = Account.objects(id=found.account).first() if found else None
    if found is None or account is None:
        raise NotFound(Words("令牌", "Token"), token_id)
    require_authority(actor, account)
    trail.note("token_revoke", account, actor=actor, now=now, token=found.hint, name=found.name)
    Token.objects(id=found.id, revoked_at=None).update_one(set__revoked_at=now)
    standing.changed()
    return found.reload()


def end_on_device(account: ObjectId, device: str, now: datetime, *, but: ObjectId) -> None:
    """A person has one token on a tablet: the newest."""
    Token.objects(account=account, device=device, revoked_at=None, id__ne=but).update(
        set__revoked_at=now, set__replaced=True
    )
    standing.changed()


def tokens_of(username: str, *, actor: Actor) -> list[Token]:
    """The tokens of an account, newest first. Raises `NotFound`, also for a foreign account."""
    return list(Token.objects(account=accounts.find_for(username, actor).id).order_by("-created_at"))


def hashed(secret: str) -> str:
    """A secret has 256 random bits: one fast hash is enough, there is nothing to guess."""
    return sha256(secret.encode()).hexdigest()
