"""`/api/v1/findings`: what was found wrong, and what became of it."""

from flask_smorest import Blueprint

from admin_app.api.operation import Answer, Body, Call, Operation
from admin_app.api.orders_of import with_rounds
from admin_app.api.queries import By, Listing
from admin_app.api.records import RECORD_FILTERS, Resource, fields_of, lateness, resource
from admin_app.api.routes import add
from schemas.findings import SUMMARY, FindingSchema
from store.findings import operations, rules
from store.findings.documents import Finding
from store.words import Words

LISTING = Listing(
    filters={
        **RECORD_FILTERS,
        **lateness(rules.OPEN_STATES),
        "state": By("state", choices=frozenset(rules.STATES)),
        "severity": By("severity", choices=frozenset(rules.SEVERITIES)),
        "source": By("source.number"),
        "source_kind": By("source.kind", choices=frozenset(rules.SOURCES)),
        "department": By("department"),
        "place": By("place"),
        "repeats": By("repeats", "integer"),
        "due_at": By("due_at", "moment"),
        "found_at": By("found_at", "moment"),
        "closed_at": By("closed_at", "moment"),
    },
    sorts={"created_at": "created_at", "due_at": "due_at", "number": "number"},
    sort="-created_at",
    fields=fields_of(FindingSchema),
    usual=SUMMARY,
)

FINDINGS = Resource(
    name="findings",
    one="finding",
    words=Words("整改项", "Findings"),
    document=Finding,
    permission="findings.read",
    shape=FindingSchema,
    listing=LISTING,
    join=with_rounds,
    joined="rounds",
)


def _report(call: Call) -> Answer:
    finding = operations.report(call.body, actor=call.actor, now=call.now)
    return FINDINGS.made(finding, call.now)


def make() -> Blueprint:
    made = resource(FINDINGS)
    words = Words("上报隐患", "Report a hazard")
    takes = Body.of("HazardReport", operations.REPORT)
    add(
        made,
        Operation(
            "report_finding", "POST", "", "findings.report", words, FindingSchema, 201, takes, again=FINDINGS.made_again
        ),
        _report,
    )
    return made
