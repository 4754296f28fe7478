"""Who somebody is, and whom a target of an escalation stands for at a moment."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from store.access import PERMISSIONS
from store.actor import Actor
from store.alone import kept
from store.directory import DirectoryEntry, values_of
from store.errors import Invalid, NotFound
from store.people import duty, rules
from store.people.documents import Channel, Department, Roster, Staff
from store.people.rules import known_zone
from store.premises.documents import Estate
from store.soundness import Flaw, Unsound, sound_parts
from store.words import Words, translated

Values = Mapping[str, Any]
# How a channel stands among the recipients, who are otherwise members of staff.
CHANNEL = "channel:"


def actor_for(staff_code: str) -> Actor:
    """The actor that a member of staff is. Raises `NotFound` when there is none, or he is no longer active."""
    found = Staff.objects(code=staff_code, active__ne=False).first() if isinstance(staff_code, str) else None
    if found is None:
        raise NotFound(Staff.LABEL, staff_code)
    return actor_of(found)


def actor_of(found: Staff) -> Actor:
    """The actor that this active member of staff is."""
    return Actor(
        code=found.code,
        name=translated(found.name).zh,
        roles=frozenset(found.roles),
        estates=rules.estates_seen(found.values()),
        department=found.department,
    )


def check_assignable(staff_code: object, estate: str, field: str = "to") -> None:
    """Raises `Invalid` `not_assignable` for somebody who is not there, or does not work in the estate."""
    person = values_of("staff", staff_code) if isinstance(staff_code, str) else None
    if person is None or not rules.sees(person, estate):
        words = Words("此人不在该小区工作", "This person does not work in the estate")
        raise Invalid.one("not_assignable", words, field)


class Shift(NamedTuple):
    """One shift of one person."""

    start: datetime
    end: datetime
    estate: str
    roster: str


class Directory:
    """A snapshot of the active people, departments, rosters and estates: read once, then asked thousands of times.

    A sweep loads one per batch. Everybody it names is active and may see the estate in question: nobody is told of what
    he could not open. Answers are sorted by code and kept, on-duty answers to the minute.
    """

    def __init__(self, staff: Values, departments: Values, rosters: Values, estates: Values, channels: Values) -> None:
        self._staff: Mapping[str, Values] = staff
        self._departments: Mapping[str, Values] = departments
        self._rosters: Mapping[str, Values] = rosters
        self._estates: Mapping[str, Values] = estates
        self._channels: Mapping[str, Values] = channels
        self._known: dict[tuple[Any, ...], tuple[str, ...]] = {}
        self._on_duty_at: dict[tuple[str, datetime, str | None], tuple[str, ...]] = {}
        # What is used without a part of it, for the jobs page.
        self.flaws: list[Flaw] = []

    @classmethod
    def load(cls) -> "Directory":
        """One command, however many kinds: a sweep with few records would wait for nothing else."""
        entries, flaws = kept("directory", lambda: _active(Staff, Department, Roster, Estate, Channel))
        directory = cls(*entries)
        directory.flaws += flaws
        return directory

    @property
    def codes(self) -> list[str]:
        """Of everything that was read."""
        read = (self._staff, self._departments, self._rosters, self._estates, self._channels)
        return [code for entries in read for code in entries]

    def recipients(
        self, target: Values, estate: str, moment: datetime, assignee: str | None = None, department: str | None = None
    ) -> list[str]:
        """The codes of the staff that `target` (`{"kind", "ref"}`) stands for; empty when it is nobody.

        `assignee` and `department` are those of the record. A target of kind `channel` is a group's robot and no member
        of staff: it stands as `channel:CODE`.
        """
        kind, ref = target.get("kind"), target.get("ref")
        minute = moment.replace(second=0, microsecond=0) if kind == "on_duty" else None
        key = (kind, ref, estate, minute, assignee, department)
        if key not in self._known:
            found = self._resolve(str(kind), ref, estate, moment, assignee, department)
            self._known[key] = tuple(sorted({each for each in found if self.sees(each, estate)}))
        return list(self._known[key])

    def sees(self, staff: str, estate: str) -> bool:
        """Whether this is an active member of staff who may see the estate, or a channel for it."""
        if staff.startswith(CHANNEL):
            channel = self._channels.get(staff.removeprefix(CHANNEL))
            return channel is not None and channel.get("estate") in (None, estate)
        return staff in self._staff and rules.sees(self._staff[staff], estate)

    def members(self, department: str | None, estate: str, role: str) -> list[str]:
        """The staff of a department who have the role and work in the estate, by code."""
        return sorted(
            code
            for code in self._with_role(role)
            if self._staff[code].get("department") == department and self.sees(code, estate)
        )

    def timezone(self, estate: str) -> str:
        return known_zone(self._estates.get(estate, {}).get("timezone"))

    def name(self, staff: str) -> str:
        """The Chinese name of a member of staff; the code of somebody who has left."""
        return translated(self._staff[staff]["name"]).zh if staff in self._staff else staff

    def names(self, staff: str) -> dict[str, str] | None:
        """The name of an active member of staff as it is stored, `{"zh", "en"}`."""
        return dict(self._staff[staff]["name"]) if staff in self._staff else None

    def estate_name(self, estate: str) -> str:
        return translated(self._estates[estate]["name"]).zh if estate in self._estates else estate

    def estates_of(self, actor: Actor) -> list[str]:
        """The estates that he may see, by code."""
        return [code for code in sorted(self._estates) if actor.sees(code)]

    def estate(self, code: str) -> dict[str, Any]:
        return {"code": code, "name": self._estates[code]["name"], "timezone": self.timezone(code)}

    def workers(self, estates: Iterable[str]) -> list[dict[str, Any]]:
        """Who may do work in one of the estates, by code; nothing personal but the name."""
        wanted = list(estates)
        found = []
        for code, person in sorted(self._staff.items()):
            works = PERMISSIONS["work.do"].intersection(person["roles"])
            if works and any(rules.sees(person, each) for each in wanted):
                found.append({"code": code, "name": dict(person["name"]), "department": person.get("department")})
        return found

    def staff(self, code: str) -> Values | None:
        """What is known of an active member of staff: e-mail, channels, quiet hours, language."""
        return self._staff.get(code)

    def on_duty(self, estate: str, moment: datetime, roster: str | None = None) -> list[str]:
        """Who is on duty by one roster of the estate, or by all of them. Plans ask for the same round's start again and
        again, each for its own orders."""
        key = (estate, moment, roster)
        if key not in self._on_duty_at:
            self._on_duty_at[key] = tuple(self._find_on_duty(estate, moment, roster))
        return list(self._on_duty_at[key])

    def _find_on_duty(self, estate: str, moment: datetime, roster: str | None) -> list[str]:
        codes = [roster] if roster else sorted(self._rosters)
        rosters = [self._rosters[code] for code in codes if code in self._rosters]
        zone = self.timezone(estate)
        here = (each for each in rosters if each.get("estate") == estate)
        found = {code for each in here for code in self._by_roster(each, moment, zone)}
        return sorted(code for code in found if code in self._staff)

    def _by_roster(self, roster: Values, moment: datetime, zone: str) -> list[str]:
        try:
            return duty.on_duty(roster, moment, zone)
        except Exception as error:  # a roster that cannot be computed has nobody on duty; the others have
            self.flaws.append(Flaw(Roster.KIND, {"_id": roster["code"], **roster}, error))
            return []

    def shifts(self, staff: str, estate: str, since: datetime, days: int) -> list[Shift]:
        """When this person is on the rosters of the estate, beginning with the day of `since` on the estate's clock."""
        here = [(code, each) for code, each in sorted(self._rosters.items()) if each.get("estate") == estate]
        found = ((code, self._shifts_by(each, staff, estate, since, days)) for code, each in here)
        return [Shift(start, end, estate, code) for code, spans in found for start, end in spans]

    def _shifts_by(
        self, roster: Values, staff: str, estate: str, since: datetime, days: int
    ) -> list[tuple[datetime, datetime]]:
        try:
            return list(duty.shifts_of(roster, staff, since, days, self.timezone(estate)))
        except Exception as error:  # a torn roster keeps nobody else from being found
            self.flaws.append(Flaw(Roster.KIND, {"_id": roster["code"], **roster}, error))
            return []

    def _resolve(
        self, kind: str, ref: str | None, estate: str, moment: datetime, assignee: str | None, department: str | None
    ) -> Iterable[str]:
        if kind == "assignee":
            return [assignee] if assignee else []
        if kind == "staff":
            return [ref] if ref else []
        if kind == "supervisor":
            return self._supervisors_of(assignee, estate, department)
        if kind == "role":
            return self._with_role(str(ref))
        if kind == "department":
            return self._leads(ref or department, estate)
        if kind == "channel":
            return [f"{CHANNEL}{ref}"]
        if kind == "on_duty":
            return self._on_duty(ref or department, estate, moment)
        return []

    def _on_duty(self, ref: str | None, estate: str, moment: datetime) -> list[str]:
        """A policy serves many estates and names a department; a plan or an emergency may name one roster."""
        if ref in self._rosters:
            return self.on_duty(estate, moment, ref)
        found = self.on_duty(estate, moment)
        return [code for code in found if ref is None or self._staff[code].get("department") == ref]

    def _supervisors_of(self, assignee: str | None, estate: str, department: str | None) -> Iterable[str]:
        """The assignee's own supervisor; without one, or without an assignee, the leads of the department (work that
        nobody has must not be nobody's)."""
        person = self._staff.get(assignee or "", {})
        own = person.get("supervisor")
        if own and self.sees(own, estate):
            return [own]
        leads = self._supervisors(person.get("department") or department, estate)
        others = [code for code in leads if code != assignee]
        return others or [
            code for code in self._leads(person.get("department") or department, estate) if code != assignee
        ]

    def _leads(self, department: str | None, estate: str) -> list[str]:
        """The head of a department if he may see the estate, else its supervisors there."""
        head = self._departments.get(department or "", {}).get("head")
        return [head] if head and self.sees(head, estate) else self._supervisors(department, estate)

    def _supervisors(self, department: str | None, estate: str) -> list[str]:
        return [
            code
            for code in self._with_role("supervisor")
            if self.sees(code, estate) and (department is None or self._staff[code].get("department") == department)
        ]

    def _with_role(self, role: str) -> Iterator[str]:
        return (code for code, person in self._staff.items() if role in person["roles"])


def resolve_targets(
    targets: Iterable[Values],
    *,
    estate: str,
    moment: datetime,
    directory: Directory,
    assignee: str | None = None,
    department: str | None = None,
) -> list[str]:
    """Everybody the targets stand for, each once, in the order of the targets."""
    found = (code for each in targets for code in directory.recipients(each, estate, moment, assignee, department))
    return list(dict.fromkeys(found))


def _active(*kinds: type[DirectoryEntry]) -> tuple[list[dict[str, Values]], list[Flaw]]:
    """The active entries of each kind by code, each with what is sound of it; and what was not."""
    first, *others = kinds
    pipeline = _entries(first)
    for kind in others:
        pipeline.append({"$unionWith": {"coll": kind._get_collection_name(), "pipeline": _entries(kind)}})
    found: dict[str, dict[str, Values]] = {kind.KIND: {} for kind in kinds}
    flaws: list[Flaw] = []
    fields = {kind.KIND: kind.FIELDS for kind in kinds}
    for each in first._get_collection().aggregate(pipeline):
        kind, entry = each["kind"], each["entry"]
        if not isinstance(entry.get("code"), str):
            continue  # nobody can name it
        found[kind][entry["code"]], unsound = sound_parts(fields[kind], entry)
        flaws += [Flaw(kind, {"_id": entry["code"], **entry}, Unsound(name)) for name in unsound[:1]]
    return list(found.values()), flaws


def _entries(kind: type[DirectoryEntry]) -> list[dict[str, Any]]:
    kept = Roster.KEPT if kind is Roster else ()
    fields = {"_id": 0, "code": 1, **{field.name: 1 for field in kind.FIELDS}, **dict.fromkeys(kept, 1)}
    return [
        {"$match": {"active": {"$ne": False}}},
        {"$project": fields},
        {"$replaceRoot": {"newRoot": {"kind": {"$literal": kind.KIND}, "entry": "$$ROOT"}}},
    ]
