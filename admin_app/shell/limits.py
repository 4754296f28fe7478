"""How often one address or one account may try. Counted in Redis; in the process's memory while Redis is away."""

from flask import Flask
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

GENERAL = "1200 per minute"  # one address; an office behind one router is many people

limiter = Limiter(
    key_func=get_remote_address,
    default_limits=[GENERAL],
    in_memory_fallback_enabled=True,
    strategy="moving-window",
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
