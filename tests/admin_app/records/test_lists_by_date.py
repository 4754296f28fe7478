"""Every list and its export from one day to another, in days of the reader's clock."""

from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from python_calamine import CalamineWorkbook

from admin_app.backoffice.frame import dates
from admin_app.backoffice.frame.base import SecureModelView
from store import clock
from store.requests.documents import ServiceRequest
from tests import cast
from tests.admin_app.conftest import SignIn
from tests.admin_app.office import make_request, make_world

TODAY = date(2026, 3, 15)
ZONE = ZoneInfo("Asia/Shanghai")
ONE_DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [
        ({"when": "today"}, TODAY, TODAY),
        ({"when": "week"}, date(2026, 3, 9), TODAY),
        ({"when": "month"}, date(2026, 3, 1), TODAY),
        ({"when": "last_month"}, date(2026, 2, 1), date(2026, 2, 28)),
        ({"from": "2026-03-02"}, date(2026, 3, 2), None),
        ({"from": "2026-03-09", "to": "2026-03-02"}, date(2026, 3, 2), date(2026, 3, 9)),
        ({"when": "today", "from": "2020-01-01"}, TODAY, TODAY),
        ({"when": "days"}, None, None),
        ({"when": "never", "to": "2026-02-30"}, None, None),
    ],
)
def test_periods_are_whole_days(asked: dict[str, str], first: date | None, last: date | None) -> None:
    assert dates.asked(asked, TODAY).days == (first, last)


def test_the_last_day_is_included_to_its_end() -> None:
    found = dates.condition(dates.Days(TODAY, TODAY), ZONE)
    assert found["$gte"].astimezone(UTC) == datetime(2026, 3, 14, 16, tzinfo=UTC)
    assert found["$lt"] - found["$gte"] == ONE_DAY


def test_every_list_can_be_narrowed_by_its_date(app: Flask, sign_in: SignIn) -> None:
    make_world()
    client = sign_in(cast.administrator())
    lists = [view for view in app.extensions["admin"][0]._views if isinstance(view, SecureModelView)]
    assert len(lists) > 15
    for view in lists:
        assert view.date_field, view.endpoint
    for address in ("/admin/requests/", "/admin/work/", "/admin/findings/", "/admin/drills/", "/admin/incidents/",
                    "/admin/notices/", "/admin/audit/", "/admin/attendance/", "/admin/handovers/", "/admin/devices/",
                    "/admin/directory/staff/", "/admin/content/plan/"):  # fmt: skip
        text = client.get(address, query_string={"when": "days", "from": "2026-01-01", "lang": "en"}).text
        assert 'name="from" value="2026-01-01"' in text, address


def test_list_and_export_show_the_same_days(app: Flask, sign_in: SignIn) -> None:
    make_world()
    old, new = make_request(), make_request()
    ServiceRequest.objects(pk=old.pk).update_one(set__created_at=clock.now() - 40 * ONE_DAY)
    client = sign_in(cast.manager())
    text = client.get("/admin/requests/", query_string={"view": "all", "when": "week"}).text
    assert new.number in text
    assert old.number not in text
    until = (clock.now() - 39 * ONE_DAY).date().isoformat()
    answer = client.get("/admin/requests/export", query_string={"view": "all", "when": "days", "to": until})
    rows = CalamineWorkbook.from_filelike(BytesIO(answer.data)).get_sheet_by_index(0).to_python()
    assert [row[0] for row in rows[1:]] == [old.number]
