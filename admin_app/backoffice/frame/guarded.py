"""Views of the back office open by permission only."""

from collections.abc import Callable
from typing import Any

from flask import flash, redirect
from flask_admin import BaseView
from werkzeug.wrappers import Response

from admin_app.accounts.current import actor_or_none
from admin_app.backoffice.frame.navigation import MenuPlace
from admin_app.shell import gate
from admin_app.shell.errors import flash_error
from admin_app.shell.language import say
from admin_app.shell.paths import came_from, own_path
from store.errors import AnjuError, Forbidden
from store.words import Words


class Guarded:
    """Access by permission. `permission = None` means: whoever is signed in. A single view method may demand more with
    `@gate.requires("…")` under `@expose`."""

    permission: str | None
    title: Words
    menu_place: MenuPlace | None = None

    def access_for(self, view_name: str) -> gate.Requirement:
        return gate.permission(self.permission) if self.permission else gate.SIGNED_IN

    def is_accessible(self) -> bool:
        return self.access_for("").admits(actor_or_none())

    def is_visible(self) -> bool:
        return self.menu_place is not None

    def inaccessible_callback(self, name: str, **kwargs: Any) -> Response:
        raise Forbidden(self.permission or "signed_in")


class BackofficeView(Guarded, BaseView):
    """A screen that is not a list of documents. Set `permission`, `title`, `endpoint_name`, perhaps `menu_place` and
    `address` (a path, where `/admin/<endpoint_name>/` is not wanted)."""

    endpoint_name: str
    address: str | None = None

    def __init__(self) -> None:
        super().__init__(name=self.title.zh, endpoint=self.endpoint_name, url=self.address)


def attempt(verb: Callable[[], object], *, done: Words, back: str | None = None) -> Response:
    """Run a verb for a posted form: flash `done`, or what was wrong in the reader's language, and go back (303)."""
    try:
        verb()
    except AnjuError as error:
        flash_error(error)
    else:
        flash(say(done), "success")
    return redirect(own_path(back) or came_from() or "/admin/", code=303)
