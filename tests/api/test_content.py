"""Content and directory over HTTP: drafts, publication, delivery at a moment, editors who meet, look-ups."""

from typing import Any

import pytest

from store import clock
from tests import cast
from tests.api.conftest import AsProgram, Program, body_of
from tests.api.world import make_world


@pytest.fixture
def manager(program: AsProgram) -> Program:
    make_world()
    return program(cast.manager())


def checklist(name: str = "大堂") -> dict[str, Any]:
    items = [{"code": "floor", "name": {"zh": "地面"}, "kind": "pass_fail"}]
    return {"name": {"zh": name}, "category": "repair", "items": items}


def published(manager: Program, code: str, body: dict[str, Any]) -> Any:
    made = manager.post("/content/checklist", {"code": code, "body": body})
    assert made.status_code == 201, made.text
    assert made.headers["Location"] == f"/api/v1/content/checklist/{code}/draft"
    answer = manager.post(f"/content/checklist/{code}/publication", {"note": "第一版"}, headers={"If-Match": '"1"'})
    assert answer.status_code == 200, answer.text
    return body_of(answer)


def test_content_is_delivered_as_it_was_in_force_at_a_moment(manager: Program) -> None:
    before = clock.now()
    head = published(manager, "lobby", checklist())
    between = clock.now()
    saved = manager.put(
        "/content/checklist/lobby/draft", {"body": checklist("新大堂")}, headers={"If-Match": f'"{head["version"]}"'}
    )
    assert body_of(saved)["state"] == "changed"
    assert manager.post("/content/checklist/lobby/publication").status_code == 200
    names = {"": "新大堂", f"?at={between.isoformat()}": "大堂"}
    for query, name in names.items():
        assert body_of(manager.get(f"/content/checklist/lobby{query}"))["body"]["name"]["zh"] == name, query
        listed = body_of(manager.get(f"/content/checklist{query}"))["data"]
        assert [each["body"]["name"]["zh"] for each in listed] == [name]
    at = before.isoformat().replace("+00:00", "Z")
    assert manager.get(f"/content/checklist/lobby?at={at}").status_code == 404
    assert body_of(manager.get(f"/content/checklist?at={at}&count=true"))["page"]["total"] == 0
    assert body_of(manager.get("/content/checklist/lobby?at=yesterday"))["code"] == "not_a_moment"
    numbers = [each["revision"] for each in body_of(manager.get("/content/checklist/lobby/revisions"))["data"]]
    assert numbers == [2, 1]
    assert body_of(manager.get("/content/checklist/lobby/revisions/1"))["body"]["name"]["zh"] == "大堂"
    assert manager.get("/content/checklist/lobby/revisions/99999999999999999999").status_code == 404


def test_what_is_withdrawn_is_not_delivered_and_can_be_restored(manager: Program) -> None:
    published(manager, "lobby", checklist())
    assert manager.post("/content/checklist/lobby/withdrawal", {"note": "不用了"}).status_code == 200
    assert manager.get("/content/checklist/lobby").status_code == 404
    assert body_of(manager.get("/content/checklist"))["data"] == []
    assert body_of(manager.post("/content/checklist/lobby/restoration", {"number": 1}))["state"] == "withdrawn"
    assert body_of(manager.post("/content/checklist/lobby/publication"))["revision"] == 3
    assert manager.get("/content/checklist/lobby").status_code == 200


def test_a_save_names_the_version_it_saw_and_the_second_editor_sees_the_first_ones_change(manager: Program) -> None:
    here = "/content/checklist/draft-only/draft"
    assert body_of(manager.put(here, {"body": checklist()}))["code"] == "precondition_required"
    first = manager.put(here, {"body": checklist()}, headers={"If-Match": '"1"'})
    assert (first.status_code, first.headers["ETag"]) == (200, '"2"')
    second = manager.put(here, {"body": checklist("他人")}, headers={"If-Match": '"1"'})
    assert (second.status_code, body_of(second)["code"]) == (412, "changed_meanwhile")
    assert body_of(second)["theirs"][0]["detail"]["changes"][0]["field"] == "name.zh"


def test_drafts_are_sent_for_review_scheduled_renamed_and_removed(manager: Program, program: AsProgram) -> None:
    manager.post("/content/checklist", {"code": "lobby", "body": checklist()})
    here = "/content/checklist/lobby"
    assert body_of(program(cast.supervisor()).post(f"{here}/submission"))["state"] == "in_review"
    assert program(cast.supervisor()).post(f"{here}/publication").status_code == 403
    assert body_of(manager.post(f"{here}/return", {"note": "补充"}))["state"] == "draft"
    assert body_of(manager.post(f"{here}/schedule", {"at": "2020-01-01T00:00:00Z"}))["code"] == "publish_in_the_past"
    scheduled = body_of(manager.post(f"{here}/schedule", {"at": "2030-01-01T08:00:00+08:00"}))
    assert scheduled["publish_at"] == "2030-01-01T00:00:00+00:00"
    assert body_of(manager.post(f"{here}/schedule-cancellation"))["publish_at"] is None
    assert body_of(manager.post(f"{here}/renaming", {"code": "hall"}))["code"] == "hall"
    states = body_of(manager.get("/drafts/checklist?filter[state]=draft&sort=code"))["data"]
    assert [each["code"] for each in states] == ["draft-only", "hall"]
    assert manager.delete("/content/checklist/hall/draft").status_code == 204
    assert manager.get("/content/checklist/hall/draft").status_code == 404


def test_a_draft_that_is_not_complete_is_not_published(manager: Program) -> None:
    answer = manager.post("/content/checklist/draft-only/publication")
    assert answer.status_code == 422
    assert {each["field"] for each in body_of(answer)["errors"]} >= {"items"}


def test_what_is_used_is_not_withdrawn_and_its_users_are_named(manager: Program) -> None:
    answer = manager.post("/content/working_calendar/office/withdrawal")
    assert (answer.status_code, body_of(answer)["code"]) == (409, "in_use")
    assert body_of(answer)["users"][0]["code"] == "leak"


def test_a_managers_own_type_is_delivered_like_any_other(manager: Program) -> None:
    fields = [{"name": "name", "label": {"zh": "标题"}, "kind": "text", "required": True, "translated": True}]
    manager.post("/content/content_type", {"code": "faq", "body": {"name": {"zh": "问答"}, "fields": fields}})
    assert manager.get("/content/faq").status_code == 404
    assert manager.post("/content/content_type/faq/publication").status_code == 200
    assert manager.post("/content/faq", {"code": "hours", "body": {"name": {"zh": "几点上班"}}}).status_code == 201
    assert manager.post("/content/faq/hours/publication").status_code == 200
    assert body_of(manager.get("/content/faq/hours"))["body"] == {"name": {"zh": "几点上班"}}
    kinds = {each["type"]: each["custom"] for each in body_of(manager.get("/content?limit=200"))["data"]}
    assert (kinds["faq"], kinds["plan"]) == (True, False)
    assert manager.get("/content/nothing").status_code == 404


def test_the_directory_is_kept_by_its_verbs(manager: Program) -> None:
    made = manager.post("/departments", {"code": "gardens", "name": {"zh": "绿化"}, "clause": "2.4"})
    assert (made.status_code, made.headers["Location"]) == (201, "/api/v1/departments/gardens")
    assert body_of(manager.post("/departments", {"code": "Bad Code", "name": {"zh": "x"}}))["code"] == "malformed_code"
    missing = manager.post("/departments", {"code": "b", "name": {"zh": "x"}, "head": "nobody", "version": 9})
    assert body_of(missing)["errors"][0]["code"] == "unknown_field"
    assert body_of(manager.put("/departments/gardens", {"name": {"zh": "园林"}}))["code"] == "precondition_required"
    saved = manager.put("/departments/gardens", {"name": {"zh": "园林"}}, headers={"If-Match": '"1"'})
    assert (body_of(saved)["name"]["zh"], body_of(saved)["clause"]) == ("园林", None)
    off = manager.post("/departments/repair/deactivation")
    assert (off.status_code, body_of(off)["code"]) == (409, "in_use")
    assert body_of(manager.post("/departments/gardens/deactivation"))["active"] is False
    assert [each["code"] for each in body_of(manager.get("/departments?filter[active]=false"))["data"]] == ["gardens"]
    assert body_of(manager.post("/departments/gardens/activation"))["active"] is True


def test_households_are_found_by_one_box(manager: Program) -> None:
    for text in ("1201", "3栋1201", "0001", "王清和", "wqh"):
        found = body_of(manager.get("/households", query_string={"q": text}))["data"]
        assert [each["room"] for each in found] == ["3-1201"], text
    assert body_of(manager.get("/households?q=1201&filter[active]=true"))["code"] == "only_alone"


def test_staff_are_filtered_by_what_they_are(manager: Program) -> None:
    def codes(query: str) -> set[str]:
        return {each["code"] for each in body_of(manager.get(f"/staff?limit=200&{query}"))["data"]}

    assert codes("filter[department]=security") == {"security-lead", "guard", "guard-2"}
    assert codes("filter[roles]=desk") == {"desk"}
    assert codes("filter[estates][in]=riverside,nowhere") == {"stranger"}
    assert body_of(manager.get("/staff?filter[roles]=king"))["code"] == "not_a_choice"
    assert body_of(manager.get("/staff?filter[phone]=138"))["code"] == "unknown_filter"
