"""How often one address, one account or one tablet may try. Counted in Redis; in the process's memory while Redis is away."""

from hashlib import sha256

from flask import Flask, Response, request
from flask_limiter import Limit, Limiter
from flask_limiter.util import get_remote_address

from admin_app.shell.paths import is_field_door
from admin_app.shell.steady import STEADY

GENERAL = "1200 per minute"  # one address; an office behind one router is many people


def _who() -> str:
    """Whose requests are counted together. At the end of a shift many tablets bring their photos home through one router:
    at their doors each token counts for itself, under its hash."""
    given = request.headers.get("Authorization", "")
    if is_field_door() and given:
        return f"token:{sha256(given.encode()).hexdigest()[:32]}"
    return get_remote_address()


def _who_guesses() -> str:
    return f"refused:{get_remote_address()}"


def _is_refused(response: Response) -> bool:
    return response.status_code == 401


limiter = Limiter(
    key_func=_who,
    default_limits=[
        Limit(lambda: GENERAL),
        # Whoever makes up a new token for each request is stopped by his address.
        Limit(
            lambda: GENERAL,
            key_function=_who_guesses,
            exempt_when=lambda: not is_field_door(),
            deduct_when=_is_refused,
        ),
    ],
    strategy=STEADY,
)


def register(app: Flask, redis_url: str) -> None:
    app.config.setdefault("RATELIMIT_STORAGE_URI", redis_url)
    app.config.setdefault("RATELIMIT_STORAGE_OPTIONS", {"socket_connect_timeout": 1, "socket_timeout": 1})
    app.config.setdefault("RATELIMIT_KEY_PREFIX", "anju")
    limiter.init_app(app)


def limiter_of(app: Flask) -> Limiter:
    """For parts that limit or exempt views while they register: `limiter_of(app).limit("5 per minute")(view)`."""
    limiters: set[Limiter] = app.extensions["limiter"]
    return next(iter(limiters))
