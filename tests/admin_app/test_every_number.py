"""A number always opens exactly what it counted: on every page of the office, for whoever sees one estate or all."""

import re
from collections.abc import Iterator
from datetime import timedelta
from html import unescape
from typing import Any
from urllib.parse import urljoin

import pytest
from flask import Flask
from flask.testing import FlaskClient

from store import clock
from store.actor import Actor
from store.emergencies.documents import Drill
from store.requests import operations as requests
from tests import cast
from tests.admin_app.conftest import SignIn
from tests.admin_app.office import make_order, make_request, make_world
from tests.security.doors import doors

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
MANY = 53  # more than a page of a list
_NUMBER = re.compile(r'<a\b(?=[^>]*\bdata-opens="(\d+)")(?=[^>]*\bhref="([^"]*)")[^>]*>')
_NEXT = re.compile(r'rel="next" href="([^"]+)"')
_IN_ALL = re.compile(r"共 ([\d,]+) 条")
_ROW = re.compile(r'<tr>\s*<td|<div class="clause ')


@pytest.fixture
def stage(app: Flask) -> None:
    """Something in every figure, late in more ways than one, in both estates."""
    make_world()
    now = clock.now()
    cast.make_estate(cast.OTHER_ESTATE, cast.LONG_AGO)
    for minutes in range(MANY):
        make_request(minutes_ago=31 + minutes)
    make_request()
    requests.wait(make_request(minutes_ago=40).pk, reason="业主出差", actor=cast.desk(), now=now)
    requests.answer(make_request(minutes_ago=1500).pk, text="在修", actor=cast.desk(), now=now)
    broken = {"name": "response", "minutes": 1, "due_at": now - HOUR, "stopped_at": None, "paused_at": None}
    for estate in (cast.ESTATE, cast.OTHER_ESTATE):
        # The promise to respond is broken, the one to finish is not.
        make_order(f"{estate}-broken", estate=estate, clocks=[{**broken, "started_at": now - 2 * HOUR, "policy": None}])
        make_order(f"{estate}-late", estate=estate, due_at=now - MINUTE)
        make_order(f"{estate}-team", estate=estate, team=["guard"])
        make_order(f"{estate}-missed", estate=estate, state="missed", starts_at=now, kind="patrol")
        make_order(f"{estate}-bare", estate=estate, state="done", proven=False)
        for turn in range(3):
            key = f"{estate}-{turn}"
            make_order(key, estate=estate, starts_at=now, kind="patrol", plan={"code": f"{estate}-rounds"})
    for number, (estate, state, days) in enumerate(_drills()):
        plan = {"plan": {"code": f"fire-{number % 2}", "revision": 1}, "kind": "live", "year": 2026, "ordinal": number}
        values = {"estate": estate, "number": f"D-{number}", "state": state, "title": "火灾 · 实战演练"}
        Drill(**values, **plan, key=f"k{number}", planned_for=now + days * DAY).save()


def _drills() -> Iterator[tuple[str, str, int]]:
    for estate in (cast.ESTATE, cast.OTHER_ESTATE):
        yield from ((estate, "planned", -3), (estate, "confirmed", -2), (estate, "running", -2))
        yield from ((estate, "planned", 20), (estate, "planned", 200))


def numbers(text: str) -> list[tuple[int, str]]:
    return [(int(number), unescape(href)) for number, href in _NUMBER.findall(text)]


def opened(client: FlaskClient, address: str) -> int:
    """How many rows stand at the address, on all its pages; where the list says how many there are, it says the same."""
    rows, said = 0, None
    while address:
        text = client.get(address).text
        rows += len(_ROW.findall(text))
        said = said or next(iter(_IN_ALL.findall(text)), None)
        following = _NEXT.search(text)
        address = unescape(following[1]) if following else ""
    assert said is None or int(said.replace(",", "")) == rows
    return rows


def crawled(app: Flask, client: FlaskClient) -> list[tuple[str, int, int]]:
    """Every number of every page as (where it leads, what it says, what it opens)."""
    found = []
    for door in doors(app, "GET", below="/admin/"):
        if door.rule.arguments or not door.address.endswith("/"):
            continue
        for number, href in numbers(client.get(door.address).text):
            target = urljoin(door.address, href)
            found.append((target, number, opened(client, target)))
    return found


@pytest.mark.parametrize("who", [cast.manager(), cast.repair_supervisor(), cast.desk()], ids=lambda each: each.code)
def test_every_number_opens_exactly_what_it_counted(app: Flask, stage: None, sign_in: SignIn, who: Actor) -> None:
    found = crawled(app, sign_in(who))
    assert [each for each in found if each[1] != each[2]] == []
    together = {target: number for target, number, _ in found if "/together/" in target}
    assert max(together.values(), default=0) > MANY
    views = {target.split("view=")[-1].split("&")[0] for target, number, _ in found if number}
    assert views >= {"overdue", "soon", "unassigned", "waiting", "untold", "missed-today", "unproven"}
    assert max(number for _, number, _ in found) > MANY
    assert any("drills" in target and number for target, number, _ in found)


def test_a_number_of_a_chosen_estate_opens_that_estates(app: Flask, stage: None, sign_in: SignIn) -> None:
    client = sign_in(cast.manager())
    everywhere = dict((target, number) for target, number, _ in crawled(app, client))
    with client.session_transaction() as session:
        session["estate"] = cast.OTHER_ESTATE
    found = crawled(app, client)
    assert [each for each in found if each[1] != each[2]] == []
    late = "/admin/work/?view=overdue"
    assert (everywhere[late], dict((target, number) for target, number, _ in found)[late]) == (4, 2)


def test_programs_count_the_same_as_the_office(app: Flask, stage: None, database: Any) -> None:
    from admin_app.api.requests import LISTING as OF_REQUESTS
    from admin_app.api.work import LISTING as OF_WORK
    from admin_app.backoffice.requests import pages as office_requests
    from admin_app.backoffice.work import pages as office_work

    now = clock.now()
    for listing, tabs, collection in (
        (OF_REQUESTS, office_requests.TABS, database.requests),
        (OF_WORK, office_work.TABS, database.work_orders),
    ):
        by_name = {tab.name: tab.where(now) for tab in tabs if tab.name in ("overdue", "soon")}
        for name, view in (("overdue", "overdue"), ("due_soon", "soon")):
            where = listing.filters[name].where
            assert where is not None
            counted = collection.count_documents(dict(where(now)))
            assert counted == collection.count_documents(dict(by_name[view])) > 0
