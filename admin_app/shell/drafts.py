"""What browsers keep of forms that are not saved yet: the key it is sealed with, and word of what has been saved.

The drafts themselves never leave the browser (`static/js/draft-store.js` says where they lie there, and why).
"""

import hmac
import re
from base64 import b64encode
from hashlib import sha256
from typing import NamedTuple

from flask import Flask, Response, current_app, request, session
from werkzeug.exceptions import HTTPException

from admin_app.accounts.current import actor_or_none, signed_in
from store.errors import AnjuError

FIELD = "_draft"
COOKIE = "anju-saved"
_ID = re.compile(r"[0-9a-f]{32}")
_MOST = 10


class Seal(NamedTuple):
    """`user` tells whose a draft is, without saying who; `key` opens his and nobody else's; `posted` is the draft of the
    form that this page is the answer to."""

    user: str
    key: str
    posted: str


def seal() -> Seal | None:
    """For the page of whoever is signed in."""
    found = signed_in() if actor_or_none() is not None else None
    if found is None:
        return None
    said = f"anju/drafts/{found.account.id}".encode()
    key = hmac.new(str(current_app.config["SECRET_KEY"]).encode(), said, sha256).digest()
    return Seal(sha256(b"user/" + key).hexdigest()[:16], b64encode(key).decode(), _posted())


def register(app: Flask) -> None:
    app.context_processor(lambda: {"draft_seal": seal})
    app.after_request(_tell_saved)


def _tell_saved(response: Response) -> Response:
    """Name the draft of a form that was taken in a cookie for the page's script, which throws it away then."""
    draft = _posted()
    if draft and response.status_code < 400 and not _was_refused(response):
        known = [each for each in request.cookies.get(COOKIE, "").split(".") if _ID.fullmatch(each) and each != draft]
        secure = bool(current_app.config["SESSION_COOKIE_SECURE"])
        value = ".".join([*known, draft][-_MOST:])
        response.set_cookie(COOKIE, value, max_age=600, secure=secure, samesite="Lax")
    return response


def _posted() -> str:
    if request.method != "POST" or request.mimetype not in _FORMS:
        return ""
    try:
        draft = request.form.get(FIELD, "")
    except (HTTPException, AnjuError):  # too large, or no form at all: it was refused for that
        return ""
    return draft if _ID.fullmatch(draft) else ""


_FORMS = frozenset({"application/x-www-form-urlencoded", "multipart/form-data"})


def _was_refused(response: Response) -> bool:
    """A verb that is refused leads back to its page and says there why; a session that ended leads to sign-in."""
    if response.status_code not in {301, 302, 303, 307, 308}:
        return False
    refused = any(category == "error" for category, _ in session.get("_flashes", ()))
    return refused or "_user_id" not in session
