"""The tablet foresees without a network what the server will allow: from a copy of its table, which must agree."""

import json
from pathlib import Path
from typing import Any

from store.tablet.verbs import VERBS
from store.work import rules
from store.work.documents import WORK_ORDER

COPY: dict[str, Any] = json.loads(
    (Path(__file__).parents[2] / "frontend" / "src" / "field" / "transitions.json").read_text()
)
ON_ORDERS = {name for name, verb in VERBS.items() if verb.on_order}


def sets(table: dict[str, Any]) -> dict[str, set[str]]:
    return {verb: set(values) for verb, values in table.items()}


def test_every_verb_of_a_tablet_is_foreseen_in_the_states_that_the_server_allows() -> None:
    assert sets(COPY["allowed"]) == {verb: set(WORK_ORDER[verb].before) for verb in ON_ORDERS}


def test_the_kinds_that_do_or_do_not_know_a_verb_are_the_same() -> None:
    assert sets(COPY["only"]) == {verb: set(kinds) for verb, kinds in rules.ONLY.items() if verb in ON_ORDERS}
    assert sets(COPY["never"]) == {verb: set(kinds) for verb, kinds in rules.NEVER.items() if verb in ON_ORDERS}


def test_what_it_is_to_do_an_order_is_the_same() -> None:
    assert set(COPY["doing"]) == rules.DOING
