"""What a resident said and is called stays in his record: not in logs, queues, notices, events, audit, or others' exports."""

import logging
import threading
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from redis import Redis

from jobs import tasks
from jobs.queues import queue
from jobs.schedule import SCHEDULE
from jobs.ticker import Ticker
from jobs.worker import Worker
from store import clock, domains
from store.audit.documents import AuditEntry
from store.notices.relay import relay
from store.requests.documents import ServiceRequest
from tests import cast
from tests.admin_app.conftest import SignIn, log_in, token_of
from tests.api.conftest import Program, make_token
from tests.security.doors import doors, one_of_each
from tests.security.world import HOME, PHONE, RESIDENT, World, text_of

WORDS = "我的秘密病历"
ANSWERED = "医生已到家里"
NOTED = "家有病人"
CANARIES = (PHONE, "139 8765 1234", RESIDENT, "wangjinque", WORDS, ANSWERED, NOTED)
OURS = ("admin_app", "store", "jobs", "seeds", "wsgi", "werkzeug", "flask", "rq", "granian", "anju")


@pytest.fixture
def lived(world: World, sign_in: SignIn, caplog: pytest.LogCaptureFixture) -> FlaskClient:
    """A case from the call to the answer, looked up and looked at in every way, with all loggers at their loudest."""
    caplog.set_level(logging.DEBUG)
    desk = sign_in(cast.desk())
    token = token_of(desk, "/account/password")

    def post(path: str, **form: str) -> Any:
        return desk.post(path, data={"csrf_token": token, **form})

    case = {"estate": cast.ESTATE, "kind": "repair", "item": "leak", "channel": "phone", "words": WORDS}
    case |= {"household": HOME, "contact_name": RESIDENT, "contact_phone": PHONE}
    assert post("/admin/intake/", **case).status_code == 303
    assert post("/admin/intake/", **{**case, "item": "nothing"}).status_code == 422
    made = ServiceRequest.objects.order_by("-created_at").first()
    place = f"/admin/requests/{made.number}"
    assert post(f"{place}/accept", version="1").status_code == 303
    assert post(f"{place}/note", version="2", text=NOTED).status_code == 303
    assert post(f"{place}/answer", version="3", text=ANSWERED).status_code == 303
    assert post(f"{place}/answer", version="3", text=ANSWERED).status_code == 409
    assert post(f"{place}/contact").status_code == 200
    for path in ("/admin/search/", "/admin/intake/households", "/admin/requests/", "/admin/directory/household/"):
        for typed in (PHONE, RESIDENT):
            desk.get(path, query_string={"q": typed})
    desk.get(f"/admin/directory/household/-/{HOME}")
    log_in(desk.application.test_client(), PHONE, WORDS)
    return desk


def test_logs_name_nobody(app: Flask, lived: FlaskClient, caplog: pytest.LogCaptureFixture) -> None:
    app.config["PROPAGATE_EXCEPTIONS"] = False
    lived.get(f"/admin/requests/{RESIDENT}")
    domains.load("operations")
    relay(clock.now())
    for record in caplog.records:
        if record.name.split(".")[0] in OURS or record.name == app.logger.name:
            told = record.getMessage() + str(record.exc_text or "")
            assert not [each for each in CANARIES if each in told], (record.name, told)


def everything_in(redis: Redis) -> str:
    """Every key with what it holds, whatever its type."""
    found = []
    for key in redis.scan_iter():
        found.append(key.decode(errors="replace"))
        kind = redis.type(key).decode()
        if kind == "stream":
            found.append(str(redis.xrange(key)))
        elif kind != "none":
            found.append((redis.dump(key) or b"").decode("utf-8", "replace"))
            found += [str(part) for part in _parts(redis, key, kind)]
    return "\n".join(found)


def _parts(redis: Redis, key: bytes, kind: str) -> list[Any]:
    read: Any = {
        "string": lambda: [redis.get(key)],
        "hash": lambda: list(redis.hgetall(key).items()),
        "list": lambda: redis.lrange(key, 0, -1),
        "set": lambda: list(redis.smembers(key)),
        "zset": lambda: redis.zrange(key, 0, -1),
    }.get(kind, list)
    return [part.decode("utf-8", "replace") if isinstance(part, bytes) else part for part in read()]


def test_redis_and_its_jobs_know_nobody(
    lived: FlaskClient, redis: Any, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nudges wait, workers run them, and what they leave behind: all of it is read."""
    monkeypatch.setattr(tasks, "settings", lambda: settings)
    assert Ticker(redis).tick(clock.now())
    waiting = everything_in(redis)
    for name in {job.queue for job in SCHEDULE}:
        Worker(queue(name, redis), redis, threading.Event()).work(burst=True, logging_level="WARNING")
    for held in (waiting, everything_in(redis)):
        assert held
        assert not [each for each in CANARIES if each in held]


def test_notices_intents_and_events_carry_no_personal_data(lived: FlaskClient, database: Any) -> None:
    domains.load("operations")
    relay(clock.now())
    assert database.notices.count_documents({})
    for name in database.list_collection_names():
        rows = list(database[name].find())
        if name in {"requests", "households"}:
            rows = [each.get("events") for each in rows]
        told = [each for each in CANARIES if each in str(rows)]
        assert not told, (name, told)


def test_a_search_with_a_name_leaves_none_in_the_audit(lived: FlaskClient, sign_in: SignIn) -> None:
    manager = sign_in(cast.manager())
    for page in ("requests", "work", "drills", "notices"):
        assert manager.get(f"/admin/{page}/export", query_string={"q": RESIDENT, "view": "all"}).status_code == 200
    kept = [each.to_mongo().to_dict() for each in AuditEntry.objects(action="export")]
    assert len(kept) == 4
    assert RESIDENT not in str(kept)


@pytest.mark.parametrize("who", [cast.auditor(), cast.supervisor(), cast.manager()], ids=lambda who: who.code)
def test_exports_of_records_carry_no_contacts_and_no_words(lived: FlaskClient, sign_in: SignIn, who: Any) -> None:
    client = sign_in(who)
    for path in (
        "requests/export?view=all",
        "work/export?view=all",
        "drills/export?view=all",
        "incidents/export?view=all",
        "notices/export?view=all",
        "findings/export?view=all",
        "handovers/export",
    ):
        text = cells(client.get(f"/admin/{path}"))
        assert not [each for each in CANARIES if each in text], path


def cells(answer: Any) -> str:
    assert answer.status_code == 200
    return text_of(answer)


def test_an_auditors_workbook_of_households_is_masked(lived: FlaskClient, sign_in: SignIn) -> None:
    text = cells(sign_in(cast.auditor()).get("/admin/transfer/household/export"))
    assert HOME in text
    assert PHONE not in text
    staff = cells(sign_in(cast.supervisor()).get("/admin/transfer/staff/export"))
    assert "guard@anju.example" not in staff


def test_field_staff_meet_no_resident_anywhere(app: Flask, lived: FlaskClient, sign_in: SignIn) -> None:
    guard = sign_in(cast.guard())
    number = ServiceRequest.objects.order_by("-created_at").first().number
    for door in one_of_each(doors(app, "GET", below="/admin/")):
        text = text_of(guard.get(door.path({"key": number, "code": HOME})))
        assert not [each for each in CANARIES if each in text], door.address


def test_an_auditor_reads_no_number_anywhere(app: Flask, lived: FlaskClient, sign_in: SignIn) -> None:
    auditor = sign_in(cast.auditor())
    number = ServiceRequest.objects.order_by("-created_at").first().number
    for door in one_of_each(doors(app, "GET", below="/admin/")):
        text = text_of(auditor.get(door.path({"key": number, "code": HOME}), query_string={"q": "1201"}))
        assert PHONE not in text, door.address


def looks(about: str) -> int:
    return int(AuditEntry.objects(action="reveal_contact", about=about).count())


def test_every_way_to_a_full_number_is_one_look_in_the_audit(lived: FlaskClient, world: World) -> None:
    """Opening the form, a refused save, a refused verb: each shows the numbers once and is logged once."""
    form = {"csrf_token": token_of(lived, "/account/password"), "version": "99", "active": "no"}
    ways = (
        lambda: lived.get(f"/admin/directory/household/-/{HOME}"),
        lambda: lived.post(f"/admin/directory/household/-/{HOME}", data=form),
        lambda: lived.post(f"/admin/directory/household/-/{HOME}/active", data=form),
        lambda: lived.post(f"/admin/requests/{world.request.number}/contact", data=form),
    )
    for number, way in enumerate(ways):
        before = looks(f"household:{HOME}")
        shown = PHONE in way().text
        assert looks(f"household:{HOME}") - before == int(shown or number == 1), number


@pytest.mark.parametrize("who", [cast.auditor(), cast.guard(), cast.stranger()], ids=lambda who: who.code)
def test_who_may_not_look_gets_no_number_and_leaves_no_look(
    lived: FlaskClient, world: World, sign_in: SignIn, who: Any
) -> None:
    client = sign_in(who)
    before = AuditEntry.objects.count()
    form = {"csrf_token": token_of(client, "/account/password"), "version": "99", "active": "no"}
    for path in (
        f"/admin/requests/{world.request.number}/contact",
        f"/admin/directory/household/-/{HOME}",
        f"/admin/directory/household/-/{HOME}/active",
    ):
        answer = client.post(path, data=form, follow_redirects=True)
        assert PHONE not in answer.text, path
    assert AuditEntry.objects.count() == before


def test_what_a_program_is_answered_again_is_kept_sealed(lived: FlaskClient, app: Flask, database: Any) -> None:
    program = Program(app, make_token(cast.desk()))
    number = ServiceRequest.objects.order_by("-created_at").first().number
    answer = program.post(f"/requests/{number}/contact-reveals", headers={"Idempotency-Key": "look-1"})
    assert PHONE in answer.text
    assert PHONE not in str(list(database.api_attempts.find()))


def test_an_error_page_repeats_nothing(app: Flask, lived: FlaskClient) -> None:
    for path in (f"/admin/requests/x?q={RESIDENT}", f"/nowhere?phone={PHONE}"):
        answer = lived.get(path)
        assert answer.status_code == 404
        assert not [each for each in CANARIES if each in answer.text]
