"""Rules of tablets: what an enrolment must say, and when a report is worth a write."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from store.errors import Problem
from store.words import Words

STATES: dict[str, Words] = {
    "active": Words("使用中", "In use"),
    "revoked": Words("已吊销", "Revoked"),
}
VERBS: dict[str, Words] = {
    "enrol": Words("登记", "Enrolled"),
    "rename": Words("改名", "Renamed"),
    "revoke": Words("吊销", "Revoked"),
}
LONGEST_NAME = 40
LONGEST_VERSION = 40
MOST_UNSENT = 1_000_000
# A clock that is a year wrong is told as such; more is only a broken number.
LARGEST_OFFSET_MS = 100 * 366 * 86_400_000
REPORT_EVERY = timedelta(minutes=1)
# The way to the server and back makes small differences at every measurement.
OFFSET_STEADY_MS = 2_000
# Beyond this the offset is shown in amber.
OFFSET_NOTABLE_MS = 60_000
# Entries that wait on a tablet nobody has heard of for so long may never come.
SILENT_AFTER = timedelta(hours=12)


@dataclass(frozen=True)
class Report:
    """What a tablet says of itself in a call; None for what it did not say."""

    app_version: str | None = None
    unsent: int | None = None
    clock_offset_ms: int | None = None
    persisted: bool | None = None
    run: str | None = None


def is_device_code(text: object) -> bool:
    """Whether it is a UUID in its usual spelling: tablets make their own ids."""
    try:
        return isinstance(text, str) and str(UUID(text)) == text
    except ValueError:
        return False


def check_enrolment(code: object, name: object) -> list[Problem]:
    problems = []
    if not is_device_code(code):
        words = Words("设备编号应为小写的 UUID", "The device is a UUID in lower case")
        problems.append(Problem("malformed_device", words, "device"))
    return [*problems, *check_name(name)]


def check_name(name: object) -> list[Problem]:
    if isinstance(name, str) and 1 <= len(name.strip()) <= LONGEST_NAME:
        return []
    words = Words("名称为 1–{n} 个字", "A name has 1–{n} characters").fill(n=LONGEST_NAME)
    return [Problem("bad_name", words, "name")]


def offset_ms(device_now: datetime, now: datetime) -> int:
    """The device's clock less ours; shown, never judged."""
    found = round((device_now - now) / timedelta(milliseconds=1))
    return max(-LARGEST_OFFSET_MS, min(LARGEST_OFFSET_MS, found))


def changes(device: Mapping[str, Any], person: str, report: Report, now: datetime) -> dict[str, Any]:
    """The fields that a report changes, by their paths; `people.$` is the person's row. Empty when nothing is worth a
    write: no figure changed, and it was heard of within the last minute."""
    row: Mapping[str, Any] = next((each for each in device.get("people") or () if each["code"] == person), {})
    found = {**_figures(device, report), **_own(row, report)}
    heard = row.get("last_contact")
    if not found and heard is not None and now - heard < REPORT_EVERY:
        return {}
    return {**found, "last_contact": now, "people.$.last_contact": now}


def _own(row: Mapping[str, Any], report: Report) -> dict[str, Any]:
    if report.unsent is None or report.unsent == row.get("unsent"):
        return {}
    return {"people.$.unsent": report.unsent}


def _figures(device: Mapping[str, Any], report: Report) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name in ("app_version", "persisted"):
        said = getattr(report, name)
        if said is not None and said != device.get(name):
            found[name] = said
    return {**found, **_clock(device, report), **_run(device, report)}


def _clock(device: Mapping[str, Any], report: Report) -> dict[str, Any]:
    """A clock that was put right or wrong between two measurements is counted as a jump."""
    said, known = report.clock_offset_ms, device.get("clock_offset_ms")
    if said is None or (known is not None and abs(said - known) <= OFFSET_STEADY_MS):
        return {}
    jumped = {} if known is None else {"clock_jumps": int(device.get("clock_jumps") or 0) + 1}
    return {"clock_offset_ms": said, **jumped}


def _run(device: Mapping[str, Any], report: Report) -> dict[str, Any]:
    """Another run than the last one: the app was started anew."""
    if report.run is None or report.run == device.get("run"):
        return {}
    again = {} if device.get("run") is None else {"restarts": int(device.get("restarts") or 0) + 1}
    return {"run": report.run, **again}


def unsent(device: Mapping[str, Any]) -> int:
    """Entries that are on the tablet only, of all its people, as it said last."""
    return sum(int(each.get("unsent") or 0) for each in device.get("people") or ())


def is_silent(device: Mapping[str, Any], now: datetime) -> bool:
    """Whether entries wait on a tablet of which nothing has been heard for long."""
    heard = device.get("last_contact")
    return device.get("state") == "active" and unsent(device) > 0 and heard is not None and now - heard > SILENT_AFTER
