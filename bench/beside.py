"""A server that somebody else has started, measured beside the bare route in the same turns.

`ANJU_BENCH_BESIDE` names a file: `{"name": …, "port": …, "authorization": …, "requests": {<case>: {"path": …}}}`.
A case may also have a `method` and, as JSON, a `body`; `{n}` in it is another number at each request. A case that is
missing is not measured.
"""

import json
import time
from collections.abc import Mapping
from itertools import count
from pathlib import Path
from typing import NamedTuple, TypedDict

from bench.asking import Request, raw

VARIABLE = "ANJU_BENCH_BESIDE"


class _Asked(TypedDict, total=False):
    path: str
    method: str
    body: object


class Beside(NamedTuple):
    """`requests` are by the name of their case."""

    name: str
    port: int
    requests: Mapping[str, Request]


def beside(environment: Mapping[str, str]) -> Beside | None:
    """What the environment names; nothing if it names nothing."""
    if not (file := environment.get(VARIABLE)):
        return None
    found = json.loads(Path(file).read_text(encoding="utf-8"))
    requests = {case: _request(asked, found["authorization"]) for case, asked in found["requests"].items()}
    return Beside(found["name"], found["port"], requests)


def _request(asked: _Asked, authorization: str) -> Request:
    body = json.dumps(asked["body"], ensure_ascii=False) if "body" in asked else ""
    # Of this moment, so that a server that keeps what it is given can be measured again.
    numbers = count(time.time_ns())

    def request() -> bytes:
        numbered = body.replace("{n}", str(next(numbers)))
        return raw(asked.get("method", "GET"), asked["path"], authorization, numbered.encode())

    return request
