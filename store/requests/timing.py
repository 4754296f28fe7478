"""Puts service requests under the deadline engine: clocks, and the acceptance of a repair by silence (clause 3.2)."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from store.deadlines.operations import Happening, Sweep, timed
from store.requests import following
from store.requests.callbacks import call_back
from store.requests.documents import ServiceRequest
from store.requests.rules import next_own_check


def happenings(request: Mapping[str, Any], sweep: Sweep) -> Iterable[Happening]:
    accept_by = next_own_check(request)
    if accept_by is None or accept_by > sweep.now:
        return
    late = int((sweep.now - accept_by).total_seconds() // 60)
    # The silence was over when it was over, however late the sweep is.
    fields = {
        "untold": None,
        "state": "closed",
        "closed_at": accept_by,
        "acceptance": {"how": "tacit", "at": accept_by},
    }
    detail = {"accept_by": accept_by, "late_minutes": late}
    yield Happening(
        "accepted_tacitly", detail, fields, make=[*call_back(request, sweep.now), *_word(request, fields, accept_by)]
    )


def _word(request: Mapping[str, Any], fields: Mapping[str, Any], at: datetime) -> list[dict[str, Any]]:
    return following.word(request, "accepted_tacitly", fields, nth=request["version"] + 1, now=at)


timed(ServiceRequest, happenings, next_own_check)
