"""Keeping and dropping filters. They belong to one person and change nothing that others see."""

from datetime import datetime

from bson import ObjectId

from store.access import require
from store.actor import Actor
from store.errors import Invalid, NotFound, RuleBroken
from store.views.documents import SavedFilter
from store.words import Words

MOST_KEPT = 20
LONGEST_NAME = 30
LONGEST_QUERY = 1_000


def saved_filters(actor: Actor, listed: str) -> list[SavedFilter]:
    """The actor's filters of a list, by name."""
    return list(SavedFilter.objects(owner=actor.code, listed=listed).order_by("name").limit(MOST_KEPT))


def save(listed: str, name: str, query: str, *, actor: Actor, now: datetime) -> None:
    """Keep a filter; one of the same name is replaced. Raises `Invalid`, `RuleBroken` `too_many`."""
    require(actor, "saved_filters.write")
    name = name.strip()
    if not 1 <= len(name) <= LONGEST_NAME:
        words = Words("名称为 1–{n} 个字", "A name has 1–{n} characters").fill(n=LONGEST_NAME)
        raise Invalid.one("bad_name", words, "name")
    if not query or len(query) > LONGEST_QUERY:
        words = Words("请先筛选，再保存", "Set some filters first, then keep them")
        raise Invalid.one("nothing_to_keep", words, "query")
    key = {"owner": actor.code, "listed": listed, "name": name}
    kept = {each.name for each in saved_filters(actor, listed)}
    if name not in kept and len(kept) >= MOST_KEPT:
        words = Words("最多保存 {n} 个筛选，请先删除不用的", "At most {n} filters; drop one first")
        raise RuleBroken("too_many", words.fill(n=MOST_KEPT))
    update = {"$set": {"query": query}, "$setOnInsert": {"created_at": now}}
    SavedFilter._get_collection().update_one(key, update, upsert=True)


def drop(key: str, *, actor: Actor) -> None:
    """Raises `NotFound` for somebody else's."""
    require(actor, "saved_filters.write")
    found = SavedFilter.objects(pk=key, owner=actor.code).first() if ObjectId.is_valid(key) else None
    if found is None:
        raise NotFound(SavedFilter.LABEL, key)
    found.delete()
