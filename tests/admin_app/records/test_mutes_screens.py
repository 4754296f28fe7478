"""Mutes in the office: published by a form, shown on Today and on what they cover, ended early, and nothing of a foreign estate."""

from datetime import timedelta
from typing import Any

from flask.testing import FlaskClient

from store import clock
from store.content.documents import Content
from store.deadlines import mutes
from store.deadlines import operations as deadlines
from tests import cast
from tests.admin_app.content_samples import form_of
from tests.admin_app.office import make_order, make_request, make_world, post

NEW = "/admin/content/mute/-/new/"
HOUR = timedelta(hours=1)


def body(**changes: Any) -> dict[str, Any]:
    now = clock.now().replace(second=0, microsecond=0)
    return {
        "name": {"zh": "电梯维保"},
        "estate": cast.ESTATE,
        "place": "2号楼",
        "starts_at": (now - HOUR).isoformat(),
        "ends_at": (now + 4 * HOUR).isoformat(),
        "reason": "年度检修",
        **changes,
    }


def publish(client: FlaskClient, **changes: Any) -> Any:
    return post(client, NEW, **form_of("mute", body(**changes), code="lift", then="publish"))


def test_a_manager_mutes_and_ends_it_early(database: Any, sign_in: Any) -> None:
    make_world()
    order = make_order(place="2号楼 1 单元", clocks=[late_clock()])
    elsewhere = make_order("two", place="3号楼", clocks=[late_clock()])
    manager = sign_in(cast.manager())
    assert publish(manager).status_code == 303
    for page in ("/admin/today/", f"/admin/work/{order.number}"):
        shown = manager.get(page).text
        assert "静音中 · 2号楼" in shown
        assert "年度检修" in shown
        assert "赵居安，至" in shown
    assert "静音中" not in manager.get(f"/admin/work/{elsewhere.number}").text
    deadlines.sweep(clock.now())
    assert "静音中，未通知（赵居安设置，至" in manager.get(f"/admin/work/{order.number}").text
    version = str(Content.objects(type="mute", code="lift").first().version)
    post(manager, "/admin/content/mute/lift/verbs/withdraw/", version=version, note="提前完工")
    assert mutes.active(clock.now()) == []
    assert "静音中 · 2号楼" not in manager.get("/admin/today/").text


def late_clock() -> dict[str, Any]:
    under = deadlines.terms(calendar=None, policy=None, moment=clock.now())
    return deadlines.start("complete", 5, at=clock.now() - timedelta(minutes=30), under=under)


def test_a_mute_without_an_end_or_of_more_than_thirty_days_is_refused_with_words(database: Any, sign_in: Any) -> None:
    make_world()
    manager = sign_in(cast.manager())
    far = (clock.now() + timedelta(days=31)).isoformat()
    assert "最长静音 30 天" in publish(manager, ends_at=far).text
    assert publish(manager, ends_at=None).status_code == 422
    assert mutes.active(clock.now()) == []


def test_whoever_may_not_publish_mutes_nobody(database: Any, sign_in: Any) -> None:
    make_world()
    assert publish(sign_in(cast.supervisor())).status_code == 403
    assert mutes.active(clock.now()) == []


def test_nobody_sees_a_mute_of_a_foreign_estate(database: Any, sign_in: Any) -> None:
    make_world()
    cast.publish("mute", "lift", body(), clock.now() - HOUR, actor=cast.manager())
    assert "年度检修" not in sign_in(cast.stranger()).get("/admin/today/").text


def test_a_request_that_is_over_says_nothing_of_a_mute(database: Any, sign_in: Any) -> None:
    make_world()
    cast.publish("mute", "lift", body(place=None), clock.now() - HOUR, actor=cast.manager())
    request = make_request()
    manager = sign_in(cast.manager())
    page = f"/admin/requests/{request.number}"
    assert "静音中：" in manager.get(page).text
    post(manager, f"{page}/cancel", version=str(request.version), reason="业主撤回")
    assert "静音中：" not in manager.get(page).text
