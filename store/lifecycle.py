"""How every verb of a record begins: found, permitted, seen, allowed now – and which function does it."""

from collections.abc import Callable
from typing import Any, TypeVar

from store import domains, records
from store.access import require
from store.actor import Actor
from store.errors import RuleBroken
from store.kinds import RecordKind
from store.records import Record
from store.versioned import check_seen
from store.words import Words

Run = Callable[..., Any]
F = TypeVar("F", bound=Run)
R = TypeVar("R", bound=Record)
NOT_NOW = Words("{one}{state}，不能{verb}", "The {one} is “{state}”: “{verb}” is not possible")

_RUNS: dict[tuple[str, str], Run] = {}
_OTHERWISE: dict[str, Callable[[str], Run]] = {}


def does(kind: RecordKind, verb: str) -> Callable[[F], F]:
    """Marks the function that does a verb of the kind: `run(key, **fields, actor, now, seen)`.

    Raises `ValueError` for a verb that the kind has not, and for a second function of one verb.
    """
    if kind.verb(verb) is None or (kind.name, verb) in _RUNS:
        raise ValueError(f"{kind.name}.{verb}")

    def mark(run: F) -> F:
        _RUNS[kind.name, verb] = run
        return run

    return mark


def otherwise(kind: RecordKind, run: Callable[[str], Run]) -> None:
    """`run` gives what does a verb of the kind for which nobody has marked a function."""
    _OTHERWISE[kind.name] = run


def run_of(kind: RecordKind, verb: str) -> Run:
    """The function that does the verb, in whichever domain it is."""
    domains.load("operations")
    found = _RUNS.get((kind.name, verb))
    return found or _OTHERWISE[kind.name](verb)


def allowed(kind: RecordKind, state: str) -> list[str]:
    """What people can do to a record in this state, in the order of the description; roles are asked when it is done."""
    return [verb.name for verb in kind.verbs if verb.permission and state in verb.before]


def next_state(kind: RecordKind, name: str, state: str) -> str:
    """The state after the verb. Raises `RuleBroken` `not_allowed_now`."""
    verb = kind[name]
    if state not in verb.before:
        one = Words(kind.one.zh, kind.one.en.lower())
        words = NOT_NOW.fill(one=one, state=kind.states[state], verb=verb.words)
        raise RuleBroken("not_allowed_now", words, "state")
    return verb.after or state


def permitted(document: type[R], key: object, verb: str, actor: Actor, seen: int | None) -> R:
    """The record, for an actor who may do the verb and knows how it stands. Raises `NotFound`, `Forbidden`, `Conflict`."""
    record = records.get(document, key, actor)
    require(actor, document.KIND[verb].permission, record.estate)
    check_seen(record, seen)
    return record


def begin(document: type[R], key: object, verb: str, actor: Actor, seen: int | None) -> tuple[R, str]:
    """The record and its state after the verb. Raises what refuses the verb, whichever door it came through."""
    record = permitted(document, key, verb, actor, seen)
    return record, next_state(document.KIND, verb, record.state)
