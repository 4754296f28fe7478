"""人员·上下班打卡: who came and went, as he has said it himself."""

from datetime import timedelta

from flask import Flask

from store import clock
from store.tablet.attendance import clock as clock_in
from tests import cast
from tests.admin_app.conftest import SignIn

PAGE = "/admin/attendance/"


def test_the_list_says_who_came_and_went_in_ones_own_estates(app: Flask, sign_in: SignIn) -> None:
    cast.make_company(cast.LONG_AGO)
    for hours, direction in ((9, "in"), (1, "out")):
        now = clock.now() - timedelta(hours=hours)
        clock_in(cast.ESTATE, direction=direction, actor=cast.guard(), now=now)
    text = sign_in(cast.supervisor()).get(PAGE).text
    assert all(told in text for told in (cast.guard().name, "上班", "下班", "阳光花园"))
    assert cast.guard().name not in sign_in(cast.stranger()).get(PAGE).text
