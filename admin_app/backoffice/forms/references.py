"""What content may refer to: found while typing, within the actor's estates, and named by their codes."""

from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import available_timezones

from mongoengine import Q, QuerySet

from admin_app.accounts.current import current_actor
from admin_app.shell.language import say
from store import clock, directory
from store.access import ROLES, permits
from store.actor import Actor
from store.content import audience, reading
from store.content.documents import Content
from store.content.searching import found_by
from store.name_tokens import pinyin_tokens
from store.policies.rules import clauses_of
from store.words import Words, translated

MOST_HITS = 20
# Names that are listened to: more of a kind are found by what stands in them.
MOST_HEARD = 2_000
# Set last in each query: MongoEngine forgets it at the next `filter`.
SLOW_MS = 2_000
# What a target of an escalation may name, besides directory kinds.
TARGET_KINDS = {
    "role": "role",
    "department": "department",
    "on_duty": "department",
    "staff": "staff",
    "channel": "channel",
}
NOT_LIVE = Words("未发布", "not published")
DIRECTORY_PERMISSION = {"household": "households.read"}


class Hit(NamedTuple):
    code: str
    name: str
    detail: str = ""


def find(kind: str, text: str, actor: Actor, estate: str | None = None) -> list[Hit]:
    """Up to `MOST_HITS` things of a kind whose name or code contains `text`, best first. Unknown kinds have none."""
    if kind in _FIXED:
        return _matching(_FIXED[kind](), text)
    if directory.is_kind(kind):
        allowed = permits(actor, DIRECTORY_PERMISSION.get(kind, "directory.read"))
        return _directory_hits(kind, text, actor, estate) if allowed else []
    seen = permits(actor, "content.read") and audience.reads(actor, kind)
    return _content_hits(kind, text, actor, estate) if seen else []


def _matching(hits: Iterable[Hit], text: str) -> list[Hit]:
    wanted = text.casefold()
    return [each for each in hits if wanted in f"{each.code} {each.name}".casefold()][:MOST_HITS]


def _directory_hits(kind: str, text: str, actor: Actor, estate: str | None) -> list[Hit]:
    query = directory.kinds()[kind].objects(active__ne=False)
    query = (
        _of_estates(query.filter(_named(text, query)), kind, actor, estate)
        .order_by("code")
        .limit(MOST_HITS)
        .max_time_ms(SLOW_MS)
    )
    return [Hit(each.code, say(translated(each.name)) or each.code, each.code) for each in query]


def _content_hits(kind: str, text: str, actor: Actor, estate: str | None) -> list[Hit]:
    query = _of_own(Content.objects(type=kind), actor)
    if text:
        query = query.filter(__raw__=found_by(text))
    if estate:
        query = query.filter(estate__in=[estate, None])
    found = (
        query.only("code", "name", "revision", "withdrawn")
        .order_by("withdrawn", "-published_at")
        .limit(MOST_HITS)
        .max_time_ms(SLOW_MS)
    )
    return [Hit(each.code, say(translated(each.name)) or each.code, _live_words(each)) for each in found]


def _of_own(query: QuerySet, actor: Actor) -> QuerySet:
    return query if actor.estates is None else query.filter(estate__in=[*sorted(actor.estates), None])


def _live_words(head: Content) -> str:
    return f"v{head.revision}" if head.revision and not head.withdrawn else say(NOT_LIVE)


def _named(text: str, among: QuerySet) -> Q:
    """What is called so, or – of letters – sounds so in Chinese: `bjrz` finds 保洁日志."""
    if not text:
        return Q()
    plain = Q(code__icontains=text) | Q(name__zh__icontains=text) | Q(name__en__icontains=text)
    if not text.isascii() or not text.isalpha():
        return plain
    wanted, rows = text.lower(), among.only("code", "name").limit(MOST_HEARD).max_time_ms(SLOW_MS).as_pymongo()
    named = ((row["code"], (row.get("name") or {}).get("zh") or "") for row in rows)
    return plain | Q(code__in=[code for code, name in named if any(each.startswith(wanted) for each in _sounds(name))])


@lru_cache(maxsize=8192)
def _sounds(name: str) -> tuple[str, ...]:
    return tuple(pinyin_tokens(name))


def _of_estates(query: QuerySet, kind: str, actor: Actor, estate: str | None) -> QuerySet:
    """Staff belong to several estates (none means all of them), an estate to itself, the rest to one or none."""
    wanted = None if actor.estates is None else sorted(actor.estates)
    field, absent = {"estate": ("code", []), "staff": ("estates", [[]])}.get(kind, ("estate", [None]))
    if wanted is not None:
        query = query.filter(__raw__={field: {"$in": [*wanted, *absent]}})
    if estate and kind != "estate":
        query = query.filter(__raw__={field: {"$in": [estate, *absent]}})
    return query


def _roles() -> Iterator[Hit]:
    return (Hit(code, say(words)) for code, words in ROLES.items())


def _kinds() -> Iterator[Hit]:
    hidden = audience.hidden_from(current_actor())
    seen = (each for each in reading.all_types(clock.now()) if each.key not in hidden)
    yield from (Hit(each.key, say(each.label)) for each in seen)
    yield from (Hit(code, say(each.LABEL)) for code, each in directory.kinds().items() if code != "household")


def _clauses() -> Iterator[Hit]:
    for policy in reading.live_all("policy", clock.now()):
        yield from (Hit(number, say(translated(row["title"])), number) for number, row in clauses_of(policy.body))


def _timezones() -> list[Hit]:
    return [Hit(name, name) for name in sorted(available_timezones(), key=lambda name: (name != "Asia/Shanghai", name))]


_FIXED: dict[str, Callable[[], Iterable[Hit]]] = {
    "role": _roles,
    "kind": _kinds,
    "clause": _clauses,
    "timezone": _timezones,
}


class Labels:
    """code → name for many codes of many kinds, one query for each kind. A code can be guessed: what the reader may not
    see keeps its code for a name."""

    def __init__(self, known: dict[tuple[str, str], str]) -> None:
        self._known = known

    @classmethod
    def of(cls, wanted: Iterable[tuple[str, str]]) -> "Labels":
        codes: dict[str, set[str]] = {}
        for kind, code in wanted:
            for each in _kinds_of(kind):
                codes.setdefault(each, set()).add(code)
        return cls({(kind, code): name for kind in codes for code, name in _names(kind, codes[kind])})

    def name(self, kind: str, code: str) -> str:
        found = (self._known.get((each, code)) for each in _kinds_of(kind))
        return next((name for name in found if name), code)


def _kinds_of(lookup: str) -> tuple[str, ...]:
    return ("role", "department", "staff", "channel") if lookup == "target" else (lookup,)


def _names(kind: str, codes: set[str]) -> Iterator[tuple[str, str]]:
    if kind in _FIXED:
        named = {"clause": "{0.code} {0.name}"}.get(kind, "{0.name}")
        yield from ((each.code, named.format(each)) for each in _FIXED[kind]() if each.code in codes)
        return
    actor = current_actor()
    if directory.is_kind(kind):
        # Raw: MongoEngine loses one of two conditions on a field, and of an estate the code is its estate.
        named = directory.kinds()[kind].objects(__raw__={"$and": [{"code": {"$in": sorted(codes)}}]})
        found = _of_estates(named, kind, actor, None)
    elif not audience.reads(actor, kind):
        return
    else:
        found = _of_own(Content.objects(type=kind, code__in=sorted(codes)), actor)
    yield from ((each.code, say(translated(each.name)) or each.code) for each in found.only("code", "name"))


__all__ = ["TARGET_KINDS", "Hit", "Labels", "find"]
