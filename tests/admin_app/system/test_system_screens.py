"""Notices, jobs, audit, accounts, import and the search box."""

import re
from base64 import b64encode
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest

from admin_app.accounts.documents import Account
from store import clock
from store.health import operations as health
from store.notices.documents import Notice
from store.people.documents import Department
from store.work.documents import WorkOrder
from tests import cast
from tests.admin_app.conftest import SignIn
from tests.admin_app.office import counted, make_order, make_request, make_world, post

NOW = clock.now()


@pytest.fixture
def world(app: Any) -> None:
    make_world()


def make_notice(key: str, **changes: Any) -> Notice:
    now = clock.now()
    values = {
        "key": key,
        "estate": cast.ESTATE,
        "about": {"kind": "work_order", "id": "1", "number": "W-1"},
        "recipient": "manager",
        "channel": "app",
        "template": {"code": "overdue"},
        "params": {"number": "W-1", "title": "换水龙头"},
        "urgent": False,
        "state": "sent",
        "not_before": now,
        "created_at": now,
        "due_at": now,
    }
    return Notice(**{**values, **changes}).save(force_insert=True)


def test_the_bell_counts_and_reading_leads_to_the_record(world: None, sign_in: SignIn) -> None:
    make_notice("a:1:1:manager:app")
    client = sign_in(cast.manager())
    assert client.get("/admin/inbox/unread").json == {"unread": 1}
    assert "W-1 换水龙头" in client.get("/admin/inbox/").text
    assert post(client, "/admin/inbox/read", key="a:1:1:manager:app").location == "/admin/work/W-1"
    assert client.get("/admin/inbox/unread").json == {"unread": 0}


def test_what_was_told_of_one_record_is_one_line_that_opens(world: None, sign_in: SignIn) -> None:
    for event in range(1, 10):
        make_notice(f"a:1:{event}:manager:app", created_at=clock.now() + timedelta(seconds=event))
    make_notice("a:2:1:manager:app", about={"kind": "work_order", "id": "2", "number": "W-2"}, params={"title": "巡更"})
    client = sign_in(cast.manager())
    assert client.get("/admin/inbox/unread").json == {"unread": 2}
    page = client.get("/admin/inbox/").text
    assert "此前还有 8 条" in page
    assert page.count('class="letter') == 10
    post(client, "/admin/inbox/read", key="a:1:9:manager:app")
    assert client.get("/admin/inbox/unread").json == {"unread": 1}
    assert "W-1" not in client.get("/admin/inbox/?view=unread").text


def test_older_notices_are_a_page_further_and_a_made_up_place_is_the_first_page(world: None, sign_in: SignIn) -> None:
    for number in range(31):
        made = {"kind": "work_order", "id": str(number), "number": f"W-{number:02}"}
        make_notice(f"a:{number}:1:manager:app", about=made, created_at=NOW, params={"number": made["number"]})
    client = sign_in(cast.manager())
    first = client.get("/admin/inbox/").text
    older = re.search(r'href="(/admin/inbox/\?after=[^"]+)"', first)
    assert older
    second = client.get(older[1]).text
    assert (first.count('class="letter'), second.count('class="letter')) == (30, 1)
    assert client.get("/admin/inbox/?after=nonsense").text.count('class="letter') == 30


def test_a_page_of_notices_asks_once_for_all_their_records(world: None, sign_in: SignIn, database: Any) -> None:
    client = sign_in(cast.manager())
    for number in range(20):
        order = make_order(str(number))
        about = {"kind": "work_order", "id": str(order.pk), "number": order.number}
        make_notice(f"a:{order.pk}:1:manager:app", about=about, params={})
    with counted(database) as names:
        assert client.get("/admin/inbox/").text.count('class="letter') == 20
    assert names.count("find work_orders") == 1


def test_nobody_reads_another_ones_notices(world: None, sign_in: SignIn) -> None:
    make_notice("a:1:1:manager:app")
    client = sign_in(cast.desk())
    assert "换水龙头" not in client.get("/admin/inbox/").text
    post(client, "/admin/inbox/read", key="a:1:1:manager:app")
    assert Notice.objects.get().read_at is None


def test_a_dead_letter_is_sent_again(world: None, sign_in: SignIn) -> None:
    make_notice("a:1:1:manager:email", channel="email", state="dead", last_error="refused", attempts=8)
    client = sign_in(cast.manager())
    assert "对方拒收" in client.get("/admin/notices/").text
    post(client, "/admin/notices/action/", verb="resend", rowid=["a:1:1:manager:email"])
    assert Notice.objects.get().state == "queued"


def test_an_auditor_does_not_resend(world: None, sign_in: SignIn) -> None:
    make_notice("a:1:1:manager:email", channel="email", state="dead")
    client = sign_in(cast.auditor())
    assert post(client, "/admin/notices/action/", verb="resend", rowid=["a:1:1:manager:email"]).status_code == 403


def test_jobs_say_what_failed_in_words(world: None, sign_in: SignIn) -> None:
    now = clock.now()
    health.beat_started("relay", 2, now)
    health.beat_finished("relay", now, {"done": 4})
    order = make_order()
    record = {"_id": order.pk, "number": order.number, "estate": cast.ESTATE}
    health.report_bad("sweep_deadlines", "work_order", record, KeyError("x"), now=now, until=now + timedelta(hours=1))
    text = sign_in(cast.manager()).get("/admin/jobs/").text
    assert "处理 4" in text
    assert "记录缺少必要的数据" in text
    assert order.number in text
    assert sign_in(cast.desk()).get("/admin/jobs/").status_code == 403


def test_looks_are_in_the_audit(world: None, sign_in: SignIn) -> None:
    made = make_request(household="sunshine-3-1201")
    post(sign_in(cast.desk()), f"/admin/requests/{made.number}/contact")
    text = sign_in(cast.manager()).get("/admin/audit/").text
    assert "查看联系方式" in text
    assert cast.desk().name in text


def test_an_administrator_makes_disables_and_resets_accounts(world: None, sign_in: SignIn) -> None:
    client = sign_in(cast.administrator())
    assert "只显示这一次" in post(client, "/admin/accounts/", username="cleaner1", staff="cleaner").text
    before = Account.objects.get(username="cleaner1").password
    post(client, "/admin/accounts/cleaner1/active", active="no")
    post(client, "/admin/accounts/cleaner1/password")
    account = Account.objects.get(username="cleaner1")
    assert not account.active
    assert account.password != before
    assert post(client, "/admin/accounts/", username="x y", staff="nobody").status_code == 422
    assert sign_in(cast.manager()).get("/admin/accounts/").status_code == 403


def test_an_administrator_does_not_disable_himself(world: None, sign_in: SignIn) -> None:
    client = sign_in(cast.administrator())
    own = Account.objects.get(staff=cast.administrator().code).username
    post(client, f"/admin/accounts/{own}/active", active="no")
    assert "这是您自己的账号" in client.get("/admin/accounts/").text
    assert Account.objects.get(username=own).active


CSV = "code,name.zh\nsport,文体部\n,没有编号\n"


def upload(client: Any, text: str) -> Any:
    file = (BytesIO(text.encode()), "departments.csv")
    return post(client, "/admin/transfer/department/", file=file)


def test_an_import_is_tried_before_anything_is_written(world: None, sign_in: SignIn) -> None:
    client = sign_in(cast.manager())
    answer = upload(client, CSV)
    assert answer.status_code == 200, answer.text
    assert "尚未写入任何内容" in answer.text
    assert Department.objects(code="sport").first() is None
    good = b64encode(b"code,name.zh\nsport,\xe6\x96\x87\xe4\xbd\x93\xe9\x83\xa8\n").decode()
    applied = post(client, "/admin/transfer/department/", data=good, name="d.csv", apply="yes")
    assert "已写入" in applied.text
    assert Department.objects.get(code="sport")


def test_a_file_that_is_none_is_refused_with_its_reason(world: None, sign_in: SignIn) -> None:
    client = sign_in(cast.manager())
    assert upload(client, "\x00\x01").status_code == 422
    assert post(client, "/admin/transfer/department/").status_code == 422
    assert post(client, "/admin/transfer/department/", data="%%%", apply="yes").status_code == 422
    assert client.get("/admin/transfer/nonsense/").status_code == 404


def test_templates_and_exports_are_workbooks(world: None, sign_in: SignIn) -> None:
    client = sign_in(cast.manager())
    for page in ("template", "export"):
        assert client.get(f"/admin/transfer/department/{page}").data[:2] == b"PK"
    assert sign_in(cast.desk()).get("/admin/transfer/").status_code == 403


def test_the_search_box_finds_numbers_and_homes_of_own_estates(world: None, sign_in: SignIn) -> None:
    made = make_request(place="3-1201")
    client = sign_in(cast.desk())
    assert client.get(f"/admin/search/?q={made.number}").location == f"/admin/requests/{made.number}"
    assert "/admin/directory/household/-/sunshine-3-1201/view" in client.get("/admin/search/?q=3-1201").text
    assert "没有找到" in sign_in(cast.stranger()).get("/admin/search/?q=3-1201").text


def test_an_administrator_has_a_record_tried_again(world: None, sign_in: SignIn) -> None:
    order, now = make_order(), clock.now()
    until = now + timedelta(hours=1)
    collection = WorkOrder._get_collection()
    collection.update_one({"_id": order.pk}, {"$set": {"next_check_at": until}})
    record, aside = collection.find_one({"_id": order.pk}), (collection.name, "next_check_at")
    health.report_bad("sweep_deadlines", "work_order", record, KeyError("x"), now=now, until=until, aside=aside)
    key = f"sweep_deadlines:work_order:{order.pk}"
    assert post(sign_in(cast.manager()), "/admin/put-aside/", key=key).status_code == 403
    client = sign_in(cast.administrator())
    assert key in client.get("/admin/jobs/").text
    post(client, "/admin/put-aside/", key=key)
    assert collection.find_one({"_id": order.pk})["next_check_at"] < until
    assert "立即重试搁置的记录" in client.get("/admin/audit/").text
