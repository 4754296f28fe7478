"""`python -m bench.receiver PORT FILE`: a mail server that writes down when it took each message, and nothing else."""

import asyncio
import sys
import time
from typing import TextIO

from aiosmtpd.smtp import SMTP, Envelope, Session

HOST = "127.0.0.1"


class Receiver:
    """One line for each message: seconds since the epoch."""

    def __init__(self, file: TextIO) -> None:
        self._file = file

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        self._file.write(f"{time.time():.6f}\n")
        return "250 OK"


async def serve(port: int, file: TextIO) -> None:
    server = await asyncio.get_running_loop().create_server(lambda: SMTP(Receiver(file)), HOST, port)
    await server.serve_forever()


if __name__ == "__main__":
    with open(sys.argv[2], "w", buffering=1) as moments:
        asyncio.run(serve(int(sys.argv[1]), moments))
