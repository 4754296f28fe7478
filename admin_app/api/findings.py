"""`/api/v1/findings`: what was found wrong, and what became of it."""

from flask_smorest import Blueprint

from admin_app.api.operation import Answer, Body, Call, Operation
from admin_app.api.orders_of import with_rounds
from admin_app.api.queries import By, Listing
from admin_app.api.records import RECORD_FILTERS, Resource, Verb, fields_of, lateness, resource
from admin_app.api.routes import add
from schemas.findings import SEVERITY, SUMMARY, FindingSchema
from schemas.requests import REASON
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
    allowed=lambda raw: rules.allowed_verbs(raw["state"]),
    join=with_rounds,
    joined="rounds",
)

VERBS = (
    Verb("severity", rules.VERBS["set_severity"], "findings.write", operations.set_severity, SEVERITY),
    Verb("cancellation", rules.VERBS["cancel"], "findings.write", operations.cancel, REASON),
)


def _report(call: Call) -> Answer:
    finding = operations.report(call.body, actor=call.actor, now=call.now)
    return FINDINGS.made(finding, call.now)


def make() -> Blueprint:
    made = resource(FINDINGS, VERBS)
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
