"""Who has made work for another job wakes it, and nobody is woken twice for the same."""

from typing import Any

import pytest
from redis.exceptions import ConnectionError as RedisGone

from jobs.beating import run_periodic
from jobs.queues import queue
from jobs.schedule import BY_NAME, SCHEDULE, WAKES
from jobs.waking import Waker, waker


@pytest.fixture
def own(redis: Any) -> Waker:
    found = Waker()
    found.use(redis)
    return found


def waiting(redis: Any, name: str) -> list[str | None]:
    return [job.func_name for job in queue(name, redis).jobs]


@pytest.mark.parametrize(("name", "following"), WAKES.items())
def test_who_makes_work_wakes_who_carries_it_on(own: Waker, redis: Any, name: str, following: str) -> None:
    own.wake_after(name)
    assert waiting(redis, BY_NAME[following].queue) == [f"jobs.tasks.{following}"]


def test_while_a_nudge_waits_there_is_no_second_one(own: Waker, redis: Any) -> None:
    for _ in range(3):
        own.wake_after("relay")
    assert len(waiting(redis, "notices")) == 1


def test_nobody_is_woken_by_jobs_that_make_no_work(own: Waker, redis: Any) -> None:
    for each in SCHEDULE:
        if each.name not in WAKES:
            own.wake_after(each.name)
    assert not any(waiting(redis, each.queue) for each in SCHEDULE)


def test_a_wake_without_redis_is_left_to_the_next_tick(own: Waker, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(*_: Any) -> int:
        raise RedisGone("away")

    monkeypatch.setattr("rq.Queue.count", property(gone))
    own.wake_after("relay")


def test_a_run_wakes_with_every_batch_in_which_something_was_done(
    database: Any, redis: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    woken: list[str] = []
    monkeypatch.setattr(waker, "wake_after", woken.append)
    batches = [5, 5, 0]
    run_periodic("relay", lambda _: batches.pop(0), 5)
    run_periodic("relay", lambda _: 0, 5)
    assert woken == ["relay", "relay"]
