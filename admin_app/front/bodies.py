"""Taking in the body of a request before any thread is given to it: in time, of a bounded size, from so many at once."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from tempfile import SpooledTemporaryFile
from typing import IO

KIBIBYTE, MEBIBYTE = 1024, 1024 * 1024
# A body must have come so far after so long: the first seconds are for the radio of a tablet, the rate for its worst link.
PATIENCE_SECONDS = 20.0
SLOWEST_BYTES_PER_SECOND = 2 * KIBIBYTE
LONGEST_SECONDS = 600.0
# Held in memory; what is larger lies in a temporary file.
IN_MEMORY = 64 * KIBIBYTE


class Late(Exception):
    """The body did not come in time."""


class Broken(Exception):
    """The body ended before its end."""


class Busy(Exception):
    """So many bodies are being sent, by this address or by all, that another one is not taken now."""


@dataclass
class Intake:
    """The bodies that one process is taking in at this moment."""

    largest: int
    most: int = 512
    most_of_one: int = 64
    most_bytes: int = 256 * MEBIBYTE
    _open: Counter[str] = field(default_factory=Counter)
    _bytes: int = 0

    async def read(self, chunks: AsyncIterable[bytes], declared: int | None, address: str) -> IO[bytes]:
        """The body from its beginning. Of one that is larger than `largest` only so much that the application sees it.

        Raises `Late`, `Broken`, `Busy`.
        """
        with self._place(address):
            body = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - the application's thread closes it
            try:
                size = await self._copy(chunks, body)
                if declared is not None and size < declared and size <= self.largest:
                    raise Broken
                body.seek(0)
            except BaseException:
                body.close()
                raise
            return body

    async def _copy(self, chunks: AsyncIterable[bytes], body: IO[bytes]) -> int:
        size, began = 0, asyncio.get_running_loop().time()
        try:
            async with asyncio.timeout(PATIENCE_SECONDS) as limit:
                async for chunk in chunks:
                    body.write(chunk)
                    size += len(chunk)
                    self._bytes += len(chunk)
                    if size > self.largest:
                        break
                    if self._bytes > self.most_bytes:
                        raise Busy
                    allowed = PATIENCE_SECONDS + size / SLOWEST_BYTES_PER_SECOND
                    limit.reschedule(began + min(allowed, LONGEST_SECONDS))
        except TimeoutError as error:
            raise Late from error
        finally:
            self._bytes -= size
        return size

    @contextmanager
    def _place(self, address: str) -> Iterator[None]:
        if self._open.total() >= self.most or self._open[address] >= self.most_of_one:
            raise Busy
        self._open[address] += 1
        try:
            yield
        finally:
            self._open[address] -= 1
            if not self._open[address]:
                del self._open[address]
