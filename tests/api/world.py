"""A small company with one of everything that the API shows, so that every route can be asked for something real."""

from datetime import timedelta
from hashlib import sha256
from io import BytesIO
from typing import Any

from bson import ObjectId
from PIL import Image

from store import clock
from store.actor import SYSTEM
from store.content import operations as content
from store.content.documents import Content
from store.content.types import built_in
from store.devices import operations as devices
from store.emergencies.documents import Drill
from store.findings import operations as findings
from store.findings.documents import Finding
from store.incidents.documents import Incident
from store.kinds import made_kinds
from store.notices.documents import Notice
from store.photos.documents import Photo
from store.requests import operations as requests
from store.requests.documents import ServiceRequest
from store.tablet.place_codes import building_code
from store.versioned import Change, create
from store.work import operations as work
from store.work.documents import WorkOrder
from tests import cast
from tests.described import make_sample

CHECKPOINTS = ("gate", "garage")


def make_world() -> dict[str, dict[str, Any]]:
    """Path parameters that lead to something, by the beginning of the address below `/api/v1`."""
    now = clock.now()
    cast.make_company(cast.LONG_AGO)
    cast.make_roster(now=cast.LONG_AGO)
    cast.make_household(now=cast.LONG_AGO)
    cast.make_entry("channel", "group", {"name": {"zh": "群"}, "url": "wecombot://robot-secret"}, cast.LONG_AGO)
    publish_content()
    request, order, drill, incident = make_request(), make_order(), make_drill(), make_incident()
    finding = make_finding()
    content.create("checklist", "draft-only", {"name": {"zh": "草稿"}}, actor=SYSTEM, now=now)
    return {
        "/requests": {"key": request.number, "clock": "resolve"},
        "/work-orders": {"key": order.number, "clock": "complete"},
        "/drills": {"key": drill.number},
        "/incidents": {"key": incident.number},
        "/findings": {"key": finding.number, "clock": "rectify"},
        **{f"/{kind.page}": {"key": make_sample(kind).number} for kind in made_kinds()},
        "/notices": {"key": make_notice(cast.manager().code).key},
        "/content": {"kind": "service_item", "code": "leak", "number": 1},
        "/drafts": {"kind": "service_item"},
        "/estates": {"code": cast.ESTATE},
        "/buildings": {"code": "sunshine-3"},
        "/units": {"code": "sunshine-3-1201"},
        "/households": {"code": "sunshine-3-1201"},
        "/departments": {"code": "repair"},
        "/staff": {"code": "guard"},
        "/channels": {"code": "group"},
        "/rosters": {"code": "sunshine-guards", "number": 1},
        "/field": {
            "sha256": make_photo(),
            "n": 0,
            "place": building_code("sunshine-3"),
            "household": "sunshine-3-1201",
        },
        "/devices": {"code": devices.enrol(cast.TABLET, "巡更平板 1", actor=cast.guard(), now=now).code},
    }


def publish_content() -> None:
    long_ago = cast.LONG_AGO
    windows = [{"weekdays": [1, 2, 3, 4, 5], "start": "08:30", "end": "17:30"}]
    office = {"name": {"zh": "办公时间"}, "timezone": "Asia/Shanghai", "windows": windows, "makeup_weekday": 1}
    cast.publish("working_calendar", "office", office, long_ago)
    targets = [{"kind": "role", "ref": "supervisor"}]
    steps = [{"offset_minutes": 0, "action": "notify", "targets": targets}]
    cast.publish("escalation_policy", "chain", {"name": {"zh": "升级"}, "steps": steps}, long_ago)
    cast.publish("service_category", "repair", {"name": {"zh": "维修"}, "department": "repair"}, long_ago)
    item = {
        "name": {"zh": "水管漏水"},
        "category": "repair",
        "kinds": ["enquiry", "repair", "complaint", "suggestion"],
        "urgency": "normal",
        "response_minutes": 30,
        "resolve_minutes": 1440,
        "calendar": "office",
        "escalation": "chain",
    }
    cast.publish("service_item", "leak", item, long_ago)


def publish_type_of_all_kinds() -> None:
    """A type that a manager defined, with a field of each kind that he can choose, and an entry of it."""
    more: dict[str, dict[str, Any]] = {
        **{kind: {"choices": [{"value": "a"}, {"value": "b"}]} for kind in ("choice", "choices")},
        **{kind: {"target": "staff"} for kind in ("reference", "references")},
    }
    rows = next(each for each in built_in()["content_type"].fields if each.name == "fields")
    kinds = [kind for kind, _ in next(each for each in rows.fields if each.name == "kind").choices]
    fields = [{"name": f"a_{kind}", "label": {"zh": kind}, "kind": kind, **more.get(kind, {})} for kind in kinds]
    named = {"name": "name", "label": {"zh": "名称"}, "kind": "text", "required": True, "translated": True}
    cast.publish("content_type", "all-kinds", {"name": {"zh": "全部"}, "fields": [named, *fields]}, cast.LONG_AGO)
    cast.publish("all-kinds", "leak", {"name": {"zh": "一条"}, "a_integer": 3}, cast.LONG_AGO)


def make_request(estate: str = cast.ESTATE, **changes: Any) -> ServiceRequest:
    values = {"estate": estate, "kind": "enquiry", "item": "leak", "channel": "phone", "words": "厨房漏水"}
    contact = {"contact_name": "王清和", "contact_phone": "13900000001"}
    return requests.create({**values, **contact, **changes}, actor=SYSTEM, now=clock.now())


def make_order(estate: str = cast.ESTATE, **changes: Any) -> WorkOrder:
    """A patrol that has just begun, or – with `kind="cleaning", checkpoints=[]` – any other order."""
    now = clock.now()
    key = str(ObjectId())
    points = [
        {"code": code, "name": {"zh": code}, "opens_at": now, "closes_at": now + timedelta(hours=1), "state": "pending"}
        for code in CHECKPOINTS
    ]
    timer = {
        "name": "complete",
        "started_at": now,
        "due_at": now + timedelta(hours=2),
        "minutes": 120,
        "calendar": None,
        "policy": None,
        "paused_at": None,
        "stopped_at": None,
        "acknowledged_at": None,
        "pauses": [],
        "steps": [],
    }
    values = {"kind": "patrol", "title": "夜间巡更", "state": "open", "checkpoints": points, "clocks": [timer]}
    work.make([{**values, "estate": estate, "key": key, **changes}], actor=SYSTEM, now=now, timezone="Asia/Shanghai")
    found: WorkOrder = WorkOrder.objects.get(key=key)
    return found


def make_drill(estate: str = cast.ESTATE, **changes: Any) -> Drill:
    now = clock.now()
    key = str(ObjectId())
    values = {
        "number": f"D-{key[-6:]}",
        "state": "planned",
        "title": "消防演练",
        "kind": "live",
        "plan": {"code": "fire", "revision": 1},
        "year": now.year,
        "ordinal": 1,
        "planned_for": now + timedelta(days=20),
    }
    return create(Drill(estate=estate, key=key, **{**values, **changes}), Change("plan"), actor=SYSTEM, now=now)


def make_incident(estate: str = cast.ESTATE, **changes: Any) -> Incident:
    """One whose only step is still open; `tests/emergency_plans.py` starts real ones."""
    now = clock.now()
    key = str(ObjectId())
    role = {"code": "guards", "name": {"zh": "警戒组"}, "people": ["guard"], "stand_in": False}
    step = {"code": "call", "name": {"zh": "报警"}, "role": "guards", "limit_minutes": 5, "state": "open"}
    values = {
        "number": f"I-{key[-6:]}",
        "state": "open",
        "title": "火灾预案",
        "kind": "fire",
        "plan": {"code": "fire", "revision": 1},
        "started_by": "guard",
        "roles": [role],
        "steps": [{**step, "due_at": now + timedelta(minutes=5)}],
    }
    return create(Incident(estate=estate, key=key, **{**values, **changes}), Change("start"), actor=SYSTEM, now=now)


def make_photo(estate: str = cast.ESTATE) -> str:
    """A picture that an order of the estate names; its SHA-256."""
    out = BytesIO()
    Image.new("RGB", (8, 6), "gray").save(out, "JPEG")
    name = sha256(out.getvalue()).hexdigest()
    values = {"estates": [estate], "owners": ["guard"], "size": len(out.getvalue()), "width": 8, "height": 6}
    Photo(sha256=name, image=out.getvalue(), received_at=clock.now(), **values).save()
    return name


def make_finding(estate: str = cast.ESTATE, **changes: Any) -> Finding:
    """A hazard that was reported, with a deadline for putting it right."""
    minutes = {f"{name}_minutes": 600 for name in ("high", "normal", "low", "check")}
    if Content.objects(type="finding_policy", code="general").first() is None:
        policy = {"name": {"zh": "一般整改"}, "fallback": True, **minutes}
        cast.publish("finding_policy", "general", policy, cast.LONG_AGO)
    values = {"estate": estate, "title": "消防通道堵塞", "place": "东门", **changes}
    return findings.report(values, actor=SYSTEM, now=clock.now())


def make_notice(recipient: str, estate: str = cast.ESTATE, **changes: Any) -> Notice:
    now = clock.now()
    key = f"work_order:{ObjectId()}:1:{recipient}:app"
    values: dict[str, Any] = {
        "about": {"kind": "work_order", "id": str(ObjectId()), "number": "W-2611-0001"},
        "channel": "app",
        "template": {"code": "work-assigned"},
        "params": {"number": "W-2611-0001", "title": "夜间巡更"},
        "urgent": False,
        "state": "sent",
        "not_before": now,
        "created_at": now,
        "due_at": now,
    }
    return Notice(key=key, estate=estate, recipient=recipient, **{**values, **changes}).save(force_insert=True)
