"""MongoDB is killed, frozen, or changes its primary under the web server: no defect is shown and nothing is lost."""

import os
import re
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from pymongo import MongoClient

from embedded.mongod import Mongod
from tests.faults.clients import Program
from tests.faults.crew import until
from tests.faults.tally import Row
from tests.faults.three_nodes import ThreeNodes
from tests.faults.web import Told, Web

Begin = Callable[[str], Row]
pytestmark = [pytest.mark.server, pytest.mark.timeout(400)]
INTAKE = {"kind": "enquiry", "channel": "phone", "words": "询问"}
# Pages of people and programs: of the office, of tablets, of the API.
DOORS = ("/login", "/tablet/", "/api/v1/requests", "/api/v1/field/bundle", "/readyz", "/metrics")


class Desk(Program):
    """A program that takes in requests, and sends again what it has no answer to."""

    def __init__(self, web: Web) -> None:
        super().__init__(web, web.flask("user", "token", "desk", "--scope", "all").strip())
        found = self.get("/api/v1/content/service_item?limit=1").json["data"][0]
        self._body = {**INTAKE, "item": found["code"], "estate": self.get("/api/v1/estates").json["data"][0]["code"]}

    @property
    def seen(self) -> Counter[int]:
        return self.answers.statuses

    def take_in(self, key: str) -> Told:
        """The answer to one intake."""
        return self.carry_out("/api/v1/requests", self._body, key)

    def take_in_once(self, key: str) -> Told | None:
        return self.once("/api/v1/requests", self._body, key)


def check(uri: str, acknowledged: dict[str, str], told: Row) -> None:
    """Every number that was acknowledged is there, and there are no others."""
    client: MongoClient[dict[str, Any]] = MongoClient(uri, tz_aware=True)
    with client:
        stored = [each["number"] for each in client.get_default_database().requests.find({"channel": "phone"})]
    told.lost, told.doubled = len(set(acknowledged.values()) - set(stored)), len(stored) - len(set(stored))
    assert Counter(stored) == Counter(acknowledged.values())


@pytest.fixture(scope="module")
def mongod(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mongod]:
    server = Mongod(tmp_path_factory.mktemp("mongo")).start()
    yield server
    server.kill()


@pytest.fixture(scope="module")
def web(mongod: Mongod, redis_server: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    running = Web(mongod.uri, redis_server, tmp_path_factory.mktemp("web"))
    running.flask("seed")
    with running:
        yield running


def freeze(mongod: Mongod) -> None:
    os.kill(mongod.pid, signal.SIGSTOP)


def thaw(mongod: Mongod) -> None:
    os.kill(mongod.pid, signal.SIGCONT)


@pytest.mark.parametrize(("strike", "mend"), [(Mongod.kill, Mongod.start), (freeze, thaw)], ids=["killed -9", "frozen"])
def test_every_door_says_that_the_database_is_away_and_opens_again(
    web: Web, mongod: Mongod, strike: Callable[[Mongod], Any], mend: Callable[[Mongod], Any]
) -> None:
    desk, manager = Desk(web), web.sign_in("manager")
    assert manager("/admin/").status == 200
    strike(mongod)
    try:
        with ThreadPoolExecutor(len(DOORS) + 1) as people:
            lost = people.submit(desk.take_in_once, "lost")
            told = dict(zip(DOORS, people.map(desk.get, DOORS), strict=True))
        page = manager("/admin/")
        style = manager(re.findall(r'href="(/static/[^"]+tokens.css)"', page.text)[0])
        later = {door: desk.get(door) for door in DOORS}
    finally:
        mend(mongod)
    for answers in (told, later):
        assert {door: answer.status for door, answer in answers.items() if answer.status not in {200, 503}} == {}
    first = lost.result()
    assert first is not None
    assert (first.status, first.json["code"]) == (503, "database_unavailable")
    for each in (page, later["/api/v1/requests"], later["/api/v1/field/bundle"]):
        assert each.status == 503
        assert int(each.headers["retry-after"]) <= 10
    assert "数据库暂时连接不上" in page.text
    assert style.status == 200, "the page has its colours"
    assert [each["part"] for each in later["/readyz"].json["problems"]][:1] == ["mongodb"]
    assert 'anju_up{part="mongodb"} 0.0' in later["/metrics"].text
    until(lambda: desk.get("/api/v1/requests").status == 200, "the first good answer", 30)
    assert desk.take_in("lost").status == 201
    # Each of the two processes sees for itself that MongoDB is back.
    until(lambda: is_inside(manager("/admin/")), "the page again: nobody was signed out", 30)
    assert 500 not in desk.seen
    assert "Traceback" not in web.log()


def is_inside(page: Told) -> bool:
    return page.status == 200 and 'name="password"' not in page.text


def survive(nodes: ThreeNodes, web: Web, faults: list[Callable[[], None]], told: Row) -> None:
    desk, acknowledged, stop = Desk(web), dict[str, str](), time.monotonic() + 600
    done: list[None] = []

    def write(writer: int) -> None:
        n = 0
        while not done and time.monotonic() < stop:
            answer = desk.take_in(f"{writer}-{n}")
            assert answer.status == 201, answer.text
            acknowledged[f"{writer}-{n}"] = answer.json["number"]
            n += 1

    with ThreadPoolExecutor(4) as writers:
        writing = [writers.submit(write, n) for n in range(4)]
        for fault in faults:
            reached = len(acknowledged) + 20
            until(lambda reached=reached: len(acknowledged) >= reached or _failed(writing), "writing", 90)  # type: ignore[misc]
            fault()
            told.injected += 1
            nodes.heal()
        done.append(None)
    for each in writing:
        each.result()
    told.hit = told.injected
    check(nodes.uri, acknowledged, told)
    told.remarks.append(f"{len(acknowledged)} acknowledged intakes; statuses {dict(desk.seen)}")
    assert 500 not in desk.seen


def _failed(writing: list[Any]) -> bool:
    return any(each.done() for each in writing)


@pytest.fixture
def nodes(tmp_path: Path) -> Iterator[ThreeNodes]:
    with ThreeNodes(tmp_path / "nodes") as running:
        yield running


@pytest.fixture
def web_of_three(nodes: ThreeNodes, redis_server: str, tmp_path: Path) -> Iterator[Web]:
    running = Web(nodes.uri, redis_server, tmp_path)
    running.flask("seed")
    with running:
        yield running


def test_another_primary_loses_nothing_and_shows_no_defect(nodes: ThreeNodes, web_of_three: Web, row: Begin) -> None:
    survive(
        nodes, web_of_three, [nodes.step_down, nodes.kill_primary], row("three nodes: step-down, primary killed −9")
    )


@pytest.mark.torture
@pytest.mark.timeout(1800)
def test_many_other_primaries_lose_nothing(nodes: ThreeNodes, web_of_three: Web, row: Begin) -> None:
    faults = [nodes.step_down, nodes.kill_primary] * 10
    survive(nodes, web_of_three, faults, row("three nodes: 20 step-downs and primary kills"))
