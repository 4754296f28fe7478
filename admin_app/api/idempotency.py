"""`Idempotency-Key`: a write that is sent again is answered again and done once."""

from base64 import urlsafe_b64encode
from collections.abc import Callable
from datetime import datetime, timedelta
from hashlib import sha256
from secrets import token_hex
from typing import Any

from cryptography.fernet import Fernet
from flask import Response, g, request
from pymongo.errors import DuplicateKeyError

from admin_app.api import cuts
from admin_app.api.bodies import raw_body
from admin_app.api.documents import KEPT_SECONDS, Attempt
from admin_app.api.refusals import Refused
from store import clock
from store.errors import AnjuError
from store.reach import is_unreachable
from store.words import Words

HEADER = "Idempotency-Key"
LONGEST_KEY = 255
KEPT = timedelta(seconds=KEPT_SECONDS)
# An attempt that has not ended after this was cut off. What it has written, its records tell.
LONGEST_RUN = timedelta(seconds=60)
_REPEATED = ("ETag", "Location", "Content-Type")
_TRIES = 5

BAD_KEY = Words(
    "Idempotency-Key 应为 1 至 255 个可见 ASCII 字符", "Idempotency-Key has 1 to 255 visible ASCII characters"
)
REUSED = Words(
    "此 Idempotency-Key 已用于另一请求，请换一个", "This Idempotency-Key was used for another request; take a new one"
)
RUNNING = Words("同一请求正在处理，请稍后再试", "The same request is being carried out; try again in a moment")
CARRIED_OUT = Words(
    "此请求已执行，但当时的回复已丢失：请查看结果",
    "This request was carried out, but its answer was lost: look at what it has done",
)

# `run(attempt)` carries it out under this name; `written(attempt, since)` answers from what an attempt has written.
Run = Callable[[str | None], Response]
Written = Callable[[str, datetime], Response | None]


def once(run: Run, written: Written) -> Response:
    """The answer of `run`, or of its first run under the same token and key. Raises `Refused`."""
    name = request.headers.get(HEADER)
    if name is None:
        return run(None)
    if not 1 <= len(name) <= LONGEST_KEY or not all("!" <= character <= "~" for character in name):
        raise Refused(400, "bad_idempotency_key", BAD_KEY)
    key, own = sha256(f"{g.token.id}:{name}".encode()).hexdigest(), token_hex(8)
    try:
        return _once(key, own, run, written)
    except Exception as error:  # it is raised on; only what the key becomes is at stake
        if is_unreachable(error):
            cuts.note(key, own)
        raise


def _once(key: str, own: str, run: Run, written: Written) -> Response:
    attempt = attempt_of(key)
    earlier = _claim(key, own, _fingerprint(), clock.now())
    if earlier is None:
        return _carried_out(key, own, lambda: run(attempt))
    if earlier.get("status") is not None:
        return _again(earlier)
    _take_over(earlier, own)
    found = written(attempt, earlier["created_at"])
    if found is None:
        return _carried_out(key, own, lambda: run(attempt))
    return _told_again(_kept(key, own, found))


def attempt_of(key: str) -> str:
    """The name that the attempt leaves in the history of what it writes."""
    return key[:32]


def _fingerprint() -> str:
    """The key says that it is the same request; this checks it."""
    parts = (request.method, request.full_path, request.headers.get("If-Match", ""))
    return sha256("\n".join(parts).encode() + b"\n" + raw_body()).hexdigest()


def _claim(key: str, own: str, fingerprint: str, now: datetime) -> dict[str, Any] | None:
    """None when this request is the one to do it, else what is known of the earlier one."""
    attempts = Attempt._get_collection()
    fresh = {"_id": key, "run": own, "fingerprint": fingerprint, "created_at": now, "begun_at": now}
    for _ in range(_TRIES):
        try:
            attempts.insert_one(fresh)
            return None
        except DuplicateKeyError:
            found: dict[str, Any] | None = attempts.find_one({"_id": key})
        if found is None:
            continue  # it was refused just now, and its key is free again
        if now - found["created_at"] > KEPT:
            attempts.delete_one({"_id": key, "created_at": found["created_at"]})
            continue
        if found["fingerprint"] != fingerprint:
            raise Refused(422, "idempotency_key_reused", REUSED, HEADER)
        return found
    raise Refused(409, "idempotency_in_progress", RUNNING, HEADER)


def _again(attempt: dict[str, Any]) -> Response:
    return _told_again(Response(_seal().decrypt(attempt["answer"]), attempt["status"], attempt["headers"]))


def _told_again(response: Response) -> Response:
    response.headers["Idempotency-Replayed"] = "true"
    return response


def _take_over(earlier: dict[str, Any], own: str) -> None:
    """Go on where a run ended without an answer. Raises `Refused` while it may be running still, or when another is
    faster."""
    now, began = clock.now(), earlier.get("begun_at", earlier["created_at"])
    if not earlier.get("cut") and now - began <= LONGEST_RUN:
        raise Refused(409, "idempotency_in_progress", RUNNING, HEADER)
    ended = {"_id": earlier["_id"], "run": earlier.get("run"), "status": None}
    taken = {"$set": {"run": own, "begun_at": now}, "$unset": {"cut": ""}}
    if not Attempt._get_collection().update_one(ended, taken).matched_count:
        raise Refused(409, "idempotency_in_progress", RUNNING, HEADER)


def _carried_out(key: str, own: str, run: Callable[[], Response]) -> Response:
    try:
        response = run()
    except AnjuError:
        # Refused means that nothing was written: the caller may mend it and use the key again.
        Attempt._get_collection().delete_one({"_id": key, "run": own})
        raise
    return _kept(key, own, response)


def _kept(key: str, own: str, response: Response) -> Response:
    kept = {name: response.headers[name] for name in _REPEATED if name in response.headers}
    values = {"status": response.status_code, "headers": kept, "answer": _seal().encrypt(response.get_data())}
    Attempt._get_collection().update_one({"_id": key, "run": own}, {"$set": values})
    return response


def _seal() -> Fernet:
    secret = request.headers.get("Authorization", "").partition(" ")[2].strip()
    return Fernet(urlsafe_b64encode(sha256(f"anju/attempts/{secret}".encode()).digest()))
