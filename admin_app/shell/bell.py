"""The bell on the top bar. The part that keeps notices says where they are read and where their number is asked for.

The page asks for the number itself, once it stands and then every minute: so a page that is left open stays true, and no
page waits for it.
"""

from dataclasses import dataclass

from flask import Flask, current_app

_KEY = "anju_bell"


@dataclass(frozen=True)
class Bell:
    """`inbox` is the endpoint that shows the notices, `unread` the one that answers `{"unread": number}`."""

    inbox: str
    unread: str


def provide(app: Flask, bell: Bell) -> None:
    app.extensions[_KEY] = bell


def provided() -> Bell | None:
    found: Bell | None = current_app.extensions.get(_KEY)
    return found
