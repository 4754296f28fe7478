"""The finding chain: failed, put right, re-inspected by somebody else, closed or sent back (clauses 3.3–3.5)."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from store import domains
from store.actor import TabletEntry
from store.deadlines import rules as clocks
from store.deadlines.operations import sweep
from store.errors import Conflict, Forbidden, Invalid, NotFound, RuleBroken
from store.findings import operations as findings
from store.findings.documents import Finding
from store.notices.documents import Notice
from store.notices.relay import relay
from store.work import evidence
from store.work import operations as work
from store.work.documents import WorkOrder
from tests import cast
from tests.store import finding_chain as chain

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


@pytest.fixture
def world(database):
    chain.make_world()


def refused(error: pytest.ExceptionInfo) -> str:
    return str(error.value.code)


def test_a_failed_item_becomes_a_finding_with_a_deadline_and_an_order(world):
    finding = chain.raised()
    assert (finding.state, finding.severity, finding.place) == ("open", "high", "3 号楼")
    assert finding.title == "地面干净（不合格）"
    assert finding.note == "3 楼"
    assert finding.key == "k1:floor"
    assert finding.number.startswith("F-")
    assert finding.due_at == cast.NOW + 60 * MINUTE
    assert finding.department == "cleaning"
    assert finding.events[0].actor == "cleaner"
    order = chain.rectification(finding)
    assert (order.kind, order.priority, order.due_at) == ("rectification", 2, finding.due_at)
    assert order.clocks[0]["policy"]["code"] == "finding-chain"


def test_a_passed_inspection_raises_nothing(world):
    work.complete(chain.make_order().pk, answers=chain.ALL_GOOD, actor=cast.cleaner(), now=cast.NOW)
    relay(cast.NOW)
    assert Finding.objects.count() == 0


def test_every_failed_item_is_a_finding_of_its_own(world):
    chain.raised(answers=chain.BOTH_FAILED)
    assert sorted(each.key for each in Finding.objects) == ["k1:floor", "k1:walls"]


def test_a_checklist_may_do_without_findings(database):
    chain.make_world(raises_findings=False)
    work.complete(chain.make_order().pk, answers=chain.FLOOR_FAILED, actor=cast.cleaner(), now=cast.NOW)
    relay(cast.NOW)
    assert Finding.objects.count() == 0


def test_completion_and_findings_are_one_write(world):
    order = work.complete(chain.make_order().pk, answers=chain.BOTH_FAILED, actor=cast.cleaner(), now=cast.NOW)
    assert order.version == 2
    assert [each["kind"] for each in order.events[-1].to_make] == ["finding", "finding"]
    assert order.pending


def test_the_relay_may_come_as_often_as_it_likes(world):
    finding = chain.raised()
    WorkOrder.objects(key="k1").update(set__pending=True, set__relayed=0)
    relay(cast.NOW)
    assert Finding.objects.count() == 1
    assert WorkOrder.objects(kind="rectification").count() == 1
    assert chain.again(finding).version == 1


def test_two_completions_at_once_raise_each_finding_once(world):
    order = chain.make_order()

    def complete(_: int) -> str:
        try:
            work.complete(order.pk, answers=chain.BOTH_FAILED, actor=cast.cleaner(), now=cast.NOW)
            relay(cast.NOW)
        except (Conflict, RuleBroken) as error:
            return error.code
        return "done"

    with ThreadPoolExecutor(4) as pool:
        outcomes = list(pool.map(complete, range(4)))
    assert outcomes.count("done") == 1
    relay(cast.NOW)
    assert Finding.objects.count() == 2
    assert WorkOrder.objects(kind="rectification").count() == 2


def test_what_was_raised_on_the_way_is_not_raised_again(world):
    order = chain.make_order()
    work.raise_finding(
        order.pk,
        title="地面有油",
        item="floor",
        severity="low",
        photos=[chain.PHOTO],
        actor=cast.cleaner(),
        now=cast.NOW,
    )
    relay(cast.NOW)
    work.complete(order.pk, answers=chain.BOTH_FAILED, actor=cast.cleaner(), now=cast.NOW + MINUTE)
    relay(cast.NOW + MINUTE)
    found = {each.key: each for each in Finding.objects}
    assert sorted(found) == ["k1:floor", "k1:walls"]
    assert [each["key"] for each in chain.order_of("k1").findings] == ["k1:floor", "k1:walls"]
    assert (found["k1:floor"].title, found["k1:floor"].severity) == ("地面有油", "low")
    assert found["k1:floor"].rounds[0]["before"] == [chain.PHOTO]


def test_an_item_is_raised_once_and_a_checkpoint_as_often_as_needed(world):
    point = {"code": "gate", "name": {"zh": "大门"}, "place": "南门", "state": "done"}
    order = chain.make_order(checkpoints=[point], kind="patrol")
    given: dict[str, Any] = {"title": "灯不亮", "actor": cast.guard(), "now": cast.NOW}
    work.raise_finding(order.pk, item="floor", **given)
    with pytest.raises(RuleBroken) as twice:
        work.raise_finding(order.pk, item="floor", **given)
    assert refused(twice) == "already_raised"
    for _ in range(2):
        work.raise_finding(order.pk, checkpoint="gate", **given)
    relay(cast.NOW)
    assert sorted(each.key for each in Finding.objects) == ["k1:floor", "k1:gate", "k1:gate:2"]
    assert Finding.objects.get(key="k1:gate").place == "南门"


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"title": ""}, "required"),
        ({"title": "灯", "severity": "huge"}, "not_a_choice"),
        ({"title": "灯", "item": "roof"}, "unknown_item"),
        ({"title": "灯", "checkpoint": "roof"}, "unknown_checkpoint"),
        ({"title": "灯", "photos": [f"{n:064x}" for n in range(21)]}, "too_many"),
        ({"title": "灯", "colour": "red"}, "unknown_field"),
    ],
)
def test_a_wrong_finding_is_refused_by_name(world, values, code):
    with pytest.raises(Invalid) as error:
        work.raise_finding(chain.make_order().pk, **values, actor=cast.cleaner(), now=cast.NOW)
    assert error.value.problems[0].code == code


def test_what_is_raised_is_as_severe_as_its_item_unless_somebody_says_otherwise(world):
    order = chain.make_order()
    raised = work.raise_finding(order.pk, title="地面", item="floor", actor=cast.cleaner(), now=cast.NOW)
    assert raised.findings[0]["severity"] == "high"
    other = chain.make_order("k2")
    said: dict[str, Any] = {"title": "地面", "item": "floor", "severity": "low"}
    assert work.raise_finding(other.pk, **said, actor=cast.cleaner(), now=cast.NOW).findings[0]["severity"] == "low"
    third = work.raise_finding(other.pk, title="门", actor=cast.cleaner(), now=cast.NOW)
    assert third.findings[1]["severity"] == "normal"


def answered(order: WorkOrder, value: str, **more: Any) -> WorkOrder:
    return evidence.answer(order.pk, item="floor", value=value, actor=cast.cleaner(), now=cast.NOW, **more)


def failed(order: WorkOrder) -> WorkOrder:
    answered(order, "fail", note="油渍")
    done = work.raise_finding(order.pk, title="地面", item="floor", actor=cast.cleaner(), now=cast.NOW)
    relay(cast.NOW)
    return done


def test_a_corrected_item_takes_its_finding_back_and_both_answers_stay(world):
    order = failed(chain.make_order())
    right = answered(order, "pass", note="看错了")
    relay(cast.NOW)
    finding = chain.newest()
    assert (finding.state, finding.events[-1].actor) == ("cancelled", "cleaner")
    assert finding.reason == "「地面干净」由不合格改为合格：看错了"
    assert chain.rectification(finding).state == "cancelled"
    assert (right.findings[0]["withdrawn_by"], right.findings[0]["reason"]) == ("cleaner", finding.reason)
    (stored,) = right.answers
    assert (stored["value"], stored["note"]) == ("pass", "看错了")
    assert [(each["value"], each["note"], each["by"]) for each in stored["before"]] == [("fail", "油渍", "cleaner")]
    assert right.events[-1].detail == {"item": "floor", "before": "fail", "value": "pass"}


def test_an_item_that_fails_after_all_is_a_finding_of_its_own(world):
    order = failed(chain.make_order())
    answered(order, "pass")
    failed(order)
    assert [each.state for each in Finding.objects.order_by("number")] == ["cancelled", "open"]
    keys = [each["key"] for each in chain.order_of("k1").findings]
    assert keys == ["k1:floor", "k1:floor:2"]


def test_a_correction_that_comes_with_the_completion_counts_too(world):
    order = failed(chain.make_order())
    done = work.complete(order.pk, answers=chain.ALL_GOOD, actor=cast.cleaner(), now=cast.NOW)
    relay(cast.NOW)
    assert [bool(each.get("withdrawn_at")) for each in done.findings] == [True]
    assert chain.newest().state == "cancelled"
    bad = failed(chain.make_order("k2"))
    mixed: list[dict[str, Any]] = [{"item": "floor", "value": "pass"}, {"item": "walls", "value": 2}]
    work.complete(bad.pk, answers=mixed, actor=cast.cleaner(), now=cast.NOW)
    relay(cast.NOW)
    found = chain.order_of("k2").findings
    assert [(each["item"], bool(each.get("withdrawn_at"))) for each in found] == [("floor", True), ("walls", False)]


def test_what_was_closed_meanwhile_stays_closed_when_its_item_is_corrected(world):
    order = failed(chain.make_order())
    finding = chain.newest()
    chain.put_right(finding, cast.NOW)
    work.verdict(chain.reinspection(finding).pk, passed=True, actor=cast.supervisor(), now=cast.NOW)
    relay(cast.NOW)
    answered(order, "pass")
    relay(cast.NOW)
    assert chain.again(finding).state == "closed"


def test_a_finding_is_raised_after_the_round_has_ended_too(world):
    order = chain.make_order(state="missed")
    work.raise_finding(order.pk, title="灯不亮", actor=cast.guard(), now=cast.NOW)
    with pytest.raises(RuleBroken):
        work.raise_finding(chain.make_order("k2", state="cancelled").pk, title="灯", actor=cast.guard(), now=cast.NOW)


def test_put_right_it_goes_to_somebody_else(world):
    finding = chain.raised()
    chain.put_right(finding, cast.NOW + 10 * MINUTE)
    finding = chain.again(finding)
    assert (finding.state, finding.rounds[0]["by"]) == ("rectified", "cleaner")
    assert clocks.state(finding.clocks[0], cast.NOW + HOUR) == "met"
    assert finding.due_at == cast.NOW + 130 * MINUTE
    order = chain.reinspection(finding)
    assert (order.kind, order.barred) == ("reinspection", ["cleaner"])
    assert order.assignee not in (None, "cleaner")
    assert Notice.objects(template__code="finding-to-check", recipient=order.assignee).count() >= 1


def test_whoever_put_it_right_cannot_judge_it_by_any_verb(world):
    finding = chain.raised()
    rectifier = cast.supervisor()
    chain.put_right(finding, cast.NOW + MINUTE, by=rectifier)
    order, now = chain.reinspection(finding), cast.NOW + 2 * MINUTE
    assert order.assignee != "security-lead"
    for verb in (work.accept, work.start):
        with pytest.raises(RuleBroken) as error:
            verb(order.pk, actor=rectifier, now=now)
        assert refused(error) == "same_person"
    with pytest.raises(RuleBroken) as error:
        work.verdict(order.pk, passed=True, actor=rectifier, now=now)
    assert refused(error) == "same_person"
    with pytest.raises(RuleBroken) as error:
        work.assign(order.pk, to="security-lead", actor=cast.manager(), now=now)
    assert refused(error) == "same_person"
    assert not {"accept", "start", "verdict"} & set(work.allowed(order, rectifier))
    assert chain.again(finding).state == "rectified"


def test_everybody_who_had_a_hand_in_it_is_barred(world):
    finding = chain.raised()
    order = chain.rectification(finding)
    work.start(order.pk, actor=cast.guard(), now=cast.NOW + MINUTE)
    chain.put_right(finding, cast.NOW + 2 * MINUTE, by=cast.gardener())
    assert sorted(chain.reinspection(finding).barred) == ["gardener", "guard"]


def test_a_reinspection_ends_with_a_verdict_only(world):
    finding = chain.raised()
    chain.put_right(finding, cast.NOW + MINUTE)
    order = chain.reinspection(finding)
    with pytest.raises(RuleBroken) as error:
        work.complete(order.pk, actor=cast.supervisor(), now=cast.NOW + HOUR)
    assert refused(error) == "verdict_needed"
    with pytest.raises(RuleBroken) as error:
        work.verdict(chain.make_order("k9").pk, passed=True, actor=cast.supervisor(), now=cast.NOW)
    assert refused(error) == "not_a_reinspection"


def test_a_pass_closes_it(world):
    finding = chain.raised()
    chain.put_right(finding, cast.NOW + MINUTE)
    finding = chain.judged(finding, cast.NOW + HOUR, passed=True)
    assert (finding.state, finding.closed_at) == ("closed", cast.NOW + HOUR)
    assert finding.rounds[0]["check"]["by"] == "security-lead"
    assert all(each["stopped_at"] for each in finding.clocks)
    assert [each.verb for each in finding.events] == ["raise", "rectify", "close"]
    assert Notice.objects(template__code="finding-closed", recipient="cleaner").count() >= 1


def test_a_fail_sends_it_back_to_the_next_round(world):
    finding = chain.raised()
    chain.put_right(finding, cast.NOW + MINUTE)
    finding = chain.judged(finding, cast.NOW + HOUR, passed=False)
    assert (finding.state, len(finding.rounds)) == ("open", 2)
    assert finding.due_at == cast.NOW + 2 * HOUR
    order = chain.rectification(finding, 2)
    assert (order.assignee, order.state) == ("cleaner", "open")
    chain.put_right(finding, cast.NOW + 2 * HOUR, 2)
    finding = chain.judged(finding, cast.NOW + 3 * HOUR, passed=True, number=2)
    assert (finding.state, [each["check"]["passed"] for each in finding.rounds]) == ("closed", [False, True])


def test_a_failed_verdict_says_why(world):
    finding = chain.raised()
    chain.put_right(finding, cast.NOW + MINUTE)
    with pytest.raises(Invalid) as error:
        work.verdict(chain.reinspection(finding).pk, passed=False, actor=cast.supervisor(), now=cast.NOW + HOUR)
    assert error.value.problems[0].field == "note"


def test_a_photo_of_before_asks_for_one_of_after(world):
    answers = [{"item": "floor", "value": "fail", "photos": [chain.PHOTO]}, {"item": "walls", "value": 9}]
    finding = chain.raised(answers=answers)
    order = chain.rectification(finding)
    assert order.photos == [{"hash": chain.PHOTO, "role": "before"}]
    with pytest.raises(RuleBroken) as error:
        work.complete(order.pk, actor=cast.cleaner(), now=cast.NOW + MINUTE)
    assert refused(error) == "photo_after_needed"
    WorkOrder.objects(pk=order.pk).update(push__photos={"hash": chain.PHOTO_AFTER, "role": "after"})
    chain.put_right(finding, cast.NOW + MINUTE)
    last = chain.again(finding).rounds[0]
    assert (last["before"], last["after"]) == ([chain.PHOTO], [chain.PHOTO_AFTER])


def test_the_same_word_is_heard_once(world):
    finding = chain.raised()
    order = chain.put_right(finding, cast.NOW + MINUTE)
    WorkOrder.objects(pk=order.pk).update(set__pending=True, set__relayed=0)
    relay(cast.NOW + 2 * MINUTE)
    assert chain.again(finding).version == 2
    assert WorkOrder.objects(kind="reinspection").count() == 1


def test_an_order_of_a_finding_is_not_cancelled_by_itself(world):
    finding = chain.raised()
    with pytest.raises(RuleBroken) as error:
        work.cancel(chain.rectification(finding).pk, reason="不做了", actor=cast.manager(), now=cast.NOW)
    assert refused(error) == "cancel_the_finding"


def test_a_cancelled_finding_takes_its_order_with_it(world):
    finding = chain.raised()
    with pytest.raises(Invalid):
        findings.cancel(finding.pk, reason=" ", actor=cast.manager(), now=cast.NOW)
    with pytest.raises(Forbidden):
        findings.cancel(finding.pk, reason="误报", actor=cast.cleaner(), now=cast.NOW)
    findings.cancel(finding.pk, reason="误报", actor=cast.manager(), now=cast.NOW + MINUTE)
    relay(cast.NOW + MINUTE)
    assert chain.rectification(finding).state == "cancelled"
    assert chain.again(finding).state == "cancelled"
    with pytest.raises(RuleBroken):
        findings.cancel(finding.pk, reason="再来", actor=cast.manager(), now=cast.NOW + HOUR)


def test_a_verdict_on_a_finding_that_was_cancelled_meanwhile_changes_nothing(world):
    finding = chain.raised()
    chain.put_right(finding, cast.NOW + MINUTE)
    work.verdict(chain.reinspection(finding).pk, passed=True, actor=cast.supervisor(), now=cast.NOW + HOUR)
    findings.cancel(finding.pk, reason="误报", actor=cast.manager(), now=cast.NOW + HOUR)
    relay(cast.NOW + HOUR)
    assert chain.again(finding).state == "cancelled"
    assert chain.reinspection(finding).state == "done"


def test_another_severity_moves_the_deadline_of_finding_and_order(world):
    finding = chain.raised()
    now = cast.NOW + 10 * MINUTE
    findings.set_severity(finding.pk, severity="normal", reason="不影响通行", actor=cast.manager(), now=now)
    relay(now)
    order = chain.rectification(finding)
    assert chain.again(finding).due_at == order.due_at == cast.NOW + 240 * MINUTE
    assert order.priority == 3
    with pytest.raises(Invalid):
        findings.set_severity(finding.pk, severity="huge", reason="x", actor=cast.manager(), now=now)


def test_the_order_escalates_at_its_deadline_and_not_before(world):
    finding = chain.raised()
    sweep(finding.due_at - MINUTE)
    assert not [each for each in chain.rectification(finding).events if each.verb == "escalate"]
    sweep(finding.due_at)
    assert [each for each in chain.rectification(finding).events if each.verb == "escalate"]


def test_put_right_at_its_deadline_is_on_time_and_a_moment_later_is_not(world):
    finding = chain.raised()
    chain.put_right(finding, finding.due_at)
    assert clocks.state(chain.again(finding).clocks[0], finding.due_at) == "met"
    late = chain.raised(key="k2", place="5 号楼")
    chain.put_right(late, late.due_at + MINUTE)
    assert clocks.state(chain.again(late).clocks[0], late.due_at + HOUR) == "late"


def test_a_hazard_is_reported_without_an_order(world):
    hazard = {"name": {"zh": "消防通道堵塞"}, "severity": "high", "clause": "3.5", "department": "security"}
    cast.publish("hazard", "fire-lane", hazard, cast.LONG_AGO)
    values = {"estate": cast.ESTATE, "title": "消防通道停车", "place": "东门", "hazard": "fire-lane"}
    finding = findings.report(values, actor=cast.guard(), now=cast.NOW)
    assert (finding.severity, finding.clause, finding.department) == ("high", "3.5", "security")
    assert finding.policy["code"] == "others"
    relay(cast.NOW)
    assert chain.rectification(finding).department == "security"


@pytest.mark.parametrize(
    ("changes", "code"),
    [({"place": ""}, "required"), ({"hazard": "nothing"}, "reference_missing"), ({"severity": "x"}, "not_a_choice")],
)
def test_a_wrong_report_is_refused_by_name(world, changes, code):
    values = {"estate": cast.ESTATE, "title": "灯", "place": "东门", **changes}
    with pytest.raises(Invalid) as error:
        findings.report(values, actor=cast.guard(), now=cast.NOW)
    assert error.value.problems[0].code == code


def test_a_report_is_for_ones_own_estate(world):
    values = {"estate": cast.ESTATE, "title": "灯", "place": "东门"}
    with pytest.raises(NotFound):
        findings.report(values, actor=cast.stranger(), now=cast.NOW)
    with pytest.raises(Forbidden):
        findings.report(values, actor=cast.auditor(), now=cast.NOW)


def test_what_a_tablet_reports_twice_is_made_once(world):
    actor = replace(cast.guard(), entry=TabletEntry(operation="op-1", at=cast.NOW - HOUR))
    values = {"estate": cast.ESTATE, "title": "灯不亮", "place": "东门"}
    first = findings.report(values, actor=actor, now=cast.NOW)
    second = findings.report(values, actor=actor, now=cast.NOW + MINUTE)
    assert first.pk == second.pk
    assert first.found_at == cast.NOW - HOUR
    assert first.due_at == cast.NOW + 240 * MINUTE


def test_supervision_samples_finished_work_only(world):
    order = chain.make_order()
    given: dict[str, Any] = {"title": "墙角未清", "actor": cast.supervisor(), "now": cast.NOW}
    with pytest.raises(RuleBroken):
        work.supervise(order.pk, **given)
    work.complete(order.pk, answers=chain.ALL_GOOD, actor=cast.cleaner(), now=cast.NOW)
    with pytest.raises(Forbidden):
        work.supervise(order.pk, **{**given, "actor": cast.cleaner()})
    work.supervise(order.pk, **given)
    work.supervise(order.pk, **{**given, "title": "垃圾未倒"})
    relay(cast.NOW)
    assert [each.source["kind"] for each in Finding.objects] == ["supervision", "supervision"]
    assert {each.clause for each in Finding.objects} == {"8.1"}


def test_a_good_sample_is_kept_and_makes_no_finding(world):
    order = chain.make_order()
    work.complete(order.pk, answers=chain.ALL_GOOD, actor=cast.cleaner(), now=cast.NOW)
    given: dict[str, Any] = {"verdict": "good", "actor": cast.supervisor(), "now": cast.NOW + HOUR}
    for wrong in ({"title": "墙角未清"}, {"verdict": "fine"}, {"photos": ["x"]}):
        with pytest.raises(Invalid):
            work.supervise(order.pk, **{**given, **wrong})
    work.supervise(order.pk, **given, note="现场干净", photos=[chain.PHOTO])
    relay(cast.NOW)
    assert Finding.objects.count() == 0
    sample = chain.order_of("k1").samples[0]
    assert (sample["verdict"], sample["by"], sample["at"]) == ("good", cast.supervisor().code, cast.NOW + HOUR)
    assert (sample["note"], sample["photos"]) == ("现场干净", [chain.PHOTO])


def test_nobody_finds_his_own_work_good(world):
    order = chain.make_order()
    work.complete(order.pk, answers=chain.ALL_GOOD, actor=cast.supervisor(), now=cast.NOW)
    with pytest.raises(RuleBroken) as refused:
        work.supervise(order.pk, verdict="good", actor=cast.supervisor(), now=cast.NOW)
    assert refused.value.code == "same_person"
    work.supervise(order.pk, title="墙角未清", actor=cast.supervisor(), now=cast.NOW)
    assert chain.order_of("k1").samples[0]["verdict"] == "finding"


def test_a_finding_without_any_policy_has_no_deadline_and_goes_its_way(database):
    domains.load("operations")
    cast.make_company(cast.LONG_AGO)
    finding = findings.report({"estate": cast.ESTATE, "title": "灯", "place": "门"}, actor=cast.guard(), now=cast.NOW)
    assert (finding.clocks, finding.due_at) == ([], None)
    relay(cast.NOW)
    chain.put_right(finding, cast.NOW + MINUTE, by=cast.guard())
    assert chain.judged(finding, cast.NOW + HOUR, passed=True).state == "closed"
