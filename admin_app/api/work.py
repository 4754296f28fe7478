"""`/api/v1/work-orders`: what members of staff must do."""

from collections.abc import Mapping
from typing import Any

from flask_smorest import Blueprint

from admin_app.api.operation import Answer, Body, Call, Operation
from admin_app.api.queries import By, Listing
from admin_app.api.records import RECORD_FILTERS, Resource, fields_of, lateness, resource
from admin_app.api.routes import add
from schemas.work import SUMMARY, CompletionSchema, WorkOrderSchema, read_completion
from store.actor import SYSTEM
from store.charges.rules import CONSENT
from store.words import Words
from store.work import by_hand, operations, rules
from store.work.documents import WorkOrder

LISTING = Listing(
    filters={
        **RECORD_FILTERS,
        **lateness(rules.RUNNING),
        "state": By("state", choices=frozenset(rules.STATES)),
        "kind": By("kind", choices=frozenset(rules.KINDS)),
        "assignee": By("assignee"),
        "department": By("department"),
        "plan": By("plan.code"),
        "source": By("source.number"),
        "priority": By("priority", "integer"),
        "missed_count": By("missed_count", "integer"),
        "proven": By("proven", "boolean"),
        "quote": By("quote.state", choices=frozenset(CONSENT)),
        "due_at": By("due_at", "moment"),
        "starts_at": By("starts_at", "moment"),
        "finished_at": By("finished_at", "moment"),
    },
    sorts={
        "created_at": "created_at",
        "due_at": "due_at",
        "starts_at": "starts_at",
        "number": "number",
        "priority": "priority",
    },
    sort="-created_at",
    fields=fields_of(WorkOrderSchema),
    usual=SUMMARY,
)


def _allowed(raw: Mapping[str, Any]) -> list[str]:
    known = {name: raw[name] for name in ("state", "kind", "quote", "price_list") if name in raw}
    return operations.allowed(WorkOrder(**known), SYSTEM)


ORDERS = Resource(
    name="work_orders",
    one="work_order",
    words=Words("工单", "Work orders"),
    document=WorkOrder,
    permission="work.read",
    shape=WorkOrderSchema,
    listing=LISTING,
    allowed=_allowed,
)

_COMPLETION = Body(CompletionSchema, read_completion, required=False)


def _create(call: Call) -> Answer:
    order = by_hand.create(call.body, actor=call.actor, now=call.now)
    return ORDERS.made(order, call.now)


def make() -> Blueprint:
    made = resource(ORDERS, {"complete": _COMPLETION})
    words = Words("手工新建工单", "Make a work order by hand")
    takes = Body.of("NewWorkOrder", by_hand.FORM)
    again = ORDERS.made_again
    add(
        made,
        Operation("create_work_order", "POST", "", "work.dispatch", words, WorkOrderSchema, 201, takes, again=again),
        _create,
    )
    return made
