"""Whether anything was written: a hash of every collection, and of what is in force apart from drafts."""

import hashlib
from typing import Any, NamedTuple

import bson

# Who looked, and when; not what is known.
OF_VISITS = frozenset({"accounts", "sign_ins", "api_tokens", "api_attempts"})
# What saving a draft may change in the head of an entry. Everything else of it is what is in force.
OF_DRAFTS = frozenset(
    {
        "draft",
        "draft_uses",
        "uses",
        "state",
        "name",
        "version",
        "events",
        "changed_at",
        "changed_by",
        "pending",
        "relayed",
    }
)


class Fingerprint(NamedTuple):
    """`collections`: name → hash over all its documents; `in_force`: the same of content without its drafts."""

    collections: dict[str, str]
    in_force: str

    def without_drafts(self) -> tuple[dict[str, str], str]:
        """What must stay when a draft may be saved: everything but the drafts themselves."""
        return {name: each for name, each in self.collections.items() if name != "content"}, self.in_force


def fingerprint(database: Any) -> Fingerprint:
    names = sorted(set(database.list_collection_names(filter={"type": "collection"})) - OF_VISITS)
    collections = {
        name: _hash(database[name].find().sort("_id", 1)) for name in names if not name.startswith("system.")
    }
    return Fingerprint(collections, _hash(_in_force(each) for each in database.content.find().sort("_id", 1)))


def _in_force(head: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in head.items() if name not in OF_DRAFTS}


def _hash(documents: Any) -> str:
    found = hashlib.sha256()
    for each in documents:
        found.update(bson.encode(each))
    return found.hexdigest()
