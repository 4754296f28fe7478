"""What one slot of a plan becomes: the stored shape of a work order, under the revisions that were in force."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from store.content.documents import Revision
from store.content.reading import live
from store.deadlines import operations as deadlines
from store.deadlines.operations import Terms
from store.people.operations import Directory
from store.plans import rules
from store.plans.recurrence import Slot
from store.plans.rules import SlotDecision

PRIORITY = 3
# How the revision in force is found: (type, code, moment), as `store.content.reading.live` does it.
InForce = Callable[[str, str, datetime], Revision | None]


class Occurrences:
    """One revision of a plan and everything it pins, looked up once for all its slots."""

    def __init__(self, revision: Revision, directory: Directory, moment: datetime, in_force: InForce = live) -> None:
        self.revision = revision
        self._in_force = in_force
        self.body = revision.body
        self._directory = directory
        self._estate = str(self.body["estate"])
        # A round's time runs around the clock: the plan's calendar says on which days there are slots, not how fast.
        # What is only foreseen escalates nowhere: it gets its chain when it is made.
        policy = self.body.get("escalation")
        made = in_force is live
        self._terms = deadlines.terms(calendar=None, policy=policy, moment=moment) if made else Terms(None, None)
        route, checklist = self._pinned("route", moment), self._pinned("checklist", moment)
        self._windows = rules.compile_windows(route.body) if route else None
        self._varies = bool(route and route.body.get("varies"))
        self._route, self._checklist = _reference(route), _reference(checklist)

    def order(self, decision: SlotDecision) -> dict[str, Any]:
        """A work order for a slot that is made, or the account of one that is skipped."""
        slot = decision.slot
        values: dict[str, Any] = {
            "kind": self.body["service"],
            "key": f"plan:{self.revision.code}:{decision.key}",
            "estate": self._estate,
            "title": (self.body.get("name") or {}).get("zh", self.revision.code),
            "title_en": (self.body.get("name") or {}).get("en"),
            "clause": self.body.get("clause"),
            "place": self.body.get("place"),
            "source": {"kind": "plan", "code": self.revision.code},
            "plan": {"code": self.revision.code, "revision": self.revision.number},
            "slot": self._slot(decision),
            "starts_at": slot.nominal_utc,
            "due_at": rules.due_at(slot, self.body),
            "priority": PRIORITY,
        }
        return values | (self._skipped(decision) if decision.action == "skip" else self._made(decision))

    def _slot(self, decision: SlotDecision) -> dict[str, Any]:
        slot = {"local": decision.key, "at": decision.slot.nominal_utc, "reason": decision.reason}
        if decision.slot.moved_from:
            slot["moved_from"] = decision.slot.moved_from.isoformat()
        return slot | ({"late_minutes": decision.late_minutes} if decision.late_minutes else {})

    def _skipped(self, decision: SlotDecision) -> dict[str, Any]:
        return {"state": "skipped", "reason": decision.words.zh, "clocks": []}

    def _made(self, decision: SlotDecision) -> dict[str, Any]:
        """Its time runs from the slot's own moment; what is caught up is late. Whoever is there now does it, and a round
        has its checkpoints ahead of it."""
        slot, begins = decision.slot, decision.begins
        minutes = int(self.body.get("duration_minutes") or rules.DEFAULT_DURATION_MINUTES)
        people = rules.assignee(self.body, slot, lambda roster: self._on_duty(roster, begins))
        return {
            "state": "open",
            "assignee": people[0] if len(people) == 1 else None,
            "team": people,
            "department": self.body.get("department") or self._department_of(people),
            "route": self._route,
            "checklist": self._checklist,
            "checkpoints": self._checkpoints(decision),
            "reminders": self._reminders(slot),
            "clocks": [deadlines.start("complete", minutes, at=slot.nominal_utc, under=self._terms)],
        }

    def _checkpoints(self, decision: SlotDecision) -> list[dict[str, Any]] | None:
        if not self._windows:
            return None
        key = f"{self.revision.code}:{decision.key}"
        windows = rules.varied(self._windows, key) if self._varies else self._windows
        return rules.checkpoint_windows(windows, decision.begins)

    def _reminders(self, slot: Slot) -> list[dict[str, Any]]:
        before = [{"at": at, "template": "reminder"} for at in rules.reminders(slot, self.body)]
        return [*before, {"at": rules.due_at(slot, self.body), "template": "due"}]

    def _on_duty(self, roster: str, moment: datetime) -> list[str]:
        return self._directory.on_duty(self._estate, moment, roster)

    def _department_of(self, people: list[str]) -> str | None:
        person = self._directory.staff(people[0]) if people else None
        return person.get("department") if person else None

    def _pinned(self, kind: str, moment: datetime) -> Revision | None:
        code = self.body.get(kind)
        return self._in_force(kind, code, moment) if code else None


def _reference(revision: Revision | None) -> dict[str, Any] | None:
    if revision is None:
        return None
    named = {"code": revision.code, "revision": revision.number}
    return named | ({"ordered": True} if revision.body.get("ordered") else {})
