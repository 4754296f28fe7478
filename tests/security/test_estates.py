"""Foreign is absent: a manager of one estate meets the other estate's things at no door, reading or writing."""

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from store.kinds import made_kinds
from tests import cast
from tests.admin_app.conftest import token_of
from tests.admin_app.content_samples import form_of
from tests.security.doors import doors, keys_for
from tests.security.world import CANARY, HOME, PHONE, RESIDENT, World, text_of
from tests.wrong_input.fingerprint import fingerprint

WORDS = (CANARY, RESIDENT, PHONE[:4], "sunshine")


def test_no_page_tells_anything_of_the_other_estate(app: Flask, world: World, stranger: FlaskClient) -> None:
    """Every address that needs no key: lists, boards, calendars, figures, look-ups, exports, coverage, jobs, audit."""
    asked = 0
    for door in doors(app, "GET"):
        if door.rule.arguments:
            continue
        told = world.told_in(text_of(stranger.get(door.address)))
        assert not told, (door.address, told)
        asked += 1
    assert asked > 80


def test_no_key_of_the_other_estate_leads_anywhere(app: Flask, world: World, stranger: FlaskClient) -> None:
    asked = 0
    for door in doors(app, "GET"):
        keys = keys_for(door.address, world.keys)
        if not keys or not door.rule.arguments & {"key", "code"}:
            continue
        answer = stranger.get(door.path(keys))
        assert answer.status_code == 404, (door.address, answer.status_code)
        assert not world.told_in(text_of(answer).replace(door.path(keys), "").replace(keys.get("key", "-"), "")), door
        asked += 1
    assert asked > 20


def test_no_verb_reaches_the_other_estate(app: Flask, world: World, stranger: FlaskClient, database: Any) -> None:
    token = token_of(stranger, "/account/password")
    before = fingerprint(database)
    asked = 0
    for door in doors(app, "POST"):
        keys = keys_for(door.address, world.keys)
        if not keys or not (door.rule.arguments or door.address.endswith("/action/")):
            continue
        form = {"csrf_token": token, "version": "1", "rowid": keys.get("id", ""), "id": keys.get("id", "")}
        form |= {"to": "stranger", "reason": "x", "verb": "assign", "active": "no", "key": keys.get("id", "")}
        answer = stranger.post(door.path(keys), data=form)
        assert answer.status_code in {303, 403, 404}, (str(door), answer.status_code)
        assert fingerprint(database) == before, str(door)
        asked += 1
    assert asked > 30


SEARCHES = (
    "/admin/search/",
    "/admin/intake/households",
    *(f"/admin/{each}/" for each in ("requests", "work", "drills", "incidents", "findings")),
    *(f"/admin/{kind.page}/{end}" for kind in made_kinds() for end in ("", "export")),
    *(f"/admin/{each}/export" for each in ("requests", "work", "drills", "incidents", "findings", "notices")),
    *(f"/admin/directory/{each}/" for each in ("estate", "building", "unit", "household", "staff", "roster")),
    *(f"/admin/content/{each}/" for each in ("route", "plan")),
)


def test_no_search_finds_it(world: World, stranger: FlaskClient) -> None:
    for address in SEARCHES:
        for word in (*WORDS, world.request.number):
            query = {"q": word, **({"view": "all"} if address.count("/") <= 3 or "export" in address else {})}
            answer = stranger.get(address, query_string=query, follow_redirects=True)
            told = world.told_in(text_of(answer).replace(word, ""))
            assert answer.status_code == 200, (address, word)
            assert not told, (address, word, told)


KINDS = ("estate", "building", "unit", "household", "staff", "roster", "channel", "department", "route", "plan", "role",
    "kind", "clause", "target:staff", "target:channel", "target:on_duty")  # fmt: skip


def test_no_look_up_finds_it(world: World, stranger: FlaskClient) -> None:
    for kind in KINDS:
        for word, estate in (("", ""), ("", cast.ESTATE), ("sunshine", ""), (CANARY, cast.ESTATE), ("卫", "")):
            query = {"kind": kind, "q": word, "estate": estate}
            answer = stranger.get("/admin/content/-/lookup/", query_string=query)
            assert answer.status_code == 200
            told = [each for each in (*world.secrets, "sunshine") if each in answer.text]
            assert not told, (query, told)


def test_a_form_that_names_foreign_codes_is_not_told_their_names(world: World, stranger: FlaskClient) -> None:
    """A code can be guessed; what stands behind it must not be learnt by typing it."""
    token = token_of(stranger, "/account/password")
    opened = stranger.get("/admin/content/plan/-/new/?estate=sunshine")
    assert not world.told_in(opened.text)
    body = {
        "name": {"zh": "x"},
        "estate": cast.OTHER_ESTATE,
        "service": "patrol",
        "staff": ["guard"],
        "route": "sunshine-route",
    }
    values = form_of("plan", {**body, "roster": "sunshine-roster"}, then="publish")
    drafted = stranger.post("/admin/content/plan/-/new/", data={**values, "csrf_token": token}, follow_redirects=True)
    assert not world.told_in(drafted.text), world.told_in(drafted.text)
    tried = {"steps.0.offset_minutes": "0", "steps.0.action": "notify", "steps.0.targets.0.kind": "staff"}
    panel = {**tried, "steps.0.targets.0.ref": "guard", "csrf_token": token}
    shown = stranger.post("/admin/content/-/escalations/", data=panel)
    assert not world.told_in(shown.text), world.told_in(shown.text)
    for kind, form in (
        ("unit", {"code": "riverside-x", "estate": cast.OTHER_ESTATE, "building": "sunshine-3", "room": "9-901"}),
        ("household", {"code": "riverside-x", "estate": cast.OTHER_ESTATE, "unit": HOME}),
    ):
        answer = stranger.post(
            f"/admin/directory/{kind}/-/new", data={**form, "csrf_token": token}, follow_redirects=True
        )
        assert not world.told_in(answer.text), (kind, world.told_in(answer.text))


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("unit", {"building": "sunshine-3", "room": "9-901"}),
        ("household", {"unit": HOME}),
        ("roster", {"name.zh": "x", "anchor_date": "2026-01-01", "cycle_days": "1", "shifts.0.day": "0",
            "shifts.0.start": "07:00", "shifts.0.end": "19:00", "shifts.0.staff": "guard"}),
    ],
)  # fmt: skip
def test_nothing_of_ones_own_may_refer_to_what_is_foreign(
    world: World, stranger: FlaskClient, database: Any, kind: str, values: dict[str, str]
) -> None:
    before = fingerprint(database)
    form = {
        "code": "riverside-x",
        "estate": cast.OTHER_ESTATE,
        **values,
        "csrf_token": token_of(stranger, "/account/password"),
    }
    answer = stranger.post(f"/admin/directory/{kind}/-/new", data=form)
    assert answer.status_code == 422, answer.text
    assert fingerprint(database) == before


def test_users_of_shared_things_are_counted_but_not_named(world: World, stranger: FlaskClient) -> None:
    """A department, a service item, a category belong to the company; who uses them in another estate does not."""
    token = token_of(stranger, "/account/password")
    for page in ("/admin/directory/department/-/security", "/admin/directory/department/-/repair",
        "/admin/content/service_item/leak/uses/", "/admin/content/service_category/repair/uses/",
        "/admin/directory/staff/-/manager"):  # fmt: skip
        answer = stranger.get(page)
        assert answer.status_code == 200, page
        assert not world.told_in(answer.text), (page, world.told_in(answer.text))
    for action in ("/admin/directory/department/-/security/active", "/admin/directory/department/-/repair/active"):
        form = {"active": "no", "version": "2", "csrf_token": token}
        refused = stranger.post(action, data=form, follow_redirects=True)
        assert not world.told_in(refused.text), (action, world.told_in(refused.text))


def test_a_plan_for_another_estate_is_not_written_through_content_of_the_company(
    world: World, stranger: FlaskClient, database: Any
) -> None:
    """An emergency plan has no estate of its own but names those it holds for."""
    before = fingerprint(database)
    values = form_of("emergency_plan", {"name": {"zh": "x"}, "kind": "fire", "estates": [cast.ESTATE]}, code="mine")
    answer = stranger.post(
        "/admin/content/emergency_plan/-/new/", data={**values, "csrf_token": token_of(stranger, "/account/password")}
    )
    assert answer.status_code in {403, 404, 422}
    assert fingerprint(database) == before


def test_the_bell_and_the_inbox_are_their_readers(world: World, stranger: FlaskClient) -> None:
    assert not world.told_in(stranger.get("/admin/inbox/").text)
    form = {"key": world.notice.key, "csrf_token": token_of(stranger, "/account/password")}
    assert stranger.post("/admin/inbox/read", data=form).status_code == 404
    assert world.notice.reload().read_at is None


def test_a_filter_of_somebody_else_is_neither_seen_nor_dropped(world: World, app: Flask, sign_in: Any) -> None:
    mine, other = sign_in(cast.manager()), sign_in(cast.administrator())
    form = {"listed": "office_requests", "name": CANARY, "query": "view=all"}
    mine.post("/admin/saved-filters/", data={**form, "csrf_token": token_of(mine, "/account/password")})
    kept = mine.get("/admin/requests/").text.split('name="id" value="')[1].split('"')[0]
    assert f">{CANARY}<" not in other.get("/admin/requests/").text
    form = {"id": kept, "csrf_token": token_of(other, "/account/password")}
    other.post("/admin/saved-filters/drop", data=form)
    assert CANARY in mine.get("/admin/requests/").text
