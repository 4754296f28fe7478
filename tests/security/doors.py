"""Every address of the back office, from the routing table: what is added tomorrow is asked too."""

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from flask import Flask
from werkzeug.routing import Rule

from admin_app.shell import gate

PROGRAMS = "/api/v1/"
# What stands in an address where no object is wanted.
ANYTHING = {
    "kind": "service_category",
    "code": "nothing",
    "key": "R-0000-0000",
    "verb": "accept",
    "username": "nobody",
    "tree": "x",
    "filename": "x.js",
}


class Door(NamedTuple):
    """One rule and method; `path` fills its parameters."""

    rule: Rule
    method: str

    @property
    def address(self) -> str:
        return str(self.rule.rule)

    def path(self, values: Mapping[str, str] | None = None) -> str:
        found = self.address
        for name in self.rule.arguments:
            value = {**ANYTHING, **(values or {})}.get(name, "x")
            for converter in ("", "path:"):
                found = found.replace(f"<{converter}{name}>", value)
        return found

    def __str__(self) -> str:
        return f"{self.method} {self.address}"


def doors(app: Flask, *methods: str, below: str = "/") -> Iterator[Door]:
    """Every door that somebody may enter, but those of programs."""
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule):
        for method in sorted((rule.methods or set()) & set(methods)):
            known = gate.requirement_of(app, rule.endpoint, method) is not None
            if known and rule.rule.startswith(below) and not rule.rule.startswith(PROGRAMS):
                yield Door(rule, method)


# Types and kinds are shown by one class each: these stand for all where every field of every door is tried.
EXAMPLES = frozenset({"plan", "route", "-", "<kind>", "staff", "household"})


def one_of_each(found: Iterable[Door]) -> Iterator[Door]:
    for door in found:
        parts = door.address.split("/")
        alike = len(parts) > 3 and parts[2] in {"content", "directory"}
        if not alike or parts[3] in EXAMPLES:
            yield door


def keys_for(address: str, keys: Mapping[str, Mapping[str, str]]) -> Mapping[str, str]:
    """The parameters that lead to something, by the longest beginning that fits."""
    fitting = [beginning for beginning in keys if address.startswith(beginning)]
    return keys[max(fitting, key=len)] if fitting else {}
