"""Whatever stands in a parameter is a value: no operator, no error of ours, never a row more. Parameters are found by watching."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask, Request
from flask.testing import FlaskClient
from werkzeug.datastructures import ImmutableMultiDict

from tests import cast
from tests.admin_app.conftest import token_of
from tests.security.doors import Door, doors, keys_for, one_of_each
from tests.security.world import HOME, World, text_of

SIGNED_IN_ONLY = "/admin/"
OPERATOR = '{"$ne": null}'
# Foreign codes, operators, what drivers and parsers choke on.
# Alone in each parameter: what the driver, a date and an estate could choke on or give away.
ALONE = ("\x00", "0001-01-01T00:00:00+14:00", cast.ESTATE)
# In all of them at once, but for the page markers, which are refused before anything else is read.
TOGETHER = (OPERATOR, "99999999999999999999", "²", "ZGZkZg")
MARKERS = {"after", "before"}


class Watched(ImmutableMultiDict[str, str]):
    """Remembers the names that a view asks for."""

    asked: set[str] = set()

    def __getitem__(self, key: str) -> Any:
        self.asked.add(key)
        return super().__getitem__(key)

    def get(self, key: str, *options: Any, **named: Any) -> Any:
        self.asked.add(key)
        return super().get(key, *options, **named)

    def getlist(self, key: str, *options: Any, **named: Any) -> Any:
        self.asked.add(key)
        return super().getlist(key, *options, **named)

    def __contains__(self, key: object) -> bool:
        self.asked.add(str(key))
        return super().__contains__(key)


@pytest.fixture
def watched(monkeypatch: pytest.MonkeyPatch) -> type[Watched]:
    monkeypatch.setattr(Request, "parameter_storage_class", Watched)
    Watched.asked = set()
    return Watched


def names_of(client: FlaskClient, watched: type[Watched], door: Door, path: str, form: dict[str, str]) -> list[str]:
    """The parameters of a door, as it asks for them itself."""
    watched.asked = set()
    client.open(path, method=door.method, data=form if door.method == "POST" else None)
    return sorted(watched.asked - {"lang", "csrf_token", "next"})


def queries(names: list[str]) -> Iterator[dict[str, str]]:
    """What is sent; named as other frameworks read operators, too."""
    for value in ALONE:
        yield from ({name: value, f"{name}[$ne]": "", f"{name}.$gt": ""} for name in names)
    for value in TOGETHER:
        yield dict.fromkeys(set(names) - MARKERS, value)
        yield from ({name: value} for name in MARKERS & set(names))


def test_no_parameter_of_a_page_is_an_operator_or_breaks_it(
    app: Flask, world: World, stranger: FlaskClient, watched: type[Watched]
) -> None:
    tried = 0
    for door in one_of_each(doors(app, "GET", below=SIGNED_IN_ONLY)):
        path = door.path({"code": "riverside-plan", "key": "x", **keys_for(door.address, own_keys(world))})
        for query in queries(names_of(stranger, watched, door, path, {})):
            answer = stranger.get(path, query_string=query)
            assert answer.status_code < 500, (door.address, query)
            assert not world.told_in(text_of(answer)), (door.address, query)
            tried += 1
    assert tried > 500


def test_no_field_of_a_form_is_an_operator_or_breaks_it(
    app: Flask, world: World, stranger: FlaskClient, watched: type[Watched]
) -> None:
    form = {"csrf_token": token_of(stranger, "/account/password"), "version": "1"}
    tried = 0
    for door in one_of_each(doors(app, "POST", below=SIGNED_IN_ONLY)):
        path = door.path(keys_for(door.address, own_keys(world)))
        for sent in queries(names_of(stranger, watched, door, path, form)):
            answer = stranger.post(path, data={**form, **sent})
            assert answer.status_code < 500, (str(door), sent)
            assert not world.told_in(text_of(answer)), (str(door), sent)
            tried += 1
    assert tried > 150


def own_keys(world: World) -> dict[str, dict[str, str]]:
    """The same addresses for what the stranger may see: views are asked beyond their first line."""
    found = {
        place: {name: each.replace(cast.ESTATE, cast.OTHER_ESTATE) for name, each in keys.items()}
        for place, keys in world.keys.items()
    }
    return found | world.neighbours


@pytest.mark.parametrize("value", ["\x00", "%ff", OPERATOR, "..%2f..", "a" * 3_000, "\u202e"])
def test_what_stands_in_an_address_is_a_name_and_nothing_else(
    app: Flask, world: World, administrator: FlaskClient, value: str
) -> None:
    from urllib.parse import quote

    typed = value if value.startswith(("%", "..")) else quote(value)
    for door in one_of_each(doors(app, "GET", below=SIGNED_IN_ONLY)):
        if door.rule.arguments and not door.address.startswith("/admin/content/p"):
            answer = administrator.get(door.path(dict.fromkeys(door.rule.arguments, typed)))
            assert answer.status_code in {302, 303, 404, 405}, (door.address, answer.status_code)


BODIES = ({"key": {"$ne": None}, "rowid": {"$gt": ""}}, [{"$where": "1"}])


def test_json_is_no_form(app: Flask, world: World, stranger: FlaskClient) -> None:
    """The back office takes forms; JSON sent to its doors carries no field at all."""
    headers = {"X-CSRFToken": token_of(stranger, "/account/password")}
    for door in one_of_each(doors(app, "POST", below=SIGNED_IN_ONLY)):
        for body in BODIES:
            answer = stranger.post(door.path(keys_for(door.address, own_keys(world))), json=body, headers=headers)
            assert answer.status_code < 500, (str(door), body)


def test_a_cursor_made_up_by_somebody_is_refused_by_name(world: World, stranger: FlaskClient) -> None:
    from base64 import urlsafe_b64encode

    from bson import ObjectId, Regex
    from bson import encode as bson

    made = [
        {"v": {"$gt": None}, "i": ObjectId()},
        {"v": Regex(".*"), "i": ObjectId()},
        {"v": 1, "i": {"$ne": None}},
        {},
    ]
    for each in made:
        cursor = urlsafe_b64encode(bson(each)).decode().rstrip("=")
        for page in ("/admin/requests/", "/admin/work/", "/admin/directory/household/", "/admin/notices/"):
            for name in ("after", "before"):
                answer = stranger.get(page, query_string={name: cursor})
                assert answer.status_code == 422, (page, name, each)
                assert not world.told_in(answer.text)


def test_a_household_of_somebody_else_gives_no_history(world: World, stranger: FlaskClient) -> None:
    for code in (HOME, OPERATOR, "\x00", ""):
        assert stranger.get("/admin/intake/history", query_string={"household": code}).status_code == 404
