"""Default deny: every endpoint says who may enter, or nobody may.

A view says it with a decorator (`@gate.public`, `@gate.signed_in`, `@gate.requires("requests.read")`), a class of views
with a method `access_for(view_name)`, and a library's endpoint through `declare`. `rules(app)` is the whole table, for
the test that tries every route with every role. The gate knows permissions only; estates are the verbs' business.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Literal, TypeVar

from flask import Flask, Response, current_app, redirect, request, url_for
from werkzeug.routing import Rule
from werkzeug.wrappers import Response as AnyResponse

from admin_app.accounts.current import actor_or_none, authenticated_by_token
from admin_app.shell import forgery, hooks
from admin_app.shell.paths import is_api, wants_page
from store.access import PERMISSIONS, permits
from store.actor import Actor
from store.errors import AnjuError, Forbidden
from store.words import Words

Kind = Literal["public", "signed_in", "permission"]
View = TypeVar("View", bound=Callable[..., Any])
_MARK = "__anju_access__"
_KNOWN = "anju_known_access"
_DECLARED = "anju_declared_access"


@dataclass(frozen=True)
class Requirement:
    """Who may enter. `csrf` is false only for doors that no browser session opens (webhooks, links with a token)."""

    kind: Kind
    permission: str | None = None
    csrf: bool = True

    def admits(self, actor: Actor | None) -> bool:
        if self.kind == "public":
            return True
        if actor is None:
            return False
        return self.permission is None or permits(actor, self.permission)


PUBLIC = Requirement("public")
SIGNED_IN = Requirement("signed_in")


class NotSignedIn(AnjuError):
    def __init__(self) -> None:
        super().__init__("not_signed_in", Words("请先登录", "Please sign in first"))


def permission(name: str) -> Requirement:
    """The requirement of one permission. An unknown name is a programmer's mistake and stops the start."""
    if name not in PERMISSIONS:
        raise LookupError(f"unknown permission {name!r}")
    return Requirement("permission", name)


def public(view: View) -> View:
    return _marked(view, PUBLIC)


def without_csrf(view: View) -> View:
    """A public door for programs: no session is looked at, so no session can be ridden."""
    return _marked(view, replace(PUBLIC, csrf=False))


def signed_in(view: View) -> View:
    return _marked(view, SIGNED_IN)


def requires(name: str) -> Callable[[View], View]:
    requirement = permission(name)

    def mark(view: View) -> View:
        return _marked(view, requirement)

    return mark


def _marked(view: View, requirement: Requirement) -> View:
    setattr(view, _MARK, requirement)
    return view


def declare(app: Flask, endpoint: str, requirement: Requirement) -> None:
    """Say it for an endpoint whose view is not ours."""
    app.extensions.setdefault(_DECLARED, {})[endpoint] = requirement


def requirement_of(app: Flask, endpoint: str, method: str) -> Requirement | None:
    """What (endpoint, method) demands; None when nobody said, which means: refused."""
    declared: dict[str, Requirement] = app.extensions.get(_DECLARED, {})
    if endpoint in declared:
        return declared[endpoint]
    view = app.view_functions.get(endpoint)
    return _of_method(view, method) or getattr(view, _MARK, None) or _of_owner(view)


def _of_method(view: object, method: str) -> Requirement | None:
    handlers = getattr(view, "view_class", None)
    name = "get" if method == "HEAD" else method.lower()
    return getattr(getattr(handlers, name, None), _MARK, None) or getattr(handlers, _MARK, None)


def _of_owner(view: object) -> Requirement | None:
    owner = getattr(view, "__self__", None)
    access_for = getattr(owner, "access_for", None)
    return access_for(getattr(view, "__name__", "")) if access_for else None


def rules(app: Flask) -> dict[tuple[str, str], Requirement | None]:
    """(endpoint, method) → requirement, for every route there is. None stands for an endpoint that the gate refuses."""
    return {
        (rule.endpoint, method): requirement_of(app, rule.endpoint, method)
        for rule in app.url_map.iter_rules()
        for method in _methods(rule)
    }


def _methods(rule: Rule) -> set[str]:
    return set(rule.methods or ()) - {"OPTIONS"}


def register(app: Flask) -> None:
    hooks.before_all(app, _guard)


def _guard() -> Response | AnyResponse | None:
    if request.endpoint is None or request.method == "OPTIONS":
        return None  # no such page: the router answers 404 or 405 by itself
    requirement = _known_requirement(request.endpoint, request.method)
    if requirement is None:
        current_app.logger.error("endpoint %s declares no access and is refused", request.endpoint)
        raise Forbidden("undeclared")
    if request.endpoint == "static" or not requirement.csrf:
        return None if requirement.kind == "public" else _admit(requirement, actor_or_none())
    actor = actor_or_none()  # on public pages too: a session that was ended is thrown away wherever its cookie comes
    if not authenticated_by_token():
        forgery.check()
    return _admit(requirement, actor)


def _known_requirement(endpoint: str, method: str) -> Requirement | None:
    """What a view demands it demands always; one that says nothing is asked again."""
    known: dict[tuple[str, str], Requirement] = current_app.extensions.setdefault(_KNOWN, {})
    found = known.get((endpoint, method)) or requirement_of(current_app, endpoint, method)
    if found is not None:
        known[endpoint, method] = found
    return found


def _admit(requirement: Requirement, actor: Actor | None) -> AnyResponse | None:
    if requirement.admits(actor):
        return None
    if actor is not None:
        raise Forbidden(requirement.permission or "")
    if wants_page() and not is_api():
        return redirect(url_for("security.login", next=request.full_path.rstrip("?")))
    raise NotSignedIn()
