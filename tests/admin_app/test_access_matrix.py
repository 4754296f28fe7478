"""Every route of the house × every role, against the written matrix.

Each page is really asked for, with an object that exists; each write is really tried by those who may not, and must
leave everything as it was.
"""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.exceptions import HTTPException
from werkzeug.test import TestResponse

from admin_app.shell import gate
from admin_app.tablet import shell
from store import clock, directory
from store.access import ROLES
from store.actor import SYSTEM, Actor
from store.audit.operations import record as note_in_audit
from store.content import operations as content
from store.content.documents import Content
from store.content.types import built_in
from store.described.documents import DOCUMENTS
from store.devices.documents import Device
from store.emergencies.documents import Drill
from store.findings.documents import Finding
from store.incidents.documents import Incident
from store.kinds import made_kinds
from store.requests.documents import ServiceRequest
from store.work.documents import WorkOrder
from tests import cast
from tests.admin_app.conftest import signed_in
from tests.admin_app.matrix import ANONYMOUS, Door, admitted, doors, gone, missing, written
from tests.api.conftest import make_tablet_token, make_token
from tests.api.world import make_notice, make_world
from tests.described import first_verb
from tests.tablet.small_build import small_build

CAST = {
    "administrator": cast.administrator,
    "manager": cast.manager,
    "supervisor": cast.supervisor,
    "desk": cast.desk,
    "field": cast.guard,
    "gate": cast.gatekeeper,
    "auditor": cast.auditor,
}
EVERYONE = (ANONYMOUS, *CAST)
# Pages that are there only in the middle of something, and so send everybody on: to the first step, or to a question.
HALFWAY = frozenset({"/login/code", "/login/factor", "/login/recovery", "/login/rescue", "/account/second-factor"})
# Pages that say which part is down: in these tests nothing beats.
MAY_BE_UNREADY = frozenset({"/readyz"})
# Collections that are written by coming in at all.
FOOTPRINTS = frozenset({"sign_ins", "accounts", "api_tokens", "devices"})
ODD_PATHS = {
    "/api/v1/content/content_type/<code>/migration": "/api/v1/content/content_type/sample/migration",
    "/tablet/<path:path>": "/tablet/enrol",
    "/tablet/assets/<path:name>": "/tablet/assets/index-abc.js",
    "/tablet/icons/<name>": "/tablet/icons/192.png",
    "/static/<tree>/<path:filename>": "/static/any/css/tokens.css",
    "/admin/static/<path:filename>": "/admin/static/vendor/select2/select2.min.js",
    "/fs-static/<path:filename>": "/fs-static/css/base.css",
    "/account/second-factor/<token>": "/account/second-factor/x",
}
QUERIES = {
    "/admin/intake/promise": {"item": "leak", "estate": cast.ESTATE},
    "/admin/intake/history": {"household": "sunshine-3-1201"},
    "/admin/content/-/plans/": {"start": "08:00", "end": "10:00", "every": "60"},
}
# For doors of several verbs: one that the smallest part of the audience may do would prove too little of the others,
# so it is one that everybody of the audience may.
VERBS = {
    "/admin/requests/<key>/<verb>": "accept",
    "/admin/work/<key>/<verb>": "acknowledge",
    "/admin/drills/<key>/<verb>": "confirm",
    "/admin/devices/<key>/<verb>": "rename",
    "/admin/incidents/<key>/<verb>": "cancel",
    "/admin/findings/<key>/<verb>": "cancel",
    **{f"/admin/{kind.page}/<key>/<verb>": first_verb(kind) for kind in made_kinds()},
}
BULK_VERBS = {
    "/admin/requests/action/": "acknowledge",
    "/admin/work/action/": "acknowledge",
    "/admin/notices/action/": "resend",
}


class World:
    """What is there, by the beginning of an address."""

    def __init__(self) -> None:
        known = make_world()
        made = [{"code": "sample", "kind": each} for each in built_in()]
        for each in made:
            content.create(each["kind"], "sample", name_for(each["kind"]), actor=SYSTEM, now=clock.now())
        self.api = {f"/api/v1{address}": values for address, values in known.items()}
        records = {"requests": known["/requests"], "work": known["/work-orders"], "drills": known["/drills"]}
        records |= {"incidents": known["/incidents"], "findings": known["/findings"]}
        records |= {kind.page: known[f"/{kind.page}"] for kind in made_kinds()}
        records["devices"] = {"key": cast.TABLET}
        records["photos"] = known["/field"]
        self.office = {f"/admin/{name}": values for name, values in records.items()}
        codes = {kind: f"{kind}s" if kind != "staff" else kind for kind in DIRECTORY}
        self.office |= {f"/admin/directory/{kind}": known[f"/{plural}"] for kind, plural in codes.items()}
        self.queries = {**QUERIES, **self._details()}

    def _details(self) -> dict[str, dict[str, str]]:
        """`?id=` of the pages that the library shows of one document."""
        entry = note_in_audit("export", "staff", actor=cast.manager(), now=clock.now(), estate=cast.ESTATE)
        shown: dict[str, Any] = {"requests": ServiceRequest, "work": WorkOrder, "drills": Drill, "incidents": Incident}
        shown["findings"] = Finding
        shown |= {kind.page: DOCUMENTS[kind.name] for kind in made_kinds()}
        shown["devices"] = Device
        kinds = {f"directory/{name}": directory.kinds()[name] for name in DIRECTORY}
        ids = {name: document.objects.first().pk for name, document in {**shown, **kinds}.items()}
        ids["audit"] = entry.pk
        # Not just any: what is of another estate is absent.
        ids["directory/estate"] = directory.kinds()["estate"].objects.get(code=cast.ESTATE).pk
        ids["directory/staff"] = directory.kinds()["staff"].objects.get(code="guard").pk
        return {f"/admin/{name}/details/": {"id": str(pk)} for name, pk in ids.items()}

    def path(self, rule: str) -> str:
        if rule in ODD_PATHS:
            return ODD_PATHS[rule]
        values: dict[str, Any] = {"kind": "staff" if "/transfer/" in rule else "checklist", "code": "sample"}
        values |= {"username": "desk", "token": "x", "verb": VERBS.get(rule, "submit"), "number": 1, "key": "x"}
        values |= {"sha256": "0" * 64, "n": 0}
        values |= next((v for root, v in {**self.api, **self.office}.items() if rule.startswith(root)), {})
        if rule == "/admin/content/-/routes/<code>/codes/":
            values["code"] = "sample"
        for name, value in values.items():
            rule = rule.replace(f"<{name}>", str(value)).replace(f"<int:{name}>", str(value))
        assert "<" not in rule, f"say in World.path what to put into {rule}"
        return rule


DIRECTORY = ("estate", "building", "unit", "household", "department", "staff", "roster", "channel")


def name_for(kind: str) -> dict[str, Any]:
    """The least that a draft needs to have a name; what belongs to an estate gets one."""
    title = "title" if kind == "policy" else "name"
    estate = {"estate": cast.ESTATE} if kind in ("plan", "route", "floor_plan") else {}
    return {title: {"zh": "样例"}, **estate}


@pytest.fixture(autouse=True)
def _tablet_app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shell, "FOLDER", small_build(tmp_path / "dist"))


@pytest.fixture
def world(app: Flask) -> World:
    return World()


class Visitor:
    """Somebody of a role at every door: by a session at pages, by a token at the API."""

    def __init__(self, app: Flask, role: str) -> None:
        self.role = role
        who: Actor | None = CAST[role]() if role != ANONYMOUS else None
        self.client: FlaskClient = signed_in(app, who) if who else app.test_client()
        page = self.client.get("/login" if who is None else "/account/password", follow_redirects=True).text
        self.forgery = page.split('name="csrf-token" content="')[1].split('"')[0]
        self.bearer = {"Authorization": f"Bearer {make_token(who)}"} if who else {}
        self.tablet = {"Authorization": f"Bearer {make_tablet_token(who)}"} if who else {}
        self.machine = app.test_client(use_cookies=False)

    def ask(self, method: str, rule: str, path: str, query: Mapping[str, str] | None = None) -> TestResponse:
        if rule.startswith("/api/v1/"):
            body: dict[str, Any] = {} if method in ("GET", "DELETE") else {"json": {}}
            bearer = self.tablet if rule.startswith("/api/v1/field/") else self.bearer
            return self.machine.open(path, method=method, headers=bearer, **body)
        if method == "GET":
            return self.client.get(path, query_string=query)
        form = {"csrf_token": self.forgery, "verb": BULK_VERBS.get(rule, "")}
        return self.client.open(path, method=method, data=form)


def test_no_page_of_one_document_shows_a_telephone(app: Flask, world: World) -> None:
    """The library's own page of a document too: numbers are masked there, and a look is a write of its own."""
    visitor = Visitor(app, "auditor")
    for rule, query in world.queries.items():
        if rule.endswith("/details/"):
            assert "13900000001" not in visitor.ask("GET", rule, rule, query).text, rule
    for rule in (
        "/admin/requests/<key>",
        "/admin/directory/household/-/<code>",
        "/admin/directory/household/-/<code>/view",
    ):
        assert "13900000001" not in visitor.ask("GET", rule, world.path(rule)).text, rule


@pytest.fixture
def fresh(settings: Any, _connected: Any) -> Flask:
    """An application of its own: other tests hang samples on the one they share."""
    from admin_app.app import create_app

    return create_app(settings)


def test_every_route_is_in_the_matrix_and_every_line_has_a_route(fresh: Flask) -> None:
    assert not missing(fresh), "python -m tests.admin_app.write_matrix prints the lines to review"
    assert not gone(fresh)


def test_the_matrix_knows_the_roles_of_the_house_and_uses_every_audience() -> None:
    audiences, lines = written()
    assert audiences["staff"] == frozenset(ROLES)
    assert audiences["everybody"] == frozenset({ANONYMOUS, *ROLES})
    assert set(lines.values()) == set(audiences)


def test_the_matrix_promises_nobody_what_the_gate_refuses_him(fresh: Flask) -> None:
    audiences, lines = written()
    found = doors(fresh)
    wrong = {door: who for door, who in lines.items() if not audiences[who] <= admitted(found[door])}
    assert not wrong


def expected_refusal(role: str, door: Door, requirement: gate.Requirement | None) -> frozenset[int]:
    rule, method = door
    if requirement is None:
        return frozenset({403})
    if requirement.admits(CAST[role]() if role != ANONYMOUS else None):
        return frozenset({403, 404})  # the gate lets him in, what is behind it does not
    if role != ANONYMOUS:
        return frozenset({403})
    return frozenset({302}) if method == "GET" and not rule.startswith("/api/v1/") else frozenset({401})


def walk(app: Flask, role: str, *, pages: bool) -> Iterator[tuple[Door, bool, gate.Requirement | None]]:
    audiences, lines = written()
    found = doors(app)
    # Last, because asking for the code of a second factor ends a session that does not wait for one.
    for door, who in sorted(lines.items(), key=lambda line: (line[0][0] in HALFWAY, line)):
        if (door[1] == "GET") == pages:
            yield door, role in audiences[who], found[door]


@pytest.mark.parametrize("role", EVERYONE)
def test_every_page_opens_to_its_audience_and_to_nobody_else(app: Flask, world: World, role: str, redis: Any) -> None:
    visitor = Visitor(app, role)
    wrong = []
    for n, (door, may, requirement) in enumerate(walk(app, role, pages=True)):
        if n % 100 == 0:
            redis.flushdb()  # the limit of one address is not what is tested
        path = world.path(door[0])
        if door[0] == "/api/v1/notices/<key>" and may:
            path = f"/api/v1/notices/{make_notice(CAST[role]().code).key}"
        answer = visitor.ask("GET", door[0], path, world.queries.get(door[0]))
        if may and not entered(door[0], answer):
            wrong.append(f"{role} should enter {door[0]}: {answer.status_code} {answer.headers.get('Location', '')}")
        if not may and answer.status_code not in expected_refusal(role, door, requirement):
            wrong.append(f"{role} should not enter {door[0]}: {answer.status_code}")
        if not may and answer.status_code == 302 and not answer.headers["Location"].startswith("/login"):
            wrong.append(f"{role} is sent from {door[0]} to {answer.headers['Location']}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("role", CAST)
def test_no_page_leads_its_reader_to_a_closed_door(app: Flask, world: World, role: str, redis: Any) -> None:
    """A link or a button that ends in "your role does not allow this" is one that should not be there."""
    visitor, audiences, lines = Visitor(app, role), *written()
    where = app.url_map.bind("localhost")
    wrong = set()
    for n, (rule, path) in enumerate(office_pages(world, app, role)):
        if n % 50 == 0:
            redis.flushdb()
        answer = visitor.ask("GET", rule, path, world.queries.get(rule))
        for method, target in leads_to(answer.text if answer.mimetype == "text/html" else ""):
            try:
                found, _ = where.match(target, method=method, return_rule=True)
            except HTTPException:
                continue  # an address of data that is not there
            if role not in audiences[lines[found.rule, method]]:
                wrong.add(f"{path}: {method} {target}")
    assert not wrong, "\n".join(sorted(wrong))


def office_pages(world: World, app: Flask, role: str) -> Iterator[tuple[str, str]]:
    for (rule, _), may, _ in walk(app, role, pages=True):
        if may and rule.startswith("/admin/") and not rule.endswith("/export"):
            yield rule, world.path(rule)
    for head in Content.objects:
        yield "", f"/admin/content/{head.type}/"
        yield "", f"/admin/content/{head.type}/{head.code}/preview/"


def leads_to(page: str) -> Iterator[tuple[str, str]]:
    """(method, path) of a page's links and buttons."""
    main = page.partition("<main")[2]
    yield from (("GET", path) for path in re.findall(r'<a [^>]*href="(/admin/[^"?#]*)', main))
    for form in re.findall(r"<form [^>]*>", main):
        action = re.search(r'action="(/admin/[^"?#]*)', form)
        if action and 'method="post"' in form:
            yield "POST", action[1]


def entered(rule: str, answer: TestResponse) -> bool:
    if rule in HALFWAY or rule in MAY_BE_UNREADY:
        return answer.status_code in (200, 302, 503)
    to_login = answer.status_code == 302 and answer.headers["Location"].startswith("/login")
    return answer.status_code in (200, 302, 303) and not to_login


@pytest.mark.parametrize("role", EVERYONE)
def test_no_write_is_open_to_anybody_else_and_nothing_is_written(
    app: Flask, world: World, role: str, database: Any, redis: Any
) -> None:
    visitor = Visitor(app, role)
    before = everything(database)
    wrong = []
    for n, (door, may, requirement) in enumerate(walk(app, role, pages=False)):
        if may:
            continue  # what an allowed write does is for the tests of its screen
        if n % 100 == 0:
            redis.flushdb()
        answer = visitor.ask(door[1], door[0], world.path(door[0]))
        if answer.status_code not in expected_refusal(role, door, requirement):
            wrong.append(f"{role} should not {door[1]} {door[0]}: {answer.status_code}")
        after = everything(database)
        if after != before:
            wrong.append(
                f"{role} wrote by {door[1]} {door[0]}: {[name for name in after if after[name] != before.get(name)]}"
            )
            before = after
    assert not wrong, "\n".join(wrong)


def everything(database: Any) -> dict[str, list[Any]]:
    """All that is stored, but the footprints of coming in."""
    names = sorted(set(database.list_collection_names()) - FOOTPRINTS)
    return {name: rows for name in names if (rows := list(database[name].find().sort("_id", 1)))}
