"""`Idempotency-Key`: a write that is sent again is answered again and done once."""

from base64 import urlsafe_b64encode
from collections.abc import Callable
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from cryptography.fernet import Fernet
from flask import Response, g, request
from pymongo.errors import DuplicateKeyError

from admin_app.api.bodies import raw_body
from admin_app.api.documents import KEPT_SECONDS, Attempt
from admin_app.api.refusals import Refused
from store import clock
from store.errors import AnjuError
from store.words import Words

HEADER = "Idempotency-Key"
LONGEST_KEY = 255
KEPT = timedelta(seconds=KEPT_SECONDS)
# An attempt that has not ended after this was cut off: nobody knows whether its verb was carried out.
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
UNKNOWN = Words(
    "上一次处理被中断，结果不明：请先查看，再换新的 Idempotency-Key 重试",
    "The first attempt was cut off and its outcome is unknown: look first, then use a new Idempotency-Key",
)


def once(run: Callable[[], Response]) -> Response:
    """The answer of `run`, or of its first run under the same token and key. Raises `Refused`."""
    name = request.headers.get(HEADER)
    if name is None:
        return run()
    if not 1 <= len(name) <= LONGEST_KEY or not all("!" <= character <= "~" for character in name):
        raise Refused(400, "bad_idempotency_key", BAD_KEY)
    key = sha256(f"{g.token.id}:{name}".encode()).hexdigest()
    earlier = _claim(key, _fingerprint(), clock.now())
    return _again(earlier) if earlier else _carried_out(key, run)


def _fingerprint() -> str:
    """The key says that it is the same request; this checks it."""
    parts = (request.method, request.full_path, request.headers.get("If-Match", ""))
    return sha256("\n".join(parts).encode() + b"\n" + raw_body()).hexdigest()


def _claim(key: str, fingerprint: str, now: datetime) -> dict[str, Any] | None:
    """None when this request is the one to do it, else what is known of the earlier one."""
    attempts = Attempt._get_collection()
    for _ in range(_TRIES):
        try:
            attempts.insert_one({"_id": key, "fingerprint": fingerprint, "created_at": now})
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
    if attempt.get("status") is None:
        if clock.now() - attempt["created_at"] > LONGEST_RUN:
            raise Refused(409, "idempotency_outcome_unknown", UNKNOWN, HEADER)
        raise Refused(409, "idempotency_in_progress", RUNNING, HEADER)
    response = Response(_seal().decrypt(attempt["answer"]), attempt["status"], attempt["headers"])
    response.headers["Idempotency-Replayed"] = "true"
    return response


def _carried_out(key: str, run: Callable[[], Response]) -> Response:
    try:
        response = run()
    except AnjuError:
        # Refused means that nothing was written: the caller may mend it and use the key again.
        Attempt._get_collection().delete_one({"_id": key})
        raise
    kept = {name: response.headers[name] for name in _REPEATED if name in response.headers}
    values = {"status": response.status_code, "headers": kept, "answer": _seal().encrypt(response.get_data())}
    Attempt._get_collection().update_one({"_id": key}, {"$set": values})
    return response


def _seal() -> Fernet:
    secret = request.headers.get("Authorization", "").partition(" ")[2].strip()
    return Fernet(urlsafe_b64encode(sha256(f"anju/attempts/{secret}".encode()).digest()))
