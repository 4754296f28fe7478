"""Pictures and voice notes that records name, as their pages show them."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

# Served by their hash; one that is still on a tablet has a name already and no picture.
_ADDRESS = "/admin/photos/{}"


class Picture(NamedTuple):
    """`url` is None while the picture has not come."""

    hash: str
    url: str | None


class VoiceNote(NamedTuple):
    """`url` is None while the recording has not come, and so are its seconds."""

    url: str | None
    seconds: int | None


def pictures_of(hashes: Iterable[str] | None, come: set[str]) -> list[Picture]:
    return [Picture(each, _ADDRESS.format(each) if each in come else None) for each in hashes or ()]


def voice_of(name: str | None, come: Mapping[str, int]) -> VoiceNote | None:
    """What a record says aloud; None where it says nothing."""
    if not name:
        return None
    return VoiceNote(_ADDRESS.format(name) if name in come else None, come.get(name))
