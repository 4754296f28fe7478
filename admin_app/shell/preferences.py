"""What a reader chooses on the top bar: estate, dark mode. The estate narrows lists; it never widens them."""

from flask import Flask, redirect, request, session, url_for
from werkzeug.wrappers import Response

from admin_app.accounts.current import actor_or_none, current_actor, signed_in
from admin_app.shell import gate
from admin_app.shell.paths import came_from
from store.errors import NotFound
from store.premises.documents import Estate
from store.words import Words

THEMES = ("auto", "light", "dark")


def visible_estates() -> list[Estate]:
    """The estates the actor may see, by code."""
    actor = actor_or_none()
    if actor is None:
        return []
    found = signed_in()
    if found is not None:
        return [each for each in found.estates if actor.sees(each.code)]
    estates = Estate.objects.order_by("code")
    return list(estates if actor.estates is None else estates.filter(code__in=sorted(actor.estates)))


def chosen_estate() -> str | None:
    """The code of the estate chosen on the top bar, or None for all that the actor may see."""
    code = session.get("estate")
    actor = actor_or_none()
    return code if isinstance(code, str) and actor is not None and actor.sees(code) else None


def theme() -> str:
    chosen = request.cookies.get("theme", "auto")
    return chosen if chosen in THEMES else "auto"


@gate.signed_in
def choose_estate() -> Response:
    code = request.form.get("estate", "")
    if code and not (current_actor().sees(code) and Estate.objects(code=code).first()):
        raise NotFound(Words("小区", "Estate"), code)
    session["estate"] = code or None
    return redirect(came_from() or url_for("admin.index"), code=303)


def register(app: Flask) -> None:
    app.add_url_rule("/preferences/estate", endpoint="choose_estate", view_func=choose_estate, methods=["POST"])
