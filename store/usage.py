"""Who uses a thing: asked before anything is removed or renamed, and shown on its page."""

from collections.abc import Callable, Iterable
from typing import NamedTuple

from store.errors import Conflict
from store.words import Words


class User(NamedTuple):
    """One user of a thing: a piece of content, a directory entry or an open record."""

    kind: str
    code: str
    name: Words


Finder = Callable[[str, str], Iterable[User]]
_FINDERS: list[Finder] = []
MOST_SHOWN = 50


def finds_users(finder: Finder) -> Finder:
    """Register a function `(kind, code) -> users`; every domain that refers to others has one."""
    _FINDERS.append(finder)
    return finder


def users_of(kind: str, code: str) -> list[User]:
    return [user for finder in _FINDERS for user in finder(kind, code)]


def refuse_if_used(kind: str, code: str) -> None:
    """Raises `Conflict` `in_use` with the list of users."""
    users = users_of(kind, code)
    if not users:
        return
    named = "、".join(user.name.zh for user in users[:5]), ", ".join(user.name.en for user in users[:5])
    words = Words("仍被 {n} 处使用：{zh}", "Still used in {n} places: {en}").fill(
        n=len(users), zh=named[0], en=named[1]
    )
    raise Conflict("in_use", words, users=[user._asdict() for user in users[:MOST_SHOWN]])
