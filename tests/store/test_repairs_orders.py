"""A repair on its order: diagnosis, quote, consent, materials, and who is sent (clauses 2.2, 3.2)."""

from dataclasses import replace
from datetime import timedelta

import pytest

from store.actor import TabletEntry
from store.charges import rules
from store.errors import Forbidden, Invalid, NotFound, RuleBroken
from store.notices.documents import Notice
from store.notices.relay import relay
from store.repairs import operations as repairs
from store.work import operations as work
from store.work.documents import WorkOrder
from tests import cast
from tests.store import repair_world as world
from tests.store.repair_world import HOUR, MINUTE, current

LATER = cast.NOW + 10 * MINUTE


@pytest.fixture
def request_(database):
    world.make_world()
    return world.intake()


@pytest.fixture
def order(request_):
    return world.arrive(request_, LATER)


def complete_clock(order):
    return next(clock for clock in order.clocks if clock["name"] == "complete")


def test_what_is_broken_is_written_down_and_a_diagnosis_needs_words(order):
    assert repairs.diagnose(order.pk, text="阀芯老化", actor=cast.repairer(), now=LATER).diagnosis == "阀芯老化"
    with pytest.raises(Invalid) as refused:
        repairs.diagnose(order.pk, text=" ", actor=cast.repairer(), now=LATER)
    assert refused.value.field == "text"


def test_the_clock_rests_while_the_resident_decides(order):
    asked = world.quote(order, LATER)
    assert (asked.state, asked.quote["state"], asked.quote["total_fen"]) == ("paused", "asked", 3500)
    assert complete_clock(asked)["due_at"] is None
    answered = world.consent(order, LATER + 5 * HOUR, signature=world.SIGNATURE)
    assert (answered.state, answered.quote["state"], answered.quote["how"]) == ("in_progress", "given", "signature")
    assert complete_clock(answered)["due_at"] == cast.NOW + timedelta(days=1) + 5 * HOUR


def test_so_do_the_promises_of_the_request(order, request_):
    world.quote(order, LATER)
    waiting = current(request_)
    assert (waiting.state, waiting.due_at, waiting.quote["total_fen"]) == ("waiting", None, 3500)
    world.consent(order, LATER + 5 * HOUR)
    going_on = current(request_)
    assert (going_on.state, going_on.quote["state"]) == ("accepted", "given")
    assert going_on.due_at == cast.NOW + timedelta(days=1) + 5 * HOUR


def test_the_desk_is_told_of_a_quote_only_while_it_waits(order, request_):
    world.quote(order, LATER)
    assert Notice.objects(channel="app", template__code="quote-asked").count() == 1
    repairs.quote(order.pk, lines=world.lines(seal=1), actor=cast.repairer(), now=LATER)
    repairs.consent(order.pk, given=True, signature=world.SIGNATURE, actor=cast.repairer(), now=LATER)
    relay(LATER)
    assert Notice.objects(channel="app", template__code="quote-asked").count() == 1
    assert current(request_).quote["state"] == "given"


def test_work_does_not_go_on_without_the_residents_answer(order):
    asked = world.quote(order, LATER)
    assert "resume" not in work.allowed(asked, cast.repairer())
    assert "consent" in work.allowed(asked, cast.repairer())
    with pytest.raises(RuleBroken) as refused:
        work.resume(order.pk, actor=cast.repairer(), now=LATER)
    assert refused.value.code == "consent_missing"
    with pytest.raises(RuleBroken):
        work.complete(order.pk, actor=cast.repairer(), now=LATER)


def test_after_a_refusal_another_quote_may_be_made(order, request_):
    world.quote(order, LATER, valve=2)
    refused = world.consent(order, LATER, given=False, note="太贵")
    assert (refused.state, refused.quote["state"], refused.quote["note"]) == ("in_progress", "refused", "太贵")
    assert Notice.objects(channel="app", template__code="quote-refused").count() == 1
    world.quote(order, LATER, valve=1)
    world.consent(order, LATER)
    assert (current(request_).quote["state"], current(request_).quote["total_fen"]) == ("given", 3500)


def test_a_quote_that_nobody_made_cannot_be_agreed_to(order):
    work.pause(order.pk, reason="等配件", actor=cast.repairer(), now=LATER)
    with pytest.raises(RuleBroken) as refused:
        repairs.consent(order.pk, given=True, actor=cast.repairer(), now=LATER)
    assert refused.value.code == "nothing_to_consent"


def test_materials_take_the_place_of_those_entered_before(order):
    world.use(order, LATER, valve=2, seal=1.5)
    used = world.use(order, LATER, seal=0.5)
    assert [(row["line"], row["amount_fen"]) for row in used.materials] == [("seal", 1000)]
    assert world.use(order, LATER).materials == []


@pytest.mark.parametrize(("code", "quantity", "problem"), [("pump", 1, "unknown_line"), ("valve", 0, "out_of_range")])
def test_wrong_lines_are_refused_and_nothing_is_written(order, code, quantity, problem):
    for verb in (repairs.quote, repairs.materials):
        with pytest.raises(Invalid) as refused:
            verb(order.pk, lines=world.lines(**{code: quantity}), actor=cast.repairer(), now=LATER)
        assert refused.value.code == problem
    assert WorkOrder.objects.get().version == order.version


def test_a_quote_of_nothing_is_refused(order):
    with pytest.raises(Invalid) as refused:
        repairs.quote(order.pk, lines=[], actor=cast.repairer(), now=LATER)
    assert (refused.value.code, refused.value.field) == ("required", "lines")


def test_more_than_was_agreed_to_is_quoted_again_or_knowingly_given_away(order):
    world.quote(order, LATER, valve=1)
    world.consent(order, LATER)
    with pytest.raises(RuleBroken) as refused:
        world.use(order, LATER, valve=4)
    assert refused.value.code == "beyond_quote"
    used = repairs.materials(
        order.pk, lines=world.lines(valve=4), waived=True, actor=cast.repairer(), now=LATER + MINUTE
    )
    assert used.events[-1].detail == {"lines": ["valve"], "waived": True}
    assert rules.total_fen(rules.cost_of(used.to_mongo())) == 3500


def test_what_a_tablet_tells_was_used_already_and_costs_no_more_than_was_agreed_to(order):
    world.quote(order, LATER, valve=1)
    world.consent(order, LATER)
    hands = replace(
        cast.repairer(), entry=TabletEntry("5f0f4a6e-0000-4000-8000-000000000001", cast.TABLET, LATER, LATER)
    )
    used = repairs.materials(order.pk, lines=world.lines(valve=4), actor=hands, now=LATER)
    assert rules.total_fen(rules.cost_of(used.to_mongo())) == 3500


def test_nobody_signs_another_sum_than_is_asked_of_him(order):
    world.quote(order, LATER, valve=2)
    with pytest.raises(RuleBroken) as refused:
        world.consent(order, LATER, signature=world.SIGNATURE, total_fen=20700)
    assert (refused.value.code, refused.value.field) == ("other_sum", "total_fen")
    world.consent(order, LATER, signature=world.SIGNATURE, total_fen=7000)
    world.use(order, LATER, valve=1)
    with pytest.raises(RuleBroken) as refused:
        world.finish(order, LATER, signature=world.SIGNATURE, total_fen=7000)
    assert refused.value.code == "other_sum"
    assert world.finish(order, LATER, signature=world.SIGNATURE, total_fen=3500).state == "done"


def test_who_was_turned_away_has_nothing_to_look_over(database):
    world.make_world()
    items = [{"code": "works", "name": {"zh": "试运行"}, "kind": "pass_fail", "required": True}]
    cast.publish("checklist", "finish", {"name": {"zh": "完工"}, "category": "repair", "items": items}, cast.LONG_AGO)
    world.publish_item(checklist="finish")
    order = world.arrive(world.intake(), LATER)
    world.quote(order, LATER)
    world.consent(order, LATER, given=False)
    left = world.finish(order, LATER, note="未维修")
    assert (left.state, left.proven) == ("done", False)


def test_a_repair_without_a_price_list_cannot_be_quoted(database):
    world.make_world()
    world.publish_item("lamp", price_list=None)
    order = world.arrive(world.intake(item="lamp"), LATER)
    assert not {"quote", "consent", "materials"} & set(work.allowed(order, cast.repairer()))
    for verb in (repairs.quote, repairs.materials):
        with pytest.raises(RuleBroken) as refused:
            verb(order.pk, lines=world.lines(valve=1), actor=cast.repairer(), now=LATER)
        assert refused.value.code == "no_price_list"


def test_the_price_list_in_force_when_the_request_came_in_counts(order, request_):
    world.publish_prices(LATER, price_fen=9900)
    assert world.quote(order, LATER + HOUR).quote["total_fen"] == 3500
    later = world.arrive(world.intake(LATER + HOUR), LATER + 2 * HOUR)
    assert world.quote(later, LATER + 2 * HOUR).quote["total_fen"] == 9900
    assert (current(request_).price_list["revision"], later.price_list["revision"]) == (1, 2)


def test_only_repairs_are_diagnosed_and_quoted(database):
    world.make_world()
    values = {"estate": cast.ESTATE, "key": "k", "kind": "cleaning", "title": "楼道", "state": "in_progress"}
    work.make([values], actor=cast.manager(), now=cast.NOW, timezone="Asia/Shanghai")
    order = WorkOrder.objects.get()
    assert "diagnose" not in work.allowed(order, cast.cleaner())
    with pytest.raises(RuleBroken) as refused:
        repairs.diagnose(order.pk, text="脏", actor=cast.cleaner(), now=LATER)
    assert refused.value.code == "not_a_repair"


def test_strangers_find_nothing_and_auditors_may_not(order):
    with pytest.raises(NotFound):
        repairs.diagnose(order.pk, text="x", actor=cast.stranger(), now=LATER)
    with pytest.raises(Forbidden):
        repairs.quote(order.pk, lines=world.lines(valve=1), actor=cast.auditor(), now=LATER)


def test_a_signature_that_is_no_hash_is_refused(order):
    world.quote(order, LATER)
    with pytest.raises(Invalid):
        repairs.consent(order.pk, given=True, signature="王", actor=cast.repairer(), now=LATER)
    world.consent(order, LATER)
    with pytest.raises(Invalid) as refused:
        work.complete(order.pk, signature="王", actor=cast.repairer(), now=LATER)
    assert refused.value.code == "not_a_hash"


# Who is sent


@pytest.fixture
def crew(database):
    """Two more repairers; the item sends whoever has least to do."""
    world.make_world()
    for code in ("repairer-2", "repairer-3"):
        cast.make_staff(code, cast.LONG_AGO, department="repair")
    world.publish_item("leak", dispatch="by_load")


def sent(now=cast.NOW):
    return world.order_of(world.intake(now, item="leak")).assignee


def test_orders_go_to_whoever_has_the_fewest_and_nobody_is_forgotten(crew):
    assert [sent() for _ in range(4)] == ["repairer", "repairer-2", "repairer-3", "repairer"]
    assert Notice.objects(channel="app", template__code="work-assigned", recipient="repairer-2").count() == 1


def test_finished_orders_are_no_load(crew):
    request = world.intake(item="leak")
    world.finish(world.arrive(request, LATER), LATER)
    assert sent(LATER) == "repairer"


def test_who_is_on_duty_comes_first(crew):
    shift = {"day": 0, "start": "07:00", "end": "19:00", "staff": ["repairer-3", "guard"]}
    cast.make_roster("sunshine-repair", cast.LONG_AGO, shifts=[shift])
    assert [sent() for _ in range(2)] == ["repairer-3", "repairer-3"]
    assert sent(cast.NOW + 12 * HOUR) == "repairer"


def test_an_item_that_does_not_say_so_leaves_its_orders_to_be_taken(crew):
    assert world.order_of(world.intake()).assignee is None
