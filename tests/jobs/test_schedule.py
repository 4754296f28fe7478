"""One table: schedule, tasks, queues, Procfile and the web's health pages must say the same."""

import inspect
import re
import subprocess
import sys
from pathlib import Path
from types import FunctionType

from jobs import tasks
from jobs.beating import Counts
from jobs.schedule import ALLOWED, QUEUES, SCHEDULE
from store.health.rules import nudge_seconds

ROOT = Path(__file__).parents[2]
PROCFILE = (ROOT / "Procfile").read_text()


def defined_tasks() -> dict[str, FunctionType]:
    """The public functions that `jobs/tasks.py` itself defines and that return counts."""
    found = inspect.getmembers(tasks, inspect.isfunction)
    return {
        name: each
        for name, each in found
        if each.__module__ == tasks.__name__ and each.__annotations__.get("return") is Counts
    }


def test_every_line_has_its_task_and_every_task_its_line() -> None:
    assert sorted(each.name for each in SCHEDULE) == sorted(defined_tasks())
    assert {f"jobs.tasks.{name}" for name in defined_tasks()} == ALLOWED


def test_names_are_unique_and_fit_for_job_ids() -> None:
    names = [each.name for each in SCHEDULE]
    assert len(names) == len(set(names))
    assert all(re.fullmatch(r"[a-z_]+", name) for name in names)


def test_tasks_take_nothing_and_are_short() -> None:
    for task in defined_tasks().values():
        assert not inspect.signature(task).parameters
        assert len(inspect.getsource(task).splitlines()) < 10


def test_every_task_beats_under_its_own_name() -> None:
    for name, task in defined_tasks().items():
        assert f'run_periodic("{name}"' in inspect.getsource(task)


def test_a_worker_knows_every_kind_of_content_and_record() -> None:
    """Nobody else in a worker's process imports the domains: what is missing there fails only in production."""
    code = "import sys, jobs.tasks; print(*sorted(name for name in sys.modules if name.startswith('store.')))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    domains = (ROOT / "store").glob("*/*.py")
    wanted = {f"store.{each.parent.name}.{each.stem}" for each in domains if each.stem in ("documents", "operations")}
    assert wanted <= set(done.stdout.split())


def test_every_queue_is_used_and_has_a_worker_of_its_own() -> None:
    workers = re.findall(r"^\w+: python -m jobs\.worker (.+)$", PROCFILE, re.MULTILINE)
    assert sorted({each.queue for each in SCHEDULE}) == sorted(QUEUES) == sorted(workers)


def test_the_procfile_runs_a_ticker() -> None:
    assert re.search(r"^\w+: python -m jobs\.ticker$", PROCFILE, re.MULTILINE)


def test_everybody_can_read_what_a_job_is_for() -> None:
    assert all(each.words.zh and each.words.en for each in SCHEDULE)


def test_every_worker_is_asked_at_least_twice_a_minute() -> None:
    for queue in QUEUES:
        assert min(nudge_seconds(each.every_seconds) for each in SCHEDULE if each.queue == queue) <= 30


def test_the_relay_has_a_queue_of_its_own() -> None:
    """An urgent order must not wait behind letters."""
    assert [each.name for each in SCHEDULE if each.queue == "relay"] == ["relay"]
