"""Photos and voice notes: named by the SHA-256 of their bytes, which is all that a field holds of them."""

import re

from store.fields.kind import Kind, Schema, Several
from store.fields.spec import Field, Wrong
from store.words import Words

_NAME = re.compile(r"[0-9a-f]{64}")
_SCHEMA: Schema = {"type": "string", "pattern": r"^[0-9a-f]{64}$"}
NOT_A_HASH = Words("应为 64 位十六进制的 SHA-256", "must be a SHA-256 in 64 hexadecimal digits")


def is_name(value: object) -> bool:
    return isinstance(value, str) and _NAME.fullmatch(value) is not None


def checked(value: object) -> str:
    """Raises `Wrong` `not_a_hash`."""
    if not isinstance(value, str) or not is_name(value):
        raise Wrong("not_a_hash", NOT_A_HASH)
    return value


class Asset(Kind):
    """Brought by the page or the tablet that asks for it: forms of content take no files."""

    for_managers = False
    is_file = True

    def check(self, field: Field, value: object) -> object:
        return checked(value)

    def schema(self, field: Field) -> Schema:
        return dict(_SCHEMA)

    def sound(self, value: object) -> object | None:
        return value if is_name(value) else None


class Assets(Several):
    """Each once."""

    for_managers = False
    is_file = True

    def check(self, field: Field, value: object) -> object:
        found = super().check(field, value)
        return list(dict.fromkeys(found)) if isinstance(found, list) else found

    def check_one(self, field: Field, value: object) -> object:
        return checked(value)

    def one(self, field: Field) -> Schema:
        return dict(_SCHEMA)


KINDS: tuple[Kind, ...] = (
    Asset("photo", Words("照片", "Photo")),
    Assets("photos", Words("多张照片", "Photos")),
    Asset("voice", Words("语音", "Voice note")),
)
