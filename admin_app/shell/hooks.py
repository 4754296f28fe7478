"""What is done before and after a request: all of it for people's browsers, a little of it for programs.

A program's door knows no session, no form and no page. What libraries hang on every request for those costs a program more
than its question, so at its door only what was registered here is run.
"""

from collections.abc import Callable

from flask import Flask, Request, Response
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from flask.typing import ResponseReturnValue

from admin_app.shell.paths import is_program_door, is_program_path

Before = Callable[[], ResponseReturnValue | None]
After = Callable[[Response], Response]
_BEFORE, _AFTER = "anju_before_programs", "anju_after_programs"


def before_all(app: Flask, hook: Before) -> None:
    """Run `hook` before every request, programs' too."""
    app.before_request(hook)
    before_programs(app, hook)


def before_programs(app: Flask, hook: Before) -> None:
    app.extensions.setdefault(_BEFORE, []).append(hook)


def after_all(app: Flask, hook: After) -> None:
    """Run `hook` on every answer; as with Flask's own, the last that was registered comes first."""
    app.after_request(hook)
    app.extensions.setdefault(_AFTER, []).insert(0, hook)


class SessionsOfPeople(SecureCookieSessionInterface):
    """A program has none, whatever cookie it sends."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        return None if is_program_path(request.path) else super().open_session(app, request)


class House(Flask):
    """Flask with two kinds of doors."""

    session_interface = SessionsOfPeople()

    def preprocess_request(self) -> ResponseReturnValue | None:
        if not is_program_door():
            return super().preprocess_request()
        for hook in self.extensions[_BEFORE]:
            answer: ResponseReturnValue | None = hook()
            if answer is not None:
                return answer
        return None

    def do_teardown_request(self, *error: BaseException | None, **named: BaseException | None) -> None:
        if not is_program_door():
            super().do_teardown_request(*error, **named)

    def process_response(self, response: Response) -> Response:
        if not is_program_door():
            return super().process_response(response)
        for hook in self.extensions[_AFTER]:
            response = hook(response)
        return response
