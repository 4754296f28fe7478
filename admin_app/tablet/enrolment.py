"""A tablet learns who works on it: signed in by `/login?next=/tablet/enrol`, the app asks for a token of its own."""

import hmac
from typing import Any

from flask import Blueprint, Response, current_app, jsonify, request
from flask_login import logout_user
from flask_wtf.csrf import generate_csrf

from admin_app.accounts.current import current_actor, signed_in
from admin_app.shell import gate
from admin_app.tokens import operations as tokens
from admin_app.tokens.scopes import ALL
from store import clock
from store.actor import Actor
from store.devices import operations as devices
from store.devices.documents import Device
from store.errors import Invalid
from store.words import Words

blueprint = Blueprint("tablet_enrolment", __name__, url_prefix="/tablet")


@blueprint.get("/session")
@gate.requires("work.do")
def session() -> Response:
    """Who is signed in, and what proves that the app's own page asks."""
    return jsonify(csrf=generate_csrf(), person=_person(current_actor()))


@blueprint.post("/enrolment")
@gate.requires("work.do")
def enrolment() -> Response:
    """The token of this person on this tablet; his earlier one there ends.

    The session ends with it: the next who takes the tablet into his hands must not find an open office.
    """
    given = _given()
    actor, now = current_actor(), clock.now()
    device = devices.enrol(given.get("device"), given.get("name"), actor=actor, now=now)
    answer = jsonify(
        token=_token(device),
        person=_person(actor),
        device={"code": device.code, "name": device.name},
        recovery=_recovery(device),
    )
    logout_user()
    return answer


def _token(device: Device) -> str:
    found = signed_in()
    if found is None:
        raise gate.NotSignedIn
    now, account = clock.now(), found.account
    minted = tokens.mint(account.username, [ALL], name=device.name, actor=current_actor(), now=now, device=device.code)
    tokens.end_on_device(account.id, device.code, now, but=minted.token.id)
    return minted.secret


def _recovery(device: Device) -> str:
    """The same for this person on this tablet each time, and given only to who has signed in with all factors.

    The tablet wraps its data key with it a second time: a forgotten PIN costs a sign-in, and not what was entered.
    """
    said = f"tablet-recovery:{device.code}:{current_actor().code}"
    return hmac.new(str(current_app.config["SECRET_KEY"]).encode(), said.encode(), "sha256").hexdigest()


def _given() -> dict[str, Any]:
    given = request.get_json(silent=True)
    if not isinstance(given, dict):
        raise Invalid.one("not_an_object", Words("请求内容应为 JSON 对象", "The body must be a JSON object"))
    return given


def _person(actor: Actor) -> dict[str, str]:
    return {"code": actor.code, "name": actor.name}
