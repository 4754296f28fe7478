"""The way back from a record leads to the list as it was: its filters and its page."""

from urllib.parse import parse_qsl, urlencode, urlsplit

from flask import Flask, request

from admin_app.shell.paths import came_from


def back_to(address: str) -> str:
    """`address`, or the very list behind it when the reader has just come from there. Afterwards – when a verb has led
    back to the record – the page's script knows it (`static/js/way-back.js`)."""
    came = urlsplit(came_from() or "") if request.method == "GET" else None
    if came is None or came.path != urlsplit(address).path:
        return address
    query = urlencode([(name, value) for name, value in parse_qsl(came.query) if name != "lang"])
    return f"{came.path}?{query}" if query else address


def register(app: Flask) -> None:
    app.jinja_env.globals.update(back_to=back_to)
