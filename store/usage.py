"""Who uses a thing: asked before anything is removed or renamed, and shown on its page."""

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from store.actor import Actor
from store.errors import Conflict
from store.words import Words


class User(NamedTuple):
    """One user of a thing: a piece of content, a directory entry or an open record."""

    kind: str
    code: str
    name: Words
    # The estates it belongs to; none is the whole company.
    estates: tuple[str | None, ...] = ()
    # The roles that may see it; none named is everybody whom the estates allow.
    readers: frozenset[str] = frozenset()


ELSEWHERE = Words("其他小区的内容", "Something of another estate")
Finder = Callable[[str, str], Iterable[User]]
_FINDERS: list[Finder] = []
MOST_SHOWN = 50


def open_records(records: Iterable[Any], kind: str) -> list[User]:
    """Records that somebody has to bring to an end, by their numbers."""
    return [User(kind, each.number, _called(each), (each.estate,)) for each in records]


def _called(record: Any) -> Words:
    title = record.title or record.number
    return Words(title, record.title_en or title)


def finds_users(finder: Finder) -> Finder:
    """Register a function `(kind, code) -> users`; every domain that refers to others has one."""
    _FINDERS.append(finder)
    return finder


def users_of(kind: str, code: str, actor: Actor) -> list[User]:
    """The users. Of what belongs to foreign estates only that it is there: neither its code nor its name."""
    return [_as_seen(user, actor) for finder in _FINDERS for user in finder(kind, code)]


def _as_seen(user: User, actor: Actor) -> User:
    seen = not user.estates or any(actor.sees(estate) for estate in user.estates)
    seen = seen and (not user.readers or bool(user.readers & actor.roles))
    return user if seen else User(user.kind, "", ELSEWHERE)


def refuse_if_used(kind: str, code: str, actor: Actor) -> None:
    """Raises `Conflict` `in_use` with the list of users."""
    users = users_of(kind, code, actor)
    if not users:
        return
    named = "、".join(user.name.zh for user in users[:5]), ", ".join(user.name.en for user in users[:5])
    words = Words("仍被 {n} 处使用：{zh}", "Still used in {n} places: {en}").fill(
        n=len(users), zh=named[0], en=named[1]
    )
    raise Conflict("in_use", words, users=[_told(user) for user in users[:MOST_SHOWN]])


def _told(user: User) -> dict[str, object]:
    return {"kind": user.kind, "code": user.code, "name": user.name}
