"""Rules about places and the people who live there: rooms, telephone numbers, and how one search box finds them."""

import re
from collections.abc import Iterable, Mapping
from typing import Any
from zoneinfo import available_timezones

from store.errors import Problem
from store.people.rules import pinyin_tokens, suffixes
from store.words import Words

ROOM = re.compile(r"^[0-9A-Za-z]+(?:-[0-9A-Za-z]+){0,3}\Z")
_PHONE = re.compile(r"^\+?[0-9][0-9 -]{4,18}[0-9]\Z")
# What people say between the parts of a room: 3栋1201, 3号楼1201室, 3幢2单元1201.
_SEPARATORS = re.compile(r"号楼|单元|[栋幢座楼#/\s_–—]+")
_ENDINGS = "室号户"
# Fewer digits of a telephone number would match a good part of the estate.
FEWEST_DIGITS = 3
LONGEST_QUERY = 40
HIDDEN = "*"


def check_timezone(name: str) -> list[Problem]:
    if name in available_timezones():
        return []
    return [Problem("unknown_timezone", Words("没有这个时区", "There is no such time zone"), "timezone")]


def check_room(room: str) -> list[Problem]:
    if ROOM.match(room):
        return []
    return [Problem("malformed_room", Words("房号应如 3-1201", "A room looks like 3-1201"), "room")]


def check_members(members: Iterable[Mapping[str, Any]]) -> list[Problem]:
    words = Words("电话号码不正确", "This is not a telephone number")
    return [
        Problem("malformed_phone", words, f"members.{index}.phone")
        for index, member in enumerate(members)
        if member.get("phone") and not _PHONE.match(member["phone"])
    ]


def double_members(members: Iterable[Mapping[str, Any]]) -> list[Problem]:
    """Members of one name whose numbers do not tell them apart."""
    words = Words("「{name}」在这一户里出现两次", "“{name}” is in this household twice")
    seen: list[tuple[str, str]] = []
    problems = []
    for index, member in enumerate(members):
        name, phone = "".join(str(member.get("name") or "").split()), digits(str(member.get("phone") or ""))
        if name and any(name == other and (not phone or not number or phone == number) for other, number in seen):
            problems.append(Problem("double_member", words.fill(name=member["name"]), f"members.{index}.name"))
        seen.append((name, phone))
    return problems


def digits(text: str) -> str:
    return "".join(each for each in text if each.isascii() and each.isdigit())


def masked_phone(phone: str) -> str:
    """`13800000001` → `138****0001`; of a short number only the last two digits stay."""
    plain = digits(phone)
    if len(plain) >= 11:
        return f"{plain[:-8]}{HIDDEN * 4}{plain[-4:]}"
    return HIDDEN * max(len(plain) - 2, 0) + plain[-2:]


def masked_email(email: str) -> str:
    """`3-1201@residents.example` → `3***@residents.example`."""
    name, _, domain = email.partition("@")
    return f"{name[:1]}{HIDDEN * 3}@{domain}"


_MASKS = {"phone": masked_phone, "email": masked_email}


def masked_members(members: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The members as everybody at the desk may see them."""
    return [
        {name: _MASKS[name](value) if name in _MASKS else value for name, value in each.items()} for each in members
    ]


def search_tokens(room: str, members: Iterable[Mapping[str, Any]]) -> list[str]:
    """What a household is found by: `r:` room, `p:` telephone, `n:` name, `y:` pinyin.

    Each token is one end of the text, so that a search for any part of it is a prefix search, which an index answers.
    """
    parts = room.lower().split("-")
    tokens = {"r:" + "-".join(parts[start:]) for start in range(len(parts))}
    for member in members:
        name = "".join(str(member.get("name") or "").lower().split())
        tokens.update("n:" + each for each in suffixes(name))
        tokens.update("y:" + each for each in pinyin_tokens(name))
        tokens.update("p:" + each for each in suffixes(digits(str(member.get("phone") or "")), FEWEST_DIGITS))
    return sorted(tokens)


def wanted_tokens(text: str) -> list[str]:
    """The token prefixes that a person's words ask for, the likeliest first; none when they are too few."""
    # NUL and lone surrogates are errors of the driver, not of the person.
    text = "".join(each for each in text if each.isprintable()).strip().lower()[:LONGEST_QUERY]
    number = digits(text)
    wanted = []
    room = as_room(text)
    if room and number:
        wanted.append("r:" + room)
    if len(number) >= FEWEST_DIGITS and not re.sub(r"[0-9+\-\s()]", "", text):
        wanted.append("p:" + number)
    compact = "".join(text.split())
    if compact and not number:
        wanted += ["n:" + compact] + (["y:" + compact] if compact.isascii() and len(compact) > 1 else [])
    return wanted


def as_room(text: str) -> str | None:
    """`3号楼2单元1201室` → `3-2-1201`; None when it does not look like a room."""
    room = re.sub(r"-+", "-", _SEPARATORS.sub("-", text.strip().rstrip(_ENDINGS))).strip("-")
    return room if len(room) > 1 and ROOM.match(room) else None
