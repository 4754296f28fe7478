"""Operators of the database and unknown names in what a user sends: refused by name, and never a filter or a value."""

from typing import Any
from urllib.parse import urlencode

import pytest

from store.premises.documents import Household
from tests import cast
from tests.admin_app.conftest import log_in
from tests.admin_app.content_samples import PLAN, form_of, post
from tests.wrong_input.conftest import Doors, Taken

OPERATOR = {"$ne": None}
TYPED = '{"$ne": null}'
INTAKE = {"estate": cast.ESTATE, "kind": "complaint", "item": "suspect", "channel": "phone", "words": "门口有陌生人"}
NO_FIELD = {"zh": "没有名为「colour」的字段", "en": "There is no field named “colour”"}
BAD_NAME = {"zh": "字段名无效", "en": "A name of a field is not valid"}
each_language = pytest.mark.parametrize("language", ["zh", "en"])


@each_language
def test_the_api_names_an_unknown_field(doors: Doors, taken: Taken, language: str) -> None:
    before = taken()
    answers = [
        doors.save("plan", "night", {**PLAN, "colour": "red"}, **{"Accept-Language": language}),
        doors.api.post("/requests", {**INTAKE, "colour": "red"}, headers={"Accept-Language": language}),
    ]
    for answer in answers:
        assert answer.status_code == 422
        assert [(each["code"], each["field"], each["detail"]) for each in answer.json["errors"]] == [
            ("unknown_field", "colour", NO_FIELD[language])
        ]
    assert taken() == before


def test_what_a_form_does_not_have_is_not_written(doors: Doors) -> None:
    """Names that only a hand-made form can carry reach no field: neither the state nor anything that is in force."""
    extra = {"state": "withdrawn", "revision": "9", "colour": "red", "next_generate_at": "2020-01-01"}
    values = form_of("plan", {**PLAN, "times": ["21:00"]}, version="2", **extra)
    assert post(doors.screen, "/admin/content/plan/night/", values).status_code == 303
    head = doors.draft("plan", "night").json
    assert (head["state"], head["revision"]) == ("changed", 1)
    assert "colour" not in head["draft"]


@each_language
@pytest.mark.parametrize("field", ["estate", "kind", "item", "words", "household"])
def test_the_api_takes_no_operator_for_a_value(doors: Doors, taken: Taken, field: str, language: str) -> None:
    before = taken()
    answer = doors.api.post("/requests", {**INTAKE, field: OPERATOR}, headers={"Accept-Language": language})
    assert (answer.status_code, answer.json["title"]) == (400, BAD_NAME[language])
    assert answer.json["field"] == field
    assert taken() == before


@pytest.mark.parametrize("field", ["route", "times", "name", "duration_minutes"])
def test_no_operator_becomes_a_part_of_content(doors: Doors, taken: Taken, field: str) -> None:
    before = taken()
    answer = doors.save("plan", "night", {**PLAN, field: OPERATOR})
    assert answer.status_code == 400
    assert answer.json["field"] == f"body.{field}"
    assert taken() == before


@pytest.mark.parametrize(
    "query", ["filter[state][$ne]=open", "filter[state]=" + TYPED, "filter[$where]=1", "sort=$natural", "fields=$all"]
)
def test_no_list_is_asked_with_an_operator(doors: Doors, taken: Taken, query: str) -> None:
    before = taken()
    answer = doors.api.get(f"/requests?{query}")
    assert answer.status_code == 400
    assert answer.json["field"]
    assert taken() == before


@pytest.mark.parametrize("field", sorted(INTAKE))
def test_the_intake_form_takes_an_operator_for_text_or_names_the_field(doors: Doors, taken: Taken, field: str) -> None:
    """`words` is what a resident said, whatever he said; everything else is a choice or a code and is refused."""
    before = taken()
    answer = post(doors.screen, "/admin/intake/", {**INTAKE, field: TYPED})
    if field == "words":
        assert answer.status_code == 303
        return
    assert answer.status_code == 422
    assert 'class="mistake" role="alert"' in answer.text or 'class="flash error"' in answer.text
    assert taken() == before


def test_brackets_in_names_of_form_fields_are_no_operators(doors: Doors, taken: Taken) -> None:
    before = taken()
    without_item = {name: value for name, value in INTAKE.items() if name != "item"}
    answer = post(doors.screen, "/admin/intake/", {**without_item, "item[$ne]": ""})
    assert answer.status_code == 422
    assert taken() == before


def test_nobody_signs_in_with_an_operator(doors: Doors) -> None:
    client = doors.screen.application.test_client()
    for username, password in ((TYPED, TYPED), ("manager", TYPED), (TYPED, "kettle-harbour-violet")):
        answer = log_in(client, username, password)
        assert answer.status_code == 200
        assert "用户名或密码不正确" in answer.text
    as_json = client.post("/login", json={"username": OPERATOR, "password": OPERATOR})
    assert as_json.status_code in {400, 401, 403}


ADDRESSES = (
    "/admin/requests/{x}",
    "/admin/work/{x}",
    "/admin/content/plan/{x}/",
    "/admin/content/{x}/",
    "/admin/content/-/routes/{x}/codes/",
)


@pytest.mark.parametrize("address", ADDRESSES)
def test_an_operator_in_an_address_leads_nowhere(doors: Doors, address: str) -> None:
    for language, words in (("zh", "找不到"), ("en", "not found")):
        answer = doors.screen.get(address.format(x=TYPED), query_string={"lang": language})
        assert answer.status_code == 404
        assert words in answer.text or "404" in answer.text


SEARCHES: tuple[tuple[str, dict[str, Any]], ...] = (
    ("/admin/search/", {"q": TYPED}),
    ("/admin/requests/", {"q": TYPED, "state": TYPED, "sort": TYPED, "after": TYPED, "view": TYPED}),
    ("/admin/work/", {"q": TYPED, "state": TYPED, "sort": "$natural", "service": TYPED}),
    ("/admin/plans/patrol/", {"q": TYPED, "state": TYPED, "clause": TYPED}),
    ("/admin/intake/households", {"q": TYPED}),
    ("/admin/content/-/lookup/", {"kind": "staff", "q": TYPED, "estate": TYPED}),
)


@pytest.mark.parametrize(("address", "query"), SEARCHES, ids=[address for address, _ in SEARCHES])
def test_an_operator_in_a_search_finds_nothing_and_breaks_nothing(
    doors: Doors, taken: Taken, address: str, query: dict[str, Any]
) -> None:
    before = taken()
    for asked in (query, {f"{name}[$ne]": "" for name in query}):
        answer = doors.screen.get(f"{address}?{urlencode(asked)}")
        assert answer.status_code < 500
    assert taken() == before


def test_an_estate_is_not_chosen_by_an_operator(doors: Doors, taken: Taken) -> None:
    cast.make_household()
    before = taken()
    post(doors.screen, "/preferences/estate", {"estate": TYPED})
    assert Household.objects.count() == 1
    assert taken() == before
