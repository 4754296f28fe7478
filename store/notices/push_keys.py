"""The key by which push services know that a message comes from this installation (VAPID, RFC 8292).

A server may be given its own (`VAPID_PRIVATE_KEY`); otherwise one is made once and kept in the database, for all
processes. Who changes it silences every subscription made under the old one, until the tablets renew it.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from contextlib import suppress
from secrets import randbelow

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from pymongo.errors import DuplicateKeyError

from store.notices.documents import ServerKey

NAME = "vapid"
# The order of the curve P-256: a private key is a number from 1 to one less.
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


def private_key(configured: str | None = None) -> str:
    """32 bytes as base64url without padding: the configured key, else the installation's own, made at the first call."""
    return configured or _kept() or _made()


def public_key(configured: str | None = None) -> str:
    """The point that a browser subscribes with (`applicationServerKey`), as base64url without padding."""
    number = int.from_bytes(decoded(private_key(configured)), "big")
    point = ec.derive_private_key(number, ec.SECP256R1()).public_key()
    return encoded(point.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint))


def encoded(data: bytes) -> str:
    return urlsafe_b64encode(data).decode().rstrip("=")


def decoded(text: str) -> bytes:
    """Raises `ValueError` for what is no base64url."""
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _kept() -> str | None:
    found = ServerKey.objects(name=NAME).first()
    return found.value if found else None


def _made() -> str:
    """Whoever is first makes it; the others read his."""
    value = encoded((randbelow(ORDER - 1) + 1).to_bytes(32, "big"))
    with suppress(DuplicateKeyError):
        ServerKey._get_collection().insert_one({"_id": NAME, "value": value})
    return str(ServerKey.objects.get(name=NAME).value)
