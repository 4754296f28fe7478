"""The pages of content: who may see what, saving, publishing, two editors, going back, and types of a manager's own."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from seeds.loader import SEEDER
from store import clock
from store.content import operations as content
from store.content import reading
from store.content.documents import Content, Revision
from tests import cast
from tests.admin_app.content_samples import PLAN, ROUTE, form_of, post, publish_samples
from tests.admin_app.office import commands_in, counted

SignIn = Callable[..., FlaskClient]
ENTRY = "/admin/content/plan/night/"


@pytest.fixture
def manager(database: Any, sign_in: SignIn) -> FlaskClient:
    publish_samples()
    return sign_in(cast.manager())


def head(kind: str = "plan", code: str = "night") -> Content:
    return Content.objects(type=kind, code=code).first()


def version(kind: str = "plan", code: str = "night") -> str:
    return str(head(kind, code).version)


# Who may see what


def test_lists_stand_in_the_navigation_by_service(manager: FlaskClient) -> None:
    page = manager.get("/admin/plans/patrol/").text
    assert "夜间巡更" in page
    assert "每天 22:00、00:00" in page
    assert "夜间巡更" not in manager.get("/admin/plans/cleaning/").text


def test_an_empty_list_says_what_to_do(manager: FlaskClient) -> None:
    assert "点「新建」写第一份草稿" in manager.get("/admin/content/price_list/").text


def test_a_list_is_searched_and_narrowed(manager: FlaskClient) -> None:
    assert "车库路线" in manager.get("/admin/content/route/?q=车库&state=published").text
    assert "没有符合条件的内容" in manager.get("/admin/content/route/?state=draft").text
    assert "没有符合条件的内容" in manager.get("/admin/content/plan/?clause=3.5&q=保洁").text


def test_a_list_with_every_filter_takes_five_commands_besides_who_is_asking(
    manager: FlaskClient, database: Any
) -> None:
    addresses = ("/admin/content/service_item/", "/admin/content/checklist/", "/admin/plans/patrol/")
    content.create(
        "checklist", "lobby", {"name": {"zh": "大堂"}, "category": "x"}, actor=cast.manager(), now=clock.now()
    )
    for address in addresses:
        manager.get(address)
        with counted(database) as names:
            assert manager.get(address).status_code == 200
        own = [each for each in commands_in(names) if "sign_ins" not in each]
        assert len(own) <= 5, own


def test_the_filters_offer_what_the_list_holds(manager: FlaskClient) -> None:
    """A clause that only plans of another service carry out finds nothing among the patrols."""
    desk = {**PLAN, "service": "other", "route": None, "clause": "3.1"}
    content.create("plan", "desk", desk, actor=cast.manager(), now=clock.now())
    assert '<option value="3.1"' in manager.get("/admin/plans/other/").text
    patrols = manager.get("/admin/plans/patrol/").text
    assert '<option value="3.5"' in patrols
    assert '<option value="3.1"' not in patrols


def test_what_no_person_did_is_told_in_the_readers_language(manager: FlaskClient) -> None:
    content.create("route", "seeded", ROUTE, actor=SEEDER, now=clock.now())
    assert "初始数据" in manager.get("/admin/content/route/").text
    for address in ("/admin/content/route/", "/admin/content/route/seeded/revisions/"):
        page = manager.get(f"{address}?lang=en").text
        assert "First content" in page
        assert "初始数据" not in page


def test_another_estates_content_is_absent(manager: FlaskClient, sign_in: SignIn) -> None:
    stranger = sign_in(cast.stranger())
    assert "夜间巡更" not in stranger.get("/admin/plans/patrol/").text
    for page in (ENTRY, f"{ENTRY}preview/", f"{ENTRY}revisions/", f"{ENTRY}uses/", f"{ENTRY}replay/"):
        assert stranger.get(page).status_code == 404
    assert stranger.get("/admin/content/-/routes/garage/codes/").status_code == 404
    assert post(stranger, ENTRY, form_of("plan", PLAN, version=version())).status_code in {303, 404}
    assert head().version == 2


def test_a_reader_sees_the_preview_and_cannot_write(manager: FlaskClient, sign_in: SignIn) -> None:
    auditor = sign_in(cast.auditor())
    assert auditor.get(ENTRY).location.endswith("/preview/")
    assert "夜间巡更" in auditor.get(f"{ENTRY}preview/").text
    assert "/-/new/" not in auditor.get("/admin/plans/patrol/").text
    assert (
        post(
            auditor, ENTRY, form_of("plan", PLAN, version=version()), headers={"Accept": "application/json"}
        ).status_code
        == 403
    )


def test_field_staff_have_no_content(manager: FlaskClient, sign_in: SignIn) -> None:
    assert sign_in(cast.guard()).get("/admin/content/plan/").status_code == 403


def test_a_supervisor_submits_and_does_not_publish(manager: FlaskClient, sign_in: SignIn) -> None:
    supervisor = sign_in(cast.supervisor())
    assert 'value="publish"' not in supervisor.get(ENTRY).text
    changed = form_of("plan", {**PLAN, "times": ["21:00"]}, version=version(), then="publish")
    assert post(supervisor, ENTRY, changed).status_code == 403
    assert head().revision == 1


# Saving and publishing


def test_saving_keeps_the_draft_and_what_is_in_force(manager: FlaskClient) -> None:
    answer = post(manager, ENTRY, form_of("plan", {**PLAN, "times": ["21:00"]}, version=version()))
    assert answer.status_code == 303
    assert head().state == "changed"
    assert reading.live("plan", "night", clock.now()).body["times"] == ["22:00", "00:00"]


def test_saving_an_unchanged_form_changes_nothing(manager: FlaskClient) -> None:
    post(manager, ENTRY, form_of("plan", PLAN, version=version()))
    assert head().version == 2
    assert head().state == "published"


def test_save_and_publish_is_one_press(manager: FlaskClient) -> None:
    values = form_of("plan", {**PLAN, "times": ["21:00"]}, version=version(), then="publish", note="改早一小时")
    post(manager, ENTRY, values)
    assert (head().state, head().revision) == ("published", 2)
    assert Revision.objects(content=head().pk, number=2).first().note == "改早一小时"


def test_a_mistake_is_told_at_its_field_and_nothing_typed_is_lost(manager: FlaskClient) -> None:
    answer = post(
        manager, ENTRY, {**form_of("plan", PLAN, version=version()), "duration_minutes": "四十", "place": "地下一层"}
    )
    assert answer.status_code == 422
    assert 'value="四十"' in answer.text
    assert 'value="地下一层"' in answer.text
    assert "「限时（分钟）」应为整数" in answer.text
    assert "还没有保存" in answer.text
    assert head().version == 2


def test_publishing_too_early_saves_the_draft_and_says_why(manager: FlaskClient) -> None:
    answer = post(manager, ENTRY, form_of("plan", {**PLAN, "route": "nowhere"}, version=version(), then="publish"))
    assert answer.status_code == 422
    assert "草稿已保存，但还不能「发布」" in answer.text
    assert "「nowhere」不存在或未发布" in answer.text
    assert head().draft["route"] == "nowhere"
    assert head().revision == 1


def test_messages_come_in_the_readers_language(manager: FlaskClient) -> None:
    values = {**form_of("plan", PLAN, version=version()), "duration_minutes": "x"}
    assert "must be a whole number" in post(manager, f"{ENTRY}?lang=en", values).text


def test_a_publication_is_scheduled_in_the_estates_time_and_cancelled(manager: FlaskClient) -> None:
    tomorrow = (clock.now() + timedelta(days=1)).replace(hour=2, minute=0, second=0, microsecond=0)
    local = f"{tomorrow.date()}T10:00"
    post(manager, ENTRY, form_of("plan", {**PLAN, "times": ["21:00"]}, version=version(), then="schedule", at=local))
    assert (head().state, head().publish_at) == ("scheduled", tomorrow)
    post(manager, f"{ENTRY}verbs/cancel_schedule/", {"version": version()})
    assert (head().state, head().publish_at) == ("changed", None)


def test_a_moment_in_the_past_is_refused(manager: FlaskClient) -> None:
    values = form_of("plan", {**PLAN, "times": ["21:00"]}, version=version(), then="schedule", at="2020-01-01T10:00")
    answer = post(manager, ENTRY, values)
    assert answer.status_code == 422
    assert "发布时间必须在现在之后" in answer.text


# Two editors


def test_the_second_of_two_editors_is_shown_the_firsts_change(manager: FlaskClient) -> None:
    seen = version()
    content.save_draft("plan", "night", {**PLAN, "times": ["23:00"]}, actor=cast.supervisor(), now=clock.now())
    mine = {**PLAN, "times": ["21:00"], "place": "B2"}
    answer = post(manager, ENTRY, form_of("plan", mine, version=seen))
    assert answer.status_code == 409
    for words in ("褚安毅", "23:00", "21:00", "B2", "both-changed"):
        assert words in answer.text
    assert head().draft["times"] == ["23:00"]
    assert f'name="version" value="{version()}"' in answer.text


def test_mine_can_be_kept_on_top_of_theirs(manager: FlaskClient) -> None:
    content.save_draft("plan", "night", {**PLAN, "times": ["23:00"]}, actor=cast.supervisor(), now=clock.now())
    post(manager, ENTRY, form_of("plan", {**PLAN, "times": ["21:00"]}, version=version()))
    assert head().draft["times"] == ["21:00"]
    assert [event.verb for event in head().events][-2:] == ["save", "save"]


def test_a_form_without_a_version_overwrites_nothing(manager: FlaskClient) -> None:
    assert post(manager, ENTRY, form_of("plan", {**PLAN, "times": ["21:00"]})).status_code == 409
    assert head().draft["times"] == ["22:00", "00:00"]


def test_a_form_whose_version_is_none_is_refused_and_overwrites_nothing(manager: FlaskClient) -> None:
    before = version()
    given = {**form_of("plan", {**PLAN, "times": ["21:00"]}), "version": "abc"}
    assert post(manager, ENTRY, given).status_code == 422
    assert version() == before


# Going back, taking away


def test_revisions_are_compared_and_restored(manager: FlaskClient) -> None:
    cast.publish("plan", "night", {**PLAN, "times": ["21:00"]}, now=clock.now())
    page = manager.get(f"{ENTRY}revisions/?from=1&to=2").text
    assert "22:00、00:00" in page
    assert "21:00" in page
    post(manager, f"{ENTRY}verbs/restore/", {"version": version(), "number": "1"})
    assert head().draft["times"] == ["22:00", "00:00"]
    assert reading.live("plan", "night", clock.now()).number == 2


def test_what_is_in_use_is_not_withdrawn_and_its_users_are_named(manager: FlaskClient) -> None:
    assert "夜间巡更" in manager.get("/admin/content/route/garage/uses/").text
    answer = post(manager, "/admin/content/route/garage/verbs/withdraw/", {"version": version("route", "garage")})
    assert "仍被 1 处使用：夜间巡更" in manager.get(answer.location).text
    assert head("route", "garage").state == "published"


def test_only_a_draft_that_was_never_published_is_removed(manager: FlaskClient) -> None:
    content.create("route", "spare", ROUTE, actor=cast.manager(), now=clock.now())
    assert 'data-typed="spare"' in manager.get("/admin/content/route/spare/").text
    assert post(manager, "/admin/content/route/spare/verbs/remove/", {"version": "1"}).location.endswith(
        "/admin/content/route/"
    )
    assert head("route", "spare") is None
    post(manager, f"{ENTRY}verbs/remove/", {"version": version()})
    assert head() is not None


@pytest.mark.parametrize("verb", ["publish", "nonsense", "save"])
def test_other_verbs_are_no_pages(manager: FlaskClient, verb: str) -> None:
    answer = post(manager, f"{ENTRY}verbs/{verb}/", {"version": version()}, headers={"Accept": "application/json"})
    assert answer.status_code == 404


def test_several_are_published_at_once_and_refusals_are_named(manager: FlaskClient) -> None:
    content.create("route", "good", ROUTE, actor=cast.manager(), now=clock.now())
    content.create("route", "bad", {"name": {"zh": "没有点位"}}, actor=cast.manager(), now=clock.now())
    ids = [str(head("route", code).pk) for code in ("good", "bad")]
    answer = post(manager, "/admin/content/route/-/action/", {"verb": "publish", "rowid": ids})
    page = manager.get(answer.location).text
    assert "没有点位：" in page
    assert "“发布”已处理 1 条" in page
    assert head("route", "good").state == "published"


# New


def test_a_code_is_made_from_the_name(manager: FlaskClient) -> None:
    answer = post(
        manager, "/admin/content/route/-/new/", form_of("route", {**ROUTE, "name": {"zh": "东门路线"}}, code="")
    )
    assert answer.status_code == 303
    assert head("route", "dong-men-lu-xian").draft["checkpoints"][1]["code"] == "pump"


def test_a_taken_code_is_told_at_its_field(manager: FlaskClient) -> None:
    answer = post(manager, "/admin/content/route/-/new/", form_of("route", ROUTE, code="garage"))
    assert answer.status_code == 409
    assert "编号已被使用" in answer.text
    assert 'value="pump"' in answer.text


def test_new_begins_with_the_service_it_was_asked_for(manager: FlaskClient) -> None:
    page = manager.get("/admin/plans/cleaning/-/new/", follow_redirects=True).text
    assert '<option value="cleaning" selected>' in page


def test_a_copy_begins_with_what_it_is_copied_from(manager: FlaskClient) -> None:
    assert 'value="泵房"' in manager.get("/admin/content/route/-/new/?copy=garage").text


# Types that managers define


def test_of_a_type_that_cannot_be_published_at_once_no_draft_is_left(manager: FlaskClient) -> None:
    fields = [
        {"name": "name", "label": {"zh": "标题"}, "kind": "text"},
        {"name": "to", "label": {"zh": "去向"}, "kind": "reference", "target": "nonsense"},
    ]
    values = form_of("content_type", {"name": {"zh": "公告"}, "fields": fields}, code="astray", then="publish")
    answer = post(manager, "/admin/content/content_type/-/new/", values)
    assert "没有「nonsense」这种类型" in answer.text
    assert Content.objects(type="content_type", code="astray").first() is None


def test_a_manager_defines_a_type_and_writes_the_first_entry(manager: FlaskClient) -> None:
    fields = [
        {"name": "name", "label": {"zh": "标题"}, "kind": "text", "translated": True, "required": True},
        {"name": "estate", "label": {"zh": "小区"}, "kind": "reference", "target": "estate"},
        {
            "name": "level",
            "label": {"zh": "级别"},
            "kind": "choice",
            "choices": [{"value": "high", "label": {"zh": "重要"}}],
        },
    ]
    body = {"name": {"zh": "公告", "en": "Notice board"}, "fields": fields}
    new_type = form_of("content_type", body, code="notice-board", then="publish")
    assert post(manager, "/admin/content/content_type/-/new/", new_type).status_code == 303
    assert "公告" in manager.get("/admin/content/content_type/").text.split("</nav>")[0]
    assert "重要" in manager.get("/admin/content/notice-board/-/new/").text
    entry = {"name": {"zh": "停水通知"}, "estate": cast.ESTATE, "level": "high"}
    values = form_of("notice-board", entry, code="water", then="publish")
    assert post(manager, "/admin/content/notice-board/-/new/", values).status_code == 303
    assert "停水通知" in manager.get("/admin/content/notice-board/").text
    assert head("notice-board", "water").state == "published"
    assert "停水通知" in manager.get("/admin/content/notice-board/water/preview/").text


def test_a_type_that_nobody_defined_is_absent(manager: FlaskClient) -> None:
    for page in ("", "-/new/", "x/"):
        assert manager.get(f"/admin/content/nothing/{page}").status_code == 404


KINDS = [
    "plan",
    "route",
    "emergency_plan",
    "policy",
    "service_category",
    "service_item",
    "service_standard",
    "checklist",
    "price_list",
    "working_calendar",
    "escalation_policy",
    "mute",
    "notification_template",
    "content_type",
]


@pytest.mark.parametrize("kind", KINDS)
def test_every_type_has_a_list_and_an_empty_form(manager: FlaskClient, kind: str) -> None:
    assert manager.get(f"/admin/content/{kind}/").status_code == 200
    assert manager.get(f"/admin/content/{kind}/-/new/").status_code == 200
    assert manager.get(f"/admin/content/{kind}/-/new/?lang=en").status_code == 200


def test_the_search_box_finds_content(manager: FlaskClient) -> None:
    assert ENTRY in manager.get("/admin/search/?q=夜间", follow_redirects=False).location


def test_an_empty_form_leaves_no_draft_behind(manager: FlaskClient) -> None:
    before = Content.objects.count()
    for then in ("", "submit", "publish", "schedule"):
        answer = post(
            manager, "/admin/content/route/-/new/", form_of("route", {"estate": cast.ESTATE}, code="", then=then)
        )
        assert answer.status_code == 422, then
    assert "还没有填写任何内容" in post(manager, "/admin/content/route/-/new/", {}).text
    assert Content.objects.count() == before


def test_a_new_entry_that_cannot_be_published_yet_is_not_stored_by_that_button(manager: FlaskClient) -> None:
    unfinished = form_of("route", {**ROUTE, "checkpoints": []}, code="short", then="publish")
    answer = post(manager, "/admin/content/route/-/new/", unfinished)
    assert answer.status_code == 422
    assert Content.objects(type="route", code="short").first() is None
    # As a draft it may be as unfinished as it is.
    assert post(manager, "/admin/content/route/-/new/", {**unfinished, "then": ""}).status_code == 303
    without_moment = form_of("route", ROUTE, code="timed", then="schedule", at="")
    assert post(manager, "/admin/content/route/-/new/", without_moment).status_code == 422
    assert Content.objects(type="route", code="timed").first() is None


def test_withdrawing_begins_with_the_list_of_who_uses_it(manager: FlaskClient) -> None:
    assert "verbs/withdraw" not in manager.get("/admin/content/route/garage/").text
    used = manager.get("/admin/content/route/garage/uses/").text
    assert "夜间巡更" in used
    assert "verbs/withdraw" not in used
    assert "verbs/withdraw" in manager.get("/admin/content/plan/night/uses/").text
