"""A mail server on loopback that says what it is told to, where it is told to: what `aiosmtpd` would never say."""

import socket
import ssl
import threading
from types import TracebackType
from typing import Self

OK = {
    "HELO": "250 here",
    "EHLO": "250 here",
    "QUIT": "221 bye",
    **dict.fromkeys(("RSET", "NOOP", "MAIL", "RCPT"), "250 ok"),
}
CLOSE, HANG = "close", "hang"


class MailServer:
    """`answers` by command – GREETING, EHLO, AUTH, MAIL, RCPT, DATA (its first answer), TEXT (the one to the message).

    `close` cuts the connection instead, `hang` says nothing until the server ends. More than `most` connections at a time
    are sent away; `greeted` counts those that were not.
    """

    def __init__(self, **answers: str) -> None:
        self.answers = answers
        # Other answers of the n-th connection.
        self.answers_of: dict[int, dict[str, str]] = {}
        # Inside TLS from the first byte, if it is there.
        self.secure: ssl.SSLContext | None = None
        self.taken: list[bytes] = []
        self.most = 1_000
        self.greeted = 0
        self._open: set[socket.socket] = set()
        self._ends = threading.Event()
        self._socket = socket.create_server(("127.0.0.1", 0))

    @property
    def place(self) -> str:
        return f"127.0.0.1:{self._socket.getsockname()[1]}"

    @property
    def url(self) -> str:
        return f"smtp://{self.place}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ends.set()
        self._socket.close()

    def _accept(self) -> None:
        while not self._ends.is_set():
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            threading.Thread(target=self._receive, args=(connection,), daemon=True).start()

    def hang_up(self) -> None:
        """Close all connections, as a server does with what was idle too long."""
        for connection in list(self._open):
            connection.shutdown(socket.SHUT_RDWR)

    def _receive(self, connection: socket.socket) -> None:
        if len(self._open) >= self.most:
            with connection:
                self._say(connection, "421 too many connections")
            return
        self._open.add(connection)
        self.greeted += 1
        answers = {**self.answers, **self.answers_of.get(self.greeted, {})}
        try:
            if self.secure:
                connection = self.secure.wrap_socket(connection, server_side=True)
            self._talk(connection, answers if self.answers_of else self.answers)
        except OSError:
            pass  # it was hung up
        finally:
            self._open.discard(connection)

    def _talk(self, connection: socket.socket, answers: dict[str, str]) -> None:
        with connection, connection.makefile("rb") as lines:
            if not self._say(connection, answers.get("GREETING", "220 here")):
                return
            for line in lines:
                command = line[:4].decode().strip().upper()
                answer = answers.get(command, OK.get(command, "354 go on" if command == "DATA" else "502 no"))
                if command == "EHLO" and "AUTH" in answers and answer == OK["EHLO"]:
                    answer = "250-here\r\n250 AUTH PLAIN"
                if not self._say(connection, answer) or command == "QUIT":
                    return
                if command == "DATA" and answer.startswith("354"):
                    text = self._text(lines)
                    answer = answers.get("TEXT", "250 taken")
                    if answer.startswith("250"):
                        self.taken.append(text)
                    if not self._say(connection, answer):
                        return

    def _text(self, lines: object) -> bytes:
        found = b""
        for line in lines:  # type: ignore[attr-defined]
            if line == b".\r\n":
                return found
            found += line
        return found

    def _say(self, connection: socket.socket, answer: str) -> bool:
        """False when the connection is at its end."""
        if answer == HANG:
            self._ends.wait()
        if answer in (HANG, CLOSE):
            return False
        try:
            connection.sendall(answer.encode() + b"\r\n")
        except OSError:
            return False
        return True
