"""The one place where time is read. Called at the edges only: routes, jobs, commands."""

from datetime import UTC, datetime

# Nothing that is planned or told lies beyond these. At the ends of the calendar a moment has no wall clock in some zones.
EARLIEST, LATEST = datetime(1900, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)


def is_plausible(moment: datetime) -> bool:
    """Whether an aware moment can be shown in every zone and counted on from."""
    return EARLIEST <= moment < LATEST


def now() -> datetime:
    """The current moment: UTC, aware, cut to milliseconds, because BSON keeps no more."""
    return cut(datetime.now(UTC))


def cut(moment: datetime) -> datetime:
    """`moment` cut to milliseconds, so that what is compared is what is stored."""
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def earliest(*moments: datetime | None) -> datetime | None:
    """The earliest of the given moments; None means never."""
    known = [moment for moment in moments if moment is not None]
    return min(known) if known else None
