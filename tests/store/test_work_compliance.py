"""How well rounds were walked: in percent, by route and person, against the standard's threshold (clause 3.5)."""

from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest

from store.work import compliance as rounds
from store.work import operations as work
from store.work.compliance import Figures
from tests import cast

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


def point(code, state="done", minutes=None, by="guard"):
    begins = cast.NOW
    found = {"code": code, "name": code, "opens_at": begins, "closes_at": begins + 30 * MINUTE, "state": state}
    return found | ({"at": begins + minutes * MINUTE, "by": by} if minutes is not None else {})


def round_(*points, route="night", assignee="guard", estate=cast.ESTATE):
    return {"estate": estate, "route": {"code": route}, "assignee": assignee, "checkpoints": list(points)}


def test_early_fast_and_late_scans_are_not_on_time_and_missed_points_are_whose_round_it_was():
    walked = round_(
        point("a", minutes=1),
        point("b", minutes=8),
        point("c", minutes=8.05),
        point("d", minutes=-5, by="guard-2"),
        point("e", "missed", minutes=40),
        point("f", "missed"),
    )
    found = rounds.summed([walked, round_(point("a", minutes=3), route="day")], 60.0)
    assert found.total == Figures(on_time=3, marked=2, late=1, missed=1)
    assert found.by_person == {"guard": Figures(3, 1, 1, 1), "guard-2": Figures(0, 1, 0, 0)}
    assert found.by_route[cast.ESTATE, "night"] == Figures(2, 2, 1, 1)
    assert found.by_route[cast.ESTATE, "day"].percent == 100
    assert [found.is_kept(each) for each in (found.total, found.by_route[cast.ESTATE, "day"])] == [False, True]


def test_a_threshold_that_was_almost_reached_was_not_reached():
    almost = Figures(on_time=9799, missed=201)
    assert almost.percent == 97.9
    assert not rounds.summed([], 98.0).is_kept(almost)


def test_nothing_is_judged_without_a_threshold_or_without_rounds():
    assert rounds.summed([round_(point("a", minutes=1))], None).is_kept(Figures(on_time=1)) is None
    assert rounds.summed([], 98.0).is_kept(Figures()) is None


@pytest.fixture
def walked(database):
    cast.make_company()
    standard = {"name": {"zh": "到位率"}, "category": "security", "indicator": rounds.INDICATOR, "target": 98}
    cast.publish("service_category", "security", {"name": {"zh": "秩序"}}, cast.LONG_AGO)
    cast.publish("service_standard", "rate", {**standard, "unit": "percent", "better": "higher"}, cast.LONG_AGO)
    for key, state, ago in (("new", "done", 1), ("old", "missed", 40), ("running", "in_progress", 0)):
        values = {**round_(point("a", minutes=2), point("b", "missed")), "key": key, "kind": "patrol", "title": key}
        values |= {"state": state, "starts_at": cast.NOW - ago * DAY, "source": {}}
        work.make([values], actor=cast.manager(), now=cast.NOW, timezone="Asia/Shanghai")


def test_the_rounds_of_the_period_that_are_over_are_counted_in_the_reader_s_estates(walked):
    month = partial(rounds.compliance, until=cast.NOW + DAY, now=cast.NOW)
    found = month(cast.NOW - 30 * DAY, actor=cast.manager())
    assert (found.total, found.threshold) == (Figures(on_time=1, missed=1), 98.0)
    assert month(cast.NOW - 50 * DAY, actor=cast.manager()).total.expected == 4
    elsewhere = replace(cast.manager(), estates=frozenset({"elsewhere"}))
    assert month(cast.NOW - 30 * DAY, actor=elsewhere).total.expected == 0
