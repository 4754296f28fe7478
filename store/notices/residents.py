"""Residents as readers of letters: found anew for each letter, so that neither address nor words are stored twice."""

import logging
from collections.abc import Iterable, Mapping
from typing import Any

from bson import ObjectId

from store import history
from store.health.rules import place_of
from store.notices.rules import Reader
from store.premises.documents import Household
from store.requests.documents import ServiceRequest
from store.requests.rules import RESIDENT, mail_member
from store.versioned import kind_name
from store.words import Words

log = logging.getLogger(__name__)
DEAR = Words("业主", "resident")


def readers_of(codes: Iterable[str]) -> dict[str, Reader]:
    """`resident:<request>` → whoever asked, with his address; nobody where the household knows none (any more)."""
    wanted = {code: ObjectId(key) for code in codes if ObjectId.is_valid(key := code.removeprefix(RESIDENT))}
    if not wanted:
        return {}
    requests = {each["_id"]: each for each in _requests(list(wanted.values()))}
    homes = {each["code"]: each for each in _homes(str(each["household"]) for each in requests.values())}
    found = {code: _reader(code, requests.get(key), homes) for code, key in wanted.items()}
    return {code: each for code, each in found.items() if each is not None}


def _reader(code: str, request: Mapping[str, Any] | None, homes: Mapping[str, Any]) -> Reader | None:
    try:
        member = _member(request, homes)
        return None if member is None else Reader(code, _name(member), email=member["email"])
    except Exception as error:  # a torn household keeps no other's letter back
        log.error("%s has no reader: %s", code, place_of(error))
        return None


def _requests(keys: list[ObjectId]) -> Iterable[Mapping[str, Any]]:
    shown = {"household": 1, "contact_name": 1, "contact_phone": 1}
    found: Iterable[Mapping[str, Any]] = ServiceRequest._get_collection().find(
        {"_id": {"$in": keys}, "household": {"$type": "string"}}, shown
    )
    return found


def _homes(codes: Iterable[str]) -> Iterable[Mapping[str, Any]]:
    found: Iterable[Mapping[str, Any]] = Household._get_collection().find(
        {"code": {"$in": sorted(set(codes))}, "active": {"$ne": False}}, {"code": 1, "members": 1}
    )
    return found


def _member(request: Mapping[str, Any] | None, homes: Mapping[str, Any]) -> Mapping[str, Any] | None:
    home = homes.get(request["household"]) if request else None
    return mail_member(request, home.get("members") or ()) if request and home else None


def _name(member: Mapping[str, Any]) -> Words:
    name = str(member.get("name") or "")
    return Words(name, name) if name else DEAR


def answer_of(request: str, event: int) -> str:
    """What was written to the resident at that event of the request; empty when it was erased."""
    fields = {"replies": 1, "events": {"$elemMatch": {"n": event}}}
    raw = ServiceRequest._get_collection().find_one({"_id": ObjectId(request)}, fields) or {}
    events = raw.get("events") or history.one(kind_name(ServiceRequest), ObjectId(request), event)
    at = next((each["at"] for each in events), None)
    said = (each for each in raw.get("replies") or () if each.get("at") == at and not each.get("internal"))
    return next((str(each.get("text") or "") for each in said), "")
