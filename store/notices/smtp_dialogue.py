"""The handing over of one letter in SMTP, over a connection of `smtplib` that has greeted and signed in.

`smtplib` waits for an answer four times a letter. A server that offers PIPELINING takes sender, reader and the wish to
send in one go (RFC 2920); what it answers is read as before.
"""

import smtplib
from contextlib import suppress

DONE, GO_ON = frozenset({250, 251}), frozenset({354})
EXPECTED = (DONE, DONE, GO_ON)
Answer = tuple[int, bytes]


class Dialogue:
    """`is_over_to_them`: the last letter's text went out and no answer has come, so nobody knows whether it was taken."""

    def __init__(self, connection: smtplib.SMTP, sender: str) -> None:
        self._connection = connection
        self._sender = smtplib.quoteaddr(sender)
        self._pipelined = connection.has_extn("pipelining")
        self._sized = connection.has_extn("size")
        self.is_over_to_them = False

    def hand_over(self, address: str, message: bytes) -> bytes:
        """What the server said to the letter. Raises `SMTPResponseException` for what it refused, and `OSError`."""
        self.is_over_to_them = False
        size = f" SIZE={len(message)}" if self._sized else ""
        self._ask(f"MAIL FROM:{self._sender}{size}\r\n", f"RCPT TO:<{address}>\r\n", "DATA\r\n")
        self.is_over_to_them = True
        self._connection.send(_dotted(message))
        code, said = self._connection.getreply()
        self.is_over_to_them = False
        if code not in DONE:
            self._refused((code, said))
        return said

    def _ask(self, *commands: str) -> None:
        answers: list[Answer] = []
        if self._pipelined:
            self._connection.send("".join(commands))
            answers = [self._connection.getreply() for _ in commands]
        else:
            for command, fine in zip(commands, EXPECTED, strict=True):
                self._connection.send(command)
                answers.append(self._connection.getreply())
                if answers[-1][0] not in fine:
                    break
        bad = [answer for answer, fine in zip(answers, EXPECTED, strict=False) if answer[0] not in fine]
        if bad:
            if len(answers) == len(commands) and answers[-1][0] in GO_ON:
                self._nothing()
            self._refused(bad[0])

    def _nothing(self) -> None:
        """It waits for a text although it refused sender or reader: none, for nobody (RFC 2920, 3.1)."""
        self._connection.send(".\r\n")
        self._connection.getreply()

    def _refused(self, answer: Answer) -> None:
        # A server that hangs up after its refusal shows that with the next letter.
        with suppress(smtplib.SMTPServerDisconnected):
            self._connection.rset()
        raise smtplib.SMTPResponseException(*answer)


def _dotted(message: bytes) -> bytes:
    """With its end; a line that begins with a dot would be taken for it (RFC 5321, 4.5.2). Lines end by CRLF."""
    doubled = message.replace(b"\r\n.", b"\r\n..")
    return (
        (b"." if doubled.startswith(b".") else b"")
        + doubled
        + (b".\r\n" if doubled.endswith(b"\r\n") else b"\r\n.\r\n")
    )
