"""Where tablets are woken: the push subscription of each person on each device. Personal, and never logged."""

import json
import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric import ec

from store import alone
from store.access import require
from store.actor import Actor
from store.errors import Invalid, Problem
from store.fields.checking import clean
from store.fields.spec import Field
from store.notices.documents import PushSubscription
from store.notices.push_keys import decoded
from store.words import Words

# A name and a port, and nothing that one program reads as a name and the next as something else (a backslash, an `@`).
_HOST = re.compile(r"[A-Za-z0-9.-]+(:[0-9]{1,5})?")
HERE = frozenset({"127.0.0.1", "localhost"})
SECRET_BYTES = 16
# Some push services put a token of several hundred characters into it.
LONGEST_ADDRESS = 2_000
SUBSCRIPTION: tuple[Field, ...] = (
    Field("endpoint", "long_text", Words("推送地址", "Address"), required=True, personal=True),
    Field(
        "keys",
        "group",
        Words("密钥", "Keys"),
        required=True,
        personal=True,
        fields=(
            Field("p256dh", "text", Words("公钥", "Public key"), required=True),
            Field("auth", "text", Words("口令", "Secret"), required=True),
        ),
    ),
)


def subscribe(device: str, values: Mapping[str, Any], *, actor: Actor, now: datetime) -> None:
    """Wake this person on this device from now on; a second subscription replaces the first. Raises `Invalid`."""
    require(actor, "work.do")
    cleaned, problems = clean(SUBSCRIPTION, values)
    problems = problems or check(cleaned)
    if problems:
        raise Invalid(problems)
    fields = {"endpoint": cleaned["endpoint"], **cleaned["keys"], "at": now}
    subscriptions = PushSubscription._get_collection()
    subscriptions.update_one(
        {"_id": key_of(device, actor.code)}, {"$set": {"staff": actor.code, "device": device, **fields}}, upsert=True
    )
    # A tablet that was wiped and enrolled anew has a new id and the same address: it is woken once.
    subscriptions.delete_many({"endpoint": cleaned["endpoint"], "device": {"$ne": device}})
    alone.forget()


def check(cleaned: Mapping[str, Any]) -> list[Problem]:
    """The address is safe to send to by its looks, and the keys are keys. Where it leads is asked when it is used."""
    problems = []
    if not _is_address(cleaned["endpoint"]):
        problems.append(Problem("not_https", Words("推送地址应为 https", "The address must be https"), "endpoint"))
    if not _is_point(cleaned["keys"]["p256dh"]):
        problems.append(Problem("not_a_key", Words("公钥无效", "The public key is none"), "keys.p256dh"))
    if not _is_secret(cleaned["keys"]["auth"]):
        problems.append(Problem("not_a_key", Words("口令无效", "The secret is none"), "keys.auth"))
    return problems


def _is_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    plain = len(text) <= LONGEST_ADDRESS and _HOST.fullmatch(parts.netloc) is not None
    return plain and (parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in HERE))


def _is_point(text: str) -> bool:
    try:
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), decoded(text))
    except ValueError:
        return False
    return True


def _is_secret(text: str) -> bool:
    try:
        return len(decoded(text)) == SECRET_BYTES
    except ValueError:
        return False


def unsubscribe(device: str, *, actor: Actor) -> None:
    """This person is no longer woken on this device; without a subscription nothing is to be done."""
    PushSubscription._get_collection().delete_one({"_id": key_of(device, actor.code)})
    alone.forget()


def drop_device(device: str) -> None:
    """The tablet is revoked: nobody is woken on it."""
    PushSubscription._get_collection().delete_many({"device": device})
    alone.forget()


def forget(endpoint: str) -> None:
    """The push service says that nobody listens there any more."""
    PushSubscription._get_collection().delete_many({"endpoint": endpoint})
    alone.forget()


def addresses_of(staff: Iterable[str]) -> dict[str, list[str]]:
    """Each person's subscriptions as addresses of letters; people without one are left out."""
    found: dict[str, list[str]] = {}
    for raw in PushSubscription._get_collection().find({"staff": {"$in": sorted(staff)}}).sort("_id", 1):
        parts = [raw.get(name) for name in ("endpoint", "p256dh", "auth")]
        # Whatever else may stand there, it is the way to one tablet: the others are woken all the same.
        if all(isinstance(each, str) for each in parts):
            found.setdefault(raw["staff"], []).append(address(*map(str, parts)))
    return found


def address(endpoint: str, p256dh: str, auth: str) -> str:
    """A subscription in one text, as the browser gives it."""
    return json.dumps({"endpoint": endpoint, "keys": {"p256dh": p256dh, "auth": auth}}, sort_keys=True)


def key_of(device: str, staff: str) -> str:
    return f"{device}:{staff}"
