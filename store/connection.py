"""The way to MongoDB. Opened after any fork: a client does not survive one."""

import mongoengine
from pymongo import MongoClient
from pymongo.database import Database

from store import domains, indexes
from store.reach import Reach
from store.settings import Settings
from store.watch import Watch

DEFAULT_DATABASE = "anju"
# A query that takes longer than this is a defect; it must not hold a worker for ever.
QUERY_TIMEOUT_MS = 20_000
# Three nodes without settings of their own need up to 11 s to choose another primary: that is waited out, and nobody notices.
SELECTION_TIMEOUT_MS = 15_000
# How often a lost server is looked for while nobody asks it anything, and how soon a frozen one is given up (with the
# time for a connection: 10 s).
HEARTBEAT_MS = 5_000


def connect(settings: Settings, *, durable: bool = True, watch: Watch | None = None) -> Database[dict[str, object]]:
    """Connect MongoEngine (alias `default`) and return the database. Calling it again replaces the connection.

    `durable=False` does not wait for the journal and does not try again: for data that can be made again, such as a
    simulation's. A write that may be tried again makes the server keep a second document beside it. `watch` hears every
    command.
    """
    mongoengine.disconnect()
    client: MongoClient[dict[str, object]] = mongoengine.connect(
        host=settings.mongodb_uri,
        db=_database_name(settings.mongodb_uri),
        tz_aware=True,
        uuidRepresentation="standard",
        w="majority" if durable else 1,
        retryWrites=durable,
        serverSelectionTimeoutMS=SELECTION_TIMEOUT_MS,
        heartbeatFrequencyMS=HEARTBEAT_MS,
        event_listeners=[Reach.of_this_process(), *([watch] if watch else [])],
        connectTimeoutMS=5_000,
        socketTimeoutMS=60_000,
    )
    return client[_database_name(settings.mongodb_uri)]


def _database_name(uri: str) -> str:
    path = uri.split("://", 1)[-1].partition("/")[2].partition("?")[0]
    return path or DEFAULT_DATABASE


def ensure_indexes() -> None:
    """Make the indexes of every document, and drop those that it has named as retired. Called at start-up, not lazily in a
    request."""
    domains.load("documents")
    for document in sorted(_concrete_documents(), key=lambda each: each.__name__):
        document.ensure_indexes()
        # When their successors are there: nobody waits meanwhile.
        indexes.drop(document._get_collection(), *getattr(document, "RETIRED_INDEXES", ()))


def _concrete_documents() -> set[type[mongoengine.Document]]:
    found: set[type[mongoengine.Document]] = set()
    waiting = [mongoengine.Document]
    while waiting:
        for document in waiting.pop().__subclasses__():
            waiting.append(document)
            if not document._meta.get("abstract") and document.__module__.startswith("store."):
                found.add(document)
    return found
