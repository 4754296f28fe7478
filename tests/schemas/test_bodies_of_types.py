"""Each kind of field as JSON schema, as bodies of content are read and sent."""

from typing import Any

import pytest
from jsonschema_rs import Draft202012Validator

from schemas.bodies_of_types import NEEDED, read, sent
from store import domains
from store.content.types import ContentType, built_in
from store.fields.checking import clean
from store.fields.kinds import KINDS
from store.fields.spec import Field
from store.words import Words

domains.load("documents")

LABEL = Words("甲", "A")
INNER = (Field("code", "text", LABEL, required=True),)
CHOICES = (("a", LABEL), ("b", LABEL))


def one(kind: str, **options: Any) -> ContentType:
    """A type with one field of this kind."""
    needing: dict[str, dict[str, Any]] = {
        "choice": {"choices": CHOICES},
        "choices": {"choices": CHOICES},
        "reference": {"target": "staff"},
        "references": {"target": "staff"},
        "group": {"fields": INNER},
        "list": {"fields": INNER},
    }
    return ContentType("thing", LABEL, (Field("it", kind, LABEL, **needing.get(kind, {}), **options),))


GIVEN: dict[str, tuple[Any, Any]] = {
    "text": ("甲", 1),
    "long_text": ("甲\n乙", 1),
    "markdown": ("**甲**", 1),
    "integer": (3, "3"),
    "decimal": (3.5, "3.5"),
    "minutes": (30, -1),
    "offset": (-30, "30"),
    "money_fen": (100, -1),
    "boolean": (True, "yes"),
    "choice": ("a", "c"),
    "choices": (["a"], ["c"]),
    "date": ("2026-11-24", 20261124),
    "datetime": ("2026-11-24T10:00:00+08:00", 1),
    "time": ("08:30", "8:70"),
    "times": (["08:30"], ["8:70"]),
    "weekday": (1, 8),
    "weekdays": ([1, 7], [8]),
    "months": ([12], [13]),
    "month_days": ([-1, 31], [32]),
    "integers": ([1], ["1"]),
    "email": ("a@b.example", "nobody"),
    "url": ("https://b.example", "nowhere"),
    "reference": ("guard", 1),
    "references": (["guard"], "guard"),
    "photo": ("a" * 64, "a"),
    "photos": (["a" * 64], ["a"]),
    "voice": ("a" * 64, "a"),
    "group": ({"code": "x"}, {"other": "x"}),
    "list": ([{"code": "x"}], [{"other": "x"}]),
}


def fits(schema: dict[str, Any], value: object) -> bool:
    return bool(Draft202012Validator(schema).is_valid(value))


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_sent_is_described_by_the_kind_of_its_field(kind: str) -> None:
    right, wrong = GIVEN[kind]
    schema, fields = sent(one(kind)), one(kind).fields
    assert fits(schema, {"it": right})
    assert not clean(fields, {"it": right})[1]
    assert not fits(schema, {"it": wrong})
    assert clean(fields, {"it": wrong})[1]
    assert not fits(schema, {"it": right, "other": 1})


@pytest.mark.parametrize("kind", KINDS)
def test_a_draft_may_lack_what_a_publication_needs(kind: str) -> None:
    needed = one(kind, required=True)
    for schema in (sent(needed), read(needed)):
        assert fits(schema, {})
        assert fits(schema, {"it": None})
        assert schema["properties"]["it"][NEEDED] is True
    if kind in ("group", "list"):
        empty: dict[str, Any] = {"it": {} if kind == "group" else [{}]}
        assert fits(sent(needed), empty)


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_read_may_be_older_than_the_rules_of_its_type(kind: str) -> None:
    right, _ = GIVEN[kind]
    assert fits(read(one(kind)), {"it": right, "gone": 1})
    text = "\u200d" * 2_000
    assert fits(read(one("text")), {"it": text})
    assert fits(read(one("list")), {"it": [{"code": text, "gone": 1}]})


def test_a_field_may_be_called_like_a_word_of_json_schema() -> None:
    fields = tuple(Field(name, "text", LABEL, required=True) for name in ("pattern", "properties", "items"))
    thing = ContentType("thing", LABEL, (*fields, Field("type", "list", LABEL, fields=fields)))
    for schema in (sent(thing), read(thing)):
        assert list(schema["properties"]) == ["pattern", "properties", "items", "type"]
        assert list(schema["properties"]["type"]["items"]["properties"]) == ["pattern", "properties", "items"]


def test_a_text_in_two_languages_is_an_object_of_them() -> None:
    schema = sent(one("text", translated=True))
    assert fits(schema, {"it": {"zh": "甲", "en": "A"}})
    assert not fits(schema, {"it": {"fr": "A"}})


def test_every_type_of_the_house_is_described_with_all_its_fields() -> None:
    for content_type in built_in().values():
        for schema in (sent(content_type), read(content_type)):
            assert list(schema["properties"]) == [each.name for each in content_type.fields]
