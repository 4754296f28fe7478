"""Types that managers publish stand in the API's description with the names and kinds of their fields, at once and
everywhere."""

from typing import Any

import pytest
from flask import Flask
from jsonschema_rs import Draft202012Validator

from admin_app.app import create_app
from store import clock
from store.content import operations as content
from tests import cast
from tests.api.conftest import AsProgram, Program, body_of

FAQ: dict[str, Any] = {
    "name": {"zh": "问答", "en": "Question"},
    "fields": [
        {"name": "name", "label": {"zh": "问题"}, "kind": "text", "required": True, "translated": True},
        {"name": "asked", "label": {"zh": "次数"}, "kind": "integer"},
        {"name": "since", "label": {"zh": "始于"}, "kind": "date", "required": True},
        {"name": "tone", "label": {"zh": "语气"}, "kind": "choice", "choices": [{"value": "calm"}, {"value": "firm"}]},
        {"name": "who", "label": {"zh": "谁"}, "kind": "references", "target": "staff"},
    ],
}
ENTRY = {"name": {"zh": "几点上班"}, "asked": 3, "since": "2026-01-01", "tone": "calm", "who": ["guard"]}
HERE = "/api/v1/content/faq"


def described(app: Flask, **headers: str) -> Any:
    return app.test_client().get("/api/openapi.json", headers=headers)


def spec_of(app: Flask) -> dict[str, Any]:
    found: dict[str, Any] = described(app).get_json()
    return found


def define(body: dict[str, Any] = FAQ) -> None:
    cast.publish("content_type", "faq", body, clock.now(), actor=cast.manager())


@pytest.fixture
def manager(program: AsProgram) -> Program:
    cast.make_company(cast.LONG_AGO)
    return program(cast.manager())


def schema_at(spec: dict[str, Any], *way: str) -> dict[str, Any]:
    """The schema of a body at an operation, with the components that it refers to."""
    found: Any = spec["paths"]
    for step in (*way, "content", "application/json", "schema"):
        found = found[step]
    return {**found, "components": spec["components"]}


def fits(schema: dict[str, Any], value: Any) -> bool:
    return bool(Draft202012Validator(schema).is_valid(value))


def test_a_type_stands_typed_in_every_process_as_soon_as_it_is_published(app: Flask, settings: Any) -> None:
    processes = [app, create_app(settings)]
    assert all(HERE not in spec_of(each)["paths"] for each in processes)
    define()
    for each in processes:
        spec = spec_of(each)
        assert {HERE, f"{HERE}/{{code}}", f"{HERE}/{{code}}/draft"} <= set(spec["paths"])
        properties = spec["components"]["schemas"]["faq.Body"]["properties"]
        assert list(properties) == ["name", "asked", "since", "tone", "who"]
        assert properties["asked"]["type"] == ["integer", "null"]
        assert properties["asked"]["description"] == "次数 · 次数"
    content.withdraw("content_type", "faq", actor=cast.manager(), now=clock.now())
    assert all(HERE not in spec_of(each)["paths"] for each in processes)


def test_a_newer_definition_is_described_in_every_process_too(app: Flask, settings: Any) -> None:
    define()
    processes = [app, create_app(settings)]
    known = [described(each).headers["ETag"] for each in processes]
    assert len(set(known)) == 1
    assert [described(app, **{"If-None-Match": tag}).status_code for tag in known] == [304, 304]
    fields = [*FAQ["fields"], {"name": "stars", "label": {"zh": "星"}, "kind": "decimal"}]
    content.save_draft("content_type", "faq", {**FAQ, "fields": fields}, actor=cast.manager(), now=clock.now())
    assert described(app, **{"If-None-Match": known[0]}).status_code == 304
    content.publish("content_type", "faq", actor=cast.manager(), now=clock.now())
    for each in processes:
        answer = described(each, **{"If-None-Match": known[0]})
        assert answer.status_code == 200
        assert "stars" in answer.get_json()["components"]["schemas"]["faq.DraftBody"]["properties"]


def test_what_is_sent_and_answered_is_as_it_is_described(app: Flask, manager: Program) -> None:
    define()
    spec = spec_of(app)
    sent = {"code": "hours", "body": ENTRY}
    assert fits(schema_at(spec, HERE, "post", "requestBody"), sent)
    made = manager.post("/content/faq", sent)
    assert made.status_code == 201
    assert fits(schema_at(spec, HERE, "post", "responses", "201"), body_of(made))
    assert manager.post("/content/faq/hours/publication").status_code == 200
    whole = (HERE, f"{HERE}/{{code}}", f"{HERE}/{{code}}/draft")
    for path in whole:
        answer = body_of(manager.get(path.removeprefix("/api/v1").replace("{code}", "hours")))
        assert fits(schema_at(spec, path, "get", "responses", "200"), answer), path


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("asked", "3"),
        ("asked", 1.5),
        ("name", {"zh": "x", "fr": "y"}),
        ("tone", "loud"),
        ("who", "guard"),
        ("unknown", 1),
    ],
)
def test_what_the_description_does_not_admit_is_refused(
    app: Flask, manager: Program, field: str, wrong: object
) -> None:
    define()
    sent = {"code": "hours", "body": {**ENTRY, field: wrong}}
    assert not fits(schema_at(spec_of(app), HERE, "post", "requestBody"), sent)
    refused = manager.post("/content/faq", sent)
    assert refused.status_code == 422
    assert body_of(refused)["errors"][0]["field"].split(".")[0] == field


def test_a_draft_may_lack_what_it_needs_to_be_published(app: Flask, manager: Program) -> None:
    define()
    spec, sent = spec_of(app), {"code": "hours", "body": {"asked": None}}
    assert fits(schema_at(spec, HERE, "post", "requestBody"), sent)
    assert manager.post("/content/faq", sent).status_code == 201
    needed = {
        name
        for name, each in spec["components"]["schemas"]["faq.DraftBody"]["properties"].items()
        if each.get("x-needed-to-publish")
    }
    refused = body_of(manager.post("/content/faq/hours/publication"))
    assert {each["field"] for each in refused["errors"]} == needed == {"name", "since"}


def test_types_of_the_house_are_typed_too_and_no_body_stays_open(app: Flask) -> None:
    spec = spec_of(app)
    lines = spec["components"]["schemas"]["price_list.Body"]["properties"]["lines"]
    assert "price_fen" in lines["items"]["properties"]
    for path in spec["paths"]:
        if path.startswith("/api/v1/content/") and "{" not in path:
            held = schema_at(spec, path, "post", "requestBody")["$ref"].rpartition("/")[2]
            body = spec["components"]["schemas"][held]["properties"]["body"]["$ref"].rpartition("/")[2]
            assert spec["components"]["schemas"][body]["properties"], path
    names = [each["operationId"] for item in spec["paths"].values() for each in item.values() if "operationId" in each]
    assert len(names) == len(set(names))
