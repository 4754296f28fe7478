"""Rooms as people write them: `3栋2单元501室`, `3－1201`, `３#1201`, shops, parking spaces, the clubhouse."""

import re

from store.errors import Problem
from store.typed_text import folded
from store.words import Words

LONGEST = 40
MALFORMED = Words(
    "房号应如 3-1201、3栋2单元501、商铺12 或 会所", "A room looks like 3-1201, or has a name such as 商铺12 (shop 12)"
)
# Between the parts of a room: 3栋1201, 3号楼1201室, 3幢2单元1201. Behind a number or a letter only: 办公楼 is a name.
_BETWEEN = re.compile(r"(?<=[0-9A-Za-z]) ?(?:号楼|单元|[栋幢座楼#/_]) ?")
_BLANKS = re.compile(r"[ _-]+")
_ENDING = re.compile(r"(?<=[0-9A-Za-z])[室号户]\Z")
_ROOM = re.compile(r"[0-9A-Za-z\u4e00-\u9fff]{1,12}(?:-[0-9A-Za-z\u4e00-\u9fff]{1,12}){0,3}\Z")
# What a building and a room without anything between them may be: 31201 is 3-1201.
_RUN_TOGETHER = re.compile(r"[0-9]{4,6}\Z", re.ASCII)


def as_room(text: str) -> str:
    """The room in the one form: `3号楼2单元1201室` → `3-2-1201`. Of what is no room something like it."""
    parts = _BETWEEN.sub("-", _ENDING.sub("", folded(text)))
    return _BLANKS.sub("-", parts).strip("-")


def is_room(room: str) -> bool:
    return _ROOM.match(room) is not None


def check_room(room: str) -> list[Problem]:
    return [] if is_room(room) else [Problem("malformed_room", MALFORMED, "room")]


def rooms_meant(text: str) -> list[str]:
    """The rooms, or beginnings of rooms, that a search may mean, the likeliest first: `3栋` → `3-`, `31201` → `31201`,
    `3-1201`, `31-201`."""
    plain = folded(text)
    room = as_room(plain).lower()
    if not is_room(room) or not any(each.isdigit() for each in room):
        return []
    if _BETWEEN.search(plain) and room.isalnum():
        return [room + "-"]
    apart = [f"{room[:cut]}-{room[cut:]}" for cut in (1, 2) if len(room) - cut >= 3]
    return [room, *(apart if _RUN_TOGETHER.match(room) else [])]
