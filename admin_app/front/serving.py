"""The front of the web server: requests are taken in without a thread, and carried out by threads when they are whole.

A thread that reads a body waits for whoever sends it; thirty senders who take their time would be all threads there are.
"""

import asyncio
import logging
from collections.abc import AsyncIterable, Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from typing import IO, Any, NamedTuple, Protocol

from admin_app.front.bodies import Broken, Busy, Intake, Late
from admin_app.front.environ import Scope, environ_of, host_of
from admin_app.front.parents import end_with_server
from store.hanging import goes_on, is_leaving
from store.health.processes import Life

log = logging.getLogger(__name__)

THREADS = 16
# All threads busy for so long, or the interpreter itself: the process hangs. Waiting for MongoDB takes a fraction of it.
HANG_SECONDS = 120.0
LOOKS = 12
SAID: dict[type[Exception], tuple[int, str]] = {
    Late: (408, "内容传得太慢，已停止接收 / The body came too slowly and is not taken any further\n"),
    Broken: (400, "内容不完整 / The body is not complete\n"),
    Busy: (503, "正在接收的内容太多，请稍后再试 / Too much is being sent just now; try again in a moment\n"),
}
DEFECT = (500, "系统出错，请稍后再试 / Something went wrong; try again later\n")

Header = tuple[str, str]


class Answering(AsyncIterable[bytes], Protocol):
    """Granian's side of one request: the chunks of its body, and where the answer goes."""

    def response_bytes(self, status: int, headers: list[Header], body: bytes) -> None: ...

    def response_empty(self, status: int, headers: list[Header]) -> None: ...


class Whole(NamedTuple):
    """An answer as WSGI gives it."""

    status: int
    headers: list[Header]
    body: bytes


class Front:
    """`granian --interface rsgi front:front`. `behind_proxy`: whether addresses come from the last X-Forwarded-For."""

    def __init__(
        self,
        application: Callable[..., Iterable[bytes]],
        *,
        largest: int,
        behind_proxy: bool,
        life: Life | None = None,
        hang_seconds: float = HANG_SECONDS,
    ) -> None:
        self._application = application
        self._intake = Intake(largest)
        self._behind_proxy = behind_proxy
        self._life = life
        self._hang_seconds = hang_seconds
        self._watch: asyncio.Task[None] | None = None
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="request")

    def __rsgi_init__(self, loop: asyncio.AbstractEventLoop) -> None:
        end_with_server()
        goes_on(self._hang_seconds)
        if self._life is not None:
            self._life.begin()
        self._watch = loop.create_task(self._say_that_it_goes_on())

    def __rsgi_del__(self, loop: asyncio.AbstractEventLoop) -> None:
        is_leaving()
        if self._life is not None:
            self._life.end()

    async def _say_that_it_goes_on(self) -> None:
        """As long as a thread is found for it."""
        loop = asyncio.get_running_loop()
        while True:
            await loop.run_in_executor(self._threads, goes_on, self._hang_seconds)
            await asyncio.sleep(self._hang_seconds / LOOKS)

    async def __rsgi__(self, scope: Scope, answering: Answering) -> None:
        try:
            body, length = await self._body(scope, answering)
        except tuple(SAID) as error:
            _send(answering, _said(*SAID[type(error)]))
            return
        loop = asyncio.get_running_loop()
        _send(answering, await loop.run_in_executor(self._threads, self._carried_out, scope, body, length))

    async def _body(self, scope: Scope, answering: Answering) -> tuple[IO[bytes], int | None]:
        declared = _declared(scope)
        if declared is None and scope.headers.get("transfer-encoding") is None:
            return BytesIO(), None
        if declared is not None and declared > self._intake.largest:
            return BytesIO(), declared  # the application refuses it by its length alone
        body = await self._intake.read(answering, declared, self._address(scope))
        return body, _size(body)

    def _address(self, scope: Scope) -> str:
        forwarded = str(scope.headers.get("x-forwarded-for", "")) if self._behind_proxy else ""
        return forwarded.rpartition(",")[2].strip() or host_of(scope.client)

    def _carried_out(self, scope: Scope, body: IO[bytes], length: int | None) -> Whole:
        try:
            with body:
                return _run(self._application, environ_of(scope, body, length))
        except (
            Exception
        ) as error:  # Flask answers its own; this is a defect outside of it, and the reader needs an answer
            log.error("%s %s could not be carried out: %s", scope.method, scope.path, type(error).__name__)
            return _said(*DEFECT)


def _run(application: Callable[..., Iterable[bytes]], environ: dict[str, Any]) -> Whole:
    began: list[tuple[str, list[Header]]] = []

    def start_response(status: str, headers: list[Header], problem: object = None) -> None:
        began.append((status, headers))

    parts = application(environ, start_response)
    try:
        data = b"".join(parts)
    finally:
        close = getattr(parts, "close", None)
        if close is not None:
            close()
    status, headers = began[-1]
    return Whole(int(status[:3]), [(name.lower(), value) for name, value in headers], data)


def _declared(scope: Scope) -> int | None:
    """The length that the request says its body has. The server has refused what is no number before."""
    value = scope.headers.get("content-length")
    return int(value) if value is not None else None


def _size(body: IO[bytes]) -> int:
    size = body.seek(0, 2)
    body.seek(0)
    return size


def _said(status: int, words: str) -> Whole:
    headers = [("content-type", "text/plain; charset=utf-8"), ("connection", "close"), ("cache-control", "no-store")]
    retry = [("retry-after", "2")] if status == 503 else []
    return Whole(status, headers + retry, words.encode())


def _send(answering: Answering, whole: Whole) -> None:
    if whole.body:
        answering.response_bytes(whole.status, whole.headers, whole.body)
    else:
        answering.response_empty(whole.status, whole.headers)
