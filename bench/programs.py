"""(f) The API against bare routes which do the same `find` and the same JSON, in the same processes and in turns."""

import json
import os
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import count
from typing import Any, NamedTuple

from admin_app.accounts.operations import ensure_accounts
from admin_app.app import create_app
from admin_app.tokens import operations as tokens
from bench.asking import Client, Request, ask_all, clients, raw
from bench.beside import Beside, beside
from bench.ground import Ground
from bench.serving import served
from bench.table import Measured
from bench.timing import Times, Trial, in_turns, ratio
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
CLIENTS, EACH, ROUNDS = 16, 48, 5


class Case(NamedTuple):
    """`least` is the part of the bare route's speed that must be reached."""

    name: str
    ours: Request
    bare: Request
    status: int
    least: float


def measure(ground: Ground) -> list[Measured]:
    ground.use(DATABASE)
    ensure_indexes()
    load(clock.now())
    reader = _authorization(ground)
    other = beside(os.environ)
    with served(ground, DATABASE, "bench.bare:front") as port, clients(CLIENTS, port) as programs:
        lines = [line for each in _cases(reader, programs[0]) for line in _compared(each, programs, other)]
    ground.drop(DATABASE)
    return lines


def _authorization(ground: Ground) -> str:
    ensure_accounts(create_app(ground.settings(DATABASE)), [(USERNAME, USERNAME)], PASSWORD)
    minted = tokens.mint(USERNAME, ["all"], name="bench", actor=SYSTEM, now=clock.now())
    return f"Bearer {minted.secret}"


def _compared(case: Case, programs: list[Client], other: Beside | None) -> Iterator[Measured]:
    with ExitStack() as stack:
        trials = {"ours": _trial(case, programs, case.ours), "bare": _trial(case, programs, case.bare)}
        if other and case.name in other.requests:
            others = stack.enter_context(clients(CLIENTS, other.port))
            trials[other.name] = _trial(case, others, other.requests[case.name])
        times = in_turns(trials, ROUNDS)
    yield _line(f"API ÷ bare route: {case.name}", times["ours"], times["bare"], case.least)
    if other and other.name in times:
        yield _line(f"  the same by {other.name}", times[other.name], times["bare"], None)


def _trial(case: Case, programs: list[Client], request: Request) -> Trial:
    return Trial(
        lambda: ask_all(programs, request, 1, case.status), lambda: ask_all(programs, request, EACH, case.status)
    )


def _line(name: str, times: Times, bare: Times, least: float | None) -> Measured:
    slower = ratio(times, bare)
    wanted = f" (at least {least})" if least else ""
    figures = f"{1 / slower:.2f} of the bare route's speed{wanted}; {CLIENTS * EACH} requests: {times}, {bare}"
    return Measured(name, figures, slower, 1 / least if least else None)


def _cases(reader: str, program: Client) -> Iterator[Case]:
    code = Revision.objects(type=KIND).order_by("code")[3].code
    one = raw("GET", f"{API}/{code}", reader)
    bare_one = raw("GET", f"/bare/one/{code}", reader)
    yield Case("list of 50", _fixed(raw("GET", API, reader)), _fixed(raw("GET", "/bare/list", reader)), 200, 0.5)
    yield Case("one entry", _fixed(one), _fixed(bare_one), 200, 0.5)
    known, bare_known = (_known(program, each) for each in (one, bare_one))
    yield Case("one entry, known (304)", _fixed(known), _fixed(bare_known), 304, 0.75)
    filtered = raw("GET", f"{API}?filter[code]={code}", reader)
    yield Case("filtered list", _fixed(filtered), _fixed(raw("GET", f"/bare/filter/{code}", reader)), 200, 0.4)
    yield Case(
        "create a draft", _making(f"/api/v1/content/{SMALL_KIND}", reader), _making("/bare/create", reader), 201, 0.25
    )


def _fixed(request: bytes) -> Request:
    return lambda: request


def _making(address: str, reader: str) -> Request:
    numbers = count()
    draft: dict[str, Any] = Revision.objects(type=SMALL_KIND).order_by("code").first().body

    def request() -> bytes:
        values = {"code": f"bench-{next(numbers)}", "body": draft}
        return raw("POST", address, reader, json.dumps(values, ensure_ascii=False).encode())

    return request


def _known(program: Client, request: bytes) -> bytes:
    """The request of somebody who has the answer already."""
    tag = program.ask(request)[1]["etag"]
    return request.replace(b"\r\n\r\n", f"\r\nIf-None-Match: {tag}\r\n\r\n".encode(), 1)
