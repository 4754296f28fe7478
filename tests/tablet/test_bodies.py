"""The tablet sends what a verb asks for and nothing else: from a copy of the server's specifications, which must agree."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from store.fields.spec import Field
from store.tablet.handover import HANDOVER
from store.tablet.verbs import VERBS
from store.work.answers import ANSWER, PHOTO_ROWS

COPY: dict[str, Any] = json.loads(
    (Path(__file__).parents[2] / "frontend" / "src" / "field" / "bodies.json").read_text()
)


def shape(fields: Sequence[Field]) -> dict[str, Any]:
    return {field.name: shape(field.fields) if field.fields else True for field in fields}


def shapes() -> dict[str, Any]:
    """By verb; of those that a specification cannot say, put together as their readers do."""
    answer = {**shape(ANSWER), "value": True}
    read = {
        "answer": answer,
        "add_photos": {"photos": shape(PHOTO_ROWS)},
        "complete": {**shape(VERBS["complete"].fields), "answers": answer},
        "supplement": {**shape(VERBS["supplement"].fields), "answers": answer, "photos": True},
        "hand_over_shift": {**shape(HANDOVER), "open": True},
    }
    return {name: read.get(name) or shape(verb.fields) for name, verb in VERBS.items()}


def test_every_verb_of_a_tablet_sends_the_names_that_the_server_reads() -> None:
    assert shapes() == COPY
