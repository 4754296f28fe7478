"""`python -m bench.receiver PORT FILE`: a mail server that writes down when it took each message, and does little else.

It offers PIPELINING, as every usual mail server does, and costs a tenth of a millisecond a letter: it must not be what
is measured.
"""

import asyncio
import sys
import time
from functools import partial
from typing import TextIO

HOST = "127.0.0.1"
ANSWERS = {b"EHLO": b"250-here\r\n250 PIPELINING\r\n", b"DATA": b"354 go on\r\n", b"QUIT": b"221 bye\r\n"}
END = b"\r\n.\r\n"


class Receiver(asyncio.Protocol):
    """One connection. One line for each message: seconds since the epoch."""

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self._read = b""
        self._in_text = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        transport.write(b"220 here\r\n")

    def data_received(self, data: bytes) -> None:
        self._read += data
        answers = b""
        while answer := self._next():
            answers += answer
        self._transport.write(answers)

    def _next(self) -> bytes:
        """The answer to the next command or message that is there as a whole."""
        one, found, rest = self._read.partition(END if self._in_text else b"\r\n")
        if not found:
            return b""
        self._read = rest
        if self._in_text:
            self._in_text = False
            self._file.write(f"{time.time():.6f}\n")
            return b"250 OK\r\n"
        command = one[:4].upper()
        self._in_text = command == b"DATA"
        return ANSWERS.get(command, b"250 OK\r\n")


async def serve(port: int, file: TextIO) -> None:
    server = await asyncio.get_running_loop().create_server(partial(Receiver, file), HOST, port)
    await server.serve_forever()


if __name__ == "__main__":
    with open(sys.argv[2], "w", buffering=1) as moments:
        asyncio.run(serve(int(sys.argv[1]), moments))
