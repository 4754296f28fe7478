"""Counts what goes over the wire: a relay between a browser and a server, which sees real bytes, headers and all."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Lock, Thread

HOST = "127.0.0.1"


class Relay:
    """`received` are the bytes that the server has sent so far."""

    def __init__(self, port: int) -> None:
        self._server = port
        self._listening = socket.create_server((HOST, 0))
        self._lock = Lock()
        self.received = 0
        self.port: int = self._listening.getsockname()[1]

    def run(self) -> None:
        with suppress(OSError):  # closed: the end
            while True:
                browser, _ = self._listening.accept()
                server = socket.create_connection((HOST, self._server))
                Thread(target=self._pump, args=(browser, server, False), daemon=True).start()
                Thread(target=self._pump, args=(server, browser, True), daemon=True).start()

    def _pump(self, source: socket.socket, sink: socket.socket, counted: bool) -> None:
        with suppress(OSError):
            while data := source.recv(65_536):
                if counted:
                    with self._lock:
                        self.received += len(data)
                sink.sendall(data)
        with suppress(OSError):
            sink.shutdown(socket.SHUT_WR)

    def close(self) -> None:
        self._listening.close()


@contextmanager
def relayed(port: int) -> Iterator[Relay]:
    relay = Relay(port)
    Thread(target=relay.run, daemon=True).start()
    try:
        yield relay
    finally:
        relay.close()
