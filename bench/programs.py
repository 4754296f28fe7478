"""(f) The API against bare routes which do the same `find` and the same JSON, in the same processes and in turns."""

import json
from collections.abc import Iterator
from itertools import count
from typing import Any, NamedTuple

from admin_app.accounts.operations import ensure_accounts
from admin_app.app import create_app
from admin_app.tokens import operations as tokens
from bench.asking import Client, Request, ask_all, clients
from bench.ground import Ground
from bench.serving import served
from bench.table import Line
from bench.timing import Trial, in_turns, ratio
from seeds.loader import load
from store import clock
from store.actor import SYSTEM
from store.connection import ensure_indexes
from store.content.documents import Revision

DATABASE = "anju_programs"
KIND = "service_item"
# With one reference that is looked up.
SMALL_KIND = "service_category"
API = f"/api/v1/content/{KIND}"
USERNAME, PASSWORD = "manager", "only-for-measuring-harbour"
CLIENTS, EACH, ROUNDS = 16, 12, 5


class Case(NamedTuple):
    """`least` is the part of the bare route's speed that must be reached."""

    name: str
    ours: Request
    bare: Request
    status: int
    least: float


def measure(ground: Ground) -> list[Line]:
    ground.use(DATABASE)
    ensure_indexes()
    load(clock.now())
    secret = _token(ground)
    with served(ground, DATABASE, "bench.bare:front") as port, clients(CLIENTS, port) as programs:
        lines = [_compared(each, programs) for each in _cases(secret, programs[0])]
    ground.drop(DATABASE)
    return lines


def _token(ground: Ground) -> str:
    ensure_accounts(create_app(ground.settings(DATABASE)), [(USERNAME, USERNAME)], PASSWORD)
    return tokens.mint(USERNAME, ["all"], name="bench", actor=SYSTEM, now=clock.now()).secret


def _compared(case: Case, programs: list[Client]) -> Line:
    def trial(request: Request) -> Trial:
        return Trial(
            lambda: ask_all(programs, request, 1, case.status), lambda: ask_all(programs, request, EACH, case.status)
        )

    times = in_turns({"ours": trial(case.ours), "bare": trial(case.bare)}, ROUNDS)
    slower = ratio(times["ours"], times["bare"])
    asked = CLIENTS * EACH
    speed = f"{1 / slower:.2f} of the bare route's speed (at least {case.least})"
    figures = f"{speed}; {asked} requests: {times['ours']}, {times['bare']}"
    return Line(f"API ÷ bare route: {case.name}", figures, slower, 1 / case.least)


def _cases(secret: str, program: Client) -> Iterator[Case]:
    code = Revision.objects(type=KIND).order_by("code")[3].code
    one = _request("GET", f"{API}/{code}", secret)
    bare_one = _request("GET", f"/bare/one/{code}", secret)
    yield Case(
        "list of 50", _fixed(_request("GET", API, secret)), _fixed(_request("GET", "/bare/list", secret)), 200, 0.5
    )
    yield Case("one entry", _fixed(one), _fixed(bare_one), 200, 0.5)
    known, bare_known = (_known(program, each) for each in (one, bare_one))
    yield Case("one entry, known (304)", _fixed(known), _fixed(bare_known), 304, 0.75)
    filtered = _request("GET", f"{API}?filter[code]={code}", secret)
    yield Case("filtered list", _fixed(filtered), _fixed(_request("GET", f"/bare/filter/{code}", secret)), 200, 0.4)
    yield Case(
        "create a draft", _making(f"/api/v1/content/{SMALL_KIND}", secret), _making("/bare/create", secret), 201, 0.25
    )


def _fixed(request: bytes) -> Request:
    return lambda: request


def _making(address: str, secret: str) -> Request:
    numbers = count()
    draft: dict[str, Any] = Revision.objects(type=SMALL_KIND).order_by("code").first().body

    def request() -> bytes:
        values = {"code": f"bench-{next(numbers)}", "body": draft}
        return _request("POST", address, secret, json.dumps(values, ensure_ascii=False).encode())

    return request


def _known(program: Client, request: bytes) -> bytes:
    """The request of somebody who has the answer already."""
    tag = program.ask(request)[1]["etag"]
    return request.replace(b"\r\n\r\n", f"\r\nIf-None-Match: {tag}\r\n\r\n".encode(), 1)


def _request(method: str, address: str, secret: str, body: bytes = b"") -> bytes:
    headers = [f"{method} {address} HTTP/1.1", "Host: localhost", f"Authorization: Bearer {secret}", "Accept: */*"]
    if body:
        headers += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    return "\r\n".join([*headers, "", ""]).encode() + body
