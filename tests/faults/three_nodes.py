"""Three mongods as one replica set, with MongoDB's own settings: another primary is there after some ten seconds."""

from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, ClassVar, Self

from pymongo import MongoClient
from pymongo.errors import PyMongoError

from embedded.mongod import DATABASE, Mongod
from embedded.ports import HOST
from tests.faults.crew import until

SET = "rs0"
Client = MongoClient[dict[str, Any]]


class Node(Mongod):
    """One of several: it is no set by itself."""

    needed_mebibytes: ClassVar[int] = 64

    def _become_ready(self, deadline: float) -> None:
        return None


class ThreeNodes:
    """`with ThreeNodes(folder) as nodes: nodes.kill_primary()`; who was killed is started again by `heal()`."""

    def __init__(self, folder: Path) -> None:
        self._nodes = [Node(folder / f"node-{n}") for n in range(3)]
        self._stack = ExitStack()

    @property
    def uri(self) -> str:
        return f"mongodb://{','.join(self._addresses())}/{DATABASE}?replicaSet={SET}"

    def _addresses(self) -> list[str]:
        return [f"{HOST}:{node.port}" for node in self._nodes]

    def primary(self) -> Node | None:
        return next((node for node in self._nodes if node.running and _says(node, "isWritablePrimary")), None)

    def await_primary(self) -> Node:
        until(lambda: self.primary() is not None, "a primary", 60)
        node = self.primary()
        assert node is not None
        return node

    def kill_primary(self) -> None:
        self.await_primary().kill()

    def step_down(self) -> None:
        with _client(self.await_primary()) as client:
            client.admin.command("replSetStepDown", 5, secondaryCatchUpPeriodSecs=2, force=True)

    def heal(self) -> None:
        """Every node runs and follows: the next fault may come."""
        for node in self._nodes:
            node.start()
        self.await_primary()
        until(lambda: all(_says(n, "isWritablePrimary") or _says(n, "secondary") for n in self._nodes), "followers", 60)

    def __enter__(self) -> Self:
        for node in self._nodes:
            self._stack.callback(node.kill)
            node.start()
        members = [{"_id": n, "host": address} for n, address in enumerate(self._addresses())]
        with _client(self._nodes[0]) as client:
            client.admin.command("replSetInitiate", {"_id": SET, "members": members})
        self.heal()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()


def _client(node: Node) -> Client:
    return MongoClient(HOST, node.port, directConnection=True, serverSelectionTimeoutMS=2_000)


def _says(node: Node, what: str) -> bool:
    try:
        with _client(node) as client:
            return bool(client.admin.command("hello").get(what))
    except PyMongoError:
        return False
