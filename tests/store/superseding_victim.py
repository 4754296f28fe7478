"""`python -m tests.store.superseding_victim publish|catch_up|migrate|carry_on URI N`: a process that ends itself by SIGKILL before its
N-th write, or with 0 when there are not so many."""

import os
import signal
import sys
from datetime import timedelta

from pymongo import monitoring
from pymongo.monitoring import CommandFailedEvent, CommandStartedEvent, CommandSucceededEvent

from store import domains
from store.connection import connect
from store.content import migration, superseding
from store.content import operations as content
from store.settings import Settings
from tests import cast

WRITES = frozenset({"insert", "update", "findAndModify", "delete", "commitTransaction"})
KIND, CODE = "service_category", "reception"
LATER = cast.NOW + timedelta(hours=1)


class AtWrite(monitoring.CommandListener):
    def __init__(self, number: int) -> None:
        self._left = number

    def started(self, event: CommandStartedEvent) -> None:
        self._left -= event.command_name in WRITES
        if self._left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def succeeded(self, event: CommandSucceededEvent) -> None: ...

    def failed(self, event: CommandFailedEvent) -> None: ...


def publish() -> None:
    content.publish(KIND, CODE, actor=cast.manager(), now=LATER)


def catch_up() -> None:
    while superseding.catch_up(2) == 2:
        pass


def migrate() -> None:
    migration.migrate("lift", {}, actor=cast.manager(), now=LATER)


def carry_on() -> None:
    migration.AT_ONCE = 0
    migrate()
    migration.carry_on(LATER)


if __name__ == "__main__":
    act, uri, number = sys.argv[1:]
    monitoring.register(AtWrite(int(number)))
    domains.load("documents")
    connect(Settings.from_environment({"MONGODB_URI": uri, "REDIS_URL": "redis://localhost", "SECRET_KEY": "s" * 40}))
    {"publish": publish, "catch_up": catch_up, "migrate": migrate, "carry_on": carry_on}[act]()
