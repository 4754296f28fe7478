"""The rounds of a finding as its page shows them: paired photos, who put it right, and the verdict of another person."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from flask import url_for

from admin_app.backoffice.photos.pictures import Picture, VoiceNote, pictures_of, voice_of
from admin_app.backoffice.records.origin import Origin
from admin_app.shell.chips import Chip, chip_of
from store.findings import rules
from store.findings.documents import Finding
from store.photos.operations import here, voices
from store.words import Words
from store.work.documents import WorkOrder
from store.work.rules import STATES

MOST_LATER = 20
WAITING = Words("等待复查", "To be re-inspected")
PASSED, FAILED = Words("复查合格", "Passed"), Words("复查不合格", "Sent back")


# Waiting for a second pair of eyes is no longer being wrong.
STATE_CHIPS = {"rectified": "in_progress"}


def state_chip(state: str) -> Chip:
    return chip_of(STATE_CHIPS.get(state, state), rules.STATES.get(state))


class Order(NamedTuple):
    """An order of the round: what for, and where it stands."""

    words: Words
    number: str
    chip: Chip
    who: str
    due_at: datetime | None


class Round(NamedTuple):
    n: int
    before: list[Picture]
    after: list[Picture]
    by: str
    at: datetime | None
    note: str
    verdict: Chip | None
    checked_by: str
    checked_at: datetime | None
    check_note: str
    check_photos: list[Picture]
    orders: list[Order]


def people_in(record: Finding) -> Iterable[str | None]:
    """Everybody whom the page names besides the timeline; orders not done yet name their assignees too."""
    for each in record.rounds:
        yield each.get("by")
        yield (each.get("check") or {}).get("by")
    for order in orders_of(record):
        yield order.assignee


def orders_of(record: Finding) -> list[WorkOrder]:
    """Its orders, found by their keys; asked once for a page."""
    numbers = [each["n"] for each in record.rounds]
    keys = [make(record.pk, n) for n in numbers for make in (rules.order_key, rules.check_key)]
    found = WorkOrder.objects(estate=record.estate, key__in=keys)
    return list(found.only("key", "number", "state", "assignee", "due_at", "kind"))


def shown_rounds(record: Finding, names: Mapping[str, str]) -> list[Round]:
    """The newest first."""
    hashes = [h for each in record.rounds for h in _hashes(each)]
    come = here(hashes) if hashes else set()
    orders = {order.key: order for order in orders_of(record)}
    return [_round(each, record, come, orders, names) for each in reversed(record.rounds)]


def _hashes(each: Mapping[str, Any]) -> Iterable[str]:
    yield from each.get("before") or ()
    yield from each.get("after") or ()
    yield from (each.get("check") or {}).get("photos") or ()


def _round(
    each: Mapping[str, Any],
    record: Finding,
    come: set[str],
    orders: Mapping[str, WorkOrder],
    names: Mapping[str, str],
) -> Round:
    check = each.get("check") or {}
    keys = (
        (Words("整改", "Put right"), rules.order_key(record.pk, each["n"])),
        (Words("复查", "Re-inspect"), rules.check_key(record.pk, each["n"])),
    )
    return Round(
        n=each["n"],
        before=pictures_of(each.get("before"), come),
        after=pictures_of(each.get("after"), come),
        by=names.get(each.get("by") or "", ""),
        at=each.get("at"),
        note=each.get("note") or "",
        verdict=_verdict(each, record),
        checked_by=names.get(check.get("by") or "", ""),
        checked_at=check.get("at"),
        check_note=check.get("note") or "",
        check_photos=pictures_of(check.get("photos"), come),
        orders=[_order(words, orders[key], names) for words, key in keys if key in orders],
    )


def _verdict(each: Mapping[str, Any], record: Finding) -> Chip | None:
    check = each.get("check")
    if check:
        return Chip("done", "check", PASSED) if check["passed"] else Chip("late", "back", FAILED)
    return Chip("soon", "soon", WAITING) if each.get("at") and record.state == "rectified" else None


def _order(words: Words, order: WorkOrder, names: Mapping[str, str]) -> Order:
    chip = chip_of(order.state, STATES.get(order.state))
    return Order(words, order.number, chip, names.get(order.assignee or "", ""), order.due_at)


def source_of(record: Finding) -> Origin:
    """Where it was found: the order with its page, or a report by somebody."""
    words = rules.SOURCES[record.source["kind"]]
    number = record.source.get("number")
    url = url_for("office_work.record_view", key=number) if number else None
    return Origin(words, " ".join(filter(None, [number, record.source.get("title")])), url)


def found_at(order: WorkOrder) -> list[tuple[Finding, Chip]]:
    """What was found at this order, and where each stands; the relay may still be making the newest."""
    keys = [each["key"] for each in order.findings]
    found = Finding.objects(estate=order.estate, key__in=keys).only("number", "title", "state") if keys else ()
    return [(each, state_chip(each.state)) for each in found]


def said_aloud(record: Finding) -> VoiceNote | None:
    return voice_of(record.voice, voices([record.voice])) if record.voice else None


def later_findings(record: Finding) -> list[Finding]:
    """What was found again after this one."""
    later = Finding.objects(repeat_of__id=str(record.pk)).only("number", "state", "found_at")
    return list(later.order_by("-found_at").limit(MOST_LATER))
