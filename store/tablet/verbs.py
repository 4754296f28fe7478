"""What a tablet's entry can be, run exactly as screens and the API run it: the verbs of a work order that its description
gives to tablets (`store/work/verbs.py`), and what is done without an order, one row each.

A verb asks for its permission itself. A new verb is a line in `docs/tablet.md` besides.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from store import lifecycle
from store.errors import Invalid
from store.fields.checking import clean
from store.fields.spec import Field
from store.findings import operations as findings
from store.findings.operations import REPORTED
from store.incidents import help
from store.incidents import operations as incidents
from store.tablet import attendance, handover
from store.tablet.handover import hand_over_shift, read_handover
from store.verbs import Verb
from store.work.answers import read_answer, read_answers, read_hashes, read_photos
from store.work.documents import WORK_ORDER

Values = Mapping[str, Any]


def _nothing(values: Values) -> set[str]:
    return set()


@dataclass(frozen=True)
class TabletVerb:
    """One verb.

    `run(order's id, **body, actor, now, seen)`; without an order `run(estate, **body, actor, now)`, and what it makes has
    `actor.entry.operation` as its key, so that it is made once.
    `adds`: it only adds a fact beside what is there, whatever that is, and so overwrites nothing that was not seen.
    `read` takes the place of `fields` where a specification cannot say it; it raises `Invalid`.
    """

    run: Callable[..., Any]
    fields: Sequence[Field] = ()
    on_order: bool = True
    adds: bool = False
    read: Callable[[Values], dict[str, Any]] | None = None

    def body(self, values: Values) -> dict[str, Any]:
        """The body, checked. Raises `Invalid` with every problem."""
        return self.read(values) if self.read is not None else _checked(self.fields, values)


def _checked(fields: Sequence[Field], values: Values, *others: str) -> dict[str, Any]:
    """What specifications can say of a body; `others` are read elsewhere. Raises `Invalid`."""
    cleaned, problems = clean(fields, {name: value for name, value in values.items() if name not in others})
    if problems:
        raise Invalid(problems)
    return cleaned


def _completion(values: Values) -> dict[str, Any]:
    answers = read_answers(values.get("answers") or [])
    return {**_checked(WORK_ORDER["complete"].fields, values, "answers"), "answers": answers}


def _supplement(values: Values) -> dict[str, Any]:
    found = {"answers": read_answers(values.get("answers") or []), "photos": read_hashes(values.get("photos"))}
    return {**_checked(WORK_ORDER["supplement"].fields, values, *found), **found}


def _photos(values: Values) -> dict[str, Any]:
    return {**_checked((), values, "photos"), "photos": read_photos(values.get("photos"))}


def _photographed(values: Values) -> dict[str, Any]:
    point = [each for each in WORK_ORDER["photograph"].fields if each.name != "photos"]
    return {**_checked(point, values, "photos"), "photos": read_hashes(values.get("photos"))}


# What a specification cannot say.
READERS: dict[str, Callable[[Values], dict[str, Any]]] = {
    "answer": read_answer,
    "add_photos": _photos,
    "complete": _completion,
    "photograph": _photographed,
    "supplement": _supplement,
}


def _on_order(verb: Verb) -> TabletVerb:
    def run(order_id: object, **values: Any) -> object:
        return lifecycle.run_of(WORK_ORDER, verb.name)(order_id, **values)

    return TabletVerb(run, verb.fields, adds=verb.adds, read=READERS.get(verb.name))


VERBS: dict[str, TabletVerb] = {
    **{verb.name: _on_order(verb) for verb in WORK_ORDER.verbs if verb.tablet},
    "hand_over_shift": TabletVerb(hand_over_shift, read=read_handover, on_order=False),
    "read_handover": TabletVerb(handover.read, handover.READ, on_order=False),
    "clock": TabletVerb(attendance.clock, attendance.CLOCKED, on_order=False),
    "call_for_help": TabletVerb(help.call_for_help, help.CALLED, on_order=False),
    "start_plan": TabletVerb(incidents.start_in, incidents.STARTED, on_order=False),
    "report": TabletVerb(findings.report_in, REPORTED, on_order=False),
}


def touches() -> dict[str, Callable[[Values], set[str]]]:
    """By verb: what its body – and the detail of its event – says that it touches. The office's verbs are asked too."""
    return {verb.name: verb.touches.of if verb.touches else _nothing for verb in WORK_ORDER.verbs}
