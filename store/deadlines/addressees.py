"""Whom the targets of an escalation stand for, while its steps fire one after the other."""

from collections.abc import Callable, Collection
from datetime import datetime
from typing import Any

from store.deadlines.escalation import Firing
from store.deadlines.policy import Target
from store.people.operations import CHANNEL

# `Directory.recipients`: who a target is, for an estate, at a moment, of an assignee and a department.
Recipients = Callable[[dict[str, Any], str, datetime, str | None, str | None], list[str]]


class Addressees:
    """Of one record. After a step that reassigns it, the assignee and his supervisor are others for the steps behind."""

    def __init__(
        self,
        recipients: Recipients,
        estate: str,
        assignee: str | None,
        department: str | None,
        barred: Collection[str] = (),
    ) -> None:
        self._recipients, self._estate = recipients, estate
        self._assignee, self._department, self._barred = assignee, department, barred

    def __call__(self, target: Target, moment: datetime) -> list[str]:
        wanted = {"kind": target.kind, "ref": target.ref}
        return self._recipients(wanted, self._estate, moment, self._assignee, self._department)

    def fired(self, firing: Firing[str]) -> None:
        self._assignee = successor(firing, self._barred) or self._assignee


def successor(firing: Firing[str], barred: Collection[str] = ()) -> str | None:
    """Who has the record after this firing; None when it does not change hands. A group's robot takes nothing on."""
    if firing.due.step.action != "reassign":
        return None
    people = (each for each in firing.recipients if not each.startswith(CHANNEL) and each not in barred)
    return next(people, None)
