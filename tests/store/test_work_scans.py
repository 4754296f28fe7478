"""Which of several scans counts at a checkpoint: the same whatever came first, before the sweep or after it (clause 2.5)."""

import json
from datetime import datetime, timedelta
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.errors import RuleBroken
from store.work import scans
from tests import cast

MINUTE, SECOND = timedelta(minutes=1), timedelta(seconds=1)
OPENS, CLOSES = cast.NOW, cast.NOW + 30 * MINUTE


# What the tablet's own rule must say too (frontend/test/scans.test.ts).
SHARED: dict[str, Any] = json.loads((Path(__file__).parents[2] / "frontend" / "test" / "scans.json").read_text())


def point(code="a", **changes):
    return {"code": code, "name": code, "opens_at": OPENS, "closes_at": CLOSES, "state": "pending", **changes}


def scan(minutes, by="guard", method="qr"):
    return {"at": cast.NOW + minutes * MINUTE, "device_at": None, "method": method, "by": by}


def after(found, *made, code="a"):
    points: list[Any] = found
    for each in made:
        points = scans.with_scan(points, code, each)
    return points


def facts(points):
    """All but whether the word of it came late, which is about the word."""
    return [{name: value for name, value in each.items() if name != "reported_late"} for each in points]


MOMENTS = st.sampled_from([-20, -1, 0, 1, 29, 30, 31, 90])
SCANS = st.lists(st.builds(scan, MOMENTS, st.sampled_from(["guard", "guard-2"])), min_size=1, max_size=4)


@given(SCANS, st.data())
def test_the_order_in_which_scans_arrive_never_matters(made, data):
    shuffled = data.draw(st.permutations(made))
    assert facts(after([point()], *made)) == facts(after([point()], *shuffled))


@given(SCANS, st.integers(0, 4))
def test_whether_the_sweep_came_between_shows_in_nothing_but_the_word_that_came_late(made, swept_after):
    early, late = made[:swept_after], made[swept_after:]
    between = after([point()], *early)[0]
    called = {**between, "state": "missed"} if between["state"] == "pending" else between
    assert facts(after([called], *late)) == facts(after([point()], *made))


def test_the_closing_moment_belongs_to_the_window_before_and_after_it_was_called_missed():
    for state in ("pending", "missed"):
        found = after([point(state=state)], scan(30))[0]
        assert (found["state"], found.get("reported_late", False)) == ("done", state == "missed")
        assert after([point(state=state)], scan(30.001))[0]["state"] == "missed"


def test_the_scan_in_the_window_counts_and_the_others_stay_beside_it():
    for made in permutations([scan(45, "late"), scan(10, "second"), scan(5, "first"), scan(-15, "early")]):
        found = after([point()], *made)[0]
        assert (found["state"], found["by"], found["at"]) == ("done", "first", cast.NOW + 5 * MINUTE)
        assert [each["by"] for each in found["others"]] == ["early", "second", "late"]


def test_a_scan_before_the_window_counts_and_is_marked():
    found = after([point()], scan(-15))[0]
    assert (found["state"], found["unusual"]) == ("done", ["early"])
    assert "unusual" not in after([point()], scan(0))[0]
    assert "unusual" not in after([point()], scan(-15), scan(3))[0]


def test_five_codes_in_twenty_five_seconds_are_marked_and_not_refused():
    points: list[Any] = [
        point(str(n), opens_at=OPENS + n * 6 * MINUTE, closes_at=CLOSES + n * 6 * MINUTE) for n in range(5)
    ]
    for n in range(5):
        made = {**scan(25), "at": cast.NOW + 25 * MINUTE + n * 6 * SECOND}
        points = scans.with_scan(points, str(n), made)
    assert [each["state"] for each in points] == ["done"] * 5
    assert [each.get("unusual") for each in points] == [None, *[["fast"]] * 4]


def test_a_closing_checkpoint_that_was_not_the_last_is_marked_whatever_came_first():
    points: list[Any] = [point("a"), point("end", closing=True)]
    for made in permutations([("end", scan(5)), ("a", scan(9))]):
        found = points
        for code, each in made:
            found = scans.with_scan(found, code, each)
        assert found[1]["unusual"] == ["not_last"]
    assert scans.unusual(scans.with_scan(found, "end", scan(20))) == {"end": ["not_last"]}
    in_order = scans.with_scan(scans.with_scan(points, "a", scan(5)), "end", scan(9))
    assert scans.unusual(in_order) == {}


def test_two_guards_who_share_a_round_are_not_too_fast_for_each_other():
    points = after([point("a"), point("b")], scan(5, "guard"))
    points = after(points, scan(5, "guard-2"), code="b")
    assert scans.unusual(points) == {}


def test_a_mistake_taken_back_is_kept_and_counts_no_more():
    mark = {"withdrawn_at": cast.NOW + 6 * MINUTE, "withdrawn_by": "guard", "reason": "扫错"}
    found = scans.taken_back(after([point()], scan(5)), "a", "guard", mark)[0]
    assert (found["state"], found.get("at")) == ("pending", None)
    assert found["others"] == [{**scan(5), **mark}]
    again = after([found], scan(9))[0]
    assert (again["at"], again["others"]) == (cast.NOW + 9 * MINUTE, [{**scan(5), **mark}])


def test_a_colleague_s_scan_takes_the_place_of_one_taken_back():
    points = after([point()], scan(5, "guard"), scan(8, "guard-2"))
    found = scans.taken_back(points, "a", "guard", {"withdrawn_at": cast.NOW})[0]
    assert (found["state"], found["by"]) == ("done", "guard-2")
    with pytest.raises(RuleBroken) as refused:
        scans.taken_back([found], "a", "guard", {"withdrawn_at": cast.NOW})
    assert refused.value.code == "nothing_taken_back"


def test_what_had_been_called_missed_is_missed_again_when_the_word_is_taken_back():
    reported = after([point(state="missed")], scan(5))
    assert scans.taken_back(reported, "a", "guard", {"withdrawn_at": cast.NOW})[0]["state"] == "missed"


@pytest.mark.parametrize(
    ("state", "resumes", "expected"),
    [("open", True, "in_progress"), ("paused", True, "in_progress"), ("paused", False, "paused")],
)
def test_a_scan_resumes_a_paused_round_unless_it_was_made_before_the_pause(state, resumes, expected):
    points = after([point("a"), point("b")], scan(5))
    assert scans.state_after(state, points, resumes=resumes) == expected
    assert scans.state_after(state, points[:1], resumes=resumes) == "done"


@pytest.mark.parametrize("state", ["cancelled", "skipped"])
def test_nobody_walks_a_round_that_was_cancelled_or_skipped(state):
    with pytest.raises(RuleBroken):
        scans.state_after(state, after([point()], scan(5)))


def moment(text):
    return text and datetime.fromisoformat(text)


@pytest.mark.parametrize("case", SHARED["cases"], ids=lambda case: case["name"])
def test_tablet_and_server_agree_about_scans(case):
    points: list[Any] = [
        point(code, opens_at=moment(opens), closes_at=moment(closes))
        | ({"photo_required": True} if code in case.get("photo_required", ()) else {})
        for code, (opens, closes) in SHARED["windows"].items()
    ]
    photos: list[dict[str, Any]] = []
    for act in case["acts"]:
        if act["verb"] == "scan":
            made = {"at": moment(act["at"]), "device_at": None, "method": "qr", "by": act["by"]}
            points = scans.with_scan(points, act["checkpoint"], made, photos)
        elif act["verb"] == "take_back":
            mark = {"withdrawn_at": moment(act["at"])}
            points = scans.taken_back(points, act["checkpoint"], act["by"], mark, photos)
        else:
            photos.append({"checkpoint": act["checkpoint"], "at": moment(act["at"])})
            points = scans.marked(points, photos)
    for each in points:
        wanted = case["expected"][each["code"]]
        assert (each["state"], each.get("at"), each.get("by")) == (wanted["state"], moment(wanted["at"]), wanted["by"])
        assert (len(each.get("others") or ()), each.get("unusual") or []) == (wanted["others"], wanted["unusual"])
