"""The kinds that are only described over HTTP: made, listed, read and led on like every other record."""

from typing import Any

import pytest

from store.kinds import RecordKind, made_kinds
from tests import cast
from tests.api.conftest import AsProgram, Program, body_of
from tests.described import make_sample, sample_of


@pytest.fixture
def manager(program: AsProgram) -> Program:
    cast.make_company(cast.LONG_AGO)
    return program(cast.manager())


def named(value: Any) -> str:
    return str(value.name)


@pytest.mark.parametrize("kind", made_kinds(), ids=named)
def test_one_is_made_read_and_listed(manager: Program, kind: RecordKind) -> None:
    answer = manager.post(f"/{kind.page}", json=sample_of(kind))
    assert answer.status_code == 201, answer.text
    made = body_of(answer)
    assert answer.headers["Location"].endswith(f"/{kind.page}/{made['number']}")
    assert kind.making is not None
    assert made["state"] == kind.making.state
    listed = body_of(manager.get(f"/{kind.page}?filter[state]={made['state']}&count=true"))
    assert [each["number"] for each in listed["data"]] == [made["number"]]
    assert body_of(manager.get(f"/{kind.page}/{made['number']}")) == made
    events = body_of(manager.get(f"/{kind.page}/{made['number']}/events"))["data"]
    assert [each["verb"] for each in events] == ["make"]


@pytest.mark.parametrize("kind", made_kinds(), ids=named)
def test_every_filter_and_field_of_its_list_is_one(manager: Program, kind: RecordKind) -> None:
    made = make_sample(kind)
    for each in kind.fields:
        if each.target == "staff" and each.name in sample_of(kind):
            found = body_of(manager.get(f"/{kind.page}?filter[{each.name}]=guard"))["data"]
            assert [row["number"] for row in found] == [made.number]
    assert manager.get(f"/{kind.page}?filter[overdue]=false&sort=number").status_code == 200


@pytest.mark.parametrize("kind", made_kinds(), ids=named)
def test_the_other_estate_is_absent(program: AsProgram, kind: RecordKind) -> None:
    cast.make_company(cast.LONG_AGO)
    made = make_sample(kind)
    stranger = program(cast.stranger())
    assert stranger.get(f"/{kind.page}/{made.number}").status_code == 404
    assert body_of(stranger.get(f"/{kind.page}"))["data"] == []
