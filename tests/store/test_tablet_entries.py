"""Entries of tablets: once, in order, by their author; what stands beside others' changes and what does not (ADR 5)."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from store import domains
from store.content.documents import Revision
from store.deadlines import operations as deadlines
from store.errors import Conflict, Forbidden, Invalid, RuleBroken
from store.findings.documents import Finding
from store.notices.relay import relay
from store.photos.documents import Photo
from store.tablet.documents import EntryOutcome, ShiftHandover, Stream
from store.tablet.entries import read_entries
from store.tablet.streams import LEASE
from store.work import operations as work
from store.work.documents import WorkOrder
from tests import cast
from tests.store.tablets import Tablet, codes, results

MINUTE = timedelta(minutes=1)
LATER = cast.NOW + 10 * MINUTE
ITEMS = [
    {"code": "floor", "name": {"zh": "地面"}, "kind": "pass_fail", "required": True},
    {"code": "walls", "name": {"zh": "墙面"}, "kind": "score", "max_score": 10, "required": True},
]
PHOTO = "ab" * 32


@pytest.fixture
def order(database):
    cast.make_company()
    cast.publish("service_category", "cleaning", {"name": {"zh": "保洁"}}, cast.LONG_AGO)
    body = {"name": {"zh": "楼道"}, "category": "cleaning", "items": ITEMS, "pass_score": 80}
    cast.publish("checklist", "corridor", body, cast.LONG_AGO)
    return make("k1")


def make(key, **changes):
    pinned = {"code": "corridor", "revision": Revision.objects.get(type="checklist").number}
    clock = deadlines.start("complete", 60, at=cast.NOW, under=deadlines.Terms(None, None))
    values = {
        "estate": cast.ESTATE,
        "key": key,
        "kind": "cleaning",
        "title": "楼道检查",
        "state": "open",
        "priority": 3,
    }
    values |= {"checklist": pinned, "clocks": [clock], "source": {}, "team": ["cleaner"], **changes}
    work.make([values], actor=cast.manager(), now=cast.NOW, timezone="Asia/Shanghai")
    return WorkOrder.objects.get(key=key)


def make_round(key="round"):
    points = [
        {"code": c, "name": {"zh": c}, "opens_at": cast.NOW, "closes_at": cast.NOW + 30 * MINUTE, "state": "pending"}
        for c in ("a", "b")
    ]
    fields = {"checklist": None, "checkpoints": points, "route": {"code": "r", "revision": 1, "ordered": True}}
    return make(key, kind="patrol", team=["guard"], department="security", **fields)


def again(order):
    return WorkOrder.objects.get(pk=order.pk)


def test_a_shift_s_entries_act_once_in_their_order_with_both_times(order):
    tablet = Tablet(cast.cleaner(), skew=timedelta(hours=3))
    tablet.record(order, "accept", cast.NOW + MINUTE)
    tablet.record(order, "start", cast.NOW + 2 * MINUTE)
    tablet.record(order, "answer", cast.NOW + 3 * MINUTE, item="floor", value="pass")
    tablet.record(order, "complete", cast.NOW + 4 * MINUTE, answers=[{"item": "walls", "value": 9}])
    receipt = tablet.send(LATER)
    assert results(receipt) == ["applied"] * 4
    assert receipt.next_seq == 5
    done = again(order)
    assert [each.verb for each in done.events] == ["create", "accept", "start", "answer", "complete"]
    assert [each["value"] for each in done.answers] == ["pass", 9]
    assert done.finished_at == cast.NOW + 4 * MINUTE
    last = done.events[-1]
    assert (last.at, last.happened_at) == (LATER, cast.NOW + 4 * MINUTE)
    assert (last.device_at, last.device) == (cast.NOW + 4 * MINUTE + timedelta(hours=3), tablet.device)


def test_what_is_sent_again_is_answered_again_and_does_nothing(order):
    tablet = Tablet(cast.cleaner())
    tablet.record(order, "accept")
    first = tablet.send(LATER)
    second = tablet.send(LATER + MINUTE)
    assert first.outcomes == second.outcomes
    assert again(order).version == 2


def test_a_batch_that_was_cut_between_verb_and_outcome_changes_nothing_more(order):
    tablet = Tablet(cast.cleaner())
    tablet.record(order, "start")
    tablet.send(LATER)
    EntryOutcome.objects.delete()
    receipt = tablet.send(LATER + 5 * MINUTE)
    assert results(receipt) == ["applied"]
    assert receipt.outcomes[0]["at"] == cast.NOW
    assert again(order).version == 2


def test_a_number_that_is_missing_stops_the_batch_and_says_where_to_go_on(order):
    tablet = Tablet(cast.cleaner())
    tablet.record(order, "accept")
    tablet.record(order, "start")
    with pytest.raises(Conflict) as refused:
        tablet.send(LATER, tablet.entries[1:])
    assert (refused.value.code, refused.value.details["next_seq"]) == ("sequence_gap", 1)
    with pytest.raises(Conflict) as refused:
        tablet.send(LATER, [tablet.entries[0], {**tablet.entries[1], "seq": 3}])
    assert refused.value.code == "sequence_gap"
    assert again(order).version == 1


def test_a_number_is_not_used_for_another_entry(order):
    tablet = Tablet(cast.cleaner())
    tablet.record(order, "accept")
    tablet.send(LATER)
    with pytest.raises(Conflict) as refused:
        tablet.send(LATER, [{**tablet.entries[0], "id": str(uuid4())}])
    assert refused.value.code == "number_taken"


def test_an_entry_that_comes_under_a_second_number_is_refused_alone(order):
    tablet = Tablet(cast.cleaner())
    first = tablet.record(order, "accept")
    tablet.entries.append({**first, "seq": 2})
    tablet.record(order, "start")
    assert codes(tablet.send(LATER)) == [None, "operation_reused", None]


def test_somebody_else_s_entries_are_not_taken_under_another_name(order):
    tablet = Tablet(cast.cleaner())
    tablet.record(order, "accept")
    tablet.send(LATER)
    thief = Tablet(cast.gardener(), device=tablet.device)
    with pytest.raises(Forbidden) as refused:
        thief.send(LATER, tablet.entries)
    assert refused.value.code == "foreign_author"
    EntryOutcome.objects.delete()  # cut off before the outcome: the event still says whose it was
    assert codes(thief.send(LATER, tablet.entries)) == ["foreign_author"]
    assert again(order).version == 2


def test_one_request_at_a_time_works_on_a_stream(order):
    tablet = Tablet(cast.cleaner())
    tablet.record(order, "accept")
    key = f"{tablet.device}:cleaner"
    Stream(key=key, holder="other", leased_until=LATER + MINUTE).save()
    with pytest.raises(Conflict) as refused:
        tablet.send(LATER)
    assert refused.value.code == "stream_busy"
    # The one that held it was killed: its right ends by itself.
    assert results(tablet.send(LATER + LEASE)) == ["applied"]
    assert Stream.objects.get(key=key).holder is None


def test_more_than_five_hundred_entries_are_not_read():
    with pytest.raises(Invalid) as refused:
        read_entries([{}] * 501)
    assert refused.value.code == "too_many_operations"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"order": "plan:unknown:2026-11-25T02:00"}, "unknown_order"),
        ({"order": None}, "unknown_order"),
        ({"order": {"$ne": None}}, "unknown_order"),
        ({"estate": "riverside"}, "unknown_order"),
        ({"estate": {"$gt": ""}}, "unknown_order"),
        ({"verb": "explode"}, "unknown_verb"),
        ({"verb": {"$ne": 1}}, "unknown_verb"),
        ({"verb": "resume"}, "not_allowed_now"),
        ({"verb": "pause"}, "required"),
        ({"verb": "pause", "body": {"reason": {"$ne": None}}}, "not_text"),
        ({"verb": "scan", "body": {"checkpoint": "a", "method": "telepathy"}}, "not_a_choice"),
        ({"verb": "answer", "body": {"item": "roof", "value": 1}}, "unknown_item"),
        ({"verb": "answer", "body": {"item": "floor", "value": {"$ne": 1}}}, "wrong_shape"),
        ({"verb": "answer", "body": {"item": "floor", "value": "pass", "photos": ["../../etc/passwd"]}}, "not_a_hash"),
        ({"verb": "add_photos", "body": {"photos": [{"hash": "x", "role": "before"}]}}, "not_a_hash"),
        ({"verb": "add_photos", "body": {"photos": "x"}}, "wrong_shape"),
        ({"verb": "hand_over", "body": {"to": "nobody"}}, "not_assignable"),
        ({"verb": "supplement", "body": {}}, "required"),
        ({"verb": "accept", "body": {"assignee": "manager"}}, "unknown_field"),
    ],
)
def test_a_bad_entry_is_refused_by_name_alone_and_its_body_is_kept(order, change, code):
    tablet = Tablet(cast.cleaner())
    tablet.entries.append({**tablet.record(order, "accept"), **change})
    tablet.entries.pop(0)
    tablet.record(order, "start")
    tablet.entries[1]["seq"] = 2
    receipt = tablet.send(LATER)
    assert codes(receipt) == [code, None]
    assert results(receipt) == ["refused", "applied"]
    kept = EntryOutcome.objects.get(seq=1)
    assert kept.body == change.get("body", {})
    assert kept.words["zh"]
    assert again(order).version == 2


def test_an_auditor_s_tablet_changes_nothing(order):
    assert codes(send_one(order, cast.auditor(), "accept")) == ["forbidden"]


def send_one(order, who, verb, **body):
    tablet = Tablet(who)
    tablet.record(order, verb, **body)
    return tablet.send(LATER)


# Beside others' changes


def test_what_others_did_elsewhere_in_the_order_stands_beside_ones_own(order):
    ours, theirs = Tablet(cast.cleaner()), Tablet(cast.gardener())
    ours.record(order, "answer", item="floor", value="pass")
    theirs.record(order, "answer", item="walls", value=3)
    assert results(theirs.send(LATER)) == ["applied"]
    assert results(ours.send(LATER)) == ["merged"]
    assert {each["item"]: each["value"] for each in again(order).answers} == {"floor": "pass", "walls": 3}


def test_the_same_item_answered_by_two_is_a_conflict_and_the_first_stays(order):
    ours, theirs = Tablet(cast.cleaner()), Tablet(cast.gardener())
    ours.record(order, "answer", item="floor", value="pass")
    theirs.record(order, "answer", item="floor", value="fail")
    theirs.send(LATER)
    receipt = ours.send(LATER)
    assert (results(receipt), codes(receipt)) == (["conflict"], ["changed_meanwhile"])
    (event,) = receipt.outcomes[0]["theirs"]
    assert (event["by"], event["verb"], event["detail"]) == (cast.gardener().name, "answer", {"item": "floor"})
    assert again(order).answers[0]["value"] == "fail"


def test_one_s_own_earlier_entries_are_nobody_s_change(order):
    tablet = Tablet(cast.cleaner())
    tablet.record(order, "answer", item="floor", value="fail")
    tablet.record(order, "answer", item="floor", value="pass")
    assert results(tablet.send(LATER)) == ["applied", "applied"]
    assert again(order).answers[0]["value"] == "pass"


def test_two_finish_the_same_order_and_the_second_keeps_what_he_found(order):
    answers: list[dict[str, Any]] = [{"item": "floor", "value": "pass"}, {"item": "walls", "value": 9}]
    ours, theirs = Tablet(cast.cleaner()), Tablet(cast.gardener())
    mine = ours.record(order, "complete", answers=[{**answers[0], "photos": [PHOTO]}, answers[1]])
    theirs.record(order, "complete", answers=answers)
    theirs.send(LATER)
    receipt = ours.send(LATER)
    assert results(receipt) == ["conflict"]
    assert receipt.outcomes[0]["theirs"][0]["verb"] == "complete"
    ours.record(
        order, "supplement", answers=mine["body"]["answers"], photos=[PHOTO], about=mine["id"], note="我也检查了"
    )
    assert results(ours.send(LATER + MINUTE))[1:] == ["merged"]
    kept = again(order)
    assert kept.state == "done"
    assert kept.supplements[0]["about"] == mine["id"]
    assert PHOTO in {each["hash"] for each in kept.photos}


def test_an_order_that_the_office_cancelled_is_a_conflict(order):
    tablet = Tablet(cast.cleaner())
    tablet.record(order, "start")
    work.cancel(order.pk, reason="重复", actor=cast.manager(), now=LATER)
    assert results(tablet.send(LATER)) == ["conflict"]


def test_handing_over_what_the_office_gave_to_somebody_meanwhile_is_a_conflict(order):
    tablet = Tablet(cast.cleaner())
    tablet.record(order, "hand_over", to="gardener", note="我下班了")
    work.assign(order.pk, to="guard", actor=cast.manager(), now=LATER)
    assert results(tablet.send(LATER)) == ["conflict"]
    assert again(order).assignee == "guard"


def test_a_reminder_that_went_out_is_nobody_s_change(order):
    tablet = Tablet(cast.cleaner())
    tablet.record(order, "start")
    WorkOrder._get_collection().update_one(
        {"_id": order.pk},
        {"$push": {"events": {"n": 2, "at": LATER, "actor": "system", "verb": "remind"}}, "$set": {"version": 2}},
    )
    assert results(tablet.send(LATER)) == ["applied"]


# Rounds


def test_a_night_s_scans_that_arrive_in_the_morning_correct_what_was_called_missed(order):
    patrol = make_round()
    tablet = Tablet(cast.guard())
    tablet.record(patrol, "scan", cast.NOW + 5 * MINUTE, checkpoint="a", method="qr")
    tablet.record(patrol, "scan", cast.NOW + 45 * MINUTE, checkpoint="b", method="qr")
    deadlines.sweep(cast.NOW + 31 * MINUTE)
    assert (again(patrol).state, again(patrol).missed_count) == ("missed", 2)
    receipt = tablet.send(cast.NOW + timedelta(hours=8))
    assert results(receipt) == ["applied", "applied"]
    known = again(patrol)
    assert [(p["state"], p.get("reported_late")) for p in known.checkpoints] == [("done", True), ("missed", None)]
    assert (known.state, known.missed_count, known.proven) == ("done", 1, False)
    told = [intent for event in known.events for intent in event.to_notify if event.verb == "scan"]
    assert [each["template"] for each in told] == ["checkpoint-reported-late"]
    assert told[0]["to"] == ["security-lead"]


def test_what_a_colleague_finished_earlier_was_begun_by_then_although_word_of_the_arrival_came_first(order):
    answers = [{"item": "floor", "value": "pass"}, {"item": "walls", "value": 9}]
    finisher, arriver = Tablet(cast.gardener()), Tablet(cast.cleaner())
    finisher.record(order, "complete", cast.NOW + 4 * MINUTE, answers=answers)
    arriver.record(order, "start", cast.NOW + 6 * MINUTE)
    assert results(arriver.send(LATER)) == ["applied"]
    assert results(finisher.send(LATER)) == ["merged"]
    known = again(order)
    assert (known.started_at, known.finished_at) == (cast.NOW + 4 * MINUTE, cast.NOW + 4 * MINUTE)


def test_word_that_a_round_was_begun_is_no_conflict_although_it_was_called_missed_meanwhile(order):
    patrol = make_round()
    tablet = Tablet(cast.guard())
    tablet.record(patrol, "start", cast.NOW + 4 * MINUTE)
    tablet.record(patrol, "scan", cast.NOW + 5 * MINUTE, checkpoint="a", method="qr")
    deadlines.sweep(cast.NOW + 31 * MINUTE)
    assert results(tablet.send(cast.NOW + timedelta(hours=8))) == ["applied", "applied"]
    known = again(patrol)
    assert (known.state, known.started_at, known.missed_count) == ("done", cast.NOW + 4 * MINUTE, 1)
    with pytest.raises(RuleBroken):  # nobody begins a round that is over
        work.start(patrol.pk, actor=cast.guard(), now=cast.NOW + timedelta(hours=9))


def test_a_round_all_of_which_was_walked_in_time_was_over_when_it_was_walked(order):
    patrol = make_round()
    tablet = Tablet(cast.guard())
    tablet.record(patrol, "scan", cast.NOW + 5 * MINUTE, checkpoint="a", method="qr")
    tablet.record(patrol, "scan", cast.NOW + 9 * MINUTE, checkpoint="b", method="nfc")
    deadlines.sweep(cast.NOW + 31 * MINUTE)
    tablet.send(cast.NOW + timedelta(hours=8))
    known = again(patrol)
    assert (known.state, known.missed_count, known.proven) == ("done", 0, True)
    assert known.finished_at == cast.NOW + 9 * MINUTE
    assert known.clocks[0]["stopped_at"] == cast.NOW + 9 * MINUTE


@pytest.mark.parametrize("swept", [(), (31,), (61,), (31, 61)])
def test_a_late_scan_by_a_colleague_does_not_lock_out_the_one_made_in_time(order, swept):
    patrol = make_round()
    ours, theirs = Tablet(cast.guard()), Tablet(cast.second_guard())
    ours.record(patrol, "scan", cast.NOW + 5 * MINUTE, checkpoint="a", method="qr")
    theirs.record(patrol, "scan", cast.NOW + 60 * MINUTE, checkpoint="a", method="qr")
    for minutes in (31, 60, 61):
        if minutes in swept:
            deadlines.sweep(cast.NOW + minutes * MINUTE)
        if minutes == 60:
            assert results(theirs.send(cast.NOW + 60 * MINUTE)) == ["applied"]
            late = again(patrol).checkpoints[0]
            assert (late["state"], late["by"]) == ("missed", "guard-2")
    assert results(ours.send(cast.NOW + timedelta(hours=8))) == ["merged"]
    point = again(patrol).checkpoints[0]
    assert (point["state"], point["by"], point["reported_late"]) == ("done", "guard", True)
    assert [(each["by"], each["at"]) for each in point["others"]] == [("guard-2", cast.NOW + 60 * MINUTE)]
    assert again(patrol).missed_count == 1


def test_the_same_checkpoint_by_two_guards_is_the_first_one_s_and_both_are_kept(order):
    patrol = make_round()
    ours, theirs = Tablet(cast.guard()), Tablet(cast.second_guard())
    ours.record(patrol, "scan", cast.NOW + 2 * MINUTE, checkpoint="a", method="qr")
    theirs.record(patrol, "scan", cast.NOW + MINUTE, checkpoint="a", method="qr")
    assert results(ours.send(LATER)) == ["applied"]
    assert results(theirs.send(LATER)) == ["merged"]
    point = again(patrol).checkpoints[0]
    assert (point["by"], [each["by"] for each in point["others"]]) == ("guard-2", ["guard"])


def test_who_is_too_late_before_the_sweep_has_been_by_is_told_of_as_after_it(order):
    patrol = make_round()
    tablet = Tablet(cast.guard())
    tablet.record(patrol, "scan", cast.NOW + 45 * MINUTE, checkpoint="a", method="qr")
    assert results(tablet.send(cast.NOW + 45 * MINUTE)) == ["applied"]
    known = again(patrol)
    assert (known.checkpoints[0]["state"], known.missed_count) == ("missed", 2)
    told = [intent["template"] for event in known.events for intent in event.to_notify]
    assert told == ["checkpoint-missed"]


def test_a_round_that_was_paused_loses_no_scan(order):
    patrol = make_round()
    tablet, colleague = Tablet(cast.guard()), Tablet(cast.second_guard())
    tablet.record(patrol, "start", cast.NOW + MINUTE)
    tablet.record(patrol, "pause", cast.NOW + 4 * MINUTE, reason="处理纠纷")
    assert results(tablet.send(cast.NOW + 4 * MINUTE)) == ["applied", "applied"]
    colleague.record(patrol, "scan", cast.NOW + 2 * MINUTE, checkpoint="a", method="qr")
    assert results(colleague.send(cast.NOW + 5 * MINUTE)) == ["merged"]
    assert (again(patrol).state, again(patrol).checkpoints[0]["state"]) == ("paused", "done")
    tablet.record(patrol, "scan", cast.NOW + 9 * MINUTE, checkpoint="b", method="qr")
    assert results(tablet.send(LATER))[2:] == ["merged"]
    known = again(patrol)
    assert (known.state, known.missed_count, known.proven) == ("done", 0, True)


def test_a_scan_lets_a_paused_round_go_on_at_the_moment_it_was_made(order):
    patrol = make_round()
    tablet = Tablet(cast.guard())
    tablet.record(patrol, "pause", cast.NOW + 4 * MINUTE, reason="处理纠纷")
    tablet.record(patrol, "scan", cast.NOW + 9 * MINUTE, checkpoint="a", method="qr")
    assert results(tablet.send(LATER)) == ["applied", "applied"]
    known = again(patrol)
    assert (known.state, known.reason) == ("in_progress", None)
    assert known.clocks[0]["pauses"] == [{"from": cast.NOW + 4 * MINUTE, "to": cast.NOW + 9 * MINUTE}]


def test_a_scan_made_by_mistake_is_taken_back_and_both_are_kept(order):
    patrol = make_round()
    tablet = Tablet(cast.guard())
    for minutes, code in ((5, "a"), (6, "b")):
        tablet.record(patrol, "scan", cast.NOW + minutes * MINUTE, checkpoint=code, method="typed")
    assert results(tablet.send(cast.NOW + 7 * MINUTE)) == ["applied", "applied"]
    assert again(patrol).state == "done"
    tablet.record(patrol, "take_back", cast.NOW + 8 * MINUTE, checkpoint="b", reason="输错编号")
    assert results(tablet.send(cast.NOW + 8 * MINUTE))[2:] == ["applied"]
    known = again(patrol)
    assert (known.state, known.finished_at, known.proven) == ("in_progress", None, False)
    assert known.clocks[0]["stopped_at"] is None
    tablet.record(patrol, "scan", cast.NOW + 20 * MINUTE, checkpoint="b", method="qr")
    assert results(tablet.send(cast.NOW + 20 * MINUTE))[3:] == ["applied"]
    point = again(patrol).checkpoints[1]
    assert (point["at"], again(patrol).state) == (cast.NOW + 20 * MINUTE, "done")
    assert [(each["reason"], each["withdrawn_by"]) for each in point["others"]] == [("输错编号", "guard")]


def test_what_was_taken_back_too_late_to_be_made_good_is_called_missed(order):
    patrol = make_round()
    tablet = Tablet(cast.guard())
    for code in ("a", "b"):
        tablet.record(patrol, "scan", cast.NOW + 5 * MINUTE, checkpoint=code, method="typed")
    tablet.record(patrol, "take_back", cast.NOW + 40 * MINUTE, checkpoint="b")
    tablet.send(cast.NOW + 40 * MINUTE)
    deadlines.sweep(cast.NOW + 40 * MINUTE)
    known = again(patrol)
    assert (known.state, known.missed_count, known.clocks[0]["ended"]) == ("done", 1, "missed")
    assert [e.detail["checkpoints"] for e in known.events if e.verb == "checkpoint_missed"] == [["b"]]


# Versions


def test_an_entry_on_a_version_that_the_server_does_not_have_overwrites_nothing(order):
    tablet = Tablet(cast.cleaner())
    tablet.record(order, "answer", item="floor", value="fail", seen=again(order).version + 5)
    tablet.record(order, "complete", seen=again(order).version + 5, answers=[])
    tablet.record(order, "supplement", seen=again(order).version + 5, note="地面有水")
    receipt = tablet.send(LATER)
    assert results(receipt) == ["conflict", "conflict", "applied"]
    assert codes(receipt)[:2] == ["unknown_version"] * 2
    assert (again(order).state, again(order).answers) == ("open", [])


@pytest.mark.parametrize("seen", ["abc", "3", -1, 1.5, True, [1], 10**12])
def test_a_version_that_is_none_is_refused_by_name_and_the_rest_goes_on(order, seen):
    tablet = Tablet(cast.cleaner())
    tablet.record(order, "answer", item="floor", value="fail")["seen"] = seen
    tablet.record(order, "start")
    receipt = tablet.send(LATER)
    assert results(receipt) == ["refused", "applied"]
    assert (receipt.outcomes[0]["code"], receipt.outcomes[0]["field"]) == ("not_integer", "seen")


# Orders that are still to be made


def test_an_entry_for_an_order_that_its_plan_will_make_waits_and_keeps_what_follows(order):
    plan: dict[str, Any] = {
        "name": {"zh": "夜巡"},
        "estate": cast.ESTATE,
        "service": "other",
        "frequency": "daily",
        "times": ["22:00"],
    }
    plan |= {"start_date": "2026-11-01", "assign_to": "department", "department": "security", "duration_minutes": 60}
    cast.publish("plan", "night", plan, cast.NOW - timedelta(days=1))
    key = "plan:night:2026-11-24T22:00"
    tablet = Tablet(cast.guard())
    tablet.record(order, "acknowledge")
    tablet.record((cast.ESTATE, key), "accept")
    tablet.record(order, "supplement", note="之后的")
    soon = cast.NOW + timedelta(hours=10)
    receipt = tablet.send(soon)
    assert (results(receipt), receipt.next_seq) == (["applied", "waiting"], 2)
    make(key, checklist=None)
    receipt = tablet.send(soon + MINUTE)
    assert (results(receipt), receipt.next_seq) == (["applied", "applied", "applied"], 4)
    tablet.record((cast.ESTATE, "plan:night:2026-11-24T21:59"), "accept")
    assert codes(tablet.send(soon + MINUTE))[3] == "unknown_order"
    tablet.record((cast.ESTATE, "plan:night:2026-11-25T22:00"), "accept")
    tablet.record(order, "supplement", note="不必等到明天")
    assert codes(tablet.send(soon + MINUTE))[4:] == ["too_early", None]


def test_a_mistake_of_ours_in_one_verb_does_not_keep_what_follows(order, monkeypatch):
    from store.tablet.verbs import VERBS

    def broken(*args, **kwargs):
        raise ZeroDivisionError

    monkeypatch.setitem(VERBS, "acknowledge", replace(VERBS["acknowledge"], run=broken))
    tablet = Tablet(cast.cleaner())
    tablet.record(order, "acknowledge")
    tablet.record(order, "accept")
    assert codes(tablet.send(LATER)) == ["internal_error", None]


# Without an order


def test_a_shift_is_handed_over_once_signed_by_both(order):
    tablet = Tablet(cast.guard())
    body: dict[str, Any] = {"to": "guard-2", "note": "西门灯坏", "open": [[cast.ESTATE, "k1"]], "signature": PHOTO}
    tablet.record(cast.ESTATE, "hand_over_shift", **body)
    tablet.record(cast.ESTATE, "hand_over_shift", **body, counter_signature="cd" * 32)
    assert codes(tablet.send(LATER)) == ["required", None]
    EntryOutcome.objects.filter(seq=2).delete()  # cut off before the outcome
    assert results(tablet.send(LATER))[1] == "applied"
    handover = ShiftHandover.objects.get()
    assert (handover.handed_by, handover.taken_by, handover.open) == ("guard", "guard-2", [[cast.ESTATE, "k1"]])
    assert handover.at == cast.NOW


def test_a_shift_that_is_handed_over_takes_the_open_orders_of_the_leaver_along(order):
    colleagues = make("theirs", assignee="cleaner")
    tablet = Tablet(cast.guard())
    tablet.record(order, "start")
    keys = [[cast.ESTATE, order.key], [cast.ESTATE, colleagues.key], [cast.ESTATE, "gone"]]
    body: dict[str, Any] = {"to": "guard-2", "open": keys, "signature": PHOTO, "counter_signature": "cd" * 32}
    tablet.record(cast.ESTATE, "hand_over_shift", **body)
    assert results(tablet.send(LATER)) == ["applied", "applied"]
    domains.load("operations")
    relay(LATER)
    passed = WorkOrder.objects.get(pk=order.pk)
    assert passed.assignee == "guard-2"
    last = passed.events[-1]
    assert (last.actor, last.actor_name, last.verb) == ("guard", cast.guard().name, "hand_over")
    assert WorkOrder.objects.get(pk=colleagues.pk).assignee == "cleaner"
    work.hand_over(order.pk, to="guard", actor=cast.second_guard(), now=LATER)
    # The relay was cut off before it marked the record, and comes again.
    ShiftHandover._get_collection().update_one({}, {"$set": {"pending": True, "relayed": 0}})
    relay(LATER)
    assert WorkOrder.objects.get(pk=order.pk).assignee == "guard"


def test_a_hazard_is_reported_once(order):
    tablet = Tablet(cast.guard())
    tablet.record(cast.ESTATE, "report", title="西门灯坏", severity="normal", place="西门", photos=[PHOTO])
    assert results(tablet.send(LATER)) == ["applied"]
    EntryOutcome.objects.delete()
    assert results(tablet.send(LATER + MINUTE)) == ["applied"]
    assert Finding.objects.count() == 1
    assert Photo.objects.get(sha256=PHOTO).waiting == [{"by": "guard", "estate": cast.ESTATE}]
