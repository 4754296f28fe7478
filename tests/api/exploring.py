"""Generated requests, right and wrong, to every operation of the API. Prints what the description does not know.

`python -m tests.api.exploring positive` with a world in the database (`tests.api.world`) and, in `TASK`, its names and two
tokens as JSON. A process of its own, because generating from this description holds gigabytes to its end: any later test
of the same process would wait for the collector to walk through them.
"""

import json
import os
import sys
from typing import Any

import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis.errors import Unsatisfiable
from redis import Redis
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from store.content.types import built_in
from tests.api.admitted import unlisted
from tests.api.conftest import ROOT

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]


def of(examples: int) -> settings:
    return settings(
        max_examples=examples,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )


quickly = of(2)
# A body of content has more to be wrong about than any other.
thoroughly = of(20)


def ask(case: Any, secret: str, known: dict[str, Any]) -> list[str]:
    """Once as it was generated, and once at something that is there. Returns refusals that the description could give."""
    # Packed answers are for tablets; the client of these tests does not unpack them.
    headers = {"Authorization": f"Bearer {secret}", "Accept-Encoding": "identity"}
    found = refusals(case, case.call_and_validate(headers=headers, checks=CHECKS))
    real = {name: known.get(name, value) for name, value in case.path_parameters.items()}
    if real != case.path_parameters:
        case.path_parameters = real
        found += refusals(case, case.call_and_validate(headers=headers, checks=CHECKS))
    return found


def refusals(case: Any, answer: Any) -> list[str]:
    if not 400 <= answer.status_code < 500:
        return []
    return [f"{each} {str(case.body)[:200]} {case.query}" for each in unlisted(case.operation.label, answer.json())]


def explored(operation: Any, mode: GenerationMode, secret: str, known: dict[str, Any]) -> list[str]:
    """What is wrong with one operation; the others are still explored."""

    refused: list[str] = []

    @(thoroughly if is_typed_content(operation.path) else quickly)
    @given(case=operation.as_strategy(generation_mode=mode))
    def run(case: Any) -> None:
        refused.extend(ask(case, secret, known))

    try:
        run()
    except Unsatisfiable:
        return []  # nothing can be wrong about an operation that takes nothing
    except BaseExceptionGroup as group:
        return [f"{operation.label}: {error}" for error in group.exceptions]
    except AssertionError as error:
        return [f"{operation.label}: {error}"]
    # What the description admits is refused for a reason that it cannot give, or not at all.
    admitted = refused if mode is GenerationMode.POSITIVE else []
    return [f"{operation.label}: admitted, and refused with {each}" for each in admitted]


def is_typed_content(path: str) -> bool:
    return path.startswith(f"{ROOT}/content/") and "{kind}" not in path


def is_told_already(path: str, method: str) -> bool:
    """Content is described for all types and again for each: of the house's the bodies that are sent are what is new."""
    kind = path.removeprefix(f"{ROOT}/content/").split("/")[0]
    return (
        is_typed_content(path) and kind in built_in() and (method.upper(), path) != ("POST", f"{ROOT}/content/{kind}")
    )


def main(mode: GenerationMode, world: dict[str, dict[str, Any]], office: str, tablet: str) -> None:
    from wsgi import app

    redis = Redis.from_url(os.environ["REDIS_URL"])
    schema = schemathesis.openapi.from_wsgi("/api/openapi.json", app)
    for found in schema.get_all_operations():
        operation: Any = found.ok()
        if not operation.path.startswith(ROOT) or is_told_already(operation.path, operation.method):
            continue
        known = world.get("/" + operation.path.removeprefix(ROOT).split("/")[1], {})
        redis.flushdb()  # the limit of requests by one address is not what is tested
        secret = tablet if operation.path.startswith(f"{ROOT}/field/") else office
        for wrong in explored(operation, mode, secret, known):
            print(json.dumps({"wrong": wrong}))
        print(json.dumps({"explored": operation.label}))


if __name__ == "__main__":
    task = json.loads(os.environ["TASK"])
    main(GenerationMode(sys.argv[1]), task["world"], task["office"], task["tablet"])
