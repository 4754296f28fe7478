"""`/api/v1/requests`: service requests."""

from typing import Any

from flask_smorest import Blueprint
from marshmallow import Schema

from admin_app.api.operation import Answer, Body, Call, Operation
from admin_app.api.orders_of import with_orders
from admin_app.api.queries import By, Listing
from admin_app.api.records import RECORD_FILTERS, Resource, fields_of, lateness, resource
from admin_app.api.routes import add
from schemas.requests import SUMMARY, RequestSchema
from schemas.shapes import text
from store.access import require
from store.audit.operations import record as note_in_audit
from store.premises.rules import masked_phone
from store.requests import operations, rules
from store.requests.documents import ServiceRequest
from store.words import Words

LISTING = Listing(
    filters={
        **RECORD_FILTERS,
        **lateness(rules.UNCLOSED),
        "state": By("state", choices=frozenset(rules.STATES)),
        "kind": By("kind", choices=frozenset(rules.KINDS)),
        "channel": By("channel", choices=frozenset(rules.CHANNELS)),
        "urgency": By("urgency", choices=frozenset(rules.PRIORITY_OF_URGENCY)),
        "category": By("category"),
        "item": By("item.code"),
        "assignee": By("assignee"),
        "department": By("department"),
        "household": By("household"),
        "merged_into": By("merged_into.number"),
        "priority": By("priority", "integer"),
        "due_at": By("due_at", "moment"),
        "closed_at": By("closed_at", "moment"),
        "accept_by": By("accept_by", "moment"),
        "charge": By("charge.total_fen", "integer"),
    },
    sorts={"created_at": "created_at", "due_at": "due_at", "number": "number", "priority": "priority"},
    sort="-created_at",
    fields=fields_of(RequestSchema),
    usual=SUMMARY,
)


class ContactSchema(Schema):
    """Whom to call back."""

    contact_name = text()
    contact_phone = text()


def _masked(shown: dict[str, Any]) -> dict[str, Any]:
    if shown.get("contact_phone"):
        shown["contact_phone"] = masked_phone(shown["contact_phone"])
    return shown


REQUESTS = Resource(
    name="requests",
    one="request",
    words=Words("诉求", "Service requests"),
    document=ServiceRequest,
    permission="requests.read",
    shape=RequestSchema,
    listing=LISTING,
    allowed=operations.allowed,
    mask=_masked,
    join=with_orders,
    joined="work_orders",
)


def _create(call: Call) -> Answer:
    request = operations.create(call.body, actor=call.actor, now=call.now)
    return REQUESTS.made(request, call.now)


def _reveal(call: Call, key: str) -> Answer:
    """The contact of one request in full; the look is logged first."""
    request = operations.get(key, call.actor)
    require(call.actor, "households.reveal", request.estate)
    about = f"{request.KIND.name}:{request.number}"
    note_in_audit("reveal_contact", about, actor=call.actor, now=call.now, estate=request.estate)
    return Answer({"contact_name": request.contact_name, "contact_phone": request.contact_phone})


def make() -> Blueprint:
    made = resource(REQUESTS)
    words = Words("登记诉求", "Take in a request")
    takes = Body.of("NewRequest", rules.INTAKE)
    add(
        made,
        Operation(
            "create_request", "POST", "", "requests.write", words, RequestSchema, 201, takes, again=REQUESTS.made_again
        ),
        _create,
    )
    words = Words("查看联系方式（留痕）", "Look at the contact; the look is logged")
    reveal = Operation(
        "request_contact_reveals",
        "POST",
        "/<key>/contact-reveals",
        "households.reveal",
        words,
        ContactSchema,
        writes=False,
    )
    add(made, reveal, _reveal)
    return made
