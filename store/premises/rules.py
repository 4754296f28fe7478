"""Rules about places and the people who live there: how a household is found by one search box, and what of it is hidden."""

from collections.abc import Iterable, Mapping
from typing import Any
from zoneinfo import available_timezones

from store.errors import Problem
from store.name_tokens import pinyin_tokens, suffixes
from store.phones import HIDDEN, canonical, check_phone, digits_wanted, masked, numbers_in
from store.premises.rooms import is_room, rooms_meant
from store.typed_text import folded, name_key
from store.words import Words

# Fewer digits of a telephone number would match a good part of the estate.
FEWEST_DIGITS = 3
LONGEST_QUERY = 40
# Room, name and telephone, and one word to spare.
MOST_WORDS = 4
_OF_PHONES = frozenset("0123456789+-()./ ")


def check_timezone(name: str) -> list[Problem]:
    if name in available_timezones():
        return []
    return [Problem("unknown_timezone", Words("没有这个时区", "There is no such time zone"), "timezone")]


def check_members(members: Iterable[Mapping[str, Any]]) -> list[Problem]:
    """Telephone numbers that are none."""
    return [
        problem
        for index, member in enumerate(members)
        for problem in (check_phone(str(member["phone"]), f"members.{index}.phone") if member.get("phone") else ())
    ]


def double_members(members: Iterable[Mapping[str, Any]]) -> list[Problem]:
    """Members of one name whose numbers do not tell them apart."""
    words = Words("「{name}」在这一户里出现两次", "“{name}” is in this household twice")
    seen: list[tuple[str, str]] = []
    problems = []
    for index, member in enumerate(members):
        name, phone = name_key(str(member.get("name") or "")), "/".join(canonical(str(member.get("phone") or "")))
        if name and any(name == other and (not phone or not number or phone == number) for other, number in seen):
            problems.append(Problem("double_member", words.fill(name=member["name"]), f"members.{index}.name"))
        seen.append((name, phone))
    return problems


def masked_phone(phone: str) -> str:
    """`13800000001` → `138****0001`; every number of the text."""
    return masked(phone)


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
        name = name_key(str(member.get("name") or ""))
        tokens.update("n:" + each for each in suffixes(name))
        tokens.update("y:" + each for each in pinyin_tokens(name))
        for number in numbers_in(str(member.get("phone") or "")):
            tokens.update("p:" + each for each in suffixes(number.digits.lstrip("+"), FEWEST_DIGITS))
    return sorted(tokens)


def readings(text: str) -> list[list[list[str]]]:
    """What a person's words may ask for: each reading is a list of words of which all must be met, each word by one of
    its token prefixes. As one piece first (`3 1201`, `139 0000 0001`), then word by word (`zou 3`, `0283 邹`)."""
    plain = folded(text)[:LONGEST_QUERY]
    whole = wanted_tokens(plain)
    words = plain.split()
    apart = [_of_a_part(each) for each in words] if 1 < len(words) <= MOST_WORDS else []
    return [[each] for each in [whole] if each] + ([apart] if apart and all(apart) else [])


def wanted_tokens(text: str) -> list[str]:
    """The token prefixes that one piece of text asks for, the likeliest first; none when they are too few."""
    plain = folded(text).lower()[:LONGEST_QUERY]
    wanted = ["r:" + each for each in rooms_meant(plain) if len(each) > 1]
    number = digits_wanted(plain)
    if len(number) >= FEWEST_DIGITS and set(plain) <= _OF_PHONES:
        wanted.append("p:" + number)
    if plain and not any(each.isdigit() for each in plain):
        wanted += _names(plain)
    return wanted


def _names(plain: str) -> list[str]:
    name, typed = name_key(plain), "".join(plain.split())
    sound = ["y:" + name] if name.isascii() and len(name) > 1 else []
    place = ["r:" + typed] if is_room(typed) and not typed.isascii() else []
    return [*dict.fromkeys(["n:" + each for each in (name, typed) if each]), *sound, *place]


def _of_a_part(word: str) -> list[str]:
    """As `wanted_tokens`, for one word of several: a building alone says something now."""
    lower = word.lower()
    if lower.isdecimal() and len(lower) < FEWEST_DIGITS:
        return ["r:" + lower + "-"]
    return wanted_tokens(lower)
