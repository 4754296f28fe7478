"""Every verb of a described kind is reached by API and office, with the permission of its description and no other."""

import ast
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

import admin_app
from admin_app.backoffice.frame import base
from admin_app.shell import gate
from store import clock, domains, kinds
from store.kinds import RecordKind
from store.verbs import Verb

domains.load("documents")

VERBS = [(kind, verb) for kind in kinds.kinds().values() for verb in kind.verbs]
IN_THE_API = [each for each in VERBS if each[1].noun]
IN_THE_OFFICE = [each for each in VERBS if each[1].button]
# Who makes the office's verbs; and where one is still written by hand, because its kind is no record.
MAKERS = {"backoffice/records/described.py"}
BY_HAND = {"api/drafts.py", "backoffice/system/devices.py"}
# Photos and the answers to a checklist are no fields: their forms are the page's own.
OWN_FORMS = {"work_order.add_photos", "work_order.complete"}


def _named(value: Any) -> str:
    return str(value.name)


def _page_of(app: Flask, kind: RecordKind) -> Any:
    view: Any = next(each for each in app.extensions["admin"][0]._views if each.endpoint == kind.list_endpoint)
    return view


@pytest.mark.parametrize(("kind", "verb"), IN_THE_API, ids=_named)
def test_the_api_offers_it_with_its_permission(app: Flask, kind: RecordKind, verb: Verb) -> None:
    page = {"work_order": "work-orders"}.get(kind.name, kind.page)
    address = f"/api/v1/{page}/<key>/{verb.noun}"
    rule = next(each for each in app.url_map.iter_rules() if each.rule == address and "POST" in (each.methods or ()))
    assert gate.rules(app)[rule.endpoint, "POST"] == gate.permission(verb.permission)


@pytest.mark.parametrize(("kind", "verb"), IN_THE_OFFICE, ids=_named)
def test_the_office_offers_it_with_its_permission_and_asks_what_it_asks(
    app: Flask, kind: RecordKind, verb: Verb, database: Any
) -> None:
    page = _page_of(app, kind)
    record = page.model(estate="sunshine", number="X-1", state=next(iter(verb.before)), **_needed(kind))
    with app.test_request_context():
        shown = next(each for each in page.verbs(record) if each.name == verb.name)
    assert shown.permission == verb.permission
    if f"{kind.name}.{verb.name}" in OWN_FORMS:
        return
    assert shown.words == verb.words
    assert {each.name for each in shown.fields} <= {each.name for each in verb.fields}
    assert {each.name for each in verb.fields if each.required} <= {each.name for each in shown.fields}


def _needed(kind: RecordKind) -> dict[str, Any]:
    needed: dict[str, dict[str, Any]] = {
        "drill": {"planned_for": clock.now()},
        "finding": {"severity": "low"},
        "work_order": {"kind": "patrol", "checklist": {}},
        "service_request": {"kind": "repair", "item": {"code": "leak", "revision": 1}, "charge": {}},
    }
    return needed.get(kind.name, {})


def test_no_screen_and_no_route_describes_a_verb_again() -> None:
    """Only the maker of the office's forms writes one down; the list of what is still by hand only grows shorter."""
    root = Path(admin_app.__file__).parent
    found = {file.relative_to(root).as_posix() for file in root.rglob("*.py") if _writes_verbs(file)}
    assert found - MAKERS == BY_HAND


def _writes_verbs(file: Path) -> bool:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    calls = (each.func for each in ast.walk(tree) if isinstance(each, ast.Call))
    return any(isinstance(each, ast.Name) and each.id in ("Verb", "VerbForm", "DraftVerb") for each in calls)


@pytest.mark.parametrize(("kind", "verb"), IN_THE_OFFICE, ids=_named)
def test_a_button_says_nothing_of_fields_that_its_verb_has_not(kind: RecordKind, verb: Verb) -> None:
    button = verb.button
    assert button is not None
    said = {*button.labels, *button.hints, *button.leaves_out, *button.demands}
    assert said <= {each.name for each in verb.fields}
    assert not {*button.demands} & {*button.leaves_out}


def test_bulk_verbs_are_the_verbs_of_the_description(app: Flask) -> None:
    for kind in kinds.kinds().values():
        if kind.verbs:
            for verb in _page_of(app, kind).bulk_verbs:
                assert isinstance(verb, base.BulkVerb)
                assert verb.permission == kind[verb.name].permission
