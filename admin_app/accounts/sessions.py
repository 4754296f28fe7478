"""Open sessions are kept on the server: regenerated at login, dead at logout, whoever still holds the cookie."""

from datetime import datetime, timedelta
from hashlib import sha256
from secrets import token_urlsafe
from typing import Any, NamedTuple

from bson import ObjectId

from admin_app.accounts.documents import Account, SignIn
from store.people.documents import Staff
from store.premises.documents import Estate

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


class SignedIn(NamedTuple):
    """An open session with all that a page wants to know of its reader."""

    account: Account
    staff: Staff | None
    # The estates named at the member of staff, or all where none is named; what he may see is the actor's to say.
    estates: list[Estate]


def find(token: object, uniquifier: str, now: datetime) -> SignedIn | None:
    """The open session of a token, in one command, for every page asks; a session in use moves its end."""
    if not isinstance(token, str):
        return None
    # expires_at is asked for here too: Mongo's own expiry may come a minute late.
    match = {"$match": {"token_hash": _hash(token), "expires_at": {"$gt": now}}}
    raw = next(iter(SignIn._get_collection().aggregate([match, *_WITH_READER])), None)
    if raw is None or not raw["account"] or raw["account"][0]["fs_uniquifier"] != uniquifier:
        return None
    if now - raw["seen_at"] > _TOUCH_EVERY:
        moved = {"seen_at": now, "expires_at": now + timedelta(minutes=raw["idle_minutes"])}
        SignIn._get_collection().update_one({"_id": raw["_id"]}, {"$set": moved})
    staff = Staff._from_son(raw["staff"]) if raw.get("staff") else None
    return SignedIn(Account._from_son(raw["account"][0]), staff, [Estate._from_son(each) for each in raw["estates"]])


_ACTIVE = {"$match": {"active": {"$ne": False}}}
_BRIEF = {"$project": {"events": 0, "tokens": 0}}
_NAMED = {"$ifNull": ["$staff.estates", []]}
_WITH_READER: list[dict[str, Any]] = [
    {"$lookup": {"from": "accounts", "localField": "account", "foreignField": "_id", "as": "account"}},
    {
        "$lookup": {
            "from": "staff",
            "localField": "account.staff",
            "foreignField": "code",
            "pipeline": [_ACTIVE, _BRIEF],
            "as": "staff",
        }
    },
    {"$set": {"staff": {"$first": "$staff"}}},
    {
        "$lookup": {
            "from": "estates",
            "let": {"named": _NAMED},
            "pipeline": [
                {"$match": {"$expr": {"$or": [{"$eq": ["$$named", []]}, {"$in": ["$code", "$$named"]}]}}},
                _BRIEF,
                {"$sort": {"code": 1}},
            ],
            "as": "estates",
        }
    },
]


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
