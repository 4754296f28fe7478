"""The written access matrix: who may enter which route. `access_matrix.yaml` is reviewed by people; this reads it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml
from flask import Flask

from admin_app.shell import gate
from store.access import PERMISSIONS, ROLES

FILE = Path(__file__).parent / "access_matrix.yaml"
ANONYMOUS = "anonymous"
EVERYBODY = frozenset({ANONYMOUS, *ROLES})
Door = tuple[str, str]


def written() -> tuple[dict[str, frozenset[str]], dict[Door, str]]:
    """(audience → roles, (rule, method) → audience)."""
    content = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    audiences = {name: frozenset(roles) for name, roles in content["audiences"].items()}
    lines = {(rule, method): who for rule, doors in content["routes"].items() for method, who in doors.items()}
    return audiences, lines


def doors(app: Flask) -> dict[Door, gate.Requirement | None]:
    """(rule, method) → what the gate demands, for every route there is; None is refused to everybody."""
    return {
        (rule.rule, method): gate.requirement_of(app, rule.endpoint, method)
        for rule in app.url_map.iter_rules()
        for method in sorted((rule.methods or set()) - {"OPTIONS", "HEAD"})
    }


def admitted(requirement: gate.Requirement | None) -> frozenset[str]:
    """Whom the gate lets in; a verb behind it may let in fewer."""
    if requirement is None:
        return frozenset()
    if requirement.kind == "public":
        return EVERYBODY
    return PERMISSIONS[requirement.permission] if requirement.permission else frozenset(ROLES)


def name_of(roles: frozenset[str], audiences: Mapping[str, frozenset[str]]) -> str:
    return next((name for name, known in audiences.items() if known == roles), "+".join(sorted(roles)))


def missing(app: Flask) -> list[tuple[Door, str]]:
    """Routes that the matrix does not have, with the audience that the gate gives them."""
    audiences, lines = written()
    found = doors(app)
    return [(door, name_of(admitted(found[door]), audiences)) for door in sorted(set(found) - set(lines))]


def gone(app: Flask) -> list[Door]:
    """Lines of the matrix without a route."""
    return sorted(set(written()[1]) - set(doors(app)))


def as_yaml(rows: list[tuple[Door, str]]) -> str:
    """Lines to be pasted into the matrix – after somebody has asked himself whether the gate is right."""
    routes: dict[str, Any] = {}
    for (rule, method), who in rows:
        routes.setdefault(rule, {})[method] = who
    return "\n".join(
        f"  {rule}: {{{', '.join(f'{m}: {w}' for m, w in each.items())}}}" for rule, each in routes.items()
    )
