"""The servers that tests talk to: one mongod and one Redis for the whole run, receivers for what goes out."""

import json
import os
import shutil
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar
from urllib.parse import urlsplit, urlunsplit

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from embedded.mongod import Mongod
from embedded.ports import HOST, free_port
from embedded.redis_server import RedisServer

# Redis database 0 is the one a real installation uses; tests flush theirs and therefore stay above it.
FIRST_REDIS_DATABASE = 2

T = TypeVar("T")
# A write of a record of 16 MB keeps several times that much in the cache, and is refused by one of 256 MB now and then.
CACHE_GB = 0.5


@dataclass(frozen=True)
class Addresses:
    mongodb_uri: str
    redis_url: str


class TestServers:
    """mongod and redis-server for one run; `MONGODB_URI` and `REDIS_URL` name servers that are used instead."""

    __test__ = False

    def __init__(self) -> None:
        self._stack = ExitStack()

    def start(self) -> Addresses:
        mongodb_uri, redis_url = os.environ.get("MONGODB_URI"), os.environ.get("REDIS_URL")
        folder = Path(tempfile.mkdtemp(prefix="anju-tests-"))
        self._stack.callback(shutil.rmtree, folder, ignore_errors=True)
        with ThreadPoolExecutor(2) as side_by_side:
            mongod = None if mongodb_uri else side_by_side.submit(Mongod(folder / "mongo", cache_gb=CACHE_GB).start)
            redis = None if redis_url else side_by_side.submit(RedisServer(folder / "redis").start)
        for started in (mongod, redis):
            if started:
                self._stack.callback(started.result().kill)  # the data is thrown away: no need to ask politely
        return Addresses(
            mongodb_uri=mongodb_uri or mongod.result().uri,
            redis_url=redis_url or redis.result().uri,
        )

    def stop(self) -> None:
        self._stack.close()


def of_worker(addresses: Addresses, worker: str) -> Addresses:
    """Each parallel worker (`master`, `gw0`, `gw1` …) has a MongoDB database and a Redis database to itself."""
    number = int(worker.removeprefix("gw")) + 1 if worker.startswith("gw") else 0
    return Addresses(
        mongodb_uri=urlunsplit(urlsplit(addresses.mongodb_uri)._replace(path=f"/anju_test_{worker}")),
        redis_url=urlunsplit(urlsplit(addresses.redis_url)._replace(path=f"/{FIRST_REDIS_DATABASE + number}")),
    )


def empty(database: Any) -> None:
    """Remove every document and keep the indexes: dropping and making them again takes 60 times as long."""
    for collection in database.list_collections(filter={"type": "collection"}):
        if not collection["name"].startswith("system.") and database[collection["name"]].find_one({}, {"_id": 1}):
            database[collection["name"]].delete_many({})


class SmtpReceiver:
    """A mail server on loopback that keeps what it is sent."""

    def __init__(self) -> None:
        self.messages: list[EmailMessage] = []
        self.recipients: list[list[str]] = []
        self.refusal: str | None = None  # e.g. "451 try later": the answer to every message until it is None again
        # aiosmtpd greets itself on the port it was told, so "any port" (0) is not possible.
        self._controller = Controller(self, hostname=HOST, port=free_port())

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self.refusal:
            return self.refusal
        content = envelope.content if isinstance(envelope.content, bytes) else str(envelope.content).encode()
        message = message_from_bytes(content, policy=default)
        self.recipients.append(list(envelope.rcpt_tos))
        self.messages.append(message)
        return "250 OK"

    @property
    def url(self) -> str:
        return f"smtp://{HOST}:{self._controller.port}"

    def wait_for(self, count: int, seconds: float = 5.0) -> list[EmailMessage]:
        """The messages, once there are that many. Raises `AssertionError` when they do not come."""
        return _wait_for(self.messages, count, seconds)

    def __enter__(self) -> Self:
        self._controller.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._controller.stop()


@dataclass(frozen=True)
class Received:
    """One request that reached the webhook receiver."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True)
class Answer:
    """How a request is answered. `hang` seconds pass first; `drop` cuts the connection after the request was read."""

    status: int = 200
    body: bytes = b"{}"
    headers: dict[str, str] = field(default_factory=dict)
    hang: float = 0.0
    drop: bool = False


class WebhookReceiver:
    """An HTTP server on loopback that records every request and answers as it is told."""

    def __init__(self) -> None:
        self.requests: list[Received] = []
        self._answer = Answer()
        self._queued: list[Answer] = []
        self._lock = threading.Lock()
        self._closing = threading.Event()
        self._server = ThreadingHTTPServer((HOST, 0), self._handler())
        self._server.daemon_threads = True

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self._server.server_port}"

    def answer(self, **settings: Any) -> None:
        """Answer all following requests so: `(status=503)`, `(hang=30)`, `(drop=True)`; `answer()` is 200 again."""
        self._answer = Answer(**settings)

    def answer_once(self, **settings: Any) -> None:
        """Answer the next request so, then as before; several calls queue up."""
        with self._lock:
            self._queued.append(Answer(**settings))

    def wait_for(self, count: int, seconds: float = 5.0) -> list[Received]:
        """The requests, once there are that many. Raises `AssertionError` when they do not come."""
        return _wait_for(self.requests, count, seconds)

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closing.set()
        self._server.shutdown()
        self._server.server_close()

    def _next_answer(self) -> Answer:
        with self._lock:
            return self._queued.pop(0) if self._queued else self._answer

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def handle_any(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                receiver.requests.append(Received(self.command, self.path, dict(self.headers.items()), body))
                answer = receiver._next_answer()
                receiver._closing.wait(answer.hang)
                if answer.drop:
                    self.close_connection = True
                    return
                self._respond(answer)

            do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = handle_any

            def _respond(self, answer: Answer) -> None:
                try:
                    self.send_response(answer.status)
                    for name, value in {"Content-Type": "application/json", **answer.headers}.items():
                        self.send_header(name, value)
                    self.send_header("Content-Length", str(len(answer.body)))
                    self.end_headers()
                    self.wfile.write(b"" if self.command == "HEAD" else answer.body)
                except OSError:
                    self.close_connection = True  # the caller gave up: that is what some tests want to see

            def log_message(self, format: str, *arguments: object) -> None:
                """Requests are recorded, not printed."""

        return Handler


def _wait_for(things: list[T], count: int, seconds: float) -> list[T]:
    deadline = time.monotonic() + seconds
    while len(things) < count:
        assert time.monotonic() < deadline, f"{len(things)} of {count} came within {seconds:g} s"
        time.sleep(0.01)
    return things
