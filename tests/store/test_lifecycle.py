"""A verb is described once: plain data, one function that does it, one beginning for all."""

import ast
import inspect
import json
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from store import domains, kinds, lifecycle
from store.access import PERMISSIONS
from store.errors import RuleBroken
from store.kinds import RecordKind
from store.verbs import Verb

domains.load("documents")
domains.load("operations")

STORE = Path(lifecycle.__file__).parent
# Where the verbs of the described kinds are done.
DOMAINS = {"corrections", "emergencies", "findings", "incidents", "repairs", "requests", "work"}
DESCRIBED = {name: kind for name, kind in kinds.kinds().items() if kind.verbs}
VERBS = [(kind, verb) for kind in DESCRIBED.values() for verb in kind.verbs]
OF_PEOPLE = [each for each in VERBS if each[1].permission]
EVERYWHERE = [(kind, verb, state) for kind, verb in VERBS for state in kind.states]


def _named(value: Any) -> str:
    return value.name if isinstance(value, RecordKind | Verb) else str(value)


def test_every_kind_of_record_is_described() -> None:
    assert set(DESCRIBED) == set(kinds.kinds())


@pytest.mark.parametrize(("kind", "verb"), VERBS, ids=_named)
def test_a_description_is_plain_data(kind: RecordKind, verb: Verb) -> None:
    """What a published document could hold: no function, no document, nothing of a library."""
    plain = asdict(verb, dict_factory=lambda pairs: {k: sorted(v) if isinstance(v, frozenset) else v for k, v in pairs})
    assert json.loads(json.dumps(plain))["name"] == verb.name


@pytest.mark.parametrize(("kind", "verb"), VERBS, ids=_named)
def test_its_states_and_permission_exist(kind: RecordKind, verb: Verb) -> None:
    assert verb.before <= set(kind.states)
    assert verb.after is None or verb.after in kind.states
    assert not verb.permission or verb.permission in PERMISSIONS
    assert bool(verb.permission) == bool(verb.noun or verb.button or verb.tablet)


def test_a_process_that_has_loaded_nothing_finds_the_function_of_every_verb() -> None:
    """Which modules others happen to have imported must not decide whether a verb is known."""
    asked = "from store import domains, kinds, lifecycle; domains.load('documents'); "
    asked += "[lifecycle.run_of(k, v.name) for k in kinds.kinds().values() for v in k.verbs if v.permission]"
    subprocess.run([sys.executable, "-c", asked], check=True, cwd=STORE.parent)


@pytest.mark.parametrize(("kind", "verb"), OF_PEOPLE, ids=_named)
def test_one_function_does_it_and_takes_what_it_asks(kind: RecordKind, verb: Verb) -> None:
    takes = inspect.signature(lifecycle.run_of(kind, verb.name)).parameters
    named = set() if any(each.kind is each.VAR_KEYWORD for each in takes.values()) else set(takes)
    assert {"actor", "now", "seen"} <= set(takes)
    assert {each.name for each in verb.fields} <= named or not named


@pytest.mark.parametrize(("kind", "verb", "state"), EVERYWHERE, ids=_named)
def test_it_is_allowed_in_its_states_and_refused_in_all_others(kind: RecordKind, verb: Verb, state: str) -> None:
    if state in verb.before:
        assert lifecycle.next_state(kind, verb.name, state) == (verb.after or state)
    else:
        with pytest.raises(RuleBroken) as refused:
            lifecycle.next_state(kind, verb.name, state)
        assert refused.value.code == "not_allowed_now"
        assert kind.states[state].en in refused.value.words.en
    assert (verb.name in lifecycle.allowed(kind, state)) == (state in verb.before and bool(verb.permission))


@pytest.mark.parametrize("kind", DESCRIBED.values(), ids=_named)
def test_no_verb_of_a_kind_stands_twice(kind: RecordKind) -> None:
    names = [each.name for each in kind.verbs]
    nouns = [each.noun for each in kind.verbs if each.noun]
    assert len(set(names)) == len(names)
    assert len(set(nouns)) == len(nouns)
    assert not set(names) & set(kind.happens)


def test_a_verb_that_nobody_described_is_not_done_and_none_is_done_twice() -> None:
    finding = DESCRIBED["finding"]
    for name in ("tidy", "cancel"):
        with pytest.raises(ValueError, match=name):
            lifecycle.does(finding, name)


def test_only_the_description_says_who_may_do_a_verb() -> None:
    """Where a verb is done its permission is not written again: it is asked of the description."""
    wanted = {verb.permission for _, verb in OF_PEOPLE} - _asked_by_what_makes_records()
    again = [
        (file.relative_to(STORE).as_posix(), text)
        for file in sorted(STORE.glob("*/*.py"))
        if file.name != "verbs.py"
        for text in _texts(file)
        if text in wanted and file.parent.name in DOMAINS
    ]
    assert again == []


def _asked_by_what_makes_records() -> set[str]:
    """What makes records is no verb of one, and asks for the same: a year of drills, a request, a report, an order."""
    return {"drills.write", "requests.write", "findings.report", "work.dispatch"}


def _texts(file: Path) -> list[str]:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    return [n.value for n in ast.walk(tree) if isinstance(n, ast.Constant) and isinstance(n.value, str)]
