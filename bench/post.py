"""The mail server of a measurement, and how fast it takes letters when nobody has to write or mark them."""

import os
import socket
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from bench.receiver import HOST
from store.clock import now
from store.notices.mail_text import message_bytes
from store.notices.senders import Letter
from store.notices.smtp import MOST_CONNECTIONS as CONNECTIONS
from store.notices.texts import Text

SENDER, READER = "anju@anju.example", "reader@anju.example"
LETTERS = 4_000
ENVELOPE = f"MAIL FROM:<{SENDER}>\r\nRCPT TO:<{READER}>\r\nDATA\r\n".encode()
# What the envelope and the text are answered with.
ANSWERS_TO_ENVELOPE, ANSWERS_TO_TEXT = 3, 1


def alone(port: int) -> float:
    """Letters per second over as many connections as a worker has, with ready bytes and no marks."""
    letter = Letter(
        "bench", READER, Text("超时提醒 W-2611-00001：灭火器检查", "请尽快处理。\n" * 5), now(), urgent=True
    )
    text = message_bytes(letter, SENDER) + b".\r\n"
    with ThreadPoolExecutor(CONNECTIONS) as pool:
        began = time.monotonic()
        list(pool.map(lambda _: _send(port, text, LETTERS // CONNECTIONS), range(CONNECTIONS)))
        return LETTERS / (time.monotonic() - began)


def _send(port: int, text: bytes, count: int) -> None:
    with socket.create_connection((HOST, port)) as connection, connection.makefile("rb") as answers:
        answers.readline()
        for _ in range(count):
            for said, expected in ((ENVELOPE, ANSWERS_TO_ENVELOPE), (text, ANSWERS_TO_TEXT)):
                connection.sendall(said)
                for _ in range(expected):
                    answers.readline()


def cpu_seconds(process: int) -> float:
    """What a process has used since its start (Linux)."""
    after_name = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(after_name[11]) + int(after_name[12])) / os.sysconf("SC_CLK_TCK")


def wait_until_open(port: int, wait: Callable[[Callable[[], bool]], None]) -> None:
    def answers() -> bool:
        with socket.socket() as trial:
            return trial.connect_ex((HOST, port)) == 0

    wait(answers)
