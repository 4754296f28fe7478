"""The bench's own servers: a mongod and a redis-server in a folder that is thrown away."""

import logging
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from pymongo import MongoClient
from pymongo.database import Database

from bench import commands
from embedded.mongod import Mongod
from embedded.redis_server import RedisServer
from store.connection import connect
from store.settings import Settings

# The data of the largest measurement fits into it: what is compared is work, not the machine's disk.
CACHE_GB = 3.0
SECRET_KEY = "only-for-measuring-0123456789-abcdef"  # noqa: S105 - nothing is kept under it


@dataclass
class Ground:
    """Where measurements take place: each in databases of its own. `database` is the one in use."""

    mongod: Mongod
    redis: RedisServer
    database: Database[dict[str, Any]] = field(init=False)

    def environment(self, database: str) -> dict[str, str]:
        """What a process of the product is configured by."""
        return {
            "MONGODB_URI": self.mongod.uri_of(database),
            "REDIS_URL": self.redis.uri,
            "SECRET_KEY": SECRET_KEY,
        }

    def settings(self, database: str) -> Settings:
        return Settings.from_environment(self.environment(database))

    def use(self, database: str, *, durable: bool = True) -> Database[dict[str, Any]]:
        """Connect the store to a database, as the product connects."""
        self.database = cast("Database[dict[str, Any]]", connect(self.settings(database), durable=durable))
        return self.database

    def patient(self, database: str) -> Database[dict[str, Any]]:
        """For filling: the product's own connection gives up after a minute, and an index of a million takes longer."""
        client: MongoClient[dict[str, Any]] = MongoClient(self.mongod.uri_of(database), tz_aware=True, w=1)
        return client[database]

    def drop(self, database: str) -> None:
        self.use(database).client.drop_database(database)


@contextmanager
def servers() -> Iterator[Ground]:
    # Beside the figures only warnings are worth reading.
    logging.basicConfig(level=logging.WARNING)
    commands.listen()
    folder = Path(tempfile.mkdtemp(prefix="anju-bench-"))
    with ExitStack() as stack:
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        mongod, redis = Mongod(folder / "mongo", cache_gb=CACHE_GB), RedisServer(folder / "redis")
        for server in (mongod, redis):
            server.start()
            stack.callback(server.kill)  # the data is thrown away: no need to ask politely
        ground = Ground(mongod, redis)
        # The same documents are written again and again: five minutes of their history would fill the cache.
        ground.patient("admin").client.admin.command("setParameter", 1, minSnapshotHistoryWindowInSeconds=0)
        yield ground
