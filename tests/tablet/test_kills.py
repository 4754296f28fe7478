"""A tablet killed at any moment while somebody works on it: what it has called saved arrives, and once (invariant 13).

`make torture` plays it; `ANJU_FAULT_SEED=7` replays the moments of seed 7.
"""

import os
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import count
from random import Random
from threading import Timer

import pytest
from playwright.sync_api import Error, TimeoutError

from store.findings.documents import Finding
from store.tablet.documents import EntryOutcome
from tests import cast
from tests.tablet.tablets import Tablet

KILLS = 30
SHORTEST, LONGEST = 0.3, 5.0
DEFAULT_SEED = 20261124
POLICY = {
    "name": {"zh": "一般整改"},
    "fallback": True,
    **{f"{name}_minutes": 600 for name in ("high", "normal", "low", "check")},
}


class Reporter:
    """Reports one thing after the other. `tapped` may have been saved; `saved` the screen has said."""

    def __init__(self, hands: Tablet, rng: Random) -> None:
        self.hands, self.rng = hands, rng
        self.tapped: list[str] = []
        self.saved: list[str] = []
        self._titles: Iterator[str] = (f"report {number}" for number in count(1))

    def work_until_killed(self) -> None:
        timer = Timer(self.rng.uniform(SHORTEST, LONGEST), self.hands.lose_power)
        timer.start()
        try:
            self._work()
        except TimeoutError:
            raise
        except Error:
            pass  # the browser is gone
        finally:
            timer.join()
        self.hands.kill()
        self.hands.restart()

    def _work(self) -> None:
        if self.rng.random() < 0.5:
            self.hands.offline()
        self.hands.open("/report")
        self.hands.unlock(cast.guard())
        while True:
            self._report(next(self._titles))
            self.hands.online() if self.rng.random() < 0.5 else self.hands.offline()
            self.hands.go("/report")

    def _report(self, title: str) -> None:
        page = self.hands.page
        page.get_by_label("是什么情况").fill(title)
        page.get_by_label("在哪里").fill("东门")
        self.tapped.append(title)
        page.get_by_role("button", name="上报", exact=True).click()
        page.get_by_role("heading", name="今日").first.wait_for()
        self.saved.append(title)


@pytest.mark.torture
@pytest.mark.timeout(1_200)
def test_nothing_that_was_saved_is_lost_or_doubled_however_often_a_tablet_is_killed(
    tablet: Callable[..., Tablet], capsys: pytest.CaptureFixture[str]
) -> None:
    seed = int(os.environ.get("ANJU_FAULT_SEED", DEFAULT_SEED))
    cast.publish("finding_policy", "general", POLICY, cast.LONG_AGO)
    hands = tablet(cast.guard())
    reporter = Reporter(hands, Random(seed))
    for _ in range(KILLS):
        reporter.work_until_killed()
    hands.open()
    hands.unlock(cast.guard())
    hands.wait_until_sent()

    arrived = Counter(each.title for each in Finding.objects)
    lost = [title for title in reporter.saved if title not in arrived]
    doubled = [title for title, times in arrived.items() if times > 1]
    said = f"seed {seed}  kills {KILLS}  tapped {len(reporter.tapped)}  saved {len(reporter.saved)}"
    with capsys.disabled():
        print(f"\n{said}  arrived {len(arrived)}  lost {len(lost)}  doubled {len(doubled)}")
    assert (lost, doubled) == ([], [])
    assert set(arrived) <= set(reporter.tapped)
    outcomes = list(EntryOutcome.objects.order_by("seq"))
    assert [each.seq for each in outcomes] == list(range(1, len(outcomes) + 1))
    assert {each.result for each in outcomes} == {"applied"}
    assert len(reporter.saved) >= KILLS / 3, "too little was saved for the kills to mean anything"
