"""How content is found: by any part of its names, code and aliases, or by how its name sounds.

Each head has `tokens`: what begins at every character of these texts. An index finds what a token begins with, so a part
of a name costs no more than the whole, and what is not there no more than what is.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bson import ObjectId
from pymongo import UpdateOne

from store.catching_up import Task, go_on
from store.content.documents import Content
from store.name_tokens import pinyin_tokens
from store.typed_text import folded

# Characters of a token; more of what is typed is not looked at.
LONGEST = 32
MOST_STARTS = 300
# Texts of a head that has no tokens yet.
_TEXTS = ("code", "name.zh", "name.en", "draft.aliases")


def key_of(text: str) -> str:
    """A text as it is compared: without blanks, in half width and small letters."""
    return "".join(folded(text).casefold().split())


def tokens_of(code: str, name: Mapping[str, Any], draft: Mapping[str, Any]) -> list[str]:
    texts = [code, *map(str, name.values()), str(draft.get("aliases") or "")]
    parts = {start for text in texts for start in _starts(key_of(text))}
    sounds = (each[:LONGEST] for each in pinyin_tokens(key_of(str(name.get("zh") or ""))[:LONGEST]))
    return sorted(parts.union(sounds))


def _starts(key: str) -> Iterator[str]:
    return (key[start : start + LONGEST] for start in range(min(len(key), MOST_STARTS)))


def found_by(text: str) -> dict[str, Any]:
    """The query for heads in which `text` stands, or that sound so. Set a time limit: heads without tokens are read."""
    key = key_of(text)[:LONGEST]
    if not key:
        return {"tokens": {"$in": []}}
    plain: list[dict[str, Any]] = [{each: {"$regex": re.escape(text), "$options": "i"}} for each in _TEXTS]
    return {"$or": [{"tokens": {"$regex": "^" + re.escape(key)}}, {"tokens": None, "$or": plain}]}


def catch_up(limit: int) -> int:
    """Give the next heads that no run has come to their tokens, `limit` at most. Returns how many there were."""
    return go_on(Task("tokens", Content, _give_tokens), limit)


def _give_tokens(heads: Sequence[ObjectId]) -> None:
    shown = {"code": 1, "name": 1, "draft.aliases": 1, "version": 1}
    found = Content._get_collection().find({"_id": {"$in": list(heads)}, "tokens": None}, shown)
    # Who has changed it meanwhile has given it tokens.
    updates = [UpdateOne({"_id": each["_id"], "version": each["version"]}, _tokens_for(each)) for each in found]
    if updates:
        Content._get_collection().bulk_write(updates, ordered=False)


def _tokens_for(head: Mapping[str, Any]) -> dict[str, Any]:
    return {"$set": {"tokens": tokens_of(head["code"], head.get("name") or {}, head.get("draft") or {})}}
