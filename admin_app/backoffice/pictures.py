"""Pictures that records name, as their pages show them."""

from collections.abc import Iterable
from typing import NamedTuple

# Served by their hash; one that is still on a tablet has a name already and no picture.
_ADDRESS = "/admin/photos/{}"


class Picture(NamedTuple):
    """`url` is None while the picture has not come."""

    hash: str
    url: str | None


def pictures_of(hashes: Iterable[str] | None, come: set[str]) -> list[Picture]:
    return [Picture(each, _ADDRESS.format(each) if each in come else None) for each in hashes or ()]
