"""While MongoDB is not there: 503 with `Retry-After` at every door, and nobody waits for what is known to be lost."""

from flask import Flask, Response, current_app, g, render_template, request
from mongoengine.errors import OperationError
from pymongo.errors import PyMongoError
from werkzeug.exceptions import InternalServerError

from admin_app.shell import hooks
from admin_app.shell.errors import Answered, of_http, problem_document
from admin_app.shell.paths import wants_json
from store.reach import Reach, is_unreachable
from store.words import Words

CODE = "database_unavailable"
WORDS = Words("数据库暂时连接不上，请稍后再试", "The database cannot be reached just now; try again in a moment")
RETRY_SECONDS = 5
# These say themselves what is there and what is not, or need nothing of it.
_WITHOUT_IT = frozenset({"static", "healthz", "readyz", "metrics"})


def register(app: Flask) -> None:
    """Before everything that asks who the reader is: that alone would wait for MongoDB."""
    hooks.before_all(app, _turn_away)


def register_handlers(app: Flask) -> None:
    for kind in (PyMongoError, OperationError):
        app.register_error_handler(kind, _of_driver)
    app.register_error_handler(InternalServerError, _of_defect)


def _turn_away() -> Response | None:
    if request.endpoint in _WITHOUT_IT:
        _ask_no_more()  # nor does anything that is done to every answer ask who the reader is
        return None
    return answer() if Reach.of_this_process().is_lost() and request.endpoint is not None else None


def _of_driver(error: Exception) -> Response:
    if not is_unreachable(error):
        raise error
    current_app.logger.warning("MongoDB cannot be reached (%s)", type(error).__name__)
    return answer()


def _of_defect(error: InternalServerError) -> Answered:
    """What goes wrong while an answer is being finished comes as a defect."""
    return answer() if is_unreachable(error.original_exception) else of_http(error)


def answer() -> Response:
    """The answer to a reader about whom nothing can be asked any more."""
    _ask_no_more()
    response = problem_document(503, CODE, WORDS) if wants_json() else _page()
    response.headers["Retry-After"] = str(RETRY_SECONDS)
    return response


def _ask_no_more() -> None:
    """The page knows the reader's language and theme by his cookies. His session stays: it is only not looked at."""
    g.actor = g.signed_in = None
    g._login_user = current_app.login_manager.anonymous_user()  # type: ignore[attr-defined]


def _page() -> Response:
    again = request.full_path.rstrip("?") if request.method == "GET" else None
    text = render_template("errors/outage.html", words=WORDS, code=CODE, again=again, seconds=RETRY_SECONDS)
    return current_app.response_class(text, 503)
