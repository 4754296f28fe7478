"""The search box on the top bar. Each domain says how its things are found; the page asks all of them.

Finders are apart from each other: one that fails, or takes its time, is told of, and the others answer.
"""

import logging
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple

import pymongo
from flask import Flask, current_app

from store.access import permits
from store.actor import Actor
from store.health.rules import place_of
from store.words import Words

log = logging.getLogger(__name__)

_KEY = "anju_finders"
MOST_HITS = 10
# All finders together: who waits at a slow database is told before he gives up.
MOST_SECONDS = 8.0


def typed(text: str, longest: int) -> str:
    """What somebody typed into a search box, cut, without what no name has: NUL is an error of MongoDB."""
    return "".join(each for each in text if each.isprintable()).strip()[:longest]


class Hit(NamedTuple):
    title: str
    detail: str
    url: str


@dataclass(frozen=True)
class Finder:
    """`find(text, actor)` yields hits within the actor's estates, best first, by an index. What it asks of MongoDB is given
    up after `seconds`."""

    words: Words
    permission: str
    find: Callable[[str, Actor], Iterable[Hit]]
    order: int = 50
    seconds: float = 2.0


class Found(NamedTuple):
    """`hits` is None when this part could not be searched."""

    words: Words
    hits: list[Hit] | None


def provide(app: Flask, finder: Finder) -> None:
    finders: list[Finder] = app.extensions.setdefault(_KEY, [])
    finders.append(finder)
    finders.sort(key=lambda each: each.order)


def is_provided() -> bool:
    return bool(current_app.extensions.get(_KEY))


def find_all(text: str, actor: Actor) -> list[Found]:
    """What every finder the actor may ask has found, or that it could not; kinds without a hit are absent."""
    finders: list[Finder] = current_app.extensions.get(_KEY, [])
    until = time.monotonic() + MOST_SECONDS
    asked = (_ask(each, text, actor, until) for each in finders if permits(actor, each.permission))
    return [each for each in asked if each.hits != []]


def _ask(finder: Finder, text: str, actor: Actor, until: float) -> Found:
    seconds = min(finder.seconds, until - time.monotonic())
    if seconds <= 0:
        return Found(finder.words, None)
    try:
        with pymongo.timeout(seconds):
            return Found(finder.words, list(islice(finder.find(text, actor), MOST_HITS)))
    except Exception as error:  # whatever is wrong with one finder, the others are asked
        log.error("%s could not be searched: %s", finder.words.en, place_of(error))
        return Found(finder.words, None)
