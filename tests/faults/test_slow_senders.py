"""Who sends slowly holds up nobody else."""

import select
import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress

import pytest

from embedded.ports import HOST
from tests.faults.crew import until
from tests.faults.web import Web

SLOW = 200
HEAD = (
    "POST /login HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    "Content-Length: 1000\r\n\r\nusername="
)
pytestmark = [pytest.mark.server, pytest.mark.timeout(200)]


@pytest.fixture(scope="module")
def web(
    _connected: object, mongo_server: str, redis_server: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Web]:
    with Web(mongo_server, redis_server, tmp_path_factory.mktemp("web")) as running:
        yield running


def connect(web: Web, first: str) -> socket.socket:
    sender = socket.create_connection((HOST, web.port), timeout=30)
    sender.sendall(first.encode())
    return sender


def status_of(sender: socket.socket) -> int:
    return int(sender.recv(4096).split()[1])


@pytest.mark.parametrize(
    "first", [HEAD.format(host=HOST), "POST /login HTTP/1.1\r\nHost: "], ids=["slow bodies", "slow headers"]
)
def test_pages_answer_while_many_send_slowly(web: Web, first: str) -> None:
    with ExitStack() as open_:
        for _ in range(SLOW):
            open_.enter_context(connect(web, first))
        for _ in range(20):
            assert web.get("/login").status == 200
            assert web.get("/healthz").status == 200


def test_one_address_sends_only_so_many_bodies_at_once(web: Web) -> None:
    """Of the others each is told at once; whoever is there keeps his place."""
    with ExitStack() as open_:
        senders = [open_.enter_context(connect(web, HEAD.format(host=HOST))) for _ in range(SLOW)]
        until(lambda: len(select.select(senders, [], [], 0)[0]) >= SLOW - 2 * 64, "the refusals", 15)
        assert {status_of(each) for each in select.select(senders, [], [], 0)[0]} == {503}


def test_a_body_that_does_not_come_is_given_up(web: Web) -> None:
    until(lambda: web.post("/login", {}).status != 503, "the end of who was there before", 30)
    with connect(web, HEAD.format(host=HOST)) as sender:
        sender.settimeout(60)
        assert status_of(sender) == 408


@pytest.mark.parametrize("chunked", [False, True], ids=["by length", "in chunks"])
def test_a_body_that_is_too_large_is_refused_in_words(web: Web, chunked: bool) -> None:
    size = 16 * 1024 * 1024 + 1
    how = "Transfer-Encoding: chunked" if chunked else f"Content-Length: {size}"
    head = f"POST /api/v1/requests HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n{how}\r\n\r\n"
    with connect(web, head) as sender:
        if chunked:
            _send_all(sender, lambda: sender.sendall(b"%x\r\n" % size + b"x" * size + b"\r\n0\r\n\r\n"))
        assert status_of(sender) in {401, 413}


def _send_all(sender: socket.socket, send: Callable[[], None]) -> None:
    """The server may answer and close before all of it is sent."""
    with suppress(BrokenPipeError, ConnectionResetError):
        send()


@pytest.mark.parametrize("how", ["by length", "in chunks"])
def test_a_body_arrives_as_it_was_sent(web: Web, how: str) -> None:
    body = b'{"words": "' + "漏水".encode() * 20_000 + b'"}'
    if how == "by length":
        sent = b"Content-Length: %d\r\n\r\n" % len(body) + body
    else:
        sent = b"Transfer-Encoding: chunked\r\n\r\n%x\r\n" % len(body) + body + b"\r\n0\r\n\r\n"
    head = b"POST /api/v1/requests HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
    with socket.create_connection((HOST, web.port), timeout=30) as sender:
        sender.sendall(head + sent)
        assert status_of(sender) == 401, "read to its end, and asked who sends it"
