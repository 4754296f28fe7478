"""工单·巡更达标: rounds in percent against the threshold, by route and person over a period."""

from datetime import timedelta
from typing import Any

from flask import Flask

from store import clock
from store.work import operations as work
from tests import cast
from tests.admin_app.conftest import SignIn

PAGE = "/admin/rounds/"
HALF_AN_HOUR = timedelta(minutes=30)


def walked(ago: timedelta, **points: bool) -> None:
    begins = clock.now() - ago
    found = [
        {"code": code, "name": {"zh": code}, "opens_at": begins, "closes_at": begins + HALF_AN_HOUR, "state": "missed"}
        | ({"state": "done", "at": begins + (n + 1) * timedelta(minutes=5), "by": "guard"} if reached else {})
        for n, (code, reached) in enumerate(points.items())
    ]
    values: dict[str, Any] = {
        "estate": cast.ESTATE,
        "key": str(ago),
        "kind": "patrol",
        "title": "夜巡",
        "state": "done",
        "source": {},
    }
    values |= {"starts_at": begins, "checkpoints": found, "route": {"code": "night"}, "assignee": "guard-2"}
    work.make([values], actor=cast.manager(), now=clock.now(), timezone="Asia/Shanghai")


def standard() -> None:
    cast.publish("service_category", "security", {"name": {"zh": "秩序"}}, cast.LONG_AGO)
    body = {"name": {"zh": "到位率"}, "category": "security", "indicator": "checkpoint_on_time_rate", "target": 70}
    cast.publish("service_standard", "rate", {**body, "unit": "percent", "better": "higher"}, cast.LONG_AGO)


def test_rounds_are_judged_in_percent_by_route_and_person_over_the_period(app: Flask, sign_in: SignIn) -> None:
    cast.make_company(cast.LONG_AGO)
    walked(timedelta(days=2), a=True, b=True, c=False)
    walked(timedelta(days=50), a=True, b=False)
    manager = sign_in(cast.manager())
    assert "不作评判" in manager.get(PAGE).text
    standard()
    text = manager.get(PAGE).text
    assert all(said in text for said in ("66.6%", "未达标", "应到 3 点，按时 2 点", "达标线 70%"))
    assert all(name in text for name in (cast.guard().name, cast.second_guard().name, "night"))
    since = (clock.now() - timedelta(days=60)).date().isoformat()
    assert "应到 5 点，按时 3 点" in manager.get(PAGE, query_string={"from": since}).text
    assert "这段时间没有已结束的巡更" in manager.get(PAGE, query_string={"from": "2020-01-01", "to": "2020-02-01"}).text


def test_the_rounds_of_other_estates_are_not_counted_and_field_staff_see_nobody_s(app: Flask, sign_in: SignIn) -> None:
    cast.make_company(cast.LONG_AGO)
    walked(timedelta(days=2), a=True)
    assert "这段时间没有已结束的巡更" in sign_in(cast.stranger()).get(PAGE).text
    assert sign_in(cast.guard()).get(PAGE).status_code == 403
