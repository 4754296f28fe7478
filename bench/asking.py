"""Programs that ask over and over: raw requests on connections that stay open, so that what is measured is the server."""

import socket
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager

# Each client has an address of its own: the product's limit for one address is in force, and must not be what is measured.
NETWORK = "127.0.1."

Request = Callable[[], bytes]


def raw(method: str, address: str, authorization: str, body: bytes = b"") -> bytes:
    """The bytes of a request on a connection that stays open."""
    headers = [f"{method} {address} HTTP/1.1", "Host: localhost", f"Authorization: {authorization}", "Accept: */*"]
    if body:
        headers += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    return "\r\n".join([*headers, "", ""]).encode() + body


class Client:
    """One program."""

    def __init__(self, number: int, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), source_address=(f"{NETWORK}{number + 1}", 0))
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._read = self._socket.makefile("rb")

    def ask(self, request: bytes) -> tuple[int, dict[str, str], bytes]:
        self._socket.sendall(request)
        status = int(self._read.readline().split()[1])
        headers: dict[str, str] = {}
        while line := self._read.readline().strip():
            name, _, value = line.decode("latin-1").partition(":")
            headers[name.lower()] = value.strip()
        return status, headers, self._body(headers) if status != 304 else b""

    def _body(self, headers: Mapping[str, str]) -> bytes:
        if headers.get("transfer-encoding") != "chunked":
            return self._read.read(int(headers.get("content-length", 0)))
        parts: list[bytes] = []
        while size := int(self._read.readline(), 16):
            parts.append(self._read.read(size))
            self._read.readline()
        self._read.readline()
        return b"".join(parts)

    def close(self) -> None:
        self._read.close()
        self._socket.close()


@contextmanager
def clients(count: int, port: int) -> Iterator[list[Client]]:
    with ExitStack() as stack:
        made = [Client(number, port) for number in range(count)]
        for each in made:
            stack.callback(each.close)
        yield made


def ask_all(programs: Sequence[Client], request: Request, times: int, status: int) -> None:
    """All at once, each so many times. Raises `RuntimeError` for another answer than `status`."""

    def ask(program: Client) -> None:
        for _ in range(times):
            got, _, data = program.ask(request())
            if got != status:
                raise RuntimeError(f"answered by {got}: {data[:300]!r}")

    with ThreadPoolExecutor(len(programs)) as threads:
        for done in [threads.submit(ask, each) for each in programs]:
            done.result()
