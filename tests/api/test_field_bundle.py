"""The bundle over HTTP: its shape, its size, what a tablet says of itself in asking."""

import gzip
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from schemas.field_bundle import BundleSchema, FieldOrderSchema
from store import clock
from store.devices.documents import Device
from store.tablet.showing import FIELDS
from tests import cast
from tests.api.conftest import TABLET, Program, body_of, make_tablet_token
from tests.api.world import make_order, make_world

PATH = "/field/bundle"


@pytest.fixture
def tablet(app: Flask) -> Program:
    make_world()
    return Program(app, make_tablet_token(cast.guard()))


def test_the_answer_is_described_as_it_is(tablet: Program) -> None:
    make_order(assignee="guard")
    found = body_of(tablet.get(PATH))
    assert set(found) == set(BundleSchema().fields)
    assert set(FIELDS) == set(FieldOrderSchema().fields)
    order = next(each for each in found["orders"] if each["assignee"] == "guard")
    assert set(order) == set(FIELDS)
    assert BundleSchema().dump(BundleSchema().load(found))["orders"]


def test_a_large_answer_is_packed_for_whoever_can_unpack_it(tablet: Program) -> None:
    for _ in range(5):
        make_order(assignee="guard")
    plain = tablet.get(PATH)
    packed = tablet.get(PATH, headers={"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Encoding"] == "gzip"
    assert len(packed.data) * 3 < len(plain.data)
    assert gzip.decompress(packed.data).startswith(b"{")


def test_nothing_new_is_tiny(tablet: Program) -> None:
    make_order(assignee="guard")
    cursor = body_of(tablet.get(PATH))["cursor"]
    answer = tablet.get(PATH, query_string={"after": cursor})
    assert body_of(answer)["full"] is False
    assert len(answer.data) < 450


def test_asking_says_how_the_tablet_is(tablet: Program) -> None:
    wrong = (clock.now() - timedelta(hours=2)).isoformat()
    said = {"app_version": "1.4.0", "unsent": "7", "device_now": wrong, "persisted": "true", "run": "a"}
    assert tablet.get(PATH, query_string=said).status_code == 200
    device = Device.objects.get(code=TABLET)
    assert (device.app_version, device.people[0]["unsent"], device.persisted) == ("1.4.0", 7, True)
    assert abs(device.clock_offset_ms + 7_200_000) < 5_000


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"unsent": "-1"}, "unsent"),
        ({"unsent": "many"}, "unsent"),
        ({"device_now": "yesterday"}, "device_now"),
        ({"device_now": "2026-11-24T10:00:00"}, "device_now"),
        ({"persisted": "yes"}, "persisted"),
        ({"app_version": "x" * 41}, "app_version"),
        ({"after": "x" * 65}, "after"),
        ({"until": "x"}, "until"),
    ],
)
def test_what_is_misshapen_is_refused_by_name(tablet: Program, said: dict[str, Any], field: str) -> None:
    answer = tablet.get(PATH, query_string=said)
    assert (answer.status_code, body_of(answer)["errors"][0]["field"]) == (400, field)
