"""Everything that means harm, through every door that takes it: refused, and the web process goes on within bounds that
the kernel holds – so much more memory and CPU time than before, and no more."""

import io
import resource
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any, NoReturn

import pytest
from flask import Flask

from store import clock
from store.photos.documents import Photo
from store.photos.rules import CHUNK_BYTES
from tests import cast
from tests.admin_app.conftest import SignIn, token_of
from tests.api.conftest import Program, make_tablet_token, make_token
from tests.store import finding_chain as chain
from tests.wrong_input.hostile import pictures
from tests.wrong_input.hostile.bodies import BODIES, FORMS
from tests.wrong_input.hostile.books import BOOKS, workbook
from tests.wrong_input.hostile.pictures import PICTURES

MORE_MEMORY = 200 << 20
MORE_CPU_SECONDS = 10


@contextmanager
def bounded() -> Iterator[None]:
    """What the web process does here ends with an error when it takes more than that."""
    used = sum(resource.getrusage(resource.RUSAGE_SELF)[:2])
    held = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    limits = {resource.RLIMIT_AS: held + MORE_MEMORY, resource.RLIMIT_CPU: int(used) + MORE_CPU_SECONDS}
    before = {kind: resource.getrlimit(kind) for kind in limits}
    alarm = signal.signal(signal.SIGXCPU, _over)
    try:
        for kind, soft in limits.items():
            resource.setrlimit(kind, (soft, before[kind][1]))
        yield
    finally:
        for kind, both in before.items():
            resource.setrlimit(kind, both)
        signal.signal(signal.SIGXCPU, alarm)


def _over(*_: object) -> NoReturn:
    raise AssertionError("more CPU time than allowed")


@pytest.fixture
def office(app: Flask, sign_in: SignIn) -> Any:
    """A manager at a desk; `tests/store/finding_chain` gives him work."""
    chain.make_world()
    return sign_in(cast.manager())


@pytest.fixture
def tablet(app: Flask, office: Any) -> Program:
    return Program(app, make_tablet_token(cast.guard()))


def imported(client: Any, token: str, data: bytes, name: str) -> Any:
    form = {"csrf_token": token, "file": (io.BytesIO(data), name), "apply": "yes"}
    return client.post("/admin/transfer/service_category/", data=form)


def test_the_office_s_import_refuses_every_book(office: Any) -> None:
    token = token_of(office, "/account/password")
    for name, (make, code) in BOOKS.items():
        data = make()
        with bounded():
            answer = imported(office, token, data, name)
        assert answer.status_code == 422 or code is None, name
        assert "已写入" not in answer.text or code is None, name
    assert "已写入" in imported(office, token, workbook(), "good.xlsx").text


def test_the_office_s_photos_refuse_every_picture(office: Any) -> None:
    order = chain.make_order()
    token = token_of(office, "/account/password")
    for name, (make, code) in PICTURES.items():
        data = make()
        if code is None:
            continue
        form = {"csrf_token": token, "version": order.version, "role": "other", "photos": [(io.BytesIO(data), name)]}
        with bounded():
            answer = office.post(f"/admin/work/{order.number}/add_photos", data=form)
        assert answer.status_code == 422, (name, answer.status_code)
        assert name in answer.text
    assert Photo.objects.count() == 0


def test_a_tablet_s_photos_refuse_every_picture(tablet: Program) -> None:
    for name, (make, code) in PICTURES.items():
        data = make()
        with bounded():
            answer = uploaded(tablet, data)
        assert answer.status_code == (200 if code is None else 422), (name, answer.json)
        assert code is None or answer.json["code"] == code, name
    assert Photo.objects.count() == 1


def uploaded(tablet: Program, data: bytes) -> Any:
    name = sha256(data).hexdigest()
    kind = "application/octet-stream"
    for n, start in enumerate(range(0, len(data), CHUNK_BYTES)):
        part = data[start : start + CHUNK_BYTES]
        tablet.ask("PUT", f"/field/photos/{name}/chunks/{n}", data=part, content_type=kind)
    return tablet.post(f"/field/photos/{name}/completion", {"size": len(data)})


DOORS = (("POST", "/requests"), ("POST", "/field/operations"), ("PUT", "/content/plan/night/draft"))


@pytest.mark.parametrize("name", BODIES)
def test_every_body_that_means_harm_is_refused(app: Flask, tablet: Program, name: str) -> None:
    program = Program(app, make_token(cast.manager()))
    data = BODIES[name]()
    for method, path in DOORS:
        who = tablet if path.startswith("/field") else program
        with bounded():
            answer = who.ask(method, path, data=data, content_type="application/json", headers={"If-Match": '"1"'})
        assert 400 <= answer.status_code < 500, (path, answer.status_code)
        assert answer.json["code"], path
        assert len(answer.data) < 100_000, path


@pytest.mark.parametrize("name", FORMS)
def test_every_form_that_means_harm_is_refused(office: Any, name: str) -> None:
    data, kind = FORMS[name]()
    for path in ("/admin/transfer/service_category/", "/login", "/admin/content/plan/"):
        with bounded():
            answer = office.post(path, data=data, content_type=kind)
        assert 400 <= answer.status_code < 500, (path, answer.status_code)


@pytest.mark.parametrize(
    "header", ["Accept-Language", "If-None-Match", "Cookie", "Idempotency-Key", "Range", "If-Match"]
)
def test_long_headers_are_read_in_no_time(app: Flask, office: Any, header: str) -> None:
    program = Program(app, make_token(cast.manager()))
    for value in ("a," * 30_000, ";q=0" * 15_000, "*/*,W/" * 10_000, '"' * 60_000, "=;" * 30_000):
        with bounded():
            assert program.get("/requests", headers={header: value}).status_code < 500
            assert office.get("/admin/today/", headers={header: value}).status_code < 500


def test_a_good_photo_is_taken_after_all_that(tablet: Program) -> None:
    assert uploaded(tablet, pictures.small()).json["complete"] is True
    assert Photo.objects.get(owners=cast.guard().code).received_at <= clock.now()
