"""What the forms of a service request begin with and offer: rooms, items, other reports of the fault, what was paid."""

from admin_app.accounts.current import current_actor
from admin_app.backoffice.forms.controls import Look, Looks, Option
from admin_app.backoffice.records.priced_lines import line_choice, of_lines, rows_of
from admin_app.backoffice.records.verbs import Posted
from admin_app.shell.language import say
from store import clock
from store.content.reading import live_all
from store.errors import NotFound
from store.premises import operations as premises
from store.requests import operations as requests
from store.requests.documents import ServiceRequest
from store.requests.rules import TOLD, TOLD_BY_PEOPLE
from store.words import translated

# Written in the answer box at the foot of the page, not in a card on top.
BOX = ("answer", "answer_meanwhile", "note")


def told_by_people() -> tuple[Option, ...]:
    return tuple(Option(each, say(TOLD[each])) for each in TOLD_BY_PEOPLE)


def looks_of(record: ServiceRequest) -> Looks:
    """Of the verbs that it allows now: what their forms offer is looked up for these only."""
    allowed = set(requests.allowed(record.to_mongo()))
    found: dict[str, Look] = {}
    if "correct" in allowed:
        found |= _of_correction(record)
    if "merge" in allowed:
        found["merge.into"] = Look(choices=_could_lead(record))
    if "correct_charge" in allowed:
        found |= _of_charge(record)
    return found


def _of_correction(record: ServiceRequest) -> dict[str, Look]:
    return {
        "correct.item": Look(record.item["code"], _items()),
        "correct.kind": Look(record.kind),
        # What was emptied is taken out.
        "correct.place": Look(record.place or "", read=lambda values: values.text("place")),
        "correct.household": Look(
            _room(record.household), control="line", read=lambda values: household_typed(values, record.estate)
        ),
    }


def _items() -> tuple[Option, ...]:
    found = live_all("service_item", clock.now())
    return tuple(Option(each.code, say(translated(each.body["name"]))) for each in found)


def _room(code: str | None) -> str:
    try:
        return premises.household(code, current_actor()).room if code else ""
    except NotFound:
        return code or ""


def household_typed(values: Posted, estate: str) -> str:
    """The code of the household whose room was typed; what is no room of the estate stays as it is, to be refused."""
    text = values.text("household")
    found = premises.find_households(text, current_actor(), clock.now(), estate=estate) if text else []
    return next((each.code for each in found if text in (each.room, each.code)), text)


def _could_lead(record: ServiceRequest) -> tuple[Option, ...]:
    rows = requests.could_lead(record)
    return tuple(Option(each.number, " · ".join(filter(None, [each.number, each.title]))) for each in rows)


def _of_charge(record: ServiceRequest) -> dict[str, Look]:
    paid = [each for each in record.charge["lines"] if each["charged"]]
    choices = [line_choice({**each, "code": each["line"]}) for each in paid]
    return of_lines("correct_charge", choices, rows_of(paid, "charged"))
