"""The bell on the top bar. The part that keeps notices says how many are unread and where they are read."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import Flask, current_app, url_for

from admin_app.accounts.current import actor_or_none
from store.actor import Actor

_KEY = "anju_bell"


@dataclass(frozen=True)
class Bell:
    count: Callable[[Actor], int]
    endpoint: str


def provide(app: Flask, count: Callable[[Actor], int], endpoint: str) -> None:
    """`count(actor)` must be one indexed query: it is asked on every page."""
    app.extensions[_KEY] = Bell(count, endpoint)


def unread_notices() -> int | None:
    """Unread notices of the reader; None while nobody provides them."""
    bell: Bell | None = current_app.extensions.get(_KEY)
    actor = actor_or_none()
    return bell.count(actor) if bell and actor else None


def notices_url() -> str | None:
    bell: Bell | None = current_app.extensions.get(_KEY)
    return url_for(bell.endpoint) if bell else None
