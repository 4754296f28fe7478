"""Configuration: read once from the environment into a frozen value; a bad value stops the start with its name."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from pymongo.errors import PyMongoError
from pymongo.uri_parser import parse_uri

from store.access import ROLES

_PUSH_KEY = re.compile(r"[A-Za-z0-9_-]{43}")
# A path, and a name that only a name server can look up.
_SAY_IT_LATER = frozenset({"unix", "mongodb+srv"})
_NO_PLACE = (
    "cannot be read: is there a host, and is the port a number? In a user name or password the characters / : @ [ % are "
    "written %2F %3A %40 %5B %25"
)
INSECURE_SECRETS = frozenset({"", "changeme", "change-me", "secret", "dev"})


class BadSetting(Exception):
    """A setting that cannot be used. The message names it and says what it must be; it never repeats the value."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(f"{name}: {reason}")
        self.name = name


@dataclass(frozen=True)
class Settings:
    mongodb_uri: str
    redis_url: str
    secret_key: str
    timezone: str = "Asia/Shanghai"
    language: str = "zh"
    smtp_url: str | None = None
    imap_url: str | None = None
    base_url: str = "http://127.0.0.1:8000"
    # Whether webhooks may go to addresses inside our own network.
    private_webhooks: bool = False
    # The key that push messages are signed with; without it the installation makes its own.
    vapid_private_key: str | None = None
    # The roles that must sign in with a second factor.
    second_factor: frozenset[str] = frozenset()

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> "Settings":
        """Raises `BadSetting` with the name of the first setting that cannot be used."""
        return cls(
            mongodb_uri=_url(environment, "MONGODB_URI", {"mongodb", "mongodb+srv"}, required=True) or "",
            redis_url=_url(environment, "REDIS_URL", {"redis", "rediss", "unix"}, required=True) or "",
            secret_key=_secret(environment),
            timezone=_member(environment, "ANJU_TIMEZONE", "Asia/Shanghai", available_timezones()),
            language=_member(environment, "ANJU_LANGUAGE", "zh", {"zh", "en"}),
            smtp_url=_url(environment, "SMTP_URL", {"smtp", "smtps"}),
            imap_url=_url(environment, "IMAP_URL", {"imap", "imaps"}),
            base_url=_url(environment, "ANJU_BASE_URL", {"http", "https"}) or cls.base_url,
            private_webhooks=_yes(environment, "ANJU_PRIVATE_WEBHOOKS"),
            vapid_private_key=_push_key(environment),
            second_factor=_roles(environment, "ANJU_SECOND_FACTOR"),
        )


def _url(environment: Mapping[str, str], name: str, schemes: set[str], required: bool = False) -> str | None:
    value = environment.get(name, "").strip()
    if not value:
        if required:
            raise BadSetting(name, "must be set")
        return None
    scheme = value.partition(":")[0].lower()
    if scheme not in schemes:
        raise BadSetting(name, f"must be a URL beginning with one of {', '.join(sorted(schemes))}")
    if not (_is_mongodb(value) if scheme == "mongodb" else scheme in _SAY_IT_LATER or _has_place(value)):
        raise BadSetting(name, _NO_PLACE)
    return value.rstrip("/") if name == "ANJU_BASE_URL" else value


def _has_place(url: str) -> bool:
    try:
        parts = urlsplit(url)
        # Redis without a host is the one of this machine.
        return bool(parts.hostname or parts.scheme.startswith("redis")) and parts.port != 0
    except ValueError:
        return False


def _is_mongodb(uri: str) -> bool:
    try:
        found = parse_uri(uri, warn=True)
    except (PyMongoError, ValueError):
        return False
    return found["collection"] is None and "/" not in (found["database"] or "")


def _secret(environment: Mapping[str, str]) -> str:
    value = environment.get("SECRET_KEY", "")
    if value.strip().lower() in INSECURE_SECRETS or len(value) < 32:
        raise BadSetting("SECRET_KEY", "must be a secret of at least 32 characters")
    return value


def _push_key(environment: Mapping[str, str]) -> str | None:
    """A private key of P-256 as push services' tools write it: 32 bytes as base64url without padding."""
    value = environment.get("VAPID_PRIVATE_KEY", "").strip().rstrip("=")
    if value and not _PUSH_KEY.fullmatch(value):
        raise BadSetting("VAPID_PRIVATE_KEY", "must be 32 bytes written as 43 characters of base64url")
    return value or None


def _member(environment: Mapping[str, str], name: str, default: str, allowed: set[str]) -> str:
    value = environment.get(name, "").strip() or default
    if value not in allowed:
        raise BadSetting(name, "is not one of the known values")
    return value


def _yes(environment: Mapping[str, str], name: str) -> bool:
    return _member(environment, name, "no", {"yes", "no"}) == "yes"


def _roles(environment: Mapping[str, str], name: str) -> frozenset[str]:
    """`yes` is every role, `no` none; else the roles themselves with commas between them."""
    value = environment.get(name, "").strip() or "no"
    if value in {"yes", "no"}:
        return frozenset(ROLES) if value == "yes" else frozenset()
    found = frozenset(each.strip() for each in value.split(","))
    if not found <= set(ROLES):
        raise BadSetting(name, f"must be yes, no, or some of {', '.join(ROLES)} with commas between them")
    return found
