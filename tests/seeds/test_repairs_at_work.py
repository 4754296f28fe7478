"""Simulated repairs run through the whole flow, and the same seed gives the same story (clause 3.2)."""

from datetime import timedelta

from seeds.people_at_work import Company
from seeds.report import account
from seeds.simulation import Simulation
from store.requests import operations as requests
from store.requests.documents import ServiceRequest
from store.work.documents import WorkOrder
from tests import cast
from tests.servers import empty
from tests.store import repair_world as world

REQUESTS = 16


def asking(values):
    return lambda now: requests.create(values, actor=cast.desk(), now=now)


def story():
    """Two weeks of one estate in which nothing but taps drips."""
    world.make_world()
    simulation = Simulation(cast.NOW, cast.NOW + timedelta(days=14), seed=13)
    company = Company(simulation)
    simulation.on_new(WorkOrder, company.take_order)
    simulation.on_new(ServiceRequest, company.take_request)
    values = {"estate": cast.ESTATE, "kind": "repair", "item": "tap", "channel": "phone", "words": "滴水"}
    for n in range(REQUESTS):
        room = f"{n + 1}-101"
        cast.make_household(room, cast.LONG_AGO)
        moment = cast.NOW + n * timedelta(hours=3)
        simulation.at(moment, asking({**values, "household": f"{cast.ESTATE}-{room}"}))
    simulation.run()
    found = account(simulation, cast.NOW)
    return found.ended, found.counts


def test_some_accept_some_dispute_some_say_nothing_and_it_is_the_same_again(database):
    first = story()
    found = list(ServiceRequest.objects)
    assert {(request.acceptance or {}).get("how") for request in found} >= {"told", "tacit", "signature"}
    assert sum(request.disputed for request in found) > 0
    assert {request.quote.get("state") for request in found} >= {"given", "refused"}
    assert sum(bool(request.callback) for request in found) > REQUESTS // 2
    empty(database)
    assert story() == first
