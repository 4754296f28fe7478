"""Everything a person can write, written by somebody who means harm: one payload in every text field of the product."""

from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from admin_app.accounts.documents import Account
from seeds.loader import content_entries
from store import clock, directory
from store.actor import SYSTEM
from store.content import operations as content
from store.content import reading
from store.content.types import built_in
from store.emergencies import operations as drills
from store.errors import Invalid
from store.fields.spec import Field
from store.findings import operations as findings
from store.incidents import operations as incidents
from store.requests import operations as requests
from store.views import operations as views
from store.work import operations as work
from tests import cast
from tests.security.world import World, make_drill, make_finding, make_incident, make_notice, make_order, make_request

MARK = "9d1f"
# As markup, as an attribute, as a script, as a template of Jinja, JavaScript and Python.
PAYLOAD = (
    f"<img src=x onerror=window.ran=1>{MARK}<script>window.ran=1</script>\"'><svg onload=window.ran=1>"
    "${7*7}{{7*7}}{0.__class__}%(x)s%s</textarea></title>&lt;b&gt;"
)
WITHOUT_BRACES = PAYLOAD.replace("${7*7}", "").replace("{{7*7}}", "").replace("{0.__class__}", "")
BOTH = {"zh": PAYLOAD, "en": PAYLOAD}
TEXTS = frozenset({"text", "long_text", "markdown"})
CUSTOM = "poisoned-kind"


def poisoned(fields: Sequence[Field], body: Mapping[str, Any], payload: str = PAYLOAD) -> dict[str, Any]:
    """`body` with the payload in every text there can be."""
    found = dict(body)
    for field in fields:
        if field.kind in TEXTS:
            found[field.name] = {"zh": payload, "en": payload} if field.translated else payload
        elif field.kind == "list":
            found[field.name] = [poisoned(field.fields, row, payload) for row in body.get(field.name) or ()]
        elif field.kind == "group" and body.get(field.name):
            found[field.name] = poisoned(field.fields, body[field.name], payload)
    return found


def mend(wrong: dict[str, Any], original: Mapping[str, Any], error: Invalid) -> None:
    """Take back what the product refuses."""
    taken = [_put_back(wrong, original, (problem.field or "").split(".")) for problem in error.problems]
    if not any(taken):
        raise AssertionError(error.problems)


def _put_back(place: Any, original: Any, path: list[str]) -> bool:
    head, rest = (int(path[0]) if path[0].isdigit() else path[0]), path[1:]
    try:
        old = original[head]
    except (KeyError, IndexError, TypeError):
        old = None
    if rest and old is not None:
        return _put_back(place[head], old, rest)
    if isinstance(place, dict) and place.get(head) != old:
        if old is None:
            place.pop(head, None)
        else:
            place[head] = deepcopy(old)
        return True
    return False


def write(kind: str, code: str, original: Mapping[str, Any], now: datetime) -> None:
    """A poisoned draft of a type, published where it can be."""
    fields = reading.type_of(kind, now).fields
    body = poisoned(fields, original, WITHOUT_BRACES if kind == "notification_template" else PAYLOAD)
    while True:
        try:
            content.create(kind, code, body, actor=SYSTEM, now=now)
            break
        except Invalid as error:
            mend(body, original, error)
    try:
        content.publish(kind, code, actor=SYSTEM, now=now)
    except Invalid:
        return  # it refers to what this small world does not have; the draft is shown all the same


def poison_content(now: datetime) -> list[tuple[str, str]]:
    """One entry of each built-in type, and of a type that a manager defined."""
    samples: dict[str, tuple[str, Mapping[str, Any]]] = {}
    for kind, code, body in content_entries(now):
        samples.setdefault(kind, (f"bad-{code}", body))
    label = {"zh": PAYLOAD[:490], "en": PAYLOAD[:490]}
    rows = [
        {"name": "name", "label": label, "kind": "text", "required": True, "translated": True},
        {"name": "story", "label": label, "kind": "markdown"},
        {"name": "link", "label": label, "kind": "url"},
    ]
    samples["content_type"] = (CUSTOM, {"name": label, "fields": rows})
    # Nothing is seeded that needs a picture of somebody's house.
    samples["floor_plan"] = ("bad-floor", {"name": label, "estate": "sunshine", "picture": "a" * 64})
    days = {"starts_at": "2027-01-04T00:00:00Z", "ends_at": "2027-01-05T00:00:00Z"}
    samples["mute"] = ("bad-mute", {"name": label, "estate": "sunshine", "place": "2", "reason": "x", **days})
    assert set(samples) == set(built_in()), set(built_in()) ^ set(samples)
    for kind, (code, fields) in samples.items():
        write(kind, code, fields, now)
    link = {"name": BOTH, "story": PAYLOAD, "link": "javascript://%0awindow.ran=1"}
    content.create(CUSTOM, "entry", link, actor=SYSTEM, now=now)
    content.publish(CUSTOM, "entry", actor=SYSTEM, now=now)
    return [*((kind, code) for kind, (code, _) in samples.items()), (CUSTOM, "entry")]


def poison_directory(now: datetime) -> list[tuple[str, str]]:
    """Every kind, made and changed, so that the history speaks too."""
    found = []
    for kind, document in directory.kinds().items():
        for entry in list(document.objects):
            original = entry.values()
            values = poisoned(document.FIELDS, original)
            while True:
                try:
                    directory.update(kind, entry.code, values, actor=SYSTEM, now=now)
                    break
                except Invalid as error:
                    mend(values, original, error)
            found.append((kind, entry.code))
    return found


def poison_records(world: World) -> list[str]:
    """Addresses of records in which every text that staff or residents write is poisoned."""
    now = clock.now()
    request = make_request(words=PAYLOAD, place=PAYLOAD, contact_name=PAYLOAD[:190])
    actor = replace(cast.manager(), name=PAYLOAD)
    for verb, text in (("accept", {}), ("note", {"text": PAYLOAD}), ("wait", {"reason": PAYLOAD}), ("resume", {})):
        getattr(requests, verb)(request.pk, **text, actor=actor, now=now)
    requests.answer(request.pk, text=PAYLOAD, actor=actor, now=now)
    requests.close(request.pk, outcome=PAYLOAD, actor=actor, now=now)
    requests.reopen(request.pk, reason=PAYLOAD, actor=actor, now=now)
    open_request = make_request(words=PAYLOAD, place=PAYLOAD)
    order = make_order(title=PAYLOAD, place=PAYLOAD)
    work.assign(order.pk, to="guard", note=PAYLOAD, actor=actor, now=now)
    work.pause(order.pk, reason=PAYLOAD, actor=actor, now=now)
    done = make_order(title=PAYLOAD, place=PAYLOAD)
    work.complete(done.pk, note=PAYLOAD, actor=actor, now=now)
    drill = make_drill(title=PAYLOAD, reason=BOTH)
    drills.confirm(drill.pk, actor=actor, now=now)
    held = make_drill(title=PAYLOAD, ordinal=2)
    drills.hold(held.pk, score=90, summary=PAYLOAD, participants=["guard"], actor=actor, now=now + timedelta(days=21))
    incident = make_incident(title=PAYLOAD, place=PAYLOAD, words=PAYLOAD)
    named: dict[str, Any] = {
        "roles": [{**incident.roles[0], "name": BOTH}],
        "steps": [{**incident.steps[0], "name": BOTH}],
    }
    over = make_incident(title=PAYLOAD, **named)
    incidents.force_close(over.pk, summary=PAYLOAD, reason=PAYLOAD, actor=actor, now=now)
    finding = make_finding(title=PAYLOAD, place=PAYLOAD, note=PAYLOAD)
    findings.set_severity(finding.pk, severity="high", reason=PAYLOAD, actor=actor, now=now)
    make_notice(order, to="admin")
    for listed in ("office_requests", "office_work", "office_drills", "office_incidents", "office_findings"):
        views.save(listed, PAYLOAD[:30], f"view=all&q={PAYLOAD[:60]}", actor=cast.administrator(), now=now)
    Account(username="<svg/onload=ran=1>", staff="guard", password="-", fs_uniquifier="x").save()
    return [
        *(f"/admin/requests/{each.number}" for each in (request, open_request)),
        *(f"/admin/work/{each.number}" for each in (order, done)),
        *(f"/admin/drills/{each.number}" for each in (drill, held)),
        *(f"/admin/incidents/{each.number}" for each in (incident, over)),
        f"/admin/findings/{finding.number}",
    ]
