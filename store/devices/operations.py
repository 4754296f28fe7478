"""The verbs of tablets: enrol, report, rename, revoke."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from store.access import require
from store.actor import Actor
from store.devices import rules
from store.devices.documents import Device, SentList
from store.devices.rules import Report
from store.errors import Conflict, Forbidden, Invalid, NotFound, RuleBroken
from store.notices import push
from store.versioned import Change, check_seen, commit
from store.versioned import create as create_document
from store.words import Words

REVOKED = Words("此平板已被吊销", "This tablet was revoked")
_TRIES = 5


def enrol(code: object, name: object, *, actor: Actor, now: datetime) -> Device:
    """The actor works on this tablet from now on. The first enrolment names the tablet; the office renames it.

    Raises `Invalid`, `Forbidden`, `RuleBroken` `device_revoked`.
    """
    require(actor, "work.do")
    problems = rules.check_enrolment(code, name)
    if problems:
        raise Invalid(problems)
    for _ in range(_TRIES):
        try:
            return _enrolled(str(code), str(name).strip(), actor, now)
        except Conflict:
            continue  # somebody else enrolled at the same moment
    return _enrolled(str(code), str(name).strip(), actor, now)


def _enrolled(code: str, name: str, actor: Actor, now: datetime) -> Device:
    row = {"code": actor.code, "name": actor.name, "enrolled_at": now, "last_contact": now, "unsent": 0}
    found = find(code)
    if found is None:
        device = Device(code=code, name=name, estates=sorted(actor.estates or ()), people=[row], last_contact=now)
        return create_document(device, Change("enrol", {"person": actor.code}), actor=actor, now=now)
    if found.state == "revoked":
        raise RuleBroken("device_revoked", REVOKED, "device")
    known = next((dict(each) for each in found.people if each["code"] == actor.code), row)
    # What he has not sent yet is still on the tablet, whoever signs in how often.
    people = [each for each in found.people if each["code"] != actor.code]
    fields = {
        "people": [*people, {**known, "name": actor.name, "enrolled_at": now, "last_contact": now}],
        "estates": sorted({*found.estates, *(actor.estates or ())}),
    }
    return commit(found, Change("enrol", {"person": actor.code}, fields), actor=actor, now=now)


def find(code: str) -> Device | None:
    """The tablet of a token; whom it may be shown to is not asked."""
    device: Device | None = Device.objects(code=code).exclude("events").first()
    return device


def get(code: object, actor: Actor) -> Device:
    """Raises `NotFound`, also for a tablet of foreign estates."""
    device = Device.objects(code=code).first() if isinstance(code, str) else None
    if device is None or not sees(actor, device.estates):
        raise NotFound(Device.LABEL, code)
    return device


def sees(actor: Actor, estates: list[str]) -> bool:
    """A tablet is shown to whoever sees an estate of its people; without any it is the whole company's."""
    return actor.estates is None or bool(actor.estates.intersection(estates))


def visible(actor: Actor) -> dict[str, Any]:
    """As `sees`, as a condition."""
    return {} if actor.estates is None else {"estates": {"$in": sorted(actor.estates)}}


def report_contact(device: Mapping[str, Any], person: str, report: Report, *, now: datetime) -> None:
    """Keep what a tablet said of itself; at most once a minute, unless a figure changed. `device` as stored.

    A plain update: nobody decided anything, so there is no version and no event.
    """
    changed = rules.changes(device, person, report, now)
    if changed:
        seen = {"code": device["code"], "state": "active", "people.code": person}
        Device._get_collection().update_one(seen, {"$set": changed})


def rename(code: object, name: object, *, actor: Actor, now: datetime, seen: int | None = None) -> Device:
    """Raises `Invalid`, `NotFound`, `Forbidden`."""
    device = _for_writing(code, actor, seen)
    problems = rules.check_name(name)
    if problems:
        raise Invalid(problems)
    new = str(name).strip()
    if new == device.name:
        return device
    return commit(device, Change("rename", {"from": device.name, "to": new}, {"name": new}), actor=actor, now=now)


def revoke(code: object, *, name: object, actor: Actor, now: datetime, seen: int | None = None) -> Device:
    """End a tablet for good: its tokens are dead at the next call, and it wipes what it holds. The tablet's name is
    typed by who does it. Raises `Invalid` `name_differs`, `RuleBroken` `device_revoked`, `NotFound`, `Forbidden`.
    """
    device = _for_writing(code, actor, seen)
    if device.state == "revoked":
        raise RuleBroken("device_revoked", REVOKED)
    if not isinstance(name, str) or name.strip() != device.name:
        words = Words("请输入设备名称「{name}」确认", "Type the device's name “{name}” to confirm")
        raise Invalid.one("name_differs", words.fill(name=device.name), "name")
    lost = {"unsent": rules.unsent(device.to_mongo())}
    fields = {"state": "revoked", "revoked_at": now, "revoked_by": actor.code}
    revoked = commit(device, Change("revoke", lost, fields), actor=actor, now=now)
    SentList.objects(key__in=[list_key(device.code, each["code"]) for each in device.people]).delete()
    push.drop_device(device.code)
    return revoked


def list_key(device: str, person: str) -> str:
    return f"{device}:{person}"


def _for_writing(code: object, actor: Actor, seen: int | None) -> Device:
    require(actor, "devices.write")
    device = get(code, actor)
    # Ending a tablet wipes what the people of every one of its estates have on it.
    if not actor.sees_all(device.estates):
        raise Forbidden("devices.write")
    check_seen(device, seen)
    return device
