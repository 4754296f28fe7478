"""A type of a manager's own names who reads and writes its entries; no door opens to anybody else."""

from collections.abc import Callable
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest
from flask import Flask
from flask.testing import FlaskClient

from store import clock
from store.actor import Actor
from store.content import audience, reading
from store.content import operations as content
from store.errors import Forbidden, NotFound
from store.usage import users_of
from tests import cast
from tests.admin_app.conftest import SignIn
from tests.api.conftest import Program, make_token

CANARY = "kanarie"
ROLES: dict[str, Callable[[], Actor]] = {
    "administrator": cast.administrator,
    "manager": cast.manager,
    "supervisor": cast.supervisor,
    "desk": cast.desk,
    "auditor": cast.auditor,
}
ALWAYS = ("administrator", "manager")
NAMED: tuple[tuple[str, ...], ...] = ((), ("manager",), ("supervisor",), ("desk", "auditor"))
OFFICE = (
    "/admin/content/secret/",
    "/admin/content/secret/one/preview/",
    "/admin/content/secret/one/revisions/",
    "/admin/content/service_category/repair/uses/",
    "/admin/content/-/lookup/?kind=secret",
    "/admin/coverage/",
)
PROGRAMS = (
    "/content/secret",
    "/content/secret/one",
    "/content/secret/one/revisions/1",
    "/content/secret/one/draft",
    "/drafts/secret",
)


def define(readers: tuple[str, ...] = (), writers: tuple[str, ...] = ()) -> None:
    """A type with one entry, in which the canary sits, and which refers to something that everybody reads."""
    cast.make_company()
    cast.publish("service_category", "repair", {"name": {"zh": "维修"}})
    fields = [
        {"name": "name", "label": {"zh": "名称"}, "kind": "text", "required": True, "translated": True},
        {"name": "category", "label": {"zh": "类别"}, "kind": "reference", "target": "service_category"},
        {"name": "clause", "label": {"zh": "条款"}, "kind": "text"},
    ]
    named = {"readers": list(readers), "writers": list(writers)}
    cast.publish("content_type", "secret", {"name": {"zh": "机密"}, "fields": fields, **named}, actor=cast.manager())
    clause = {"number": "1.1", "title": {"zh": "条"}, "text": {"zh": "文"}}
    chapters = [{"number": 1, "title": {"zh": "章"}, "clauses": [clause]}]
    policy = {"title": {"zh": "制度"}, "effective_date": "2026-01-01", "chapters": chapters}
    cast.publish("policy", "house", policy, cast.LONG_AGO)
    body = {"name": {"zh": CANARY}, "category": "repair", "clause": "1.1"}
    cast.publish("secret", "one", body, actor=cast.manager())


def is_among(role: str, named: tuple[str, ...]) -> bool:
    return not named or role in named or role in ALWAYS


def text_of(answer: Any) -> str:
    if not answer.data.startswith(b"PK"):
        return str(answer.get_data(as_text=True))
    with ZipFile(BytesIO(answer.data)) as archive:
        return "".join(archive.read(name).decode("utf-8", "replace") for name in archive.namelist())


@pytest.mark.parametrize("readers", NAMED, ids=lambda named: "-".join(named) or "all")
@pytest.mark.parametrize("role", ROLES)
def test_every_door_opens_to_its_readers_and_to_nobody_else(
    app: Flask, database: Any, sign_in: SignIn, role: str, readers: tuple[str, ...]
) -> None:
    define(readers)
    who, allowed = ROLES[role](), is_among(role, readers)
    client: FlaskClient = sign_in(who)
    for address in OFFICE:
        assert (CANARY in text_of(client.get(address))) == allowed, address
    # One hit is gone to at once.
    assert ("/admin/content/secret/one/" in client.get(f"/admin/search/?q={CANARY}").text) == allowed
    menu = client.get("/admin/content/service_category/").text
    assert ('href="/admin/content/secret/"' in menu) == allowed
    asked = Program(app, make_token(who))
    for address in PROGRAMS:
        answer = asked.get(address + ("?fields=code,name" if address.startswith("/drafts") else ""))
        assert (answer.status_code, CANARY in answer.text) == ((200, True) if allowed else (404, False)), address
    assert ('"secret"' in asked.get("/content?limit=200").text) == allowed
    exported = client.get("/admin/transfer/secret/export")
    if role != "desk":
        assert (CANARY in text_of(exported)) == allowed


@pytest.mark.parametrize("writers", [(), ("manager",), ("supervisor",)], ids=lambda named: "-".join(named) or "all")
@pytest.mark.parametrize("role", ["administrator", "manager", "supervisor"])
def test_only_its_writers_write(database: Any, role: str, writers: tuple[str, ...]) -> None:
    define(writers=writers)
    who, now = ROLES[role](), clock.now()
    acts: tuple[Callable[[], object], ...] = (
        lambda: content.create("secret", "two", {"name": {"zh": "二"}}, actor=who, now=now),
        lambda: content.save_draft("secret", "one", {"name": {"zh": "新"}}, actor=who, now=now),
        lambda: content.submit("secret", "one", actor=who, now=now),
        lambda: content.restore("secret", "one", 1, actor=who, now=now),
    )
    for act in acts:
        if is_among(role, writers):
            act()
        else:
            with pytest.raises(Forbidden):
                act()
    assert (reading.get("secret", "one", cast.manager()).version > 2) == is_among(role, writers)


def test_who_may_not_read_cannot_write_either_and_learns_nothing(database: Any) -> None:
    define(readers=("desk",), writers=("supervisor",))
    who = cast.supervisor()
    with pytest.raises(NotFound):
        content.save_draft("secret", "one", {"name": {"zh": "新"}}, actor=who, now=clock.now())
    with pytest.raises(NotFound):
        content.create("secret", "two", {"name": {"zh": "二"}}, actor=who, now=clock.now())


def test_a_reader_who_may_not_write_is_offered_nothing_to_press(database: Any, sign_in: SignIn) -> None:
    define(writers=("manager",))
    supervisor = sign_in(cast.supervisor())
    assert supervisor.get("/admin/content/secret/one/").status_code == 302
    page = supervisor.get("/admin/content/secret/one/preview/").text
    assert CANARY in page
    assert "/admin/content/secret/one/verbs/" not in page
    assert supervisor.get("/admin/content/secret/-/new/").status_code == 403


def test_what_is_for_some_alone_is_described_to_nobody(app: Flask, database: Any) -> None:
    define(readers=("manager",))
    cast.make_staff(cast.manager())
    asked = app.test_client()
    headers = {"Authorization": f"Bearer {make_token(cast.manager())}"}
    assert "/api/v1/content/secret" not in asked.get("/api/openapi.json", headers=headers).get_json()["paths"]


def test_a_newer_definition_shuts_out_at_once(database: Any) -> None:
    define()
    assert audience.reads(cast.desk(), "secret")
    assert audience.hidden_from(cast.desk()) == []
    body = dict(reading.get("content_type", "secret", cast.manager()).draft)
    content.save_draft(
        "content_type", "secret", {**body, "readers": ["auditor"]}, actor=cast.manager(), now=clock.now()
    )
    assert audience.reads(cast.desk(), "secret")
    content.publish("content_type", "secret", actor=cast.manager(), now=clock.now())
    assert not audience.reads(cast.desk(), "secret")
    assert audience.hidden_from(cast.desk()) == ["secret"]
    users = users_of("service_category", "repair", cast.desk())
    assert [(each.kind, each.code) for each in users if each.kind == "secret"] == [("secret", "")]


def test_a_reference_to_what_one_may_not_read_is_a_reference_to_nothing(database: Any) -> None:
    define(readers=("manager",))
    assert reading.looking_up(clock.now(), actor=cast.supervisor())("secret", "one") is None
    assert reading.looking_up(clock.now(), actor=cast.manager())("secret", "one") is not None
