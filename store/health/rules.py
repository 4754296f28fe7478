"""When a periodic job counts as stale, and when one is due. Pure functions."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from traceback import extract_tb
from typing import Protocol

from store.errors import AnjuError
from store.soundness import Unsound
from store.words import Words

# However rare a job is, its worker is asked this often, so that a dead worker is noticed and a failed run is repeated.
MOST_SECONDS_BETWEEN_NUDGES = 30
# A job that has not begun so long after its nudge, or has not ended so long after its time, is an alarm (within 90 s).
GRACE = timedelta(seconds=45)
GRACE_OF_A_FRESH_START = timedelta(seconds=60)


@dataclass(frozen=True)
class Periodic:
    """A line of the schedule: what runs on which queue, how often, by which function, and what it is for."""

    name: str
    queue: str
    every_seconds: float
    function_path: str
    words: Words
    # Whether it makes or ends things by the clock alone: it rests while the clock cannot be right.
    by_clock: bool = False


class Told(Protocol):
    """What is known of a job's last runs."""

    last_started: datetime | None
    last_finished: datetime | None
    # By how much the clock of the machine that ran it was ahead, in seconds.
    clock_offset: float | None


@dataclass(frozen=True)
class Stale:
    """A job that does not do what it should. `since` is its last sign of life, or the start of the process."""

    name: str
    since: datetime
    why: Words


NOT_RUNNING = Words("没有运行", "does not run")
NOT_FINISHING = Words("没有成功完成", "does not succeed")
CLOCK_OFF = Words(
    "本机与数据库的时钟相差 5 秒以上，按时间做的事已暂停：请在所有机器上启用 NTP 对时",
    "the clocks of its machine and of the database differ by 5 s or more, and what goes by the clock rests: let NTP set them",
)
# More than this is no delay of a network: a plan would be carried out that is not due, or a promise be broken early.
MOST_CLOCK_OFFSET = timedelta(seconds=5)


class ClockOff(AnjuError):
    """Nothing is done by this clock."""

    def __init__(self) -> None:
        super().__init__("clock_off", CLOCK_OFF)


def is_off(offset: timedelta) -> bool:
    return abs(offset) >= MOST_CLOCK_OFFSET


def nudge_seconds(every_seconds: float) -> float:
    return min(every_seconds, MOST_SECONDS_BETWEEN_NUDGES)


def slot(moment: datetime, every_seconds: float) -> int:
    """The number of the period that `moment` lies in, counted from 1970: the same on every machine."""
    return int(moment.timestamp() // every_seconds)


def is_due(last_finished: datetime | None, every_seconds: float, now: datetime) -> bool:
    """Whether a nudge means work: frequent jobs run at every nudge, rare ones once in their period."""
    if every_seconds <= MOST_SECONDS_BETWEEN_NUDGES or last_finished is None:
        return True
    return slot(last_finished, every_seconds) != slot(now, every_seconds)


def stale(name: str, told: Told | None, every_seconds: float, now: datetime, alive_since: datetime) -> Stale | None:
    """None while the job keeps its time. A system that has just started is given a minute before jobs are missed."""
    fresh = now - alive_since < GRACE_OF_A_FRESH_START
    started = told.last_started if told else None
    finished = told.last_finished if told else None
    if started is not None and (is_off(_offset(told)) or started - now >= MOST_CLOCK_OFFSET):
        return Stale(name, started, CLOCK_OFF)
    if started is None or now - started > timedelta(seconds=nudge_seconds(every_seconds)) + GRACE:
        return None if fresh else Stale(name, started or alive_since, NOT_RUNNING)
    if finished is None or now - finished > timedelta(seconds=every_seconds + nudge_seconds(every_seconds)) + GRACE:
        return None if fresh else Stale(name, finished or alive_since, NOT_FINISHING)
    return None


def _offset(told: Told | None) -> timedelta:
    return timedelta(seconds=(told.clock_offset if told else None) or 0)


def place_of(error: BaseException) -> str:
    """The kind and place of an error, without its message: a message may repeat a name or a telephone number."""
    frames = extract_tb(error.__traceback__)
    where = f" at {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    code = f" {error.code}" if isinstance(error, AnjuError) else ""
    if isinstance(error, Unsound):
        return f"{type(error).__name__} {error.path}"
    return f"{type(error).__name__}{code}{where}"
