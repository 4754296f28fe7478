"""Puts service requests under the deadline engine."""

from collections.abc import Mapping, Sequence
from typing import Any

from store.deadlines.operations import Happening, Sweep, timed
from store.requests.documents import ServiceRequest
from store.requests.rules import next_own_check


def happenings(request: Mapping[str, Any], sweep: Sweep) -> Sequence[Happening]:
    return ()


timed(ServiceRequest, happenings, next_own_check)
