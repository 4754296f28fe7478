"""The seed files are whole: they parse, codes are unique, references resolve, texts are translated. Needs no server."""

import re
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

SEEDS = Path(__file__).resolve().parents[2] / "seeds"
CONTENT = sorted((SEEDS / "content").glob("*.yaml"))
DIRECTORY = sorted(each for each in (SEEDS / "directory").glob("*.yaml") if each.stem != "household-names")
ROLES = {"administrator", "manager", "supervisor", "desk", "field", "gate", "auditor"}
PLACEHOLDERS = {
    *("number", "title", "place", "due", "late", "late_minutes", "name"),
    *("estate", "step", "link", "date", "count", "checkpoints", "answer"),
}
CLAUSES_OF_CHAPTERS = [3, 6, 6, 4, 3, 3, 3, 3, 2]
CODE = re.compile(r"^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$")
# Names of translated fields.
TRANSLATED = {"name", "title", "text", "subject", "instructions"}
# Which kind of entry a field refers to. A field that is absent here holds no reference.
REFERENCES = {
    "estate": "estate",
    "estates": "estate",
    "department": "department",
    "interpreted_by": "department",
    "scope": "department",
    "head": "staff",
    "staff": "staff",
    "supervisor": "staff",
    "roster": "roster",
    "category": "service_category",
    "calendar": "working_calendar",
    "escalation": "escalation_policy",
    "checklist": "checklist",
    "finding_policy": "finding_policy",
    "price_list": "price_list",
    "template": "notification_template",
    "route": "route",
}
TARGETS = {"department": "department", "on_duty": "department", "staff": "staff"}


@cache
def entries() -> tuple[dict[str, Any], ...]:
    return tuple(entry for path in CONTENT + DIRECTORY for entry in yaml.safe_load(path.read_text(encoding="utf-8")))


def of(kind: str) -> dict[str, dict[str, Any]]:
    return {entry["code"]: entry["body"] for entry in entries() if entry["type"] == kind}


def walk(value: Any, path: str = "") -> Iterator[tuple[str, str, Any, dict[str, Any]]]:
    """Every named value below `value`: (path, name, value, the mapping that holds it)."""
    if isinstance(value, dict):
        for name, each in value.items():
            yield f"{path}.{name}", name, each, value
            yield from walk(each, f"{path}.{name}")
    elif isinstance(value, list):
        for index, each in enumerate(value):
            yield from walk(each, f"{path}.{index}")


def everything() -> Iterator[tuple[str, str, Any, dict[str, Any]]]:
    for entry in entries():
        yield from walk(entry["body"], f"{entry['type']}:{entry['code']}")


def clauses() -> list[dict[str, Any]]:
    (policy,) = of("policy").values()
    return [clause for chapter in policy["chapters"] for clause in chapter["clauses"]]


def test_every_entry_has_a_type_a_code_and_a_body() -> None:
    for entry in entries():
        assert set(entry) == {"type", "code", "body"}
        assert CODE.match(entry["code"]), entry["code"]


def test_codes_are_unique_within_their_type() -> None:
    counted = Counter((entry["type"], entry["code"]) for entry in entries())
    assert [key for key, times in counted.items() if times > 1] == []


def test_codes_are_unique_within_their_list() -> None:
    lists = ("lines", "items", "checkpoints", "roles", "steps")
    for path, name, rows, _ in everything():
        if name in lists and rows and isinstance(rows[0], dict) and "code" in rows[0]:
            codes = [row["code"] for row in rows]
            assert len(codes) == len(set(codes)), path


def test_every_reference_resolves() -> None:
    known = {(entry["type"], entry["code"]) for entry in entries()}
    missing = []
    for path, name, value, _ in everything():
        kind = REFERENCES.get(name)
        codes = value if isinstance(value, list) else [value]
        if kind:
            missing += [f"{path} → {kind}:{code}" for code in codes if (kind, code) not in known]
    assert missing == []


def test_every_target_of_a_message_resolves() -> None:
    known = {(entry["type"], entry["code"]) for entry in entries()}
    for path, name, value, _ in everything():
        if name not in ("target", "targets") or isinstance(value, int | float):
            continue
        for target in value if isinstance(value, list) else [value]:
            kind, ref = target["kind"], target.get("ref")
            if kind in TARGETS:
                assert (TARGETS[kind], ref) in known, path
            elif kind == "role":
                assert ref in ROLES, path
            else:
                assert kind in ("assignee", "supervisor"), path
                assert ref is None, path


def test_the_policy_has_nine_chapters_and_33_clauses_in_order() -> None:
    (policy,) = of("policy").values()
    expected = [f"{chapter}.{n}" for chapter, count in enumerate(CLAUSES_OF_CHAPTERS, 1) for n in range(1, count + 1)]
    assert [chapter["number"] for chapter in policy["chapters"]] == list(range(1, 10))
    assert [clause["number"] for clause in clauses()] == expected
    assert len(expected) == 33
    assert policy["effective_date"] == "2026-01-01"


def test_every_clause_is_said_in_full() -> None:
    for clause in clauses():
        sentences = clause["text"]["zh"].count("。")
        assert 3 <= sentences <= 8, (clause["number"], sentences)
        assert len(clause["text"]["en"]) > 60, clause["number"]


def test_every_clause_that_is_named_exists() -> None:
    numbers = {clause["number"] for clause in clauses()}
    for path, name, value, _ in everything():
        if name == "clause":
            assert value in numbers, path


def test_translated_fields_have_chinese() -> None:
    for entry in entries():
        translated = TRANSLATED | ({"body"} if entry["type"] == "notification_template" else set())
        for path, name, value, _ in walk(entry["body"], entry["code"]):
            if name in translated:
                assert set(value) == {"zh", "en"}, path
                assert all(isinstance(text, str) and text.strip() for text in value.values()), path


@pytest.mark.parametrize(
    ("kind", "least"),
    [
        ("service_category", 6),
        ("service_item", 44),
        ("service_standard", 14),
        ("checklist", 10),
        ("notification_template", 14),
        ("escalation_policy", 6),
        ("emergency_plan", 8),
        ("route", 4),
        ("plan", 16),
        ("estate", 2),
        ("staff", 24),
    ],
)
def test_there_is_enough_to_start_with(kind: str, least: int) -> None:
    assert len(of(kind)) >= least


def test_templates_use_only_known_placeholders_and_the_same_in_both_languages() -> None:
    for code, body in of("notification_template").items():
        for part in ("subject", "body"):
            names = {language: set(re.findall(r"{([^}]*)}", text)) for language, text in body[part].items()}
            assert names["zh"] <= PLACEHOLDERS, code
            assert names["zh"] == names["en"], (code, part)


def named_by(code: str) -> set[str]:
    body = of("notification_template")[code]
    return {name for part in ("subject", "body") for name in re.findall(r"{([^}]*)}", body[part]["zh"])}


def test_a_step_of_escalation_names_nothing_that_only_other_notices_know() -> None:
    """Such as how many checkpoints were missed: its reader would be told "—"."""
    used = {step["template"] for body in of("escalation_policy").values() for step in body["steps"]}
    assert {code for code in used if named_by(code) & {"count", "checkpoints", "answer"}} == set()


@pytest.mark.parametrize("code", ["drill-planned", "drill-to-confirm"])
def test_a_notice_about_a_drill_names_what_is_known_of_one(code: str) -> None:
    assert named_by(code) <= {"number", "title", "estate", "date", "due", "name", "link"}


def test_items_cover_every_category_kind_and_urgency() -> None:
    items = of("service_item").values()
    assert {item["category"] for item in items} == set(of("service_category"))
    assert {kind for item in items for kind in item["kinds"]} == {"enquiry", "repair", "complaint", "suggestion"}
    assert {item["urgency"] for item in items} == {"life", "urgent", "normal", "planned"}


def test_urgent_items_run_day_and_night_and_repairs_make_work() -> None:
    for code, item in of("service_item").items():
        assert ("calendar" in item) == (item["urgency"] in ("normal", "planned")), code
        assert item["makes_work_order"] == bool({"repair", "complaint"} & set(item["kinds"])), code
        assert item["response_minutes"] <= item.get("resolve_minutes", item["response_minutes"]), code


def test_a_checklist_asks_further_only_about_an_earlier_item() -> None:
    for code, body in of("checklist").items():
        earlier: set[str] = set()
        for item in body["items"]:
            assert item.get("only_if", item["code"]) in earlier | {item["code"]}, (code, item["code"])
            earlier.add(item["code"])


def test_escalation_steps_rise_and_routes_go_forward() -> None:
    for code, body in of("escalation_policy").items():
        offsets = [step["offset_minutes"] for step in body["steps"]]
        assert offsets == sorted(set(offsets)), code
    for code, body in of("route").items():
        offsets = [checkpoint["offset_minutes"] for checkpoint in body["checkpoints"]]
        assert offsets == sorted(set(offsets)), code
        assert 6 <= len(offsets) <= 12, code


def test_emergency_plans_have_steps_for_their_own_roles() -> None:
    for code, body in of("emergency_plan").items():
        roles = {role["code"] for role in body["roles"]}
        assert len(body["steps"]) >= 6, code
        assert {step["role"] for step in body["steps"]} <= roles, code
        assert min(body["tabletop_per_year"], body["live_per_year"]) >= 1, code


def test_plans_belong_to_one_estate() -> None:
    for code, body in of("plan").items():
        if "route" in body:
            assert of("route")[body["route"]]["estate"] == body["estate"], code
        if "roster" in body:
            assert of("roster")[body["roster"]]["estate"] == body["estate"], code
        for member in body.get("staff", []):
            assert body["estate"] in of("staff")[member]["estates"], (code, member)


def test_people_are_invented() -> None:
    for code, body in of("staff").items():
        assert body["phone"].startswith("138000000"), code
        assert body["email"].endswith(".example"), code
    phones = [body["phone"] for body in of("staff").values()]
    assert len(phones) == len(set(phones))
    assert {"manager", "admin", "desk", "guard", "cleaner", "gardener", "repairer"} <= set(of("staff"))
    assert {role for body in of("staff").values() for role in body["roles"]} == ROLES


def on_duty(roster: dict[str, Any], moment: datetime) -> list[str]:
    """Written independently of the product; the zone does not matter. A shift counts from the day it starts."""
    anchor = date.fromisoformat(roster["anchor_date"])
    found: list[str] = []
    for back in (0, 1):
        day = moment.date() - timedelta(days=back)
        for shift in roster["shifts"]:
            if shift["day"] != (day - anchor).days % roster["cycle_days"]:
                continue
            start = datetime.combine(day, time.fromisoformat(shift["start"]), UTC)
            end = datetime.combine(day, time.fromisoformat(shift["end"]), UTC)
            end += timedelta(days=1 if end <= start else 0)
            found += shift["staff"] if start <= moment < end else []
    return found


def test_no_roster_is_ever_empty_and_nobody_is_on_it_twice() -> None:
    for code, roster in of("roster").items():
        moment = datetime(2026, 11, 1, tzinfo=UTC)
        for _ in range(48 * roster["cycle_days"]):
            people = on_duty(roster, moment)
            assert people, (code, moment)
            assert len(people) == len(set(people)), (code, moment)
            moment += timedelta(minutes=30)


def test_no_roster_holds_anybody_of_another_estate() -> None:
    for code, roster in of("roster").items():
        for shift in roster["shifts"]:
            for member in shift["staff"]:
                assert roster["estate"] in of("staff")[member]["estates"], (code, member)


def test_the_buildings_and_names_give_400_households() -> None:
    rooms = sum(body["floors"] * body["units_per_floor"] for body in of("building").values())
    names = yaml.safe_load((SEEDS / "directory" / "household-names.yaml").read_text(encoding="utf-8"))
    assert rooms == 400
    assert len(set(names["surnames"])) * len(set(names["given_names"])) >= 4 * rooms
    assert len(names["phone_prefix"]) + names["phone_digits"] == 11


def test_a_price_is_a_whole_number_of_fen() -> None:
    lines = [line for body in of("price_list").values() for line in body["lines"]]
    assert len(lines) >= 25
    for line in lines:
        assert type(line["price_fen"]) is int, line["code"]
        assert line["price_fen"] > 0, line["code"]
        assert line["warranty_days"] >= 0, line["code"]
