"""Every kind that is only described: it can be made, and its description names nothing that it has not."""

from typing import Any

import pytest

from store import domains
from store.described.documents import DOCUMENTS, field_of
from store.described.operations import make
from store.fields.kinds import KINDS as FIELD_KINDS
from store.fields.spec import Field
from store.kinds import MADE, made_kinds
from store.usage import users_of
from store.versioned import events_of
from store.words import Words
from tests import cast
from tests.described import make_sample, sample_of

domains.load("documents")
domains.load("operations")
NOW = cast.NOW
KINDS = pytest.mark.parametrize("kind", made_kinds(), ids=lambda kind: kind.name)


@pytest.fixture(autouse=True)
def company(database: Any) -> None:
    cast.make_company(cast.LONG_AGO)


@KINDS
def test_every_described_kind_can_be_made_and_found_by_its_number(kind: Any) -> None:
    made = make(kind, sample_of(kind), actor=cast.manager(), now=NOW)
    found = DOCUMENTS[kind.name].objects.get(number=made.number)
    assert (found.state, found.version, found.clause) == (kind.making.state, 1, kind.clause or None)
    assert found.title
    assert [each.verb for each in events_of(found)] == [MADE]


@KINDS
def test_a_description_names_only_fields_and_states_that_it_has(kind: Any) -> None:
    fields, office = {each.name for each in kind.fields}, kind.office
    said = {*kind.making.asks, *kind.making.title, *kind.making.days_ahead}
    said |= {*office.columns, *office.exported, *office.filters} - {"state"}
    said |= {office.date} - {"created_at"}
    for verb in kind.verbs:
        effect = verb.effect
        said |= {*effect.needs, *filter(None, [effect.stamps])}
        said |= {*effect.tells.to, *filter(None, [effect.tells.kept])} if effect.tells else set()
        said |= {each.name for each in verb.fields} - {"reason"}
    assert said <= fields
    assert {kind.making.state, kind.proves.state, *kind.due.states} <= set(kind.states)
    assert not {each.name for each in kind.fields if each.personal} & {*office.columns, *office.exported}


@KINDS
def test_what_an_open_one_refers_to_is_in_use(kind: Any) -> None:
    made = make_sample(kind)
    for each in kind.fields:
        code = getattr(made, each.name) if each.kind == "reference" else None
        if code:
            found = [user.code for user in users_of(each.target, code, cast.manager()) if user.kind == kind.name]
            assert found == [made.number]


@pytest.mark.parametrize("kind", ["integer", "minutes", "offset", "money_fen", "weekday"])
def test_a_whole_number_of_any_kind_is_stored_as_one(kind: str) -> None:
    field = Field("n", kind, Words("数", "Number"))
    field_of(field).validate(FIELD_KINDS[kind].check(field, 3))
