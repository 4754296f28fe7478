"""Answers to programs, whose headers are complete as they stand.

Of every answer Werkzeug looks through all headers again for addresses to complete and lengths to fill in; a page has time
for that.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from flask import Response

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

JSON = "application/json"


class ForProgram(Response):
    """`everywhere` are the headers that every answer of the house has, and this one has not of its own."""

    everywhere: Sequence[tuple[str, str]] = ()

    def get_wsgi_response(self, environ: "WSGIEnvironment") -> tuple[Iterable[bytes], str, list[tuple[str, str]]]:
        return self.get_app_iter(environ), self.status, [*self.headers, *self.everywhere]


def json(text: bytes, status: int, headers: Mapping[str, str]) -> ForProgram:
    return ForProgram(text, status, {"Content-Type": JSON, "Content-Length": str(len(text)), **headers})


def unchanged(tag: str) -> ForProgram:
    """304: the reader has it already."""
    answer = ForProgram(status=304, headers={"ETag": tag})
    del answer.headers["Content-Type"]
    return answer
