"""A real redis-server with an append-only file: by default kill −9 would lose every job."""

import socket
import time
from typing import ClassVar

from embedded.errors import EmbeddedError
from embedded.ports import HOST
from embedded.server import POLL_SECONDS, Server


class RedisServer(Server):
    """`with RedisServer(folder) as server: Redis.from_url(server.uri)`."""

    program: ClassVar[str] = "redis-server"
    needed_mebibytes: ClassVar[int] = 64

    @property
    def uri(self) -> str:
        return f"redis://{HOST}:{self.port}/0"

    def _arguments(self) -> list[str]:
        options = {
            "port": str(self.port),
            "bind": HOST,
            "dir": str(self.data),
            "appendonly": "yes",
            "appendfsync": "everysec",
            "save": "",
            # Jobs must be refused, not silently evicted.
            "maxmemory-policy": "noeviction",
            # One for each parallel test worker.
            "databases": "64",
        }
        return [word for name, value in options.items() for word in (f"--{name}", value)]

    def _become_ready(self, deadline: float) -> None:
        while True:
            answer = self._info()
            if f"process_id:{self.pid}\r" in answer and "loading:0\r" in answer:
                return
            if "process_id:" in answer and f"process_id:{self.pid}\r" not in answer:
                raise EmbeddedError(f"Port {self.port} was taken by another redis-server meanwhile: start again.")
            self._check(deadline)
            time.sleep(POLL_SECONDS)

    def _info(self) -> str:
        """INFO over a plain socket: it answers while the append-only file is still being loaded."""
        try:
            with socket.create_connection((HOST, self.port), timeout=5) as connection:
                connection.sendall(b"INFO\r\n")
                return _bulk(connection)
        except OSError:
            return ""


def _bulk(connection: socket.socket) -> str:
    received = b""
    while b"\r\n" not in received:
        received += connection.recv(65_536) or b"\r\n"
    head, _, body = received.partition(b"\r\n")
    length = int(head[1:]) if head.startswith(b"$") else 0
    while len(body) < length:
        chunk = connection.recv(65_536)
        if not chunk:
            break
        body += chunk
    return body.decode(errors="replace")
