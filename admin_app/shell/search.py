"""The search box on the top bar. Each domain says how its things are found; the page asks all of them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple

from flask import Flask, current_app

from store.access import permits
from store.actor import Actor
from store.words import Words

_KEY = "anju_finders"
MOST_HITS = 10


def typed(text: str, longest: int) -> str:
    """What somebody typed into a search box, cut, without what no name has: NUL is an error of MongoDB."""
    return "".join(each for each in text if each.isprintable()).strip()[:longest]


class Hit(NamedTuple):
    title: str
    detail: str
    url: str


@dataclass(frozen=True)
class Finder:
    """`find(text, actor)` yields hits within the actor's estates, best first, by an index."""

    words: Words
    permission: str
    find: Callable[[str, Actor], Iterable[Hit]]
    order: int = 50


class Found(NamedTuple):
    words: Words
    hits: list[Hit]


def provide(app: Flask, finder: Finder) -> None:
    finders: list[Finder] = app.extensions.setdefault(_KEY, [])
    finders.append(finder)
    finders.sort(key=lambda each: each.order)


def is_provided() -> bool:
    return bool(current_app.extensions.get(_KEY))


def find_all(text: str, actor: Actor) -> list[Found]:
    """What every finder the actor may ask has found; kinds without a hit are absent."""
    finders: list[Finder] = current_app.extensions.get(_KEY, [])
    allowed = [finder for finder in finders if permits(actor, finder.permission)]
    found = [Found(finder.words, list(islice(finder.find(text, actor), MOST_HITS))) for finder in allowed]
    return [each for each in found if each.hits]
