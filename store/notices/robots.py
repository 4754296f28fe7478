"""Chat robots and webhooks through Apprise: 企业微信 `wecombot://`, 钉钉 `dingtalk://`, 飞书 `feishu://`, `jsons://` …"""

import ipaddress
import logging
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import apprise

from store.notices.rules import APPRISE
from store.notices.senders import Letter, SendFailed, Session

SECONDS = 4.0
# Apprise can do much that a stranger's address must not make us do (local commands, desktop pop-ups, mail to anybody).
# True: the address names a host of its own, which must not lie inside our network.
SCHEMES: dict[str, bool] = {
    "wecombot": False,
    "dingtalk": False,
    "feishu": False,
    "lark": False,
    "slack": False,
    "tgram": False,
    "workflows": True,
    "gotifys": True,
    "json": True,
    "jsons": True,
}
# Its warnings name hosts and paths, and a robot's path is its password.
logging.getLogger("apprise").setLevel(logging.CRITICAL)


class AppriseSender:
    """`allow_private` lets addresses of our own network through; for tests, and for robots that stand in the house."""

    channel = APPRISE

    def __init__(self, *, allow_private: bool = False, seconds: float = SECONDS) -> None:
        self._allow_private = allow_private
        self._seconds = seconds

    def receiver(self, address: str) -> str:
        return address

    @contextmanager
    def open(self, receiver: str) -> Iterator[Session]:
        yield _RobotSession(self._robot(receiver), self._seconds)

    def _robot(self, url: str) -> Any:
        scheme = urlsplit(url).scheme.lower()
        if scheme not in SCHEMES:
            raise SendFailed("bad_address", final=True, broken=True)
        robot = apprise.Apprise.instantiate(url, suppress_exceptions=True)
        if robot is None:
            raise SendFailed("bad_address", final=True, broken=True)
        if SCHEMES[scheme] and not self._allow_private and not is_public(str(getattr(robot, "host", None) or "")):
            raise SendFailed("private_address", final=True, broken=True)
        # Set here, because an address may carry `?redirect=yes&rto=9999`.
        robot.redirects = False
        robot.retry = 0
        robot.socket_connect_timeout = robot.socket_read_timeout = self._seconds
        return robot


class _RobotSession:
    def __init__(self, robot: Any, seconds: float) -> None:
        self._robot = robot
        self._seconds = seconds

    def send(self, letter: Letter) -> None:
        if hasattr(self._robot, "headers"):
            # A webhook can tell a repetition by this.
            self._robot.headers = {**self._robot.headers, "X-Anju-Notice": letter.id}
        kind = apprise.NotifyType.WARNING if letter.urgent else apprise.NotifyType.INFO
        began = time.monotonic()
        if self._robot.notify(title=letter.text.subject, body=letter.text.body, notify_type=kind):
            return
        # Apprise only says that it failed; what took as long as the limit was the limit.
        slow = time.monotonic() - began >= self._seconds * 0.9
        raise SendFailed("timed_out" if slow else "refused", broken=slow)


def is_public(host: str) -> bool:
    """Whether every address of the host lies outside private, loopback, link-local and reserved networks.

    Raises `SendFailed` for a host that cannot be resolved.
    """
    try:
        # A literal IPv6 address comes in brackets.
        found = socket.getaddrinfo(host.strip("[]"), None, type=socket.SOCK_STREAM) if host else []
    except (OSError, UnicodeError):
        raise SendFailed("unreachable", broken=True) from None
    return bool(found) and all(_outside(str(entry[4][0]).partition("%")[0]) for entry in found)


def _outside(text: str) -> bool:
    address = ipaddress.ip_address(text)
    # An IPv4 address in IPv6's clothes leads to the same machine.
    inner = getattr(address, "ipv4_mapped", None) or address
    return inner.is_global and not inner.is_multicast
