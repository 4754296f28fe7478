"""A mail server outside of everything that is struck: a process of its own that keeps on disk what it took.

`python -m tests.faults.post_office FOLDER` prints its address and takes mail until its standard input is closed.
"""

import subprocess
import sys
from email import message_from_binary_file
from email.message import EmailMessage
from email.policy import default
from mailbox import Maildir
from pathlib import Path
from types import TracebackType
from typing import Self

from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.servers import SmtpReceiver


class Keeper(SmtpReceiver):
    """Says that it took a letter when the letter is on disk."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._box = Maildir(folder)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        content = envelope.content if isinstance(envelope.content, bytes) else str(envelope.content).encode()
        self._box.add(content)
        return "250 OK"


class PostOffice:
    """`with PostOffice(folder) as office: office.url, office.messages`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._process: subprocess.Popen[str] | None = None
        self.url = ""

    @property
    def messages(self) -> list[EmailMessage]:
        """All that were ever taken."""
        return [_read(path) for path in sorted((self._folder / "new").iterdir())]

    def __enter__(self) -> Self:
        command = [sys.executable, "-m", "tests.faults.post_office", str(self._folder)]
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True
        )
        assert self._process.stdout
        self.url = self._process.stdout.readline().strip()
        assert self.url, "the post office opens"
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._process
        self._process.communicate(timeout=20)


def _read(path: Path) -> EmailMessage:
    with path.open("rb") as file:
        return message_from_binary_file(file, policy=default)


def main(folder: Path) -> None:
    with Keeper(folder) as keeper:
        print(keeper.url, flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
