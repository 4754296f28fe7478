"""A real mongod as a replica set of one node: MongoEngine and retryable writes behave as in production. Or, for data that
nobody will look for again, one that keeps no record of its writes and of what was there before."""

import time
from pathlib import Path
from typing import Any, ClassVar

from pymongo import MongoClient
from pymongo.errors import PyMongoError

from embedded.errors import EmbeddedError
from embedded.ports import HOST
from embedded.server import POLL_SECONDS, Server

REPLICA_SET = "rs0"
DATABASE = "anju"
NEVER_MS = 2**31 - 1


class Mongod(Server):
    """`with Mongod(folder) as mongod: MongoClient(mongod.uri)`; the node is primary when `start()` returns.

    A `throwaway` one is no replica set. Of five minutes of writes it keeps nothing but the outcome, which a simulated
    year needs: it goes through a season in five minutes, and each look would wade through all that this has been.
    """

    program: ClassVar[str] = "mongod"
    needed_mebibytes: ClassVar[int] = 512  # a new folder takes about 300 MB

    def __init__(self, data: Path, port: int | None = None, cache_gb: float = 0.25, *, throwaway: bool = False) -> None:
        super().__init__(data, port)
        self.cache_gb = cache_gb
        self.throwaway = throwaway

    @property
    def uri(self) -> str:
        return self.uri_of(DATABASE)

    def uri_of(self, database: str) -> str:
        """The address of one database of this server."""
        return f"mongodb://{HOST}:{self.port}/{database}" + ("" if self.throwaway else f"?replicaSet={REPLICA_SET}")

    def _arguments(self) -> list[str]:
        return [
            f"--dbpath={self.data}",
            f"--port={self.port}",
            f"--bind_ip={HOST}",
            *([] if self.throwaway else [f"--replSet={REPLICA_SET}"]),
            f"--wiredTigerCacheSizeGB={self.cache_gb}",
            "--nounixsocket",  # a stale socket file after kill −9 would be one more thing to clean
            "--quiet",
            # The log repeats the words of every query that it calls slow, and with them names and telephone numbers.
            f"--slowms={NEVER_MS}",
            # On one machine there is nothing to save, and old servers trust the length that a compressed message names.
            "--networkMessageCompressors=disabled",
            "--setParameter=diagnosticDataCollectionEnabled=false",
            # Clients of a laptop need no 15 s to say good-bye.
            "--setParameter=shutdownTimeoutMillisForSignaledShutdown=0",
        ]

    def _become_ready(self, deadline: float) -> None:
        """Initiate before any other client is opened: one opened earlier says "Sessions are not supported" for ever."""
        client: MongoClient[dict[str, Any]] = MongoClient(
            HOST, self.port, directConnection=True, serverSelectionTimeoutMS=5_000
        )
        try:
            with client:
                self._refuse_a_stranger(client)
                if not self.throwaway:
                    self._configure(client)
                while not client.admin.command("hello").get("isWritablePrimary"):
                    self._check(deadline)
                    time.sleep(POLL_SECONDS)
        except PyMongoError as error:
            self._check(deadline)
            raise EmbeddedError(
                f"mongod on port {self.port} did not become ready ({error}); see {self.log}."
            ) from error

    def _refuse_a_stranger(self, client: MongoClient[dict[str, Any]]) -> None:
        if client.admin.command("serverStatus", repl=0, metrics=0, wiredTiger=0)["pid"] != self.pid:
            raise EmbeddedError(f"Port {self.port} was taken by another mongod meanwhile: start again.")

    def _configure(self, client: MongoClient[dict[str, Any]]) -> None:
        member = {"_id": 0, "host": f"{HOST}:{self.port}"}
        config = client.local.system.replset.find_one()
        if config is None:
            client.admin.command("replSetInitiate", {"_id": REPLICA_SET, "members": [member]})
        elif config["members"][0]["host"] != member["host"]:
            # The folder was served on another port before: the node does not find itself in its own configuration.
            config["members"] = [{**config["members"][0], **member}]
            config["version"] += 1
            client.admin.command("replSetReconfig", config, force=True)
