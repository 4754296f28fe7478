"""A short name for every request, said to the reader on errors and written to the log."""

from secrets import token_hex

from flask import Flask, Response, g

from admin_app.shell import hooks


def register(app: Flask) -> None:
    hooks.before_all(app, _name)
    hooks.after_all(app, _tell)


def _name() -> None:
    g.request_id = token_hex(6)


def _tell(response: Response) -> Response:
    response.headers.setdefault("X-Request-Id", g.get("request_id", ""))
    return response
