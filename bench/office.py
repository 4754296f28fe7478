"""(g) Fifty people walk through the back office: how long they wait, what the web processes keep, and what each page costs
beside a bare route that does as many finds and writes as much HTML, in the same processes and in turns."""

import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from random import Random
from statistics import quantiles
from typing import NamedTuple

from flask.testing import FlaskClient

from admin_app.accounts.operations import ensure_accounts
from admin_app.app import create_app
from bench import commands
from bench.asking import Client, ask_all, clients
from bench.ground import Ground
from bench.serving import Web, processes
from bench.table import Measured
from seeds.loader import load
from seeds.people_at_work import Company
from seeds.simulation import Simulation
from store import clock
from store.connection import ensure_indexes
from store.content.documents import Content
from store.emergencies.documents import Drill
from store.findings.documents import Finding
from store.premises.documents import Household
from store.records import Record
from store.requests.documents import ServiceRequest
from store.work.documents import WorkOrder

DATABASE = "anju_office"
USERNAME, PASSWORD = "manager", "only-for-measuring-harbour"
HISTORY = timedelta(days=1)
PEOPLE, WALKS = 50, 3
# Requests by which the CPU of a page is measured: a process's clock has steps of 10 ms.
CLIENTS, EACH = 4, 10
# A page asks as often as it must, not as often as it has rows.
MOST_COMMANDS = 25
RECORDS: dict[str, type[Record]] = {
    "work": WorkOrder,
    "requests": ServiceRequest,
    "findings": Finding,
    "drills": Drill,
}
LISTS = (*RECORDS, "incidents", "notices", "audit", "devices", "attendance", "inbox")
APART = {
    "today": "/admin/today/",
    "coverage": "/admin/coverage/",
    "agenda": "/admin/agenda/",
    "board": "/admin/board/",
    "intake": "/admin/intake/",
    "plans of rounds": "/admin/plans/patrol/",
    "households": "/admin/directory/household/",
    "duty": "/admin/duty/",
    "search box": "/admin/search/?q=%E6%B0%B4",
    "search for a room": "/admin/search/?q=101",
}


class Page(NamedTuple):
    """`commands` are those of one request, in their order."""

    name: str
    address: str
    size: int
    commands: list[str]


def measure(ground: Ground) -> list[Measured]:
    ground.use(DATABASE, durable=False)
    ensure_indexes()
    _two_days()
    ground.use(DATABASE)
    pages = _pages(ground)
    with processes(ground, DATABASE, "bench.bare:front") as web, clients(PEOPLE, web.port) as people:
        cookie = _cookie(people[0])
        lines = [_walked(pages, people, cookie, web)]
        lines += [line for page in pages for line in _cost(page, people[:CLIENTS], cookie, web)]
    ground.drop(DATABASE)
    return lines


def _two_days() -> None:
    now = clock.now()
    load(now - HISTORY)
    simulation = Simulation(now - HISTORY, now, seed=1)
    Company(simulation).come_to_work()
    simulation.run()


def _pages(ground: Ground) -> list[Page]:
    """What can be walked through, each asked once in this process for its commands."""
    app = create_app(ground.settings(DATABASE))
    ensure_accounts(app, [(USERNAME, USERNAME)], PASSWORD)
    client = app.test_client()
    token = _token(client.get("/login").text)
    client.post("/login", data={"username": USERNAME, "password": PASSWORD, "csrf_token": token})
    return [page for name, address in _addresses() for page in _asked(client, name, address)]


def _addresses() -> Iterator[tuple[str, str]]:
    yield from APART.items()
    for name in LISTS:
        yield f"list of {name}", f"/admin/{name}/"
    for name, document in RECORDS.items():
        found = document.objects.order_by("-created_at").first()
        if found is not None:
            yield f"one of {name}", f"/admin/{name}/{found.number}"
    home, plan = Household.objects.order_by("code").first(), Content.objects(type="plan").order_by("code").first()
    yield "one household", f"/admin/directory/household/-/{home.code}/view"
    yield "one plan", f"/admin/content/plan/{plan.code}/"


def _asked(client: FlaskClient, name: str, address: str) -> Iterator[Page]:
    client.get(address, follow_redirects=True)
    with commands.seen() as sent:
        answer = client.get(address)
    if answer.status_code != 200:
        raise RuntimeError(f"{address} was answered by {answer.status_code}")
    yield Page(name, address, len(answer.data), sent.names)


def _walked(pages: Sequence[Page], people: Sequence[Client], cookie: str, web: Web) -> Measured:
    """Everybody at once, each in an order of his own; one walk to warm up."""

    def walk(number: int, times: int) -> list[float]:
        dice = Random(number)
        return [_took(people[number], page, cookie) for _ in range(times) for page in dice.sample(pages, len(pages))]

    with ThreadPoolExecutor(len(people)) as threads:
        list(threads.map(lambda number: walk(number, 1), range(len(people))))
        before = web.megabytes()
        waited = [
            each for found in threads.map(lambda number: walk(number, WALKS), range(len(people))) for each in found
        ]
    after = web.megabytes()
    percentiles = quantiles(waited, n=100)
    figures = ", ".join(f"p{each} {percentiles[each - 1]:.2f} s" for each in (50, 95, 99))
    name = f"office: {len(waited):,} pages under {len(people)} people"
    return Measured(
        name, f"{figures}; memory of the web processes {before:.0f} MB, then {after:.0f} MB", after / before, 1.1
    )


def _took(person: Client, page: Page, cookie: str) -> float:
    began = time.perf_counter()
    status, _, data = person.ask(_request(page.address, cookie))
    if status != 200:
        raise RuntimeError(f"{page.address} was answered by {status}: {data[:300]!r}")
    return time.perf_counter() - began


def _cost(page: Page, programs: Sequence[Client], cookie: str, web: Web) -> Iterator[Measured]:
    """CPU of the web processes, ours and bare in turns."""
    ours, bare = _request(page.address, cookie), _request(f"/bare/page/{max(len(page.commands), 1)}/{page.size}", "")
    spent = {ours: 0.0, bare: 0.0}
    for request in (ours, bare, bare, ours):
        ask_all(programs, lambda request=request: request, 1, 200)  # type: ignore[misc]
        began = web.cpu()
        ask_all(programs, lambda request=request: request, EACH, 200)  # type: ignore[misc]
        spent[request] += web.cpu() - began
    asked = len(programs) * EACH * 2
    figures = (
        f"{spent[ours] / asked * 1000:.1f} ms of CPU, bare {spent[bare] / asked * 1000:.1f} ms; {page.size // 1000} KB"
    )
    yield Measured(f"office: {page.name}, CPU ÷ bare", figures, spent[ours] / max(spent[bare], 0.01))
    sent = ", ".join(f"{name} {page.commands.count(name)}" for name in dict.fromkeys(page.commands))
    yield Measured(f"  its MongoDB commands ÷ {MOST_COMMANDS}", sent, len(page.commands) / MOST_COMMANDS, 1.0)


def _cookie(person: Client) -> str:
    """Signed in once, for all: what a sign-in costs is not what is measured."""
    _, headers, page = person.ask(_request("/login", ""))
    before = headers["set-cookie"].partition(";")[0]
    token = _token(page.decode())
    body = f"username={USERNAME}&password={PASSWORD}&csrf_token={token}".encode()
    head = _request("/login", before, "POST").removesuffix(b"\r\n")
    form = f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n".encode()
    status, headers, _ = person.ask(head + form + body)
    if status != 302:
        raise RuntimeError(f"signing in was answered by {status}")
    return headers["set-cookie"].partition(";")[0]


def _token(page: str) -> str:
    return page.split('name="csrf-token" content="')[1].split('"')[0]


def _request(address: str, cookie: str, method: str = "GET") -> bytes:
    head = [f"{method} {address} HTTP/1.1", "Host: localhost", "Accept: text/html", f"Cookie: {cookie}"]
    return "\r\n".join([*head, "", ""]).encode()
