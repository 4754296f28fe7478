"""A short name for every request, said to the reader on errors and written to the log."""

from secrets import token_hex

from flask import Flask, Response, g


def register(app: Flask) -> None:
    app.before_request(_name)
    app.after_request(_tell)


def _name() -> None:
    g.request_id = token_hex(6)


def _tell(response: Response) -> Response:
    response.headers.setdefault("X-Request-Id", g.get("request_id", ""))
    return response
