"""The invented residents: the same 400 households every time, made from the buildings and two lists of names."""

from collections.abc import Iterator, Mapping
from typing import Any

# Coprime to every sensible number of names: stepping by it meets each pair of surname and given name once.
STEP = 37
MOST_MEMBERS = 3
Entry = tuple[str, str, dict[str, Any]]


def homes(buildings: Mapping[str, Mapping[str, Any]], names: Mapping[str, Any]) -> Iterator[Entry]:
    """(kind, code, values) of every unit and its household, building by building, floor by floor."""
    index = 0
    for building, body in buildings.items():
        for door in _doors(body):
            unit = f"{building}-{door}"
            room = f"{building.rsplit('-', 1)[-1]}-{door}"
            yield "unit", unit, {"estate": body["estate"], "building": building, "room": room}
            yield "household", unit, {"estate": body["estate"], "unit": unit, "members": _members(index, unit, names)}
            index += 1


def _doors(building: Mapping[str, Any]) -> Iterator[str]:
    for floor in range(1, building["floors"] + 1):
        for door in range(1, building["units_per_floor"] + 1):
            yield f"{floor}{door:02d}"


def _members(index: int, unit: str, names: Mapping[str, Any]) -> list[dict[str, Any]]:
    """One to three people; every eighth home is let. Only the first has an address, as in real registers."""
    first = _person(index * MOST_MEMBERS, names) | {
        "email": f"{unit}@{names['email_domain']}",
        "relation": "tenant" if index % 8 == 5 else "owner",
    }
    others = [
        _person(index * MOST_MEMBERS + place, names) | {"relation": "family"} for place in range(1, index % 3 + 1)
    ]
    return [first, *others]


def _person(number: int, names: Mapping[str, Any]) -> dict[str, Any]:
    surnames, given = names["surnames"], names["given_names"]
    pair = number * STEP % (len(surnames) * len(given))
    telephone = f"{names['phone_prefix']}{number + 1:0{names['phone_digits']}d}"
    return {"name": surnames[pair % len(surnames)] + given[pair // len(surnames)], "phone": telephone}
