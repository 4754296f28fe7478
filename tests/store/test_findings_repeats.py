"""Repeats: the same thing at the same place within the policy's days (clause 3.3)."""

from datetime import timedelta

import pytest

from store.findings import operations as findings
from store.findings import rules
from store.findings.documents import Finding
from store.notices.documents import Notice
from tests import cast
from tests.store import finding_chain as chain

DAY = timedelta(days=1)
MOMENT = timedelta(milliseconds=1)
WALLS = [{"item": "floor", "value": "pass"}, {"item": "walls", "value": 2}]


@pytest.fixture
def first(database: object) -> Finding:
    chain.make_world()
    return chain.raised(answers=WALLS)


def test_on_the_last_day_it_is_a_repeat_and_a_moment_later_it_is_not(first):
    later = chain.raised(cast.NOW + 30 * DAY, WALLS, "k2")
    assert later.repeat_of["number"] == first.number
    assert later.repeats == 1
    much_later = chain.raised(cast.NOW + 60 * DAY + MOMENT, WALLS, "k3")
    assert much_later.repeat_of == {}
    assert much_later.repeats == 0


def test_a_repeat_weighs_more_and_says_so(first):
    assert first.severity == "normal"
    later = chain.raised(cast.NOW + DAY, WALLS, "k2")
    assert later.severity == "high"
    assert later.due_at == cast.NOW + DAY + timedelta(minutes=60)
    assert later.events[0].detail["repeat_of"] == first.number
    assert Notice.objects(template__code="finding-repeated", recipient="manager").count() >= 1


def test_another_place_or_item_is_no_repeat(first):
    assert not chain.raised(cast.NOW + DAY, WALLS, "k2", place="5 号楼").repeats
    assert not chain.raised(cast.NOW + DAY, chain.FLOOR_FAILED, "k3").repeats


def test_what_was_cancelled_is_not_repeated(first):
    findings.cancel(first.pk, reason="误报", actor=cast.manager(), now=cast.NOW)
    assert not chain.raised(cast.NOW + DAY, WALLS, "k2").repeats


def test_the_third_time_is_counted(first):
    chain.raised(cast.NOW + DAY, WALLS, "k2")
    assert chain.raised(cast.NOW + 2 * DAY, WALLS, "k3").repeats == 2


def test_words_alone_are_never_a_repeat(first):
    values = {"estate": cast.ESTATE, "title": "灯不亮", "place": "东门"}
    for _ in range(2):
        assert not findings.report(values, actor=cast.guard(), now=cast.NOW).repeats


@pytest.mark.parametrize(("severity", "after"), [("low", "normal"), ("normal", "high"), ("high", "high")])
def test_one_step_worse(severity, after):
    assert rules.worse(severity) == after


def test_days_are_counted_back_from_when_it_was_found():
    assert rules.repeats_since(cast.NOW, 2) == cast.NOW - 2 * DAY
