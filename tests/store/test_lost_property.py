"""Lost property: kept, claimed, handed over, or disposed of after its period (clause 2.1)."""

from datetime import timedelta
from typing import Any

import pytest

from store import lifecycle
from store.described.operations import make
from store.errors import Conflict, Invalid, NotFound, RuleBroken
from store.lost_property.kind import LOST_ITEM
from store.records import Record
from store.versioned import events_of
from tests import cast

NOW = cast.NOW
ITEM = {"what": "黑色雨伞", "place": "3号楼大堂", "found_at": "2026-11-23T09:00:00+08:00", "kept_by": "desk"}
ITEM |= {"keep_until": "2027-02-23", "found_by": "王清和"}


@pytest.fixture(autouse=True)
def company(database: Any) -> None:
    cast.make_company(cast.LONG_AGO)


def item(**changes: Any) -> Any:
    return make(LOST_ITEM, {"estate": cast.ESTATE, **ITEM, **changes}, actor=cast.desk(), now=NOW)


def do(record: Record, verb: str, now: Any = NOW, **fields: Any) -> Any:
    run = lifecycle.run_of(record.KIND, verb)
    return run(record.pk, **fields, actor=cast.supervisor(), now=now, seen=None)


def wrong(refused: Any) -> set[tuple[str, str | None]]:
    return {(each.code, each.field) for each in refused.value.problems}


def test_the_same_form_sent_twice_makes_one() -> None:
    values = {"estate": cast.ESTATE, **ITEM}
    first, again = (make(LOST_ITEM, values, actor=cast.desk(), now=NOW, key="form-1") for _ in range(2))
    assert first.pk == again.pk


def test_what_is_missing_or_leads_nowhere_is_refused_with_all_that_is_wrong() -> None:
    with pytest.raises(Invalid) as refused:
        make(LOST_ITEM, {"estate": cast.ESTATE, "what": "伞"}, actor=cast.desk(), now=NOW)
    assert ("required", "kept_by") in wrong(refused)
    for name, code in (("kept_by", "nobody"), ("kept_by", "stranger"), ("estate", "nowhere")):
        with pytest.raises((Invalid, NotFound)):
            item(**{name: code})


def test_a_verb_keeps_what_was_said_and_leaves_the_rest() -> None:
    claimed = do(item(), "claim", claimed_by="李四", claimant_phone="13900000009")
    assert (claimed.state, claimed.claimed_by, claimed.claimant_phone, claimed.marks) == (
        "claimed", "李四", "13900000009", None,
    )  # fmt: skip
    assert claimed.what == "黑色雨伞"


def test_history_tells_nothing_personal() -> None:
    claimed = do(item(), "claim", claimed_by="李四", claimant_phone="13900000009", marks="伞柄有刻字")
    told = str([each.detail for each in events_of(claimed)])
    assert "伞柄有刻字" in told
    assert not any(each in told for each in ("李四", "13900000009", "王清和"))


def test_a_correction_renames_it_and_empties_what_is_left_empty() -> None:
    values = {name: value for name, value in ITEM.items() if name != "found_by"}
    corrected = do(item(), "correct", **{**values, "what": "蓝色雨伞", "found_by": ""})
    assert corrected.title == "蓝色雨伞 · 3号楼大堂"
    assert corrected.found_by is None


def test_nothing_is_disposed_of_before_its_period_is_over() -> None:
    made = item()
    with pytest.raises(RuleBroken) as refused:
        do(made, "dispose", reason="无人认领")
    assert refused.value.code == "too_early"
    assert do(made, "dispose", NOW + timedelta(days=120), reason="无人认领").state == "disposed"


def test_a_save_over_what_another_has_changed_is_refused() -> None:
    made = item()
    do(made, "claim", claimed_by="李四", claimant_phone="13900000009")
    run = lifecycle.run_of(LOST_ITEM, "correct")
    with pytest.raises(Conflict):
        run(made.pk, **ITEM, actor=cast.desk(), now=NOW, seen=1)
