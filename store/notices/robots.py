"""Chat robots and webhooks: 企业微信, 钉钉, 飞书, Lark, Teams, Gotify and webhooks by ourselves, so that their answers are
read; Slack and Telegram, which say “no” by the status alone, through Apprise."""

import logging
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import apprise
import requests

from store.notices import programs
from store.notices.guarded import guard, post
from store.notices.rules import APPRISE
from store.notices.senders import Letter, SendFailed, Session
from store.people.addresses import BY_APPRISE, HOSTS, OWN_HOST, BadAddress, Robot, robot_at

SECONDS = 4.0
# Its warnings name hosts and paths, and a robot's path is its password.
logging.getLogger("apprise").setLevel(logging.CRITICAL)


class RobotSender:
    """`allow_private` lets addresses of our own network through; for tests, and for robots that stand in the house.

    `hosts` says where the chat programs are, if it is not where everybody's are.
    """

    channel = APPRISE

    def __init__(
        self, *, allow_private: bool = False, seconds: float = SECONDS, hosts: Mapping[str, str] = HOSTS
    ) -> None:
        self._allow_private = allow_private
        self._seconds = seconds
        self._hosts = hosts

    def receiver(self, address: str) -> str:
        return address

    @contextmanager
    def open(self, receiver: str) -> Iterator[Session]:
        try:
            robot = robot_at(receiver)
        except BadAddress:
            raise SendFailed("bad_address", final=True, broken=True) from None
        if robot.program in BY_APPRISE:
            yield _AppriseSession(_instance(receiver, self._seconds), self._seconds)
            return
        with requests.Session() as connection:
            # Ask for what can be read a piece at a time.
            connection.headers["Accept-Encoding"] = "identity"
            if robot.program in OWN_HOST and not self._allow_private:
                guard(connection)
            yield _RobotSession(connection, robot, self._hosts.get(robot.program, ""), self._seconds)


class _RobotSession:
    def __init__(self, connection: requests.Session, robot: Robot, host: str, seconds: float) -> None:
        self._connection, self._robot, self._host, self._seconds = connection, robot, host, seconds

    def send(self, letter: Letter) -> str:
        url, body, headers = programs.request_for(self._robot, self._host, letter)
        return programs.check(self._robot, post(self._connection, url, body, headers, self._seconds))


def _instance(url: str, seconds: float) -> Any:
    robot = apprise.Apprise.instantiate(url, suppress_exceptions=True)
    if robot is None:
        raise SendFailed("bad_address", final=True, broken=True)
    # Set here, because an address may carry `?redirect=yes&rto=9999`.
    robot.redirects = False
    robot.retry = 0
    robot.socket_connect_timeout = robot.socket_read_timeout = seconds
    return robot


class _AppriseSession:
    def __init__(self, robot: Any, seconds: float) -> None:
        self._robot = robot
        self._seconds = seconds

    def send(self, letter: Letter) -> str:
        kind = apprise.NotifyType.WARNING if letter.urgent else apprise.NotifyType.INFO
        began = time.monotonic()
        if self._robot.notify(title=letter.text.subject, body=letter.text.body, notify_type=kind):
            return "OK"
        # Apprise only says that it failed; what took as long as the limit was the limit.
        slow = time.monotonic() - began >= self._seconds * 0.9
        raise SendFailed("timed_out" if slow else "refused", broken=slow)
