"""Who may do what through the API: roles by verb, estates by object, what is personal by need."""

from typing import Any

import pytest
from flask import Flask

from admin_app.api.personal import masked
from store import directory
from store.access import PERMISSIONS
from store.actor import Actor
from store.audit.documents import AuditEntry
from store.kinds import made_kinds
from tests import cast
from tests.api.conftest import ROOT, AsProgram, Program, body_of, described_by_house, make_tablet_token, make_token
from tests.api.world import (
    make_drill,
    make_incident,
    make_notice,
    make_order,
    make_request,
    make_world,
    publish_type_of_all_kinds,
)
from tests.described import body_of_verb

ROLES = {
    "administrator": cast.administrator,
    "manager": cast.manager,
    "supervisor": cast.supervisor,
    "desk": cast.desk,
    "field": cast.guard,
    "gate": cast.gatekeeper,
    "auditor": cast.auditor,
}


# A tablet of the other estate: whoever is enrolled on one belongs to those who may see it.
OTHER_TABLET = "0b1f2a52-6f0b-4d6e-9b8e-2d9a1c5b7e11"


def operations(app: Flask) -> list[tuple[str, str, dict[str, Any]]]:
    spec = described_by_house(app)
    methods = ("get", "post", "put", "delete")
    return [
        (method.upper(), path.removeprefix(ROOT), item[method])
        for path, item in spec["paths"].items()
        for method in methods
        if method in item
    ]


def filled(path: str, known: dict[str, Any]) -> str:
    for name, value in known.items():
        path = path.replace(f"{{{name}}}", str(value))
    return path


@pytest.mark.parametrize("role", ROLES)
def test_every_operation_asks_for_its_permission(app: Flask, database: Any, role: str) -> None:
    """A role without it gets 403 and nothing is written; a role with it gets past the door."""
    world = make_world()
    publish_type_of_all_kinds()
    office, tablet = (Program(app, made(ROLES[role]())) for made in (make_token, make_tablet_token))
    for method, path, operation in operations(app):
        program = tablet if path.startswith("/field/") else office
        allowed = role in PERMISSIONS[operation["x-permission"]]
        known = world.get("/" + path.split("/")[1], {})
        known = {"code": "all-kinds"} if path.startswith("/content/content_type/") else known
        asked = filled(path, {"kind": "x", "code": "x", "key": "x", **known})
        if allowed and method != "GET":
            continue  # what an allowed write does is for the tests of the verbs
        before = written(database)
        answer = program.ask(method, asked, **({} if method == "GET" else {"json": {}}))
        if allowed:
            assert answer.status_code == 200 or is_somebody_elses(path), (role, method, path, answer.text)
        else:
            assert answer.status_code == 403, (role, method, path, answer.text)
            assert body_of(answer)["code"] == "forbidden"
            assert written(database) == before


def is_somebody_elses(path: str) -> bool:
    """The notice of the world is the manager's."""
    return path == "/notices/{key}"


def written(database: Any) -> dict[str, list[Any]]:
    """Everything that is stored, but that tokens were used and that attempts were refused."""
    names = sorted(set(database.list_collection_names()) - {"api_tokens", "api_attempts"})
    return {name: list(database[name].find({}, {"events": 0}).sort("_id", 1)) for name in names}


def test_what_belongs_to_another_estate_is_absent(app: Flask, database: Any) -> None:
    """A manager of the other estate meets 404 at every object of this one, reading and writing, and writes nothing."""
    world = make_world()
    cast.make_household("9-901", cast.LONG_AGO, estate=cast.OTHER_ESTATE)
    cast.publish(
        "route", "garden", {"name": {"zh": "x"}, "estate": cast.ESTATE, "checkpoints": points()}, cast.LONG_AGO
    )
    world["/content"] = {"kind": "route", "code": "garden", "number": 1}
    office = Program(app, make_token(cast.stranger()))
    tablet = Program(app, make_tablet_token(cast.stranger(), OTHER_TABLET))
    before = written(database)
    tried = 0
    for method, path, _ in operations(app):
        program = tablet if path.startswith("/field/") else office
        known = world.get("/" + path.split("/")[1], {})
        known = {"code": "all-kinds"} if path.startswith("/content/content_type/") else known
        if path.startswith("/field/photos/") and not path.endswith("/image"):
            continue  # whoever has a picture may bring it; that it is here already is told to nobody (tests/api/test_field.py)
        if "{" not in path or path.startswith(("/drafts", "/departments", "/channels")) or path in ("/content/{kind}",):
            continue
        body = body_that_passes(path)
        answer = program.ask(method, filled(path, known), **options(method, body))
        assert answer.status_code == 404, (method, path, answer.text)
        tried += 1
    assert tried > 60
    assert written(database) == before


def points() -> list[dict[str, Any]]:
    return [{"code": "gate", "name": {"zh": "大门"}}]


def options(method: str, body: dict[str, Any]) -> dict[str, Any]:
    return {} if method in ("GET", "DELETE") else {"json": body, "headers": {"If-Match": "*"}}


def body_that_passes(path: str) -> dict[str, Any]:
    """A body that the border lets through, so that the refusal comes from the object."""
    described = body_of_verb(path)
    if described:
        return described
    last = path.rpartition("/")[2]
    text = {"waiting": "reason", "pause": "reason", "cancellation": "reason", "reopening": "reason", "answer": "text"}
    text |= {
        "dispute": "reason",
        "charge-correction": "reason",
        "diagnosis": "text",
        "notes": "text",
        "closure": "summary" if path.startswith("/incidents") else "outcome",
        "return": "note",
    }
    if last in text:
        return {text[last]: "x"}
    bodies: dict[str, dict[str, Any]] = {
        "assignment": {"to": "guard"},
        "scans": {"checkpoint": "gate", "method": "qr"},
        "taken-back-scans": {"checkpoint": "gate"},
        "move": {"to": "2026-12-20T10:00:00+08:00", "reason": "x"},
        "forced-closure": {"summary": "x", "reason": "x"},
        "result": {"score": 90, "summary": "x"},
        "draft": {"body": {"name": {"zh": "x"}, "estate": cast.ESTATE}},
        "schedule": {"at": "2030-01-01T00:00:00+08:00"},
        "restoration": {"number": 1},
        "renaming": {"name": "x"} if path.startswith("/devices") else {"code": "other"},
        "revocation": {"name": "x"},
        "quote": {"lines": [{"line": "tap", "quantity": 1}]},
        "consent": {"given": True},
        "findings": {"title": "x", "severity": "low"},
        "supervision": {"title": "x", "severity": "low"},
        "verdict": {"passed": True},
        "severity": {"severity": "low", "reason": "x"},
        "telling": {"how": "phone"},
        "correction": {"reason": "x", "place": "x"},
        "moving-out": {"on": "2026-01-01"},
        "moving-in": {"on": "2026-01-01"},
        "exceptions": {"kind": "leave", "staff": "guard", "since": "2030-01-01"},
        "merge": {"into": "R-0000-0000"},
    }
    return bodies.get(last, {})


def test_lists_show_nothing_of_another_estate(program: AsProgram) -> None:
    make_world()
    stranger = program(cast.stranger())
    paths = ("/requests", "/work-orders", "/drills", "/incidents", "/buildings", "/units", "/households", "/rosters")
    for path in (*paths, *(f"/{kind.page}" for kind in made_kinds())):
        assert body_of(stranger.get(f"{path}?count=true")) == {"data": [], "page": {"next": None, "total": 0}}, path
        assert body_of(stranger.get(f"{path}?filter[estate]={cast.ESTATE}"))["data"] == [], path
    assert [each["code"] for each in body_of(stranger.get("/estates"))["data"]] == [cast.OTHER_ESTATE]
    assert "guard" not in {each["code"] for each in body_of(stranger.get("/staff?limit=200"))["data"]}
    assert body_of(stranger.get("/households?q=1201"))["data"] == []


def test_his_own_estate_is_all_there(program: AsProgram) -> None:
    make_world()
    for make in (make_request, make_order, make_drill, make_incident):
        make(cast.OTHER_ESTATE)
    stranger = program(cast.stranger())
    for path in ("/requests", "/work-orders", "/drills", "/incidents"):
        assert [each["estate"] for each in body_of(stranger.get(path))["data"]] == [cast.OTHER_ESTATE], path


def test_an_inbox_is_its_readers_alone(program: AsProgram) -> None:
    make_world()
    theirs, own = make_notice("manager"), make_notice("guard")
    guard = program(cast.guard())
    assert [each["id"] for each in body_of(guard.get("/notices"))["data"]] == [own.key]
    assert guard.get(f"/notices/{theirs.key}").status_code == 404
    assert guard.post(f"/notices/{theirs.key}/reading").status_code == 404
    assert theirs.reload().read_at is None
    assert body_of(guard.post("/notices/readings")) == {"read": 1}
    assert body_of(guard.get("/notices?unread=true"))["data"] == []


@pytest.mark.parametrize("who", [cast.manager(), cast.desk(), cast.auditor()], ids=lambda who: who.code)
def test_telephones_are_masked_and_a_look_at_them_is_logged(program: AsProgram, who: Actor) -> None:
    world = make_world()
    reader = program(who)
    number, home = world["/requests"]["key"], world["/households"]["code"]
    for path in (
        f"/requests/{number}",
        "/requests?fields=contact_phone",
        f"/households/{home}",
        "/households",
        "/households?q=1201",
    ):
        text = reader.get(path).text
        assert "13900000001" not in text, path
        assert "139****0001" in text, path
    may = "auditor" not in who.roles
    for path, about in (
        (f"/requests/{number}", f"service_request:{number}"),
        (f"/households/{home}", f"household:{home}"),
    ):
        answer = reader.post(f"{path}/contact-reveals")
        assert answer.status_code == (200 if may else 403), path
        assert ("13900000001" in answer.text) == may
        assert AuditEntry.objects(about=about, actor=who.code).count() == int(may)


def test_contacts_of_staff_are_masked_for_who_does_not_edit_them(program: AsProgram) -> None:
    channel = {"url": "wecombot://secret-key"}
    cast.make_staff(cast.guard(), cast.LONG_AGO, phone="13800001111", channels=[channel])
    for path in ("/staff/guard", "/staff", "/staff?fields=code,phone,channels"):
        text = program(cast.desk()).get(path).text
        assert "13800001111" not in text
        assert "secret-key" not in text
    assert "13800001111" in program(cast.manager()).get("/staff/guard").text
    assert "secret-key" not in program(cast.manager()).get("/staff").text
    assert "secret-key" in program(cast.manager()).get("/staff/guard").text


def test_a_robots_address_is_a_password(program: AsProgram) -> None:
    make_world()
    for path in ("/channels/group", "/channels", "/channels?fields=code,url"):
        assert "robot-secret" not in program(cast.desk()).get(path).text, path
        assert "robot-secret" not in program(cast.auditor()).get(path).text, path
    assert "robot-secret" in program(cast.manager()).get("/channels/group").text


def test_what_is_personal_in_any_kind_is_hidden_by_default(program: AsProgram, app: Flask) -> None:
    """Also in kinds that are made tomorrow: nothing personal comes out as it is stored."""
    make_world()
    auditor = cast.auditor()
    for name, kind in directory.kinds().items():
        for field in kind.FIELDS:
            if field.personal and field.name != "members":
                secret: Any = [{"url": "x://canary"}] if field.kind == "list" else "canary"
                assert "canary" not in str(masked({"code": "x", field.name: secret}, kind, auditor, one=True)), name


def test_a_mask_is_never_saved_over_the_real_thing(program: AsProgram) -> None:
    cast.make_household(now=cast.LONG_AGO)
    desk = program(cast.desk())
    read = body_of(desk.get("/households/sunshine-3-1201"))
    values = {name: read[name] for name in ("estate", "unit", "members")}
    answer = desk.put("/households/sunshine-3-1201", values, headers={"If-Match": '"1"'})
    assert answer.status_code == 422
    assert body_of(answer)["code"] == "masked_value"
    assert body_of(answer)["field"] == "members.0.phone"
