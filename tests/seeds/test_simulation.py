"""A simulated stretch of the seeded estates: every slot accounted for, and the same seed gives the same story."""

import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from seeds.loader import estates, load
from seeds.people_at_work import Company
from seeds.report import account, lines
from seeds.simulating import SimulationFailed, Span, drawn_outages, run_apart, scratch_uri
from seeds.simulation import Outage, Simulation
from store.actor import SYSTEM
from store.findings.documents import Finding
from store.requests import operations as requests
from store.requests.documents import ServiceRequest
from store.work.documents import WorkOrder
from tests.servers import empty

START = datetime(2026, 3, 1, 16, 0, tzinfo=UTC)


def story(hours, seed=1, outages=()):
    """The report of a run on a fresh database, as a list of lines."""
    load(START)
    simulation = Simulation(START, START + timedelta(hours=hours), seed, list(outages))
    Company(simulation).come_to_work()
    simulation.run()
    return list(lines(account(simulation, START)))


@pytest.fixture
def outage():
    return Outage(START + timedelta(hours=3), START + timedelta(hours=9))


def test_every_slot_is_made_or_skipped_with_a_reason_whether_workers_run_or_not(database, outage):
    total = next(line for line in story(12, outages=[outage]) if line.startswith("total")).split()
    slots, made, skipped, missing, doubled = map(int, total[1:6])
    assert slots == made + skipped > 10
    assert (missing, doubled) == (0, 0)
    accounts = list(WorkOrder.objects(state="skipped"))
    assert len(accounts) == skipped > 0
    assert all(order.reason and order.slot["reason"] in ("missed", "superseded") for order in accounts)


def test_the_same_seed_tells_the_same_story(database):
    first = story(6)
    empty(database)
    assert story(6) == first


def test_who_hears_what_is_written_tells_the_same_story_with_fewer_questions(settings):
    environment = {**os.environ, "MONGODB_URI": settings.mongodb_uri, "REDIS_URL": settings.redis_url}
    environment["SECRET_KEY"] = settings.secret_key
    # In a process of its own: the listener belongs to the client, and the client here is all tests'.
    run = subprocess.run([sys.executable, "-m", "tests.seeds.heard"], env=environment, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    deaf, hearing = json.loads(run.stdout)
    assert hearing["story"] == deaf["story"]
    assert hearing["commands"] < 0.95 * deaf["commands"]


def left_behind(database):
    """Of the scratch databases of the estates, beside the one of these tests."""
    there = database.client.list_database_names()
    return {code for code in estates() if f"{database.name}_simulation_{code}" in there}


def test_estates_that_are_simulated_apart_are_accounted_for_together(settings, database):
    days: list[int] = []
    span = Span(settings, START, 1, 1, 0)
    found = run_apart(span, estates(), days.append)
    told = list(lines(found))
    assert sum(days) == len(estates())
    assert {line.estate for line in found.drills} == set(estates())
    total = next(line for line in told if line.startswith("total")).split()
    assert int(total[1]) == sum(line.slots for line in found.plans) > 30
    assert sum(line.missing + line.doubled for line in found.plans) == 0
    assert found.counts["orders"] > 30
    assert list(lines(run_apart(span, estates(), days.append))) == told
    assert left_behind(database) == set()


def test_a_part_that_ends_without_its_account_ends_the_whole(settings, database):
    with pytest.raises(SimulationFailed):
        run_apart(Span(settings, START, 1, 1, 0), ["no-such-estate", "sunshine"], lambda _: None)
    # The other one was cut off in the middle.
    assert left_behind(database) == set()


def test_outages_do_not_overlap():
    found = drawn_outages(START, 365, 7, 6)
    assert len(found) == 6
    assert all(earlier.until < later.since for earlier, later in pairwise(found))


def test_what_is_made_at_the_very_moment_of_a_turn_is_seen(database):
    """A demo estate begins at midnight and people act on full minutes: turns and acts fall on the same moments."""
    load(START)
    simulation = Simulation(START, START + timedelta(minutes=5), seed=1)
    seen = []
    simulation.on_new(ServiceRequest, lambda request, now: seen.append(request.number))
    values = {"estate": "sunshine", "kind": "enquiry", "item": "enquiry-fees", "channel": "desk", "words": "物业费"}
    for minute in range(4):
        moment = START + timedelta(minutes=minute)
        simulation.at(moment, lambda now: requests.create(values, actor=SYSTEM, now=now))
    simulation.run()
    assert seen == [request.number for request in ServiceRequest.objects.order_by("number")]
    assert len(seen) == 4


def test_what_is_found_is_put_right_and_judged_by_another_person(database, monkeypatch):
    """With many failures in a short time, so that a day and a half are enough."""
    monkeypatch.setattr("seeds.people_at_work.FAILED", 250)
    monkeypatch.setattr("seeds.findings_at_work.SENT_BACK", 50)
    told = next(line for line in story(34) if line.startswith("findings"))
    states = {each.state for each in Finding.objects}
    assert {"open", "closed"} <= states, told
    assert any(len(each.rounds) > 1 for each in Finding.objects), told
    assert any(each.repeats for each in Finding.objects), told
    judged = [(each, check) for found in Finding.objects for each in found.rounds if (check := each.get("check"))]
    assert judged
    assert all(check["by"] not in each["hands"] for each, check in judged)


@pytest.mark.parametrize(
    ("uri", "scratch"),
    [
        ("mongodb://h:27017/anju?replicaSet=rs0", "mongodb://h:27017/anju_simulation_sunshine?replicaSet=rs0"),
        ("mongodb://h:27017/?replicaSet=rs0", "mongodb://h:27017/anju_simulation_sunshine?replicaSet=rs0"),
        ("mongodb://u:p@h:27017,i:27017", "mongodb://u:p@h:27017,i:27017/anju_simulation_sunshine"),
    ],
)
def test_the_scratch_database_stands_beside_the_real_one(uri, scratch):
    assert scratch_uri(uri, "sunshine") == scratch
