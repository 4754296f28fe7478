"""The tools beside the editors: preview of a plan, simulator, calendar, look-up, codes to print, coverage, dry run."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from io import BytesIO
from typing import Any

import pytest
from flask.testing import FlaskClient

from admin_app.backoffice.content.wording import minutes_words
from store import clock
from store.content import operations as content
from store.content.documents import Content
from store.plans.recurrence import moment_in_words
from tests import cast
from tests.admin_app.content_samples import CALENDAR, PLAN, POLICY, ZONE, form_of, post, publish_samples

SignIn = Callable[..., FlaskClient]
PREVIEW, SIMULATOR, CALENDARS = (f"/admin/content/-/{each}/" for each in ("plans/preview", "escalations", "calendars"))


@pytest.fixture
def manager(database: Any, sign_in: SignIn) -> FlaskClient:
    publish_samples()
    return sign_in(cast.manager())


def version(kind: str, code: str) -> str:
    return str(Content.objects(type=kind, code=code).first().version)


# Plans


def test_a_plan_is_told_in_words_with_its_next_twenty_times(manager: FlaskClient) -> None:
    page = post(manager, PREVIEW, form_of("plan", PLAN, of="night")).text
    assert "每天 22:00、00:00" in page
    assert page.count("<li>") == 20
    assert "9.3 小时/周" in page
    assert "没有" in page


def test_plans_at_the_same_time_are_named_and_the_same_people_marked(manager: FlaskClient) -> None:
    page = post(manager, PREVIEW, form_of("plan", {**PLAN, "times": ["22:20"]}, of="other")).text
    assert "与 1 个计划重叠" in page
    assert "同一批人" in page


def test_holidays_and_moved_days_are_marked(manager: FlaskClient) -> None:
    monthly = {**PLAN, "frequency": "monthly", "month_days": [1], "times": ["10:00"], "on_holiday": "next_workday"}
    page = post(manager, PREVIEW, form_of("plan", {**monthly, "start_date": "2026-09-01", "calendar": "office"})).text
    assert "顺延" in page


def scheduled(at: datetime) -> None:
    """The night patrol goes at other times from a date on."""
    body = {**Content.objects(code="night").first().draft, "times": ["21:00"]}
    content.save_draft("plan", "night", body, actor=cast.manager(), now=clock.now())
    content.schedule("plan", "night", at=at, actor=cast.manager(), now=clock.now())


def test_the_preview_of_a_scheduled_plan_begins_on_its_date_and_says_so(manager: FlaskClient) -> None:
    at = clock.now() + timedelta(days=9)
    scheduled(at)
    page = post(manager, PREVIEW, form_of("plan", {**PLAN, "times": ["21:00"]}, of="night")).text
    assert "起生效，此前按现行版本" in page
    evening = at.astimezone(ZONE).replace(hour=21, minute=0, second=0, microsecond=0)
    first = evening if evening >= at else evening + timedelta(days=1)
    assert moment_in_words(first).zh in page.split("<li>")[1]


def test_a_plan_with_a_change_to_come_is_shown_as_in_force(manager: FlaskClient) -> None:
    scheduled(clock.now() + timedelta(days=9))
    for address in ("/admin/content/plan/", "/admin/content/plan/night/"):
        page = manager.get(address).text
        assert "v1 生效中" in page, address
        assert "待发布" in page, address


def test_the_calendar_of_work_shows_the_new_times_from_the_date_on(manager: FlaskClient) -> None:
    today = clock.now().astimezone(ZONE).date()
    begins = datetime.combine(today + timedelta(days=21 - today.weekday()), time(0), ZONE)
    scheduled(begins)
    before = manager.get(f"/admin/agenda/?span=week&day={(begins - timedelta(days=3)).date()}").text
    after = manager.get(f"/admin/agenda/?span=week&day={begins.date()}").text
    assert (before.count(">22:00<"), before.count(">21:00<")) == (7, 0)
    assert (after.count(">22:00<"), after.count(">21:00<")) == (0, 7)


def test_a_week_of_the_calendar_begins_with_mondays_midnight(manager: FlaskClient) -> None:
    today = clock.now().astimezone(ZONE).date()
    monday = today + timedelta(days=7 - today.weekday())
    assert manager.get(f"/admin/agenda/?span=week&day={monday}").text.count(">00:00<") == 7


def test_a_rule_pasted_from_a_calendar_program_fills_the_plans_fields(manager: FlaskClient) -> None:
    rule = "DTSTART;TZID=Asia/Shanghai:20261203T093000\r\nRRULE:FREQ=WEEKLY;BYDAY=TH\r\nEXDATE:20261210T013000Z"
    body = {**PLAN, "frequency": "custom", "rrule": rule}
    assert post(manager, PREVIEW, form_of("plan", body)).text.count("<li>") == 20
    head = Content.objects(type="plan", code="night").first()
    form = form_of("plan", body, version=str(head.version))
    assert post(manager, "/admin/content/plan/night/", form).status_code == 303
    draft = Content.objects(type="plan", code="night").first().draft
    assert (draft["start_date"], draft["times"], draft["rrule"]) == ("2026-12-03", ["09:30"], "FREQ=WEEKLY;BYDAY=TH")
    assert draft["left_out"] == [{"date": "2026-12-10"}]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"times": ["25:00"]}, "应为时刻"),
        ({"frequency": "weekly"}, "请至少选择一个星期几"),
        ({"frequency": "monthly", "month_days": [31], "months": [2]}, "这条规则永远不会发生"),
        ({"start_date": "bald"}, "应为日期"),
        ({"estate": "nowhere-else"}, "小区"),
    ],
)
def test_what_is_wrong_is_a_part_of_the_preview(manager: FlaskClient, changes: dict[str, Any], words: str) -> None:
    answer = post(manager, PREVIEW, form_of("plan", {**PLAN, **changes}))
    if "estate" not in changes:
        assert answer.status_code == 200
        assert words in answer.text


def test_a_preview_tells_nothing_of_another_estate(manager: FlaskClient, sign_in: SignIn) -> None:
    page = post(sign_in(cast.stranger()), PREVIEW, form_of("plan", PLAN)).text
    assert "夜间巡更" not in page
    assert "找不到小区" in page


def test_times_are_filled_in_by_spacing(manager: FlaskClient) -> None:
    answer = manager.get("/admin/content/-/plans/?start=22:00&end=06:00&every=120")
    assert answer.json == {"times": ["22:00", "00:00", "02:00", "04:00", "06:00"]}
    wrong = manager.get("/admin/content/-/plans/?start=22:00&end=06:00&every=x", headers={"Accept": "application/json"})
    assert wrong.status_code == 422


def test_the_dry_run_counts_what_a_draft_adds_and_removes(manager: FlaskClient) -> None:
    content.save_draft("plan", "night", {**PLAN, "times": ["22:00"]}, actor=cast.manager(), now=clock.now())
    page = manager.get("/admin/content/plan/night/replay/").text
    assert page.count("−30") == 2
    assert "减少" in page


def test_types_without_time_say_so(manager: FlaskClient) -> None:
    assert "演练一次" in manager.get("/admin/content/escalation_policy/patrol-chain/replay/").text


def test_every_checkpoint_has_a_code_to_print(manager: FlaskClient) -> None:
    page = manager.get("/admin/content/-/routes/garage/codes/").text
    assert page.count("<figure") == 2
    assert "泵房" in page
    assert page.count('class="segno"') == 2


# Escalations


def a_saturday_to_come() -> date:
    """More than a week away: what is nearer is shown as today or tomorrow."""
    today = clock.now().date()
    return today + timedelta(days=14 + 5 - today.weekday())


def test_the_simulator_names_people_and_strikes_out_empty_steps(manager: FlaskClient) -> None:
    saturday = a_saturday_to_come()
    asked = {"sim_estate": cast.ESTATE, "sim_item": "suspect/response", "sim_at": f"{saturday}T02:00"}
    page = post(manager, SIMULATOR, form_of("escalation_policy", POLICY, **asked)).text
    assert "无人可通知" in page
    assert "褚安毅" in page
    assert "赵居安" in page
    assert f"{saturday.month}月{saturday.day}日(六) 02:15" in page
    assert page.index("到期") < page.index("+30 分")


def test_a_group_hears_it_by_its_robot(manager: FlaskClient) -> None:
    cast.make_entry("channel", "guards", {"name": {"zh": "保安群"}, "url": "wecombot://key"})
    step = {"offset_minutes": 0, "action": "notify", "targets": [{"kind": "channel", "ref": "guards"}]}
    asked = {"sim_estate": cast.ESTATE, "sim_item": "suspect/response"}
    page = post(manager, SIMULATOR, form_of("escalation_policy", {**POLICY, "steps": [step]}, **asked)).text
    assert "群：保安群" in page
    assert "wecombot" not in page
    assert look_up(manager, kind="target:channel", q="保安") == ["guards"]


def test_an_acknowledgement_silences_the_rest(manager: FlaskClient) -> None:
    asked = {"sim_estate": cast.ESTATE, "sim_item": "suspect/response", "sim_acknowledge": "5"}
    assert "没有人会收到任何通知" in post(manager, SIMULATOR, form_of("escalation_policy", POLICY, **asked)).text


def test_the_simulator_knows_nobody_of_another_estate(manager: FlaskClient, sign_in: SignIn) -> None:
    asked = {"sim_estate": cast.ESTATE, "sim_item": "suspect/response"}
    page = post(sign_in(cast.stranger()), SIMULATOR, form_of("escalation_policy", POLICY, **asked)).text
    assert "褚安毅" not in page


def test_a_first_step_without_its_time_is_asked_for_and_nobody_is_told_too_early(manager: FlaskClient) -> None:
    first = {"offset_minutes": "", "action": "raise_priority", "targets": []}
    others: Any = POLICY["steps"]
    asked = {"sim_estate": cast.ESTATE, "sim_item": "suspect/response"}
    page = post(manager, SIMULATOR, form_of("escalation_policy", {**POLICY, "steps": [first, *others]}, **asked))
    assert "必填" in page.text or "请填写" in page.text
    assert "褚安毅" not in page.text


def test_an_unfinished_policy_has_an_axis_and_its_problems(manager: FlaskClient) -> None:
    page = post(manager, SIMULATOR, {"steps.0.offset_minutes": "-15"}).text
    assert "−15 分" in page
    assert "请选择通知对象" in page


# Calendars


def test_a_year_is_drawn_with_holidays_and_a_deadline_explained(manager: FlaskClient) -> None:
    body = {**CALENDAR, "days": [{"date": "2026-10-01", "kind": "holiday", "name": {"zh": "国庆节"}}]}
    asked = {"cal_year": "2026", "cal_at": "2026-09-30T17:30", "cal_minutes": "60"}
    page = post(manager, CALENDARS, form_of("working_calendar", body, **asked)).text
    assert 'class="day holiday" title="国庆节"' in page
    assert "10月1日周四 国庆节，跳过" in page
    assert "到期：10月2日周五 09:00" in page
    assert "尚未录入" in page


def test_a_deadline_in_working_days_is_explained_by_the_days(manager: FlaskClient) -> None:
    asked = {"cal_year": "2026", "cal_at": "2026-10-14T10:00", "cal_minutes": "60", "cal_days": "2"}
    page = post(manager, CALENDARS, form_of("working_calendar", CALENDAR, **asked)).text
    assert "期限 2 个工作日" in page
    assert "到期：10月16日周五" in page


def test_the_simulator_knows_promises_in_working_days(manager: FlaskClient) -> None:
    head = Content.objects(type="service_item", code="suspect").first()
    fields = {name: value for name, value in head.draft.items() if name != "resolve_minutes"}
    cast.publish("service_item", "letter", {**fields, "calendar": "office", "resolve_days": 2})
    assert "2 个工作日内办结" in manager.get("/admin/content/service_item/").text
    assert 'value="letter/resolve"' in manager.get("/admin/content/escalation_policy/-/new/").text
    asked = {"sim_estate": cast.ESTATE, "sim_item": "letter/resolve", "sim_at": "2026-10-14T10:00"}
    page = post(manager, SIMULATOR, form_of("escalation_policy", POLICY, **asked)).text
    assert "2 个工作日 →" in page


def test_statutory_days_are_filled_in_and_saved_as_a_draft(manager: FlaskClient) -> None:
    page = "/admin/content/working_calendar/office/"
    post(
        manager, page, form_of("working_calendar", CALENDAR, version=version("working_calendar", "office"), fill="2026")
    )
    days = Content.objects(type="working_calendar", code="office").first().draft["days"]
    assert {"2026-01-01", "2026-10-01"} <= {each["date"] for each in days}


def test_a_year_that_nobody_knows_is_refused_with_what_was_typed(manager: FlaskClient) -> None:
    page = "/admin/content/working_calendar/office/"
    values = form_of("working_calendar", CALENDAR, version=version("working_calendar", "office"), fill="2099")
    answer = post(manager, page, {**values, "name.zh": "新名字"})
    assert "2099" in answer.text
    assert 'value="新名字"' in answer.text


# Look-ups


def look_up(client: FlaskClient, **query: str) -> list[str]:
    return [each["code"] for each in client.get("/admin/content/-/lookup/", query_string=query).json["data"]]


def test_references_are_found_by_name_and_code(manager: FlaskClient) -> None:
    assert look_up(manager, kind="staff", q="卫安") == ["guard"]
    assert look_up(manager, kind="route", q="gar") == ["garage"]
    assert look_up(manager, kind="target:role", q="主管") == ["supervisor"]
    assert look_up(manager, kind="target:on_duty", q="security") == ["security"]
    assert "Asia/Shanghai" in look_up(manager, kind="timezone")
    assert look_up(manager, kind="nonsense", q="x") == []


def test_references_are_limited_to_the_readers_estates(manager: FlaskClient, sign_in: SignIn) -> None:
    stranger = sign_in(cast.stranger())
    assert look_up(stranger, kind="route") == []
    assert look_up(stranger, kind="estate") == [cast.OTHER_ESTATE]
    assert "guard" not in look_up(stranger, kind="staff")
    assert "guard" not in look_up(manager, kind="staff", estate=cast.OTHER_ESTATE)


def test_a_search_is_words_and_no_pattern(manager: FlaskClient) -> None:
    assert look_up(manager, kind="route", q=".*") == []


def test_field_staff_look_nothing_up(manager: FlaskClient, sign_in: SignIn) -> None:
    assert sign_in(cast.guard()).get("/admin/content/-/lookup/?kind=staff").status_code == 403


# Coverage


def test_coverage_counts_clauses_and_shows_their_rules(manager: FlaskClient) -> None:
    clauses = [{"number": f"3.{n}", "title": {"zh": f"条{n}"}, "text": {"zh": "……"}} for n in (5, 6)]
    body = {"title": {"zh": "制度"}, "effective_date": "2026-01-01"}
    chapters = [{"number": 3, "title": {"zh": "服务流程"}, "clauses": clauses}]
    cast.publish("policy", "customer-service", {**body, "chapters": chapters}, now=cast.LONG_AGO)
    page = manager.get("/admin/coverage/").text
    assert "2 条：0 有据、1 本期无证据、1 无规则" in page
    assert "夜间巡更" in page
    assert "条6" not in manager.get("/admin/coverage/?state=no_evidence").text


def test_without_a_policy_coverage_says_what_to_do(manager: FlaskClient) -> None:
    assert "还没有生效的服务制度" in manager.get("/admin/coverage/").text


@pytest.mark.parametrize(
    ("minutes", "zh"), [(45, "45 分"), (60, "1 小时"), (90, "1 小时 30 分"), (2940, "2 天 1 小时")]
)
def test_minutes_are_told_exactly(minutes: int, zh: str) -> None:
    assert minutes_words(minutes).zh == zh


def test_a_calendar_takes_the_holidays_of_a_file(manager: FlaskClient) -> None:
    event = "BEGIN:VEVENT\r\nUID:1\r\nDTSTART;VALUE=DATE:20270206\r\nDTEND;VALUE=DATE:20270208\r\nSUMMARY:春节\r\nEND:VEVENT"
    data = f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{event}\r\nEND:VCALENDAR\r\n".encode()
    form = form_of("working_calendar", CALENDAR, version=version("working_calendar", "office"), fill="file")
    sent = {**form, "ics": (BytesIO(data), "2027.ics")}
    assert post(manager, "/admin/content/working_calendar/office/", sent).status_code == 303
    draft = Content.objects(type="working_calendar", code="office").first().draft
    assert [row["date"] for row in draft["days"]] == ["2027-02-06", "2027-02-07"]
