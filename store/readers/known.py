"""The readers: all that a process for untrusted bytes can be asked for. Imported there and nowhere else."""

from collections.abc import Callable, Mapping
from typing import Any

from store.calendars.ics import special_days_of
from store.photos.pictures import picture_of
from store.transfer.files import tables_of

READERS: Mapping[str, Callable[..., Any]] = {
    "tables": tables_of,
    "picture": picture_of,
    "special_days": special_days_of,
}
