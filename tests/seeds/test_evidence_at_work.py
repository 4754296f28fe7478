"""Simulated evidence: small sketches, each kept once; tablets that say how they are; device time beside ours."""

from datetime import timedelta
from random import Random

import pytest

from seeds.pictures import SCENES_OF, Album, drawn, signed
from seeds.simulation import Simulation
from seeds.supervision_at_work import Supervision
from seeds.tablets_at_work import SLOW_SECONDS, UNSENT, Tablets
from store.devices.documents import Device
from store.devices.rules import is_silent, unsent
from store.people.operations import actor_for
from store.photos.documents import Photo
from store.work import operations as work
from store.work.documents import WorkOrder
from tests import cast
from tests.store import finding_chain as chain

SCENES = sorted({scene for scenes in SCENES_OF.values() for scene in scenes})


@pytest.mark.parametrize("scene", SCENES)
def test_a_scene_is_small_and_differs_from_what_was_wrong_with_it(scene):
    assert drawn(scene, False) != drawn(scene, True)
    assert max(len(drawn(scene, wrong)) for wrong in (True, False)) < 12_000


def test_signatures_are_small_and_of_several_hands():
    assert len({signed(n) for n in range(4)}) == 4
    assert max(len(signed(n)) for n in range(4)) < 12_000


def test_a_picture_is_kept_once_for_all_estates_and_shown_in_each(database):
    album = Album()
    before = album.photo("sunshine", "lobby", cast.NOW, wrong=True)
    assert album.photo("riverside", "lobby", cast.NOW, wrong=True) == before
    assert album.put_right("sunshine", before, cast.NOW) == album.photo("sunshine", "lobby", cast.NOW) != before
    assert album.signature("sunshine", Random(1), cast.NOW) == album.signature("sunshine", Random(1), cast.NOW)
    assert Photo.objects.count() == 3
    assert sorted(Photo.objects.get(sha256=before).estates) == ["riverside", "sunshine"]


@pytest.fixture
def tablets(database):
    """Two days in which nothing happens but that tablets report."""
    cast.make_company(cast.LONG_AGO)
    people = {"security": ["guard"], "repair": ["repairer"], "cleaning": ["cleaner"]}
    simulation = Simulation(cast.NOW, cast.NOW + timedelta(days=2), seed=3)
    found = Tablets(
        simulation,
        lambda estate, department: [actor_for(who) for who in people[department] if estate == cast.ESTATE],
    )
    found.begin()
    simulation.run()
    return found


def test_one_tablet_is_silent_with_unsent_entries_and_one_clock_is_slow(tablets):
    until = tablets.simulation.until
    devices = [each.to_mongo() for each in Device.objects]
    assert len(devices) == 3
    silent = [each for each in devices if is_silent(each, until)]
    assert [unsent(each) for each in silent] == [UNSENT]
    assert sorted(each["clock_offset_ms"] for each in devices)[0] == SLOW_SECONDS * 1000
    others = [each for each in devices if each not in silent]
    assert all(timedelta() < until - each["last_contact"] < timedelta(hours=1) for each in others)


def test_whoever_carries_a_tablet_acts_at_its_time(tablets):
    entry = tablets.held(cast.repairer(), cast.NOW).entry
    assert entry is not None
    assert entry.device_at == cast.NOW + timedelta(seconds=SLOW_SECONDS)
    assert entry.device in {each.code for each in Device.objects}
    assert tablets.held(cast.desk(), cast.NOW).entry is None


def test_tablets_are_the_same_in_the_next_run(tablets, database):
    codes = sorted(each.code for each in Device.objects)
    Device.objects.delete()
    tablets.begin()
    assert sorted(each.code for each in Device.objects) == codes


def test_some_finished_work_is_sampled_and_what_is_unfinished_is_left(database, monkeypatch):
    monkeypatch.setattr("seeds.supervision_at_work.SAMPLED", 1000)
    chain.make_world()
    simulation = Simulation(cast.NOW, cast.NOW + timedelta(days=2), seed=3)
    due = cast.NOW + timedelta(hours=1)
    orders = [chain.make_order(key, source={"kind": "plan"}, due_at=due) for key in ("k1", "k2", "k3")]
    work.complete(orders[0].pk, answers=chain.ALL_GOOD, actor=cast.cleaner(), now=cast.NOW)
    work.complete(orders[1].pk, answers=chain.ALL_GOOD, actor=cast.cleaner(), now=cast.NOW)
    for order in orders:
        Supervision(simulation, actor_for).perhaps(order)
    simulation.run()
    assert [len(each.samples) for each in WorkOrder.objects(key__in=["k1", "k2", "k3"]).order_by("key")] == [1, 1, 0]
    assert simulation.refused == 0
