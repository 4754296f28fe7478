"""Hangs the REST API on the application."""

from collections.abc import Callable
from functools import partial
from typing import Any

from flask.blueprints import BlueprintSetupState
from flask_smorest import Api, Blueprint

from admin_app.accounts.current import add_authenticator
from admin_app.api import (
    content,
    deadlines,
    described,
    devices,
    directory,
    drafts,
    emergencies,
    field,
    field_alarm,
    field_bundle,
    field_gate,
    field_places,
    field_push,
    findings,
    incidents,
    notices,
    plans,
    reading,
    requests,
    work,
)
from admin_app.api.description import PROBLEM
from admin_app.tokens import commands as _commands  # noqa: F401 - they hang themselves on the group `user`
from admin_app.tokens.authentication import authenticate
from schemas.problems import ProblemSchema

ROOT = "/api/v1"
RESOURCES: tuple[tuple[str, Callable[[], Blueprint]], ...] = (
    ("/requests", requests.make),
    ("/work-orders", work.make),
    ("/drills", emergencies.make),
    ("/incidents", incidents.make),
    ("/findings", findings.make),
    *described.makers(),
    ("/notices", notices.make),
    ("/content", content.make),
    ("/drafts", drafts.make),
    *((f"/{plural}", partial(directory.make, kind)) for kind, plural in directory.PLURALS.items()),
    ("/plans", plans.make),
    ("/deadlines", deadlines.make),
    ("/escalations", deadlines.make_escalations),
    ("/devices", devices.make),
    ("/field", field_alarm.make),
    ("/field", field_bundle.make),
    ("/field", field_push.make),
    ("/field", field_places.make),
    ("/field", field_gate.make),
    ("/field", field.make),
)


def register(api: Api) -> None:
    """Register the blueprints of the API and the tokens that open it."""
    _describe(api)
    made = [(address, make()) for address, make in RESOURCES]
    made[0][1].record(_prepare)
    for address, blueprint in made:
        api.register_blueprint(blueprint, url_prefix=ROOT + address)
    api._app.register_blueprint(reading.make(api))


def _prepare(state: BlueprintSetupState) -> None:
    add_authenticator(state.app, authenticate)  # type: ignore[arg-type]


def _describe(api: Api) -> None:
    api.DEFAULT_ERROR_RESPONSE_NAME = None  # our problems are named at each operation
    components: Any = api.spec.components
    components.security_scheme("bearer", {"type": "http", "scheme": "bearer"})
    components.response(
        PROBLEM,
        {"description": "RFC 9457", "content": {"application/problem+json": {"schema": ProblemSchema}}},
    )
    api.spec.options["security"] = [{"bearer": []}]
    api.spec.options["info"] = {"description": "Anju 安居 · REST API"}
