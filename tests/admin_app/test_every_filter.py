"""Whatever a list offers to choose from gives a list."""

import re
from html import unescape

from flask import Flask

from store.actor import SYSTEM
from store.content import operations as content
from tests import cast
from tests.admin_app.conftest import SignIn
from tests.security.doors import doors
from tests.security.world import make_world

_SELECT = re.compile(r'<select[^>]*\bname="(\w+)"[^>]*>(.*?)</select>', re.DOTALL)
_OPTION = re.compile(r'<option[^>]*\bvalue="([^"]+)"')


def test_every_choice_of_every_list_leads_to_its_rows(app: Flask, sign_in: SignIn) -> None:
    make_world()
    client = sign_in(cast.administrator())
    asked = 0
    for door in doors(app, "GET", below="/admin/"):
        if door.rule.arguments or not door.address.endswith("/"):
            continue
        for name, options in _SELECT.findall(client.get(door.address).text):
            for value in map(unescape, _OPTION.findall(options)):
                answer = client.get(door.address, query_string={name: value, "view": "all"})
                assert answer.status_code == 200, (door.address, name, value)
                asked += 1
    assert asked > 150


def test_a_list_stands_whatever_somebody_has_called_a_clause(app: Flask, sign_in: SignIn) -> None:
    for number, clause in enumerate(("²", "3.²", "3..2", "١.٢", "-1", "9" * 500)):
        body = {"name": {"zh": "维修"}, "clause": clause}
        content.create("service_category", f"odd-{number}", body, actor=SYSTEM, now=cast.NOW)
    client = sign_in(cast.manager())
    for address in ("/admin/content/service_category/", "/admin/coverage/"):
        assert client.get(address).status_code == 200, address
