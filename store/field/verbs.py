"""What a tablet's entry can be: one row for each verb, run exactly as screens and the API run it.

A verb asks for its permission itself. A new verb is one row here, and a line in `docs/tablet.md`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from store.errors import Invalid
from store.field import attendance, handover
from store.field.handover import hand_over_shift, read_handover
from store.fields import Field, clean
from store.findings import operations as findings
from store.findings.operations import REPORTED
from store.incidents import help
from store.incidents import operations as incidents
from store.photos import voice
from store.repairs import operations as repairs
from store.repairs import rules as repair_rules
from store.words import Words
from store.work import evidence, point_photos, rounds
from store.work import operations as work
from store.work.answers import PHOTOS, read_answer, read_answers, read_hashes, read_photos
from store.work.findings import RAISED, VERDICT
from store.work.rules import SCAN_METHODS

Values = Mapping[str, Any]


def _nothing(values: Values) -> set[str]:
    return set()


@dataclass(frozen=True)
class FieldVerb:
    """One verb.

    `run(order's id, **body, actor, now, seen)`; without an order `run(estate, **body, actor, now)`, and what it makes has
    `actor.entry.operation` as its key, so that it is made once.
    `touches` names what of the order the verb changes. It is asked of an entry's body and of the events of others (their
    `detail` uses the same names): an entry does not stand when somebody else has touched the same since it was seen.
    `adds`: it only adds a fact beside what is there, whatever that is, and so overwrites nothing that was not seen.
    `read` takes the place of `fields` where a specification cannot say it; it raises `Invalid`.
    """

    run: Callable[..., Any]
    fields: Sequence[Field] = ()
    touches: Callable[[Values], set[str]] = _nothing
    on_order: bool = True
    adds: bool = False
    read: Callable[[Values], dict[str, Any]] | None = None

    def body(self, values: Values) -> dict[str, Any]:
        """The body, checked. Raises `Invalid` with every problem."""
        return self.read(values) if self.read is not None else _checked(self.fields, values)


def _note(required: bool = False) -> Field:
    return Field("note", "long_text", Words("备注", "Note"), required=required)


_SCAN = (
    Field("checkpoint", "reference", Words("巡更点", "Checkpoint"), required=True),
    Field("method", "choice", Words("打卡方式", "Way of scanning"), required=True, choices=tuple(SCAN_METHODS.items())),
)
TAKEN_BACK = (
    Field("checkpoint", "reference", Words("巡更点", "Checkpoint"), required=True),
    Field("reason", "long_text", Words("原因", "Reason")),
)
PHOTOGRAPHED = (_SCAN[0], PHOTOS)
COMPLETION = (_note(), *repair_rules.SIGNED, repair_rules.SATISFIED)
_HAND_OVER = (Field("to", "reference", Words("转交给", "Hand over to"), required=True, target="staff"), _note())
SUPPLEMENT = (_note(), voice.FIELD, Field("about", "reference", Words("关于哪条记录", "About the entry")))
_REMOVED = (Field("photo", "reference", Words("照片", "Photo"), required=True),)
_REASON = (Field("reason", "long_text", Words("原因", "Reason"), required=True),)


def _assignee(values: Values) -> set[str]:
    return {"assignee"}


def _items(values: Values) -> set[str]:
    return {f"answers.{each['item']}" for each in values.get("answers") or ()}


def _one(prefix: str, name: str) -> Callable[[Values], set[str]]:
    return lambda values: {f"{prefix}.{values.get(name)}"}


def _always(name: str) -> Callable[[Values], set[str]]:
    return lambda values: {name}


def _finding(values: Values) -> set[str]:
    """An item has one finding; of a checkpoint, or of nothing in particular, there may be several."""
    return {f"findings.{values['item']}"} if values.get("item") else set()


def _checked(fields: Sequence[Field], values: Values, *others: str) -> dict[str, Any]:
    """What specifications can say of a body; `others` are read elsewhere. Raises `Invalid`."""
    cleaned, problems = clean(fields, {name: value for name, value in values.items() if name not in others})
    if problems:
        raise Invalid(problems)
    return cleaned


def _completion(values: Values) -> dict[str, Any]:
    answers = read_answers(values.get("answers") or [])
    return {**_checked(COMPLETION, values, "answers"), "answers": answers}


def _supplement(values: Values) -> dict[str, Any]:
    found = {"answers": read_answers(values.get("answers") or []), "photos": read_hashes(values.get("photos"))}
    said = _checked(SUPPLEMENT, values, *found)
    problems = voice.name_problems(said.get("voice"))
    if problems:
        raise Invalid(problems)
    return {**said, **found}


def _photos(values: Values) -> dict[str, Any]:
    return {**_checked((), values, "photos"), "photos": read_photos(values.get("photos"))}


def _photographed(values: Values) -> dict[str, Any]:
    return {**_checked(PHOTOGRAPHED[:1], values, "photos"), "photos": read_hashes(values.get("photos"))}


VERBS: dict[str, FieldVerb] = {
    "accept": FieldVerb(work.accept),
    "start": FieldVerb(work.start),
    "pause": FieldVerb(work.pause, _REASON),
    "resume": FieldVerb(work.resume),
    "acknowledge": FieldVerb(work.acknowledge),
    "diagnose": FieldVerb(repairs.diagnose, repair_rules.DIAGNOSIS, _always("diagnosis")),
    "quote": FieldVerb(repairs.quote, repair_rules.QUOTED, _always("quote")),
    "consent": FieldVerb(repairs.consent, repair_rules.ANSWERED, _always("quote")),
    "materials": FieldVerb(repairs.materials, repair_rules.USED, _always("materials")),
    # Which of several scans counts is a rule of its own, whatever came first: nobody is in another's way.
    "scan": FieldVerb(rounds.scan, _SCAN, adds=True),
    "take_back": FieldVerb(rounds.take_back, TAKEN_BACK, adds=True),
    "photograph": FieldVerb(point_photos.photograph, PHOTOGRAPHED, adds=True, read=_photographed),
    "answer": FieldVerb(evidence.answer, read=read_answer, touches=_one("answers", "item")),
    "add_photos": FieldVerb(evidence.add_photos, read=_photos, adds=True),
    "remove_photo": FieldVerb(evidence.remove_photo, _REMOVED),
    "complete": FieldVerb(work.complete, read=_completion, touches=_items),
    "hand_over": FieldVerb(work.hand_over, _HAND_OVER, touches=_assignee),
    "supplement": FieldVerb(evidence.supplement, read=_supplement, adds=True),
    "raise_finding": FieldVerb(work.raise_finding, RAISED, _finding),
    "verdict": FieldVerb(work.verdict, VERDICT),
    "hand_over_shift": FieldVerb(hand_over_shift, read=read_handover, on_order=False),
    "read_handover": FieldVerb(handover.read, handover.READ, on_order=False),
    "clock": FieldVerb(attendance.clock, attendance.CLOCKED, on_order=False),
    "call_for_help": FieldVerb(help.call_for_help, help.CALLED, on_order=False),
    "start_plan": FieldVerb(incidents.start_in, incidents.STARTED, on_order=False),
    "report": FieldVerb(findings.report_in, REPORTED, on_order=False),
}


def touches() -> dict[str, Callable[[Values], set[str]]]:
    """By verb: what its body – and the detail of its event – says that it touches. The office's verbs are asked too."""
    return {**{name: verb.touches for name, verb in VERBS.items()}, "assign": _assignee}
