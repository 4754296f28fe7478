"""整改: the list, the page with its rounds and paired photos, and the verbs of orders that make and judge findings."""

import json
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from flask.testing import FlaskClient

from store import clock
from store.findings.documents import Finding
from store.notices.relay import relay
from store.photos.documents import Photo
from store.work import operations as work
from store.work.documents import WorkOrder
from tests import cast
from tests.admin_app.conftest import SignIn
from tests.admin_app.office import commands_in, counted, post
from tests.store import finding_chain as chain
from tests.voices import webm

HOUR = timedelta(hours=1)


@pytest.fixture
def finding(app: Any) -> Finding:
    chain.make_world()
    answers = [{**chain.FLOOR_FAILED[0], "photos": [chain.PHOTO]}, *chain.FLOOR_FAILED[1:]]
    return chain.raised(clock.now(), answers)


def url(record: Any, verb: str = "") -> str:
    part = "findings" if isinstance(record, Finding) else "work"
    return f"/admin/{part}/{record.number}" + (f"/{verb}" if verb else "")


def put_right(finding: Finding) -> None:
    order = chain.rectification(finding)
    WorkOrder.objects(pk=order.pk).update(push__photos={"hash": chain.PHOTO_AFTER, "role": "after"})
    chain.put_right(finding, clock.now())


def judged(client: FlaskClient, order: WorkOrder, **values: Any) -> Any:
    answer = post(client, url(order, "verdict"), version=order.version, **values)
    relay(clock.now())
    return answer


def test_tabs_find_what_is_late_to_be_checked_and_repeated(finding: Finding, sign_in: SignIn) -> None:
    client = sign_in(cast.supervisor())
    for view, shown in (("open", True), ("overdue", False), ("check", False), ("repeats", False), ("all", True)):
        assert (finding.number in client.get(f"/admin/findings/?view={view}").text) is shown, view
    past = clock.now() - HOUR
    Finding._get_collection().update_many({}, {"$set": {"clocks.0.due_at": past, "due_at": past, "repeats": 1}})
    for view in ("overdue", "repeats"):
        assert finding.number in client.get(f"/admin/findings/?view={view}").text
    assert "重复第 1 次" in client.get("/admin/findings/").text
    put_right(finding)
    assert finding.number in client.get("/admin/findings/?view=check").text


def test_the_list_takes_a_handful_of_commands_and_is_exported(finding: Finding, sign_in: SignIn, database: Any) -> None:
    client = sign_in(cast.manager())
    client.get("/admin/findings/")
    with counted(database) as names:
        assert client.get("/admin/findings/").status_code == 200
    assert len(commands_in(names)) <= 5, commands_in(names)
    assert client.get("/admin/findings/export").data.startswith(b"PK")


def test_the_page_shows_the_chain_and_where_photos_are_still_to_come(finding: Finding, sign_in: SignIn) -> None:
    put_right(finding)
    client = sign_in(cast.supervisor())
    text = client.get(url(finding)).text
    assert text.count("照片未到") == 2
    for words in ("第 1 轮整改", "等待复查", "曹安净", chain.rectification(finding).number, "3 号楼"):
        assert words in text, words
    Photo._get_collection().update_one({"_id": chain.PHOTO}, {"$set": {"received_at": clock.now()}}, upsert=True)
    text = client.get(url(finding)).text
    assert f'src="/admin/photos/{chain.PHOTO}"' in text
    assert text.count("照片未到") == 1


def test_the_page_plays_what_was_said_and_offers_it_as_a_file(finding: Finding, sign_in: SignIn) -> None:
    name, said = "e" * 64, webm()
    Finding.objects(pk=finding.pk).update(voice=name)
    client = sign_in(cast.supervisor())
    assert "语音未到" in client.get(url(finding)).text
    kept = {"sound": said, "media_type": "audio/webm", "seconds": 12, "size": len(said), "received_at": clock.now()}
    Photo(sha256=name, estates=[finding.estate], **kept).save()
    text = client.get(url(finding)).text
    assert f'<audio controls preload="none" src="/admin/photos/{name}"' in text
    assert "语音 12 秒" in text
    answer = client.get(f"/admin/photos/{name}")
    assert (answer.data, answer.content_type) == (said, "audio/webm")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "media-src 'self'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Content-Disposition"] == 'inline; filename="eeeeeeeeeeee.webm"'
    part = client.get(f"/admin/photos/{name}", headers={"Range": "bytes=10-19"})
    assert (part.status_code, part.data) == (206, said[10:20])
    assert sign_in(cast.stranger()).get(f"/admin/photos/{name}").status_code == 404


def test_a_reinspection_is_judged_by_another_person(finding: Finding, sign_in: SignIn) -> None:
    put_right(finding)
    order = chain.reinspection(finding)
    rectifier = sign_in(cast.cleaner())
    assert url(order, "verdict") not in rectifier.get(url(order)).text
    for verb, values in (("verdict", {"passed": "yes"}), ("accept", {}), ("start", {})):
        answer = post(rectifier, url(order, verb), version=order.version, **values)
        assert answer.status_code == 422, verb
        assert "不能复查自己的整改" in answer.text
    lead = sign_in(cast.supervisor())
    assert judged(lead, order).status_code == 422
    assert judged(lead, order, passed="no").status_code == 422
    assert judged(lead, order, passed="no", note="仍有油渍").status_code == 303
    text = lead.get(url(finding)).text
    assert "第 2 轮整改" in text
    assert "仍有油渍" in text
    assert "复查不合格" in text


def moves_of(client: FlaskClient, order: WorkOrder) -> set[str]:
    """The verbs of the order's card on the board."""
    card = next(
        each for each in client.get("/admin/board/").text.split("<li ") if f'data-number="{order.number}"' in each
    )
    return set(json.loads(unescape(card.split('data-moves="')[1].split('"')[0])).values())


def test_the_board_moves_a_reinspection_only_where_its_page_does(finding: Finding, sign_in: SignIn) -> None:
    """It ends with a verdict, and for whoever put it right it does not begin either."""
    put_right(finding)
    order = chain.reinspection(finding)
    assert moves_of(sign_in(cast.supervisor()), order) == {"accept", "start", "pause"}
    assert moves_of(sign_in(cast.cleaner()), order) == {"pause"}


def test_a_rectification_without_its_photo_of_after_is_refused_by_name(finding: Finding, sign_in: SignIn) -> None:
    order = chain.rectification(finding)
    answer = post(sign_in(cast.cleaner()), url(order, "complete"), version=order.version)
    assert answer.status_code == 422
    assert "整改后的照片" in answer.text


def test_finished_work_is_sampled_and_open_work_raises_findings(finding: Finding, sign_in: SignIn) -> None:
    lead = sign_in(cast.supervisor())
    done, open_ = chain.order_of("k1"), chain.make_order("k2")
    page = lead.get(url(done)).text
    assert finding.number in page
    assert '<select id="v-supervise-verdict" name="verdict" required>' in page
    values = {"title": "墙角未清", "severity": "low"}
    sampled = {**values, "verdict": "finding"}
    assert post(lead, url(done, "supervise"), version=done.version, **sampled).status_code == 303
    cleaner = sign_in(cast.cleaner())
    assert post(cleaner, url(open_, "raise_finding"), version=open_.version, item="walls", **values).status_code == 303
    relay(clock.now())
    assert {each.source["kind"] for each in Finding.objects} == {"order", "supervision"}
    assert post(cleaner, url(done, "supervise"), version=done.version + 1, **sampled).status_code == 403
    good = {"verdict": "good", "severity": "normal", "note": "现场干净"}
    assert post(lead, url(done, "supervise"), version=done.version + 1, **good).status_code == 303
    text = lead.get(url(done)).text
    assert "抽查合格" in text
    assert "现场干净" in text
    assert post(lead, url(done, "supervise"), version=done.version + 2, title="x").status_code == 422
    newest = chain.newest()
    assert newest.number in lead.get("/admin/search/?q=" + newest.number).text


def test_severity_and_cancellation_are_for_leads(finding: Finding, sign_in: SignIn) -> None:
    cleaner, lead = sign_in(cast.cleaner()), sign_in(cast.supervisor())
    assert url(finding, "cancel") not in cleaner.get(url(finding)).text
    assert post(cleaner, url(finding, "cancel"), version=1, reason="误报").status_code == 403
    assert post(lead, url(finding, "set_severity"), version=1, severity="low").status_code == 422
    assert post(lead, url(finding, "set_severity"), version=1, severity="low", reason="不急").status_code == 303
    assert post(lead, url(finding, "cancel"), version=2, reason="误报").status_code == 303
    assert chain.again(finding).state == "cancelled"
    assert sign_in(cast.stranger()).get(url(finding)).status_code == 404


def test_a_repeat_names_the_one_before_and_the_one_after(finding: Finding, sign_in: SignIn) -> None:
    order = chain.make_order("k2")
    work.complete(order.pk, answers=chain.FLOOR_FAILED, actor=cast.cleaner(), now=clock.now())
    relay(clock.now())
    again = chain.newest()
    lead = sign_in(cast.supervisor())
    assert finding.number in lead.get(url(again)).text
    assert again.number in lead.get(url(finding)).text


def test_today_counts_findings_that_are_late(finding: Finding, sign_in: SignIn) -> None:
    Finding.objects.update(set__due_at=clock.now() - HOUR)
    assert "/admin/findings/?view=overdue" in sign_in(cast.manager()).get("/admin/today/").text
