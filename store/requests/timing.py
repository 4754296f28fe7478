"""Puts service requests under the deadline engine: they have their clocks, and nothing else happens to them by itself."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from store.deadlines.operations import Happening, Sweep, timed
from store.requests.documents import ServiceRequest


def happenings(request: Mapping[str, Any], sweep: Sweep) -> Sequence[Happening]:
    return ()


def next_own_check(request: Mapping[str, Any]) -> datetime | None:
    return None


timed(ServiceRequest, happenings, next_own_check)
