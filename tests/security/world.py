"""Two estates with one of everything. What belongs to the first carries a canary word in every text a person wrote."""

from dataclasses import dataclass, field
from datetime import timedelta
from io import BytesIO
from typing import Any
from zipfile import ZipFile

from bson import ObjectId

from store import clock
from store.actor import SYSTEM
from store.emergencies.documents import Drill
from store.findings.documents import Finding
from store.incidents.documents import Incident
from store.kinds import made_kinds
from store.notices.documents import Notice
from store.notices.making import notices_of
from store.notices.readers import ReaderCache
from store.records import Record
from store.requests import operations as requests
from store.requests.documents import ServiceRequest
from store.versioned import Change, create
from store.work import operations as work
from store.work.documents import WorkOrder
from tests import cast
from tests.api.world import make_finding as plain_finding
from tests.api.world import make_incident as plain_incident
from tests.described import first_verb, make_sample

CANARY = "kanarie"
HOME = "sunshine-3-1201"
PHONE = "13987651234"
RESIDENT = "汪金雀"


@dataclass
class World:
    """`keys` are path parameters that lead to something of the first estate, by the beginning of the address."""

    request: ServiceRequest
    order: WorkOrder
    drill: Drill
    incident: Incident
    finding: Finding
    notice: Notice
    keys: dict[str, dict[str, str]] = field(default_factory=dict)
    # The same for the records of the other estate.
    neighbours: dict[str, dict[str, str]] = field(default_factory=dict)

    @property
    def secrets(self) -> tuple[str, ...]:
        """What somebody of the other estate must never read."""
        people = [each.name for each in cast.everybody() if each.estates == frozenset({cast.ESTATE})]
        numbers = (self.request.number, self.order.number, self.drill.number, self.incident.number, self.finding.number)
        return (CANARY, RESIDENT, PHONE, "阳光花园", *people, *numbers)

    def told_in(self, text: str) -> list[str]:
        return [secret for secret in self.secrets if secret in text]


def text_of(answer: Any) -> str:
    """What an answer says; of a workbook, what stands in its cells."""
    if not answer.data.startswith(b"PK"):
        return str(answer.get_data(as_text=True))
    with ZipFile(BytesIO(answer.data)) as archive:
        return "".join(archive.read(name).decode("utf-8", "replace") for name in archive.namelist())


def make_world() -> World:
    cast.make_company(cast.LONG_AGO)
    _publish_shared()
    for estate in (cast.OTHER_ESTATE, cast.ESTATE):
        _make_places(estate)
        _publish_own(estate)
    neighbours = _record_keys(
        make_request(cast.OTHER_ESTATE),
        make_order(cast.OTHER_ESTATE),
        make_drill(cast.OTHER_ESTATE),
        make_incident(cast.OTHER_ESTATE),
        make_finding(cast.OTHER_ESTATE),
        *(make_sample(kind, cast.OTHER_ESTATE) for kind in made_kinds()),
    )
    request, order, drill = make_request(), make_order(), make_drill()
    incident, finding = make_incident(), make_finding()
    notice = make_notice(order)
    described = [make_sample(kind, cast.ESTATE, f"样例 {CANARY}") for kind in made_kinds()]
    keys = {
        **_record_keys(request, order, drill, incident, finding, *described),
        "/admin/notices/": {"id": notice.key},
        "/admin/content/route/": {"code": "sunshine-route", "verb": "withdraw"},
        "/admin/content/plan/": {"code": "sunshine-plan", "verb": "withdraw"},
        "/admin/content/-/routes/": {"code": "sunshine-route"},
        "/admin/directory/estate/": {"code": cast.ESTATE},
        "/admin/directory/building/": {"code": "sunshine-3"},
        "/admin/directory/unit/": {"code": HOME},
        "/admin/directory/household/": {"code": HOME},
        "/admin/directory/staff/": {"code": "guard"},
        "/admin/directory/roster/": {"code": "sunshine-roster"},
    }
    return World(request, order, drill, incident, finding, notice, keys, neighbours)


def _record_keys(
    request: ServiceRequest, order: WorkOrder, drill: Drill, incident: Incident, finding: Finding, *described: Record
) -> dict[str, dict[str, str]]:
    return {
        "/admin/requests/": {"key": request.number, "verb": "accept", "id": str(request.pk)},
        "/admin/work/": {"key": order.number, "verb": "accept", "id": str(order.pk)},
        "/admin/drills/": {"key": drill.number, "verb": "confirm", "id": str(drill.pk)},
        "/admin/findings/": {"key": finding.number, "verb": "cancel", "id": str(finding.pk)},
        "/admin/incidents/": {"key": incident.number, "verb": "cancel", "id": str(incident.pk)},
        **{
            f"/admin/{each.KIND.page}/": {"key": each.number, "verb": first_verb(each.KIND), "id": str(each.pk)}
            for each in described
        },
    }


def own(estate: str, text: str) -> str:
    """A text of an estate: that of the first carries the canary."""
    return f"{text} {CANARY}" if estate == cast.ESTATE else text


def _publish_shared() -> None:
    """Content of the whole company."""
    cast.publish("service_category", "repair", {"name": {"zh": "维修"}, "department": "repair"}, cast.LONG_AGO)
    item = {
        "name": {"zh": "水管漏水", "en": "Leak"},
        "category": "repair",
        "kinds": ["enquiry", "repair", "complaint", "suggestion"],
        "urgency": "normal",
        "clause": "3.2",
        "response_minutes": 30,
        "resolve_minutes": 1440,
        "department": "repair",
        "makes_work_order": False,
    }
    cast.publish("service_item", "leak", item, cast.LONG_AGO)
    for code in ("request-received", "work-assigned", "work-done"):
        text = {"zh": "{number} {title} {place}", "en": "{number} {title} {place}"}
        cast.publish(
            "notification_template", code, {"name": {"zh": code}, "subject": text, "body": text}, cast.LONG_AGO
        )


def _make_places(estate: str) -> None:
    now = cast.LONG_AGO
    secret = estate == cast.ESTATE
    members = [{"name": RESIDENT if secret else "何江月", "phone": PHONE if secret else "13700000009"}]
    cast.make_household("3-1201", now, estate=estate, members=members, note=own(estate, "养狗"))
    worker = "guard" if secret else "stranger"
    shifts = [{"day": 0, "start": "07:00", "end": "19:00", "staff": [worker]}]
    roster = {
        "name": own(estate, "值班"),
        "estate": estate,
        "anchor_date": "2026-01-01",
        "cycle_days": 1,
        "shifts": shifts,
    }
    cast.make_entry("roster", f"{estate}-roster", roster, now)
    channel = {
        "name": own(estate, "群"),
        "estate": estate,
        "url": f"wecombot://{own(estate, 'robot').replace(' ', '-')}",
    }
    cast.make_entry("channel", f"{estate}-group", channel, now)


def _publish_own(estate: str) -> None:
    points = [
        {
            "code": "gate",
            "name": {"zh": own(estate, "大门")},
            "place": own(estate, "门口"),
            "offset_minutes": 0,
            "tolerance_minutes": 10,
        }
    ]
    route = {"name": {"zh": own(estate, "路线")}, "estate": estate, "checkpoints": points}
    cast.publish("route", f"{estate}-route", route, cast.LONG_AGO)
    plan = {
        "name": {"zh": own(estate, "巡更")},
        "estate": estate,
        "service": "patrol",
        "clause": "3.5",
        "frequency": "daily",
        "interval": 1,
        "times": ["22:00"],
        "on_holiday": "as_planned",
        "start_date": "2026-01-01",
        "route": f"{estate}-route",
        "duration_minutes": 40,
        "assign_to": "person",
        "staff": ["guard" if estate == cast.ESTATE else "stranger"],
        "missed": "skip",
    }
    cast.publish("plan", f"{estate}-plan", plan, cast.LONG_AGO)


def make_request(estate: str = cast.ESTATE, **changes: Any) -> ServiceRequest:
    secret = estate == cast.ESTATE
    values = {
        "estate": estate,
        "kind": "repair",
        "item": "leak",
        "channel": "phone",
        "words": own(estate, "厨房漏水"),
        "place": own(estate, "厨房"),
        "household": f"{estate}-3-1201",
        "contact_name": RESIDENT if secret else "何江月",
        "contact_phone": PHONE if secret else "13700000009",
    }
    return requests.create({**values, **changes}, actor=SYSTEM, now=clock.now())


def make_order(estate: str = cast.ESTATE, **changes: Any) -> WorkOrder:
    now, key = clock.now(), str(ObjectId())
    values = {
        "estate": estate,
        "key": key,
        "kind": "repair",
        "state": "open",
        "title": own(estate, "换水龙头"),
        "place": own(estate, "厨房"),
        "clause": "3.2",
        "source": {"kind": "person"},
        "department": "repair",
        "priority": 3,
        "clocks": [],
        "starts_at": now,
        "due_at": now + timedelta(hours=1),
    }
    work.make([{**values, **changes}], actor=SYSTEM, now=now, timezone="Asia/Shanghai")
    found: WorkOrder = WorkOrder.objects.get(key=key)
    return found


def make_drill(estate: str = cast.ESTATE, **changes: Any) -> Drill:
    now, key = clock.now(), str(ObjectId())
    values = {
        "number": f"D-{key[-6:]}",
        "state": "planned",
        "title": own(estate, "消防演练"),
        "kind": "live",
        "plan": {"code": "fire", "revision": 1},
        "year": now.year,
        "ordinal": 1,
        "planned_for": now + timedelta(days=20),
    }
    return create(Drill(estate=estate, key=key, **{**values, **changes}), Change("plan"), actor=SYSTEM, now=now)


def make_finding(estate: str = cast.ESTATE, **changes: Any) -> Finding:
    texts = {"title": own(estate, "灯不亮"), "place": own(estate, "车库"), "note": own(estate, "看不见路")}
    return plain_finding(estate, **{**texts, **changes})


def make_incident(estate: str = cast.ESTATE, **changes: Any) -> Incident:
    texts = {"title": own(estate, "火灾预案"), "place": own(estate, "3号楼"), "words": own(estate, "冒烟")}
    who = "guard" if estate == cast.ESTATE else "stranger"
    role = {"code": "guards", "name": {"zh": "警戒组"}, "people": [who], "stand_in": False}
    return plain_incident(estate, **{**texts, "started_by": who, "roles": [role], **changes})


def make_notice(order: WorkOrder, to: str = "manager") -> Notice:
    """What the manager of the whole company is told about an order."""
    now = clock.now()
    intent = {"to": [to], "template": "work-assigned", "params": {"number": order.number, "title": order.title}}
    event = {"n": 1, "at": now, "to_notify": [intent]}
    source = {"_id": order.pk, "number": order.number, "estate": order.estate, "events": [event]}
    made = notices_of("work_order", source, ReaderCache(now), now)
    Notice._get_collection().insert_many(made)
    found: Notice = Notice.objects.get(key=next(each["_id"] for each in made if each["channel"] == "app"))
    return found
