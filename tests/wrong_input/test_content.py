"""What a manager may get wrong in content: each is named in his language at both doors, and nothing but his draft is kept."""

from typing import Any, NamedTuple

import pytest

from store.content.documents import Content
from tests.admin_app.content_samples import CALENDAR, PLAN, POLICY, form_of, post
from tests.wrong_input.conftest import Doors, Taken

LANGUAGES = ("zh", "en")
NOT_SAVED = {"zh": "还没有保存", "en": "Not saved yet"}
SAVED_BUT = {"zh": "草稿已保存，但还不能「发布」", "en": "The draft is saved, but “Published” must wait"}
WINDOW = {"weekdays": [1, 2, 3, 4, 5], "start": "08:30", "end": "18:00"}
NOBODY = {"offset_minutes": 0, "action": "notify", "targets": []}
STEPS: Any = POLICY["steps"]


class Wrong(NamedTuple):
    """A body that must not come into force: the code of its problem, the field, and a part of the sentence in both languages."""

    kind: str
    code: str
    body: dict[str, Any]
    problem: str
    field: str
    zh: str
    en: str

    def says(self, language: str) -> str:
        return self.zh if language == "zh" else self.en


def custom(rule: str) -> dict[str, Any]:
    return {**PLAN, "frequency": "custom", "rrule": rule}


MALFORMED_RULE = Wrong(
    *("plan", "night", custom("FREQ=WEKLY;BYDAY=MO"), "rrule_malformed", "rrule"),
    "重复规则第「FREQ=WEKLY」部分无法识别",
    "The part “FREQ=WEKLY” of the recurrence rule cannot be read",
)
NEVER = Wrong(
    *("plan", "night", custom("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"), "rule_never_happens", "rrule"),
    "这条规则永远不会发生",
    "This rule never happens",
)
OVERLAP = Wrong(
    *("working_calendar", "office", {**CALENDAR, "windows": [WINDOW, {**WINDOW, "start": "17:00", "end": "20:00"}]}),
    *("windows_overlap", "windows.1.start"),
    "第 1 段（周一起）与第 2 段（周一起）时间重叠",
    "Window 1 (from Mon) and window 2 (from Mon) overlap",
)
TO_NOBODY = Wrong(
    *("escalation_policy", "patrol-chain", {**POLICY, "steps": [*STEPS, {**NOBODY, "offset_minutes": 90}]}),
    *("required", "steps.2.targets"),
    "请填写「对象」",
    "Please fill in “Targets”",
)
NO_ROUTE = Wrong(
    *("plan", "night", {name: value for name, value in PLAN.items() if name != "route"}, "route_missing", "route"),
    "巡更计划需要路线",
    "A patrol plan needs a route",
)
ALL = {
    "a malformed recurrence rule": MALFORMED_RULE,
    "a rule that never happens": NEVER,
    "overlapping calendar windows": OVERLAP,
    "an escalation to nobody": TO_NOBODY,
    "a patrol plan without a route": NO_ROUTE,
}
each_wrong = pytest.mark.parametrize("wrong", ALL.values(), ids=ALL.keys())
each_language = pytest.mark.parametrize("language", LANGUAGES)


def head(wrong: Wrong) -> Any:
    return Content.objects.get(type=wrong.kind, code=wrong.code)


@each_language
@each_wrong
def test_a_form_names_it_and_nothing_comes_into_force(doors: Doors, taken: Taken, wrong: Wrong, language: str) -> None:
    before, old = taken(), head(wrong)
    answer = doors.fill_in(wrong.kind, wrong.code, wrong.body, language)
    assert answer.status_code == 422
    assert wrong.says(language) in answer.text
    assert taken().without_drafts() == before.without_drafts()
    if NOT_SAVED[language] in answer.text:
        assert taken() == before
    else:  # unfinished, not misshapen: the draft is kept as a whole, by one event, and the page says so
        assert SAVED_BUT[language] in answer.text
        assert head(wrong).version == old.version + 1
        assert head(wrong).draft == without_blanks(wrong.body)


@each_language
@each_wrong
def test_the_api_names_it_and_nothing_comes_into_force(doors: Doors, taken: Taken, wrong: Wrong, language: str) -> None:
    before = taken()
    answer = doors.save(wrong.kind, wrong.code, wrong.body, **{"Accept-Language": language})
    if answer.status_code == 200:
        assert taken().without_drafts() == before.without_drafts()
        before = taken()
        answer = doors.publish(wrong.kind, wrong.code, language)
    assert answer.status_code == 422
    named = {each["field"]: each for each in answer.json["errors"]}
    assert named[wrong.field]["code"] == wrong.problem
    assert wrong.says(language) in named[wrong.field]["detail"]
    assert taken() == before


@each_language
@each_wrong
def test_a_new_entry_with_it_never_comes_into_force(doors: Doors, taken: Taken, wrong: Wrong, language: str) -> None:
    before = taken()
    values = form_of(wrong.kind, wrong.body, code="spare", then="publish")
    answer = post(doors.screen, f"/admin/content/{wrong.kind}/-/new/?lang={language}", values)
    assert answer.status_code == 422
    assert wrong.says(language) in answer.text
    assert {**taken().collections, "content": ""} == {**before.collections, "content": ""}
    assert doors.api.get(f"/content/{wrong.kind}/spare").status_code == 404


def test_the_preview_says_that_a_rule_never_happens_while_it_is_typed(doors: Doors) -> None:
    answer = doors.api.post("/plans/preview", {"body": NEVER.body}, headers={"Accept-Language": "zh-CN"})
    assert answer.status_code == 422, answer.text
    assert answer.json["title"] == NEVER.zh


PAST = {"zh": "发布时间必须在现在之后", "en": "The moment of publication must be in the future"}


@each_language
def test_a_form_that_publishes_into_the_past_is_refused(doors: Doors, taken: Taken, language: str) -> None:
    before = taken()
    answer = doors.fill_in("plan", "night", PLAN, language, then="schedule", at="2026-01-01T10:00")
    assert answer.status_code == 422
    assert PAST[language] in answer.text
    assert taken() == before


@each_language
def test_the_api_does_not_publish_into_the_past(doors: Doors, taken: Taken, language: str) -> None:
    before = taken()
    moment = {"at": "2026-01-01T10:00:00+08:00"}
    answer = doors.api.post("/content/plan/night/schedule", moment, headers={"Accept-Language": language})
    assert answer.status_code == 422
    assert (answer.json["code"], answer.json["field"]) == ("publish_in_the_past", "at")
    assert answer.json["title"] == PAST[language]
    assert taken() == before


def without_blanks(body: dict[str, Any]) -> dict[str, Any]:
    """A form cannot carry an empty list; what is left out of it is absent from the draft too."""
    steps = [{name: value for name, value in step.items() if value != []} for step in body.get("steps", ())]
    return {**body, "steps": steps} if steps else body
