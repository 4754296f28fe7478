"""What many records read – people, estates, robots, rosters, templates – is torn in one of them: all others go on."""

import logging
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from bson import ObjectId

from store import domains
from store.content.documents import Revision
from store.deadlines.operations import sweep
from store.notices.delivery import deliver
from store.notices.documents import Notice
from store.notices.relay import relay
from store.notices.smtp import SmtpSender
from store.notices.web_push import PushSender
from store.plans import operations as plans
from tests import cast
from tests.cast import NOW
from tests.faults import worlds
from tests.faults.worlds import MORNING
from tests.servers import SmtpReceiver
from tests.store.notice_sources import intent, make_source, make_template

JUNK: tuple[Any, ...] = (None, "junk ", 7, ["junk", 7], {"junk": 1}, [{"junk": 1}, 7])
OF_STAFF = (
    "name", "roles", "estates", "department", "supervisor", "email", "channels", "quiet_start", "quiet_end",
    "digest", "language", "tokens",
)  # fmt: skip


@pytest.fixture(autouse=True)
def _database(database: Any) -> None:
    domains.load("operations")
    worlds.make_people()
    make_template()


def tear(database: Any, collection: str, of: str, /, **values: Any) -> None:
    assert database[collection].update_one({"code": of}, {"$set": values}).matched_count == 1


@pytest.mark.parametrize("field", OF_STAFF)
def test_a_torn_reader_is_told_and_so_is_everybody_else(database: Any, smtp: SmtpReceiver, field: str) -> None:
    tear(database, "staff", "guard", quiet_start="22:00", quiet_end="06:00")
    for number, junk in enumerate(JUNK):
        tear(database, "staff", "guard", **{field: junk})
        make_source(intent("guard", "security-lead"), code=f"both-{number}")
        make_source(intent("manager"), code=f"other-{number}")
        relay(NOW)
    told = Counter(notice.recipient for notice in Notice.objects(channel="app", state="sent"))
    assert told == dict.fromkeys(("guard", "security-lead", "manager"), len(JUNK))
    assert deliver(NOW, [SmtpSender(smtp.url)]) >= len(JUNK)
    assert Notice.objects(channel="email", recipient="security-lead", state="sent").count() == len(JUNK)
    assert database.content.count_documents({"pending": True}) == 0


def test_quiet_hours_with_a_blank_from_a_version_before_are_kept(database: Any) -> None:
    tear(database, "staff", "guard", quiet_start="09:00 ", quiet_end=" 12:00", email="guard@anju.example")
    make_source(intent("guard"))
    relay(NOW)
    assert Notice.objects.get(channel="email").not_before == NOW + timedelta(hours=2)
    assert database.bad_records.count_documents({}) == 0


def test_the_jobs_page_names_the_torn_reader_until_it_is_mended(
    database: Any, caplog: pytest.LogCaptureFixture
) -> None:
    tear(database, "staff", "guard", quiet_start="25:61", quiet_end="06:00", phone="13812345678")
    make_source(intent("guard"))
    with caplog.at_level(logging.ERROR):
        relay(NOW)
    bad = database.bad_records.find_one()
    assert (bad["job"], bad["about"]["kind"], bad["about"]["number"]) == ("relay", "staff", "guard")
    assert "25:61" not in caplog.text + str(bad)
    tear(database, "staff", "guard", quiet_start="22:00")
    make_source(intent("guard"), code="later")
    relay(NOW + timedelta(minutes=1))
    assert database.bad_records.count_documents({}) == 0


def test_a_torn_push_subscription_keeps_nobody_from_being_told(database: Any) -> None:
    fields = {"staff": "guard", "device": "d", "endpoint": "https://push.example/1", "p256dh": "p", "auth": "a"}
    for name in ("endpoint", "p256dh", "auth"):
        for number, junk in enumerate(JUNK):
            database.push_subscriptions.insert_one({**fields, "_id": f"{name}-{number}:guard", name: junk})
    make_source(intent("guard"))
    relay(NOW)
    deliver(NOW, [PushSender(lambda: "", "", lambda _: None)])
    assert Notice.objects(recipient="guard", channel="app", state="sent").count() == 1


@pytest.mark.parametrize("junk", JUNK, ids=repr)
@pytest.mark.parametrize("field", ["timezone", "name"])
def test_an_estate_without_a_clock_still_has_people_who_are_told(database: Any, field: str, junk: Any) -> None:
    tear(database, "estates", cast.ESTATE, **{field: junk})
    tear(database, "staff", "guard", quiet_start="22:00", quiet_end="06:00")
    make_source(intent("guard"))
    relay(NOW)
    assert Notice.objects(recipient="guard", channel="app", state="sent").count() == 1


@pytest.mark.parametrize("field", ["body", "body.subject", "body.body", "body.urgent", "number"])
@pytest.mark.parametrize("junk", [None, 7, "junk", ["junk"], {"junk": 1}], ids=repr)
def test_a_torn_template_is_said_in_few_words(database: Any, smtp: SmtpReceiver, field: str, junk: Any) -> None:
    Revision._get_collection().update_one({"type": "notification_template"}, {"$set": {field: junk}})
    make_source(intent("security-lead"))
    relay(NOW)
    deliver(NOW, [SmtpSender(smtp.url)])
    assert len(smtp.messages) == 1


@pytest.mark.parametrize("to", [[7], [["guard"]], [{"junk": 1}], "guard", {"junk": 1}, [None, "guard"]], ids=repr)
def test_an_intent_to_nobody_we_could_name_stops_no_other(database: Any, to: Any) -> None:
    make_source(intent("guard"), code="torn")
    database.content.update_one({"code": "torn"}, {"$set": {"events.0.to_notify.0.to": to}})
    make_source(intent("manager"), code="other")
    relay(NOW)
    assert Notice.objects(recipient="manager", channel="app", state="sent").count() == 1


def test_a_notice_that_the_database_refuses_stops_only_its_record(database: Any) -> None:
    """Two lists in the fields of one index cannot be stored; the whole batch was refused with it, for ever."""
    make_source(intent("guard", params={"a": ["1"], "b": ["2"]}), code="torn")
    make_source(intent("manager"), code="other")
    database.notices.create_index([("params.a", 1), ("params.b", 1)], name="only-here")
    try:
        relay(NOW)
    finally:
        database.notices.drop_index("only-here")
    assert Notice.objects(recipient="manager", channel="app", state="sent").count() == 1
    assert [each["about"]["number"] for each in database.bad_records.find()] == ["torn"]


def test_a_torn_colleague_stops_no_escalation(database: Any) -> None:
    step = {"offset_minutes": 0, "action": "notify", "targets": [{"kind": "role", "ref": "supervisor"}]}
    cast.publish("escalation_policy", "leads", {"name": {"zh": "升级"}, "steps": [step]}, cast.LONG_AGO)
    cases = [(field, junk) for field in ("name", "roles", "estates", "department", "supervisor") for junk in JUNK]
    worlds.make_requests(1, escalation="leads")
    before = list(database.requests.find())
    for field, junk in cases:
        database.requests.replace_one({"_id": before[0]["_id"]}, before[0])
        tear(database, "staff", "cleaner", **{field: junk})
        sweep(MORNING)
        assert database.bad_records.count_documents({"about.kind": "service_request"}) == 0
        told = database.requests.find_one()["events"][-1]["to_notify"][0]["to"]
        assert "security-lead" in told


@pytest.mark.parametrize(
    ("collection", "values"),
    [
        ("rosters", {"cycle_days": 0}),
        ("rosters", {"cycle_days": "junk"}),
        ("rosters", {"anchor_date": "2026-13-45"}),
        ("rosters", {"shifts": "junk"}),
        ("rosters", {"shifts": [7, {"day": 0}, {"day": 0, "start": "25:00", "end": "07:00", "staff": ["guard"]}]}),
        ("rosters", {"estate": ["junk"]}),
        ("departments", {"head": {"junk": 1}}),
        ("channels", {"estate": ["junk"]}),
        ("estates", {"timezone": "Nowhere/Land"}),
        ("estates", {"code": 7}),
    ],
)
def test_a_torn_entry_of_the_directory_stops_no_plan(database: Any, collection: str, values: Any) -> None:
    roster: dict[str, Any] = {
        "estate": cast.ESTATE, "name": "早班", "anchor_date": "2026-01-01", "cycle_days": 1,
        "shifts": [{"day": 0, "start": "00:00", "end": "00:00", "staff": ["guard"]}],
    }  # fmt: skip
    cast.make_staff(cast.second_guard())
    other = {**roster["shifts"][0], "staff": [cast.second_guard().code]}  # nobody is on two shifts at once
    for code in ("torn", "whole"):
        cast.make_entry("roster", code, {**roster, "shifts": [other]} if code == "torn" else roster)
        cast.make_entry("department", f"{code}-team", {"name": "队"})
        cast.make_entry("channel", code, {"name": "群", "url": "json://robot.example/hook"})
        if code == "torn":
            cast.make_estate("torn")
    wanted = {"departments": "torn-team"}.get(collection, "torn")
    tear(database, collection, wanted, **values)
    plan = {**worlds.body_of(worlds.Plan("on-duty", ("22:00",), NOW)), "assign_to": "on_duty", "roster": "whole"}
    cast.publish("plan", "on-duty", {name: value for name, value in plan.items() if name != "staff"}, NOW)
    while plans.generate_due(MORNING):
        pass
    order = database.work_orders.find_one({"state": {"$ne": "skipped"}})
    assert order is not None
    assert "guard" in [order.get("assignee"), *(order.get("team") or ())]
    assert ObjectId.is_valid(order["_id"])
