"""What holds for every resource: the shape of lists, cursors, fields, tags, problems, bodies."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from store import domains
from store.kinds import made_kinds
from tests import cast
from tests.api.conftest import ROOT, AsProgram, Program, body_of, described_by_house, intake, make_tablet_token
from tests.api.world import make_order, make_request, make_world, publish_content

domains.load("documents")
LISTS = (
    "/requests", "/work-orders", "/drills", "/incidents", "/notices", "/content", "/content/service_item", "/drafts/service_item",
    "/content/service_item/leak/revisions", "/estates", "/buildings", "/units", "/households", "/departments",
    "/staff", "/rosters", *(f"/{kind.page}" for kind in made_kinds()),
)  # fmt: skip
INJECTIONS = ('{"$ne": null}', '{"$gt": ""}', "[$ne]=1", "';return true;//", "\x00", "$where", "�", "x" * 300)


@pytest.fixture
def manager(program: AsProgram) -> Program:
    make_world()
    return program(cast.manager())


@pytest.fixture
def asker(manager: Program, app: Flask) -> Callable[[str], Program]:
    """Who may open a path at all: the field's doors are for enrolled tablets, all others are not."""
    tablet = Program(app, make_tablet_token(cast.gatekeeper()))
    return lambda path: tablet if path.startswith(f"{ROOT}/field/") else manager


def test_every_list_has_the_same_shape(manager: Program) -> None:
    for path in LISTS:
        answer = manager.get(path + "?count=true&limit=1")
        assert answer.status_code == 200, (path, answer.text)
        body = body_of(answer)
        assert set(body) == {"data", "page"}, path
        assert set(body["page"]) == {"next", "total"}, path
        assert len(body["data"]) == 1, path
        assert body["page"]["total"] >= 1, path
        assert "total" not in body_of(manager.get(path))["page"], path


def test_every_list_refuses_what_it_does_not_know(manager: Program) -> None:
    for path in LISTS:
        for query, code in (
            ("colour=red", "unknown_parameter"),
            ("sort=colour", "unknown_sort"),
            ("fields=secret", "unknown_field"),
            ("filter[events]=1", "unknown_filter"),
            ("filter[$where]=1", "unknown_parameter"),
            ("limit=201", "bad_limit"),
            ("after=zzz", "bad_cursor"),
        ):
            answer = manager.get(f"{path}?{query}")
            assert (answer.status_code, body_of(answer)["code"]) == (400, code), (path, query)
            assert answer.mimetype == "application/problem+json"
            assert body_of(answer)["errors"][0]["field"]


def test_every_list_is_walked_by_its_cursors_without_gap_or_double(manager: Program) -> None:
    for n in range(7):
        make_request()
        make_order(due_at=None if n % 2 else cast.NOW)
        promise = {"urgency": "normal", "reply_minutes": 60}
        body = {"name": {"zh": "x"}, "category": "repair", "kinds": ["repair"], **promise}
        cast.publish("service_item", f"item-{n}", body, cast.LONG_AGO)
        cast.make_household(f"4-10{n}", cast.LONG_AGO)
    for path in LISTS:
        for sort in ("", "&sort=due_at", "&sort=-due_at") if path == "/work-orders" else ("",):
            whole = body_of(manager.get(f"{path}?limit=200{sort}"))["data"]
            assert walked(manager, path, sort) == whole, (path, sort)


def walked(program: Program, path: str, sort: str) -> list[Any]:
    found: list[Any] = []
    after = ""
    while True:
        page = body_of(program.get(f"{path}?limit=2{sort}{after}"))
        found += page["data"]
        if page["page"]["next"] is None:
            return found
        after = f"&after={page['page']['next']}"


def test_fields_gives_only_what_was_asked_for(manager: Program) -> None:
    row = body_of(manager.get("/requests?fields=number,words"))["data"][0]
    assert row == {"number": row["number"], "words": "厨房漏水"}
    assert "words" not in body_of(manager.get("/requests"))["data"][0]


def test_every_list_gives_all_its_fields_at_once(asker: Callable[[str], Program], app: Flask) -> None:
    """Also a field beside one that is made from a part of it."""
    paths = described_by_house(app)["paths"]
    tried = 0
    for path, item in paths.items():
        every = [
            name
            for each in item.get("get", {}).get("parameters", ())
            if each.get("name") == "fields" and "{" not in path
            for name in each["schema"]["items"]["enum"]
        ]
        if every:
            answer = asker(path).get(f"{path.removeprefix(ROOT)}?fields={','.join(every)}")
            assert answer.status_code == 200, (path, answer.text)
            tried += 1
    assert tried > 10


@pytest.mark.timeout(600)
def test_operators_are_only_text_to_every_filter(asker: Callable[[str], Program], app: Flask) -> None:
    spec = described_by_house(app)
    tried = 0
    for path, item in spec["paths"].items():
        for parameter in item.get("get", {}).get("parameters", ()):
            if parameter["in"] == "query" and "{" not in path:
                for value in INJECTIONS:
                    answer = asker(path).get(path.removeprefix(ROOT), query_string={parameter["name"]: value})
                    assert answer.status_code in (200, 400), (path, parameter["name"], value, answer.text)
                    tried += 1
    assert tried > 500


def test_operators_are_only_text_in_every_path(asker: Callable[[str], Program], app: Flask) -> None:
    spec = described_by_house(app)
    for path, item in spec["paths"].items():
        if "{" in path and "get" in item:
            for value in ("%7B%22$ne%22:null%7D", "$ne", "%00", "%ff", "..", "x" * 2_000):
                asked = path.removeprefix(ROOT)
                for name in ("key", "kind", "code", "clock", "number", "sha256"):
                    asked = asked.replace(f"{{{name}}}", value)
                assert asker(path).get(asked).status_code in (404, 405), (path, value)


def test_operators_are_refused_in_every_body(manager: Program, asker: Callable[[str], Program], app: Flask) -> None:
    """Every write, with an operator in place of every field: a named 4xx, and nothing is written."""
    spec = described_by_house(app)
    world = make_known(manager)
    for path, item in spec["paths"].items():
        for method in ("post", "put"):
            names = fields_of(spec, item.get(method, {}))
            for name in names:
                body = {**dict.fromkeys(names, "x"), name: {"$ne": None}}
                asked = filled(path, world)
                answer = asker(path).ask(method.upper(), asked, json=body, headers={"If-Match": "*"})
                assert answer.status_code in (400, 404), (method, path, name, answer.text)
                assert body_of(answer)["code"] in ("bad_name", "not_found")


def make_known(program: Program) -> dict[str, str]:
    number = body_of(program.get("/requests"))["data"][0]["number"]
    return {"key": number, "kind": "service_item", "code": "leak", "clock": "resolve", "number": "1"}


def fields_of(spec: dict[str, Any], operation: dict[str, Any]) -> list[str]:
    content = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
    name = content.get("schema", {}).get("$ref", "").rpartition("/")[2]
    return list(spec["components"]["schemas"][name].get("properties", {})) if name else []


def filled(path: str, world: dict[str, str]) -> str:
    asked = path.removeprefix(ROOT)
    for name, value in world.items():
        asked = asked.replace(f"{{{name}}}", value)
    return asked


BAD_BODIES: list[tuple[bytes, str, int, str]] = [
    (b"{", "application/json", 400, "malformed_json"),
    (b"", "application/json", 400, "malformed_json"),
    (b"\xff\xfe", "application/json", 400, "malformed_json"),
    (b"[1]", "application/json", 400, "not_an_object"),
    (b"null", "application/json", 400, "not_an_object"),
    (b'{"a": NaN}', "application/json", 400, "malformed_json"),
    (b'{"a": 1e999}', "application/json", 400, "number_too_large"),
    (b'{"a": 99999999999999999999}', "application/json", 400, "number_too_large"),
    (b'{"a": ' + b"9" * 5_000 + b"}", "application/json", 400, "number_too_large"),
    (b'{"words": "a\\u0000b"}', "application/json", 400, "unstorable_text"),
    (b'{"words": "\\ud800"}', "application/json", 400, "unstorable_text"),
    (b'{"\\u0000": 1}', "application/json", 400, "bad_name"),
    (b'{"$where": "1"}', "application/json", 400, "bad_name"),
    (b'{"words": {"$ne": null}}', "application/json", 400, "bad_name"),
    (b'{"a":' * 30 + b"1" + b"}" * 30, "application/json", 400, "too_deep"),
    (b"[" * 100_000, "application/json", 400, "too_deep"),
    (b"a=1", "application/x-www-form-urlencoded", 415, "unsupported_media_type"),
    (b"{}", "text/plain", 415, "unsupported_media_type"),
    (b"x" * 50_000_000, "application/json", 413, "too_large"),
    (b"x" * 1_048_577, "application/json", 413, "too_large"),
]


@pytest.mark.parametrize(("raw", "kind", "status", "code"), BAD_BODIES, ids=lambda value: str(value)[:24])
def test_a_body_that_is_none_is_refused_by_name(
    program: AsProgram, raw: bytes, kind: str, status: int, code: str
) -> None:
    answer = program(cast.desk()).ask("POST", "/requests", data=raw, content_type=kind)
    assert (answer.status_code, body_of(answer)["code"]) == (status, code)


def test_what_is_missing_and_unknown_is_named_field_by_field_in_the_readers_language(program: AsProgram) -> None:
    desk = program(cast.desk())
    sent = {"estate": cast.ESTATE, "kind": "lament", "state": "closed", "number": "R-1"}
    english, chinese = (desk.post("/requests", sent, headers={"Accept-Language": each}) for each in ("en", "zh-CN"))
    assert english.status_code == chinese.status_code == 422
    errors = {each["field"]: each["code"] for each in body_of(english)["errors"]}
    assert errors == {
        "kind": "not_a_choice", "item": "required", "words": "required", "state": "unknown_field",
        "number": "unknown_field",
    }  # fmt: skip
    assert any("Please fill in" in each["detail"] for each in body_of(english)["errors"])
    assert any("请填写" in each["detail"] for each in body_of(chinese)["errors"])
    assert [each["code"] for each in body_of(chinese)["errors"]] == [
        each["code"] for each in body_of(english)["errors"]
    ]


def test_reads_carry_a_tag_and_who_has_it_gets_304(manager: Program) -> None:
    world = make_known(manager)
    for path in ("/requests/{key}", "/estates/sunshine", "/content/service_item/leak", *LISTS):
        path = path.format(**world)
        first = manager.get(path)
        assert first.headers["ETag"], path
        again = manager.get(path, headers={"If-None-Match": first.headers["ETag"]})
        assert again.status_code == 304, path
        assert again.data == b""


def test_unknown_names_are_refused_where_there_is_no_list_too(manager: Program) -> None:
    number = make_known(manager)["key"]
    for answer in (manager.get(f"/requests/{number}?x=1"), manager.post(f"/requests/{number}/acceptance?force=1")):
        assert (answer.status_code, body_of(answer)["code"]) == (400, "unknown_parameter")


def test_unknown_addresses_and_methods_are_problem_documents(manager: Program) -> None:
    for method, path, status in (("GET", "/nothing", 404), ("PATCH", "/requests", 405), ("DELETE", "/estates/x", 405)):
        answer = manager.ask(method, path)
        assert answer.status_code == status
        assert answer.mimetype == "application/problem+json"


def test_times_have_an_offset_and_details_of_a_conflict_too(program: AsProgram) -> None:
    make_world()
    desk = program(cast.desk())
    made = body_of(desk.post("/requests", intake()))
    desk.post(f"/requests/{made['number']}/acceptance")
    late = desk.post(f"/requests/{made['number']}/notes", {"text": "x"}, headers={"If-Match": '"1"'})
    assert late.status_code == 412
    problem = body_of(late)
    assert problem["code"] == "changed_meanwhile"
    assert problem["theirs"][0]["verb"] == "accept"
    assert problem["theirs"][0]["at"].endswith("+00:00")
    assert problem["version"] == 2
    assert made["created_at"].endswith("+00:00")


def test_if_match_is_a_tag_or_a_star(program: AsProgram) -> None:
    cast.make_company(cast.LONG_AGO)
    publish_content()
    desk = program(cast.desk())
    number = body_of(desk.post("/requests", intake()))["number"]
    for tag in ("1", '"one"', '"1", "2"', '"99999999999"', "'1'"):
        answer = desk.post(f"/requests/{number}/acceptance", headers={"If-Match": tag})
        assert (answer.status_code, body_of(answer)["code"]) == (400, "bad_if_match"), tag
    assert desk.post(f"/requests/{number}/acceptance", headers={"If-Match": '"1"'}).status_code == 200
    assert desk.post(f"/requests/{number}/notes", {"text": "x"}, headers={"If-Match": "*"}).status_code == 200


def test_the_count_is_capped(manager: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    from admin_app.api import lists

    monkeypatch.setattr(lists, "COUNT_CAP", 2)
    for _ in range(3):
        make_order()
    assert body_of(manager.get("/work-orders?count=true"))["page"]["total"] == 2
    monkeypatch.undo()
    assert lists.COUNT_CAP == 10_001


def test_json_is_json(manager: Program) -> None:
    assert json.loads(manager.get("/requests").data)["data"]
