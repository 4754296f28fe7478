"""Voice notes come like photos and are none: judged by what they are, heard by who sees the record, proof of nothing."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from admin_app.tablet import shell
from store import clock
from store.findings.documents import Finding
from store.notices.relay import relay
from store.photos.documents import Photo
from store.photos.operations import here, voices
from store.work import operations as work
from tests import cast
from tests.api.conftest import Program, make_tablet_token
from tests.api.test_field import entry, jpeg, name_of, send, upload
from tests.store import finding_chain as chain
from tests.tablet.small_build import small_build
from tests.voices import mp4, webm

Tablets = Callable[..., Program]


@pytest.fixture
def tablet(app: Flask, database: Any) -> Tablets:
    chain.make_world()
    return lambda who=None, device=cast.TABLET: Program(app, make_tablet_token(who or cast.cleaner(), device))


def said(program: Program, data: bytes, seconds: object = 12) -> Any:
    return upload(program, data, kind="voice", seconds=seconds)


def code_of(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.get_json()["code"]


@pytest.mark.parametrize(("make", "kind"), [(webm, "audio/webm"), (mp4, "audio/mp4")])
def test_a_recording_comes_in_parts_and_is_kept_and_served_as_it_is(tablet: Tablets, make: Any, kind: str) -> None:
    program, data = tablet(), make()
    assert said(program, data).get_json()["complete"]
    assert said(program, data).get_json()["complete"]
    photo = Photo.objects.get()
    assert (photo.sound, photo.media_type, photo.seconds, photo.image) == (data, kind, 12, None)
    answer = program.get(f"/field/photos/{name_of(data)}/image")
    assert (answer.data, answer.content_type) == (data, kind)
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    ("seconds", "code"), [(None, "seconds_needed"), (0, "out_of_range"), (61, "out_of_range"), (1.5, "not_integer")]
)
def test_a_recording_says_how_long_it_is_and_is_a_minute_at_most(tablet: Tablets, seconds: Any, code: str) -> None:
    assert code_of(said(tablet(), webm(), seconds)) == (422, code)
    assert Photo.objects.count() == 0


def test_a_recording_is_no_larger_than_a_megabyte(tablet: Tablets) -> None:
    large = webm(block=b"\x81\0\0\x80" + bytes(60_000), blocks=18)
    assert len(large) > 1024 * 1024
    assert code_of(said(tablet(), large)) == (422, "voice_too_large")


def test_a_photo_is_no_recording_and_a_recording_no_photo(tablet: Tablets) -> None:
    program = tablet()
    assert code_of(said(program, jpeg(60, 40))) == (422, "not_a_voice_note")
    assert code_of(upload(program, webm())) == (422, "not_a_photo")


def test_a_reported_finding_carries_what_was_said_and_its_estate_hears_it(tablet: Tablets) -> None:
    program, data = tablet(), webm()
    said(program, data)
    neighbour = tablet(cast.supervisor(), "bbbbbbbb-6f0b-4d6e-9b8e-2d9a1c5b7e10")
    heard = f"/field/photos/{name_of(data)}/image"
    assert neighbour.get(heard).status_code == 404  # no record names it yet
    body = {"title": "消防通道停车", "place": "东门", "severity": "high", "voice": name_of(data)}
    told = entry(chain.make_order(), "report", seen=None, body=body) | {"order": None}
    assert send(program, told).get_json()["outcomes"][0]["result"] == "applied"
    assert Finding.objects.get().voice == name_of(data)
    assert neighbour.get(heard).status_code == 200
    stranger = tablet(cast.stranger(), "cccccccc-6f0b-4d6e-9b8e-2d9a1c5b7e10")
    assert stranger.get(heard).status_code == 404


def test_a_finding_of_an_order_carries_what_was_said_to_the_finding(tablet: Tablets) -> None:
    program, data, order = tablet(), webm(), chain.make_order()
    said(program, data)
    send(program, entry(order, "raise_finding", body={"item": "floor", "title": "地面有油", "voice": name_of(data)}))
    relay(clock.now())
    found = Finding.objects.get()
    assert (found.voice, found.rounds[0]["before"]) == (name_of(data), [])
    wrong = send(program, entry(order, "raise_finding", 2, body={"title": "x", "voice": "no-hash"}))
    assert wrong.get_json()["outcomes"][0]["code"] == "not_a_hash"


def test_what_an_order_could_not_take_keeps_its_voice_beside_the_result(tablet: Tablets) -> None:
    program, data, order = tablet(), webm(), chain.make_order()
    said(program, data)
    send(program, entry(order, "supplement", body={"voice": name_of(data)}))
    order.reload()
    assert [each["voice"] for each in order.supplements] == [name_of(data)]
    assert order.photos == []
    assert voices([name_of(data)]) == {name_of(data): 12}


NAMED = {
    "add_photos": lambda name: {"photos": [{"hash": name, "role": "after"}]},
    "answer": lambda name: {"item": "floor", "value": "pass", "photos": [name]},
    "complete": lambda name: {"answers": [{"item": "floor", "value": "pass", "photos": [name]}]},
    "raise_finding": lambda name: {"title": "地面有油", "photos": [name]},
    "supplement": lambda name: {"photos": [name]},
}


@pytest.mark.parametrize("verb", NAMED)
def test_a_recording_proves_nothing_that_a_photo_proves(tablet: Tablets, verb: str) -> None:
    program, data, order = tablet(), webm(), chain.make_order()
    said(program, data)
    outcome = send(program, entry(order, verb, body=NAMED[verb](name_of(data)))).get_json()["outcomes"][0]
    assert (outcome["result"], outcome["code"]) == ("refused", "not_a_photo")
    order.reload()
    assert (order.photos, order.state) == ([], "open")
    assert here([name_of(data)]) == set()


def test_a_recording_proves_nothing_through_the_door_of_programs_either(tablet: Tablets, program: Any) -> None:
    data, order = webm(), chain.make_order()
    said(tablet(), data)
    answers = [{**each, "photos": [name_of(data)]} for each in chain.ALL_GOOD]
    answer = program(cast.cleaner()).post(f"/work-orders/{order.number}/completion", {"answers": answers})
    assert code_of(answer) == (422, "not_a_photo")
    assert work.get(order.pk, cast.cleaner()).photos == []


def test_only_the_tablet_s_page_may_use_the_microphone(
    app: Flask, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shell, "FOLDER", small_build(tmp_path))
    client = app.test_client()
    assert "microphone=(self)" in client.get("/tablet/report").headers["Permissions-Policy"]
    assert "microphone=()" in client.get("/login").headers["Permissions-Policy"]
