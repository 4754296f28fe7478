"""By how much the clock of this machine differs from MongoDB's, which all machines have in common."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any


def offset(client: Any, read: Callable[[], datetime]) -> timedelta:
    """Positive when our clock is ahead. `read` reads ours.

    Nobody knows when between asking and answering the other clock was read: what that leaves open is not held against us.
    """
    before = read()
    theirs: datetime = client.admin.command("hello")["localTime"]
    after = read()
    theirs = theirs if theirs.tzinfo else theirs.replace(tzinfo=UTC)
    if theirs < before:
        return before - theirs
    return min(after - theirs, timedelta())
