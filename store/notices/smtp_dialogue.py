"""The handing over of one letter in SMTP, over a connection of `smtplib` that has greeted and signed in.

`smtplib` waits for an answer four times a letter. A server that offers PIPELINING takes sender, reader and the wish to
send in one go (RFC 2920); what it answers is read as before. Nothing here waits: what is written as a generator goes on
with each answer, so that one thread leads many dialogues.
"""

import smtplib
from collections.abc import Generator, Iterator
from contextlib import suppress

DONE, GO_ON = frozenset({250, 251}), frozenset({354})
EXPECTED = (DONE, DONE, GO_ON)
Answer = tuple[int, bytes]
Talk = Generator[None, Answer, bytes]
# No server has so much to say to a letter.
MOST_SAID = 65_536


class Dialogue:
    """`is_over_to_them`: the last letter's text went out and no answer has come, so nobody knows whether it was taken."""

    def __init__(self, connection: smtplib.SMTP, sender: str) -> None:
        self._connection = connection
        self._sender = smtplib.quoteaddr(sender)
        self._pipelined = connection.has_extn("pipelining")
        self._sized = connection.has_extn("size")
        self.is_over_to_them = False

    def hand_over(self, address: str, message: bytes) -> Talk:
        """Wants an answer at every `yield`. Returns what the server said to the letter; raises `SMTPResponseException`
        for what it refused, and `OSError`."""
        self.is_over_to_them = False
        size = f" SIZE={len(message)}" if self._sized else ""
        yield from self._ask(f"MAIL FROM:{self._sender}{size}\r\n", f"RCPT TO:<{address}>\r\n", "DATA\r\n")
        self.is_over_to_them = True
        self._connection.send(_dotted(message))
        code, said = yield
        self.is_over_to_them = False
        if code not in DONE:
            yield from self._refused((code, said))
        return said

    def _ask(self, *commands: str) -> Generator[None, Answer, None]:
        answers: list[Answer] = []
        if self._pipelined:
            self._connection.send("".join(commands))
            for _ in commands:
                answers.append((yield))
        else:
            for command, fine in zip(commands, EXPECTED, strict=True):
                self._connection.send(command)
                answers.append((yield))
                if answers[-1][0] not in fine:
                    break
        bad = [answer for answer, fine in zip(answers, EXPECTED, strict=False) if answer[0] not in fine]
        if bad:
            if len(answers) == len(commands) and answers[-1][0] in GO_ON:
                # It waits for a text although it refused sender or reader: none, for nobody (RFC 2920, 3.1).
                self._connection.send(".\r\n")
                yield
            yield from self._refused(bad[0])

    def _refused(self, answer: Answer) -> Generator[None, Answer, None]:
        # A server that hangs up after its refusal shows that with the next letter.
        with suppress(smtplib.SMTPServerDisconnected):
            self._connection.send("RSET\r\n")
            yield
        raise smtplib.SMTPResponseException(*answer)


class Answers:
    """Answers out of the bytes that come, each when its last line is there."""

    def __init__(self) -> None:
        self._read = b""
        self._lines: list[bytes] = []

    def of(self, data: bytes) -> Iterator[Answer]:
        """Raises `SMTPServerDisconnected` for what is no end."""
        *lines, self._read = (self._read + data).split(b"\n")
        if len(self._read) + sum(map(len, self._lines)) > MOST_SAID:
            raise smtplib.SMTPServerDisconnected("an answer without an end")
        for line in lines:
            self._lines.append(line[4:].strip(b" \t\r\n"))
            if line[3:4] != b"-":
                said, self._lines = b"\n".join(self._lines), []
                yield (int(line[:3]) if line[:3].isdigit() else -1), said


def _dotted(message: bytes) -> bytes:
    """With its end; a line that begins with a dot would be taken for it (RFC 5321, 4.5.2). Lines end by CRLF."""
    doubled = message.replace(b"\r\n.", b"\r\n..")
    return (
        (b"." if doubled.startswith(b".") else b"")
        + doubled
        + (b".\r\n" if doubled.endswith(b"\r\n") else b"\r\n.\r\n")
    )
