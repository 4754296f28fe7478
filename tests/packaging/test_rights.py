"""What compose.yaml lets the product do in MongoDB is enough for all that it does there, on a mongod that asks for it."""

import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pymongo import MongoClient
from pymongo.errors import OperationFailure

from embedded.mongod import Mongod
from seeds.loader import estates
from seeds.simulating import scratch_uri
from tests.packaging.deployment import compose
from tests.store.backup_samples import back_up, contents, fill, put_back

# It starts a server of its own, without the fixtures that set the mark.
pytestmark = pytest.mark.server


class Guarded(Mongod):
    """Started again after the first time, it knows nobody without a password."""

    def _arguments(self) -> list[str]:
        keyfile = self.data / "keyfile"
        return [*super()._arguments(), *([f"--keyFile={keyfile}"] if keyfile.exists() else [])]

    def _become_ready(self, deadline: float) -> None:
        if not (self.data / "keyfile").exists():
            super()._become_ready(deadline)
            return
        with MongoClient[dict[str, Any]](self.uri, directConnection=True) as client:
            while not client.admin.command("hello").get("isWritablePrimary"):
                self._check(deadline)
                time.sleep(0.01)

    def guard(self, roles: list[dict[str, str]]) -> None:
        with MongoClient[dict[str, Any]](self.uri) as client:
            client["anju"].command("createUser", "anju", pwd="secret", roles=roles)
        self.stop()
        (self.data / "keyfile").write_text("a" * 64)
        (self.data / "keyfile").chmod(0o600)
        self.start()


def roles_in_compose() -> list[dict[str, str]]:
    script = compose()["services"]["mongo-setup"]["command"][-1]
    found = re.findall(r'\{role: "(\w+)", db: "(\w+)"\}', script)
    assert found
    return [{"role": role, "db": database} for role, database in found]


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MongoClient[dict[str, Any]]]:
    """As the product's user."""
    with Guarded(tmp_path_factory.mktemp("guarded") / "mongo") as mongod:
        mongod.guard(roles_in_compose())
        uri = mongod.uri.replace("//", "//anju:secret@")
        with MongoClient[dict[str, Any]](uri, tz_aware=True, uuidRepresentation="standard") as client:
            yield client


def test_the_products_user_may_do_nothing_elsewhere(client: MongoClient[dict[str, Any]]) -> None:
    for name in ("admin", "other"):
        with pytest.raises(OperationFailure, match="not authorized"):
            client[name]["things"].insert_one({})


def test_a_backup_can_be_put_back(client: MongoClient[dict[str, Any]], tmp_path: Path) -> None:
    store = client["anju"]
    fill(store)
    store.drop_collection("checked")  # nothing of the product has a validator; writing past one is a right of its own
    back_up(store, tmp_path / "anju.zip")
    before = contents(store)
    store["later"].insert_one({"n": 1})
    put_back(store, tmp_path / "anju.zip", replace=True)
    assert contents(store) == before


@pytest.mark.parametrize("estate", estates())
def test_a_simulation_has_its_database_and_drops_it(client: MongoClient[dict[str, Any]], estate: str) -> None:
    name = scratch_uri("mongodb://mongo:27017/anju?replicaSet=rs0", estate).split("/")[-1].split("?")[0]
    client[name]["things"].create_index("n", unique=True)
    client[name]["things"].insert_one({"n": 1})
    client.drop_database(name)
    assert client[name]["things"].find_one() is None
