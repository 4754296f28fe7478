"""Everything that means harm, through every door that takes it: refused, and the web process goes on within bounds that
the kernel holds – so much more memory and CPU time than before, and no more."""

from collections.abc import Iterator
from hashlib import sha256

import pytest
import requests
from flask.testing import FlaskClient

from store import clock
from store.photos.documents import Photo
from store.photos.rules import CHUNK_BYTES
from tests import cast
from tests.admin_app.conftest import SignIn, token_of
from tests.api.conftest import ROOT, make_tablet_token, make_token
from tests.store import finding_chain as chain
from tests.voices import mp4, webm
from tests.wrong_input.bounded import BoundedWeb, Door
from tests.wrong_input.hostile import pictures
from tests.wrong_input.hostile.bodies import BODIES, FORMS
from tests.wrong_input.hostile.books import BOOKS, workbook
from tests.wrong_input.hostile.pictures import PICTURES
from tests.wrong_input.hostile.voices import VOICES


@pytest.fixture(scope="module")
def web(mongo_server: str, redis_server: str) -> Iterator[BoundedWeb]:
    with BoundedWeb(mongo_server, redis_server) as running:
        yield running


@pytest.fixture
def manager(sign_in: SignIn) -> FlaskClient:
    """A manager at a desk; `tests/store/finding_chain` gives him work."""
    chain.make_world()
    return sign_in(cast.manager())


@pytest.fixture
def office(web: BoundedWeb, manager: FlaskClient) -> Door:
    token = token_of(manager, "/account/password")
    cookie = manager.get_cookie("anju")
    assert cookie
    return Door(web, "", {"Cookie": f"anju={cookie.value}", "X-CSRFToken": token})


@pytest.fixture
def program(web: BoundedWeb, manager: FlaskClient) -> Door:
    return bearer(web, make_token(cast.manager()))


@pytest.fixture
def tablet(web: BoundedWeb, manager: FlaskClient) -> Door:
    return bearer(web, make_tablet_token(cast.guard()))


def bearer(web: BoundedWeb, secret: str) -> Door:
    return Door(web, ROOT, {"Authorization": f"Bearer {secret}", "Accept-Language": "en"})


def imported(office: Door, data: bytes, name: str) -> requests.Response:
    path = "/admin/transfer/service_category/"
    return office.ask("POST", path, data={"apply": "yes"}, files={"file": (name, data)})


def test_the_office_s_import_refuses_every_book(office: Door) -> None:
    for name, (make, code) in BOOKS.items():
        answer = imported(office, make(), name)
        assert answer.status_code == 422 or code is None, name
        assert "已写入" not in answer.text or code is None, name
    assert "已写入" in imported(office, workbook(), "good.xlsx").text


def test_the_office_s_photos_refuse_every_picture(office: Door) -> None:
    order = chain.make_order()
    for name, (make, code) in PICTURES.items():
        if code is None:
            continue
        form = {"version": str(order.version), "role": "other"}
        path = f"/admin/work/{order.number}/add_photos"
        answer = office.ask("POST", path, data=form, files=[("photos", (name, make()))])
        assert answer.status_code == 422, (name, answer.status_code)
        assert name in answer.text
    assert Photo.objects.count() == 0


def test_a_tablet_s_photos_refuse_every_picture(tablet: Door) -> None:
    for name, (make, code) in PICTURES.items():
        answer = uploaded(tablet, make())
        assert answer.status_code == (200 if code is None else 422), (name, answer.text)
        assert code is None or answer.json()["code"] == code, name
    assert Photo.objects.count() == 1


def test_a_tablet_s_voice_notes_refuse_every_recording(tablet: Door) -> None:
    for name, (make, code) in VOICES.items():
        data = make()
        answer = uploaded(tablet, data, kind="voice", seconds=12)
        assert answer.status_code == (200 if code is None else 422), (name, answer.text)
        assert code is None or answer.json()["code"] == code, name
        if code is None:
            told = tablet.ask("GET", f"/field/photos/{sha256(data).hexdigest()}/image").headers
            assert (told["Content-Type"], told["X-Content-Type-Options"]) == ("audio/webm", "nosniff")
    assert Photo.objects.count() == 1


def test_a_recording_is_no_photo_and_a_photo_no_recording(tablet: Door) -> None:
    assert uploaded(tablet, webm()).json()["code"] == "not_a_photo"
    assert uploaded(tablet, mp4()).json()["code"] == "not_a_photo"
    assert Photo.objects.count() == 0


def uploaded(tablet: Door, data: bytes, **more: object) -> requests.Response:
    name = sha256(data).hexdigest()
    kind = {"Content-Type": "application/octet-stream"}
    for n, start in enumerate(range(0, len(data), CHUNK_BYTES)):
        tablet.ask("PUT", f"/field/photos/{name}/chunks/{n}", data=data[start : start + CHUNK_BYTES], headers=kind)
    return tablet.ask("POST", f"/field/photos/{name}/completion", json={"size": len(data), **more})


DOORS = (("POST", "/requests"), ("POST", "/field/operations"), ("PUT", "/content/plan/night/draft"))


@pytest.mark.parametrize("name", BODIES)
def test_every_body_that_means_harm_is_refused(program: Door, tablet: Door, name: str) -> None:
    data = BODIES[name]()
    headers = {"Content-Type": "application/json", "If-Match": '"1"'}
    for method, path in DOORS:
        who = tablet if path.startswith("/field") else program
        answer = who.ask(method, path, data=data, headers=headers)
        assert 400 <= answer.status_code < 500, (path, answer.status_code)
        assert answer.json()["code"], path
        assert len(answer.content) < 100_000, path


@pytest.mark.parametrize("name", FORMS)
def test_every_form_that_means_harm_is_refused(office: Door, name: str) -> None:
    data, kind = FORMS[name]()
    for path in ("/admin/transfer/service_category/", "/account/password", "/admin/content/plan/"):
        answer = office.ask("POST", path, data=data, headers={"Content-Type": kind})
        # One of them is read as an empty form, which a page answers with itself; a redirection would mean "done".
        assert answer.status_code == 200 or 400 <= answer.status_code < 500, (path, answer.status_code)


@pytest.mark.parametrize(
    "header", ["Accept-Language", "If-None-Match", "Cookie", "Idempotency-Key", "Range", "If-Match"]
)
def test_long_headers_are_read_in_no_time(program: Door, office: Door, header: str) -> None:
    for value in ("a," * 30_000, ";q=0" * 15_000, "*/*,W/" * 10_000, '"' * 60_000, "=;" * 30_000):
        assert program.ask("GET", "/requests", headers={header: value}).status_code < 500
        assert office.ask("GET", "/admin/today/", headers={header: value}).status_code < 500


def test_a_good_photo_is_taken_after_all_that(tablet: Door) -> None:
    assert uploaded(tablet, pictures.small()).json()["complete"] is True
    assert Photo.objects.get(owners=cast.guard().code).received_at <= clock.now()
