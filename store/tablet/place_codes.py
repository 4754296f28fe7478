"""What a code on a wall says: `anju:<kind>:…` as it is printed, or what somebody types who cannot scan it. Pure.

A home's code carries what people call it, so that a tablet without a network knows where it is without a table of homes.
"""

from typing import NamedTuple

CHECKPOINT, BUILDING, UNIT = "checkpoint", "building", "unit"
# How many parts follow the kind.
_PARTS = {CHECKPOINT: 2, BUILDING: 1, UNIT: 2}
LONGEST = 200


class Asked(NamedTuple):
    """`kind` is None for what somebody typed."""

    kind: str | None
    parts: tuple[str, ...]


def checkpoint_code(route: str, code: str) -> str:
    return f"anju:{CHECKPOINT}:{route}:{code}"


def building_code(code: str) -> str:
    return f"anju:{BUILDING}:{code}"


def unit_code(estate: str, room: str) -> str:
    return f"anju:{UNIT}:{estate}:{room}"


def read_code(text: str) -> Asked | None:
    """What the text asks for; None where it cannot be a place of this house."""
    plain = text.strip()
    if not plain or len(plain) > LONGEST:
        return None
    house, *rest = plain.split(":")
    if not rest:
        return Asked(None, (plain,))
    kind, *parts = rest
    is_whole = house == "anju" and len(parts) == _PARTS.get(kind) and all(parts)
    return Asked(kind, tuple(parts)) if is_whole else None
