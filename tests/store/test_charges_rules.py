"""Prices, charge, warranty and the draw of call-backs, as pure rules (clauses 2.2, 3.2)."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from store.catalogue.rules import MEASURED, is_divisible
from store.charges import rules
from store.errors import Invalid, RuleBroken
from store.work.rules import least_busy

PRICES = [
    {"code": "valve", "name": {"zh": "角阀"}, "unit": "个", "price_fen": 3800, "warranty_days": 180},
    {"code": "seal", "name": {"zh": "打胶"}, "unit": "米", "price_fen": 1815, "warranty_days": 0},
]
CLOSED = datetime(2026, 5, 1, 8, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


FRONTEND = Path(__file__).parents[2] / "frontend"
# What the tablet shows and what the server charges are one rule: these cases are played by both (money.test.ts).
VECTORS = json.loads((FRONTEND / "test" / "charges.json").read_text())


def line(code, quantity=1.0):
    return {"line": code, "quantity": quantity}


def priced(*lines):
    return rules.priced(PRICES, list(lines))


def charged(used, **changes):
    given = {"quote": None, "under_warranty": False, "paid_before": (), "order": "W-1"}
    return rules.charged(used, **{**given, **changes})


def test_lines_carry_the_price_of_the_pinned_list():
    rows = priced(line("valve", 2), line("seal", 1.5))
    assert [(row["line"], row["quantity"], row["amount_fen"]) for row in rows] == [
        ("valve", 2.0, 7600),
        ("seal", 1.5, 2723),
    ]
    assert rules.total_fen(rows) == 10323


@pytest.mark.parametrize(
    ("price", "quantity", "amount"), [(1815, 1.5, 2723), (1, 0.5, 1), (1, 0.49, 0), (333, 0.01, 3), (10, 0.07, 1)]
)
def test_half_a_fen_is_rounded_up(price, quantity, amount):
    assert rules.amount_fen(price, quantity) == amount


@pytest.mark.parametrize(
    ("given", "code", "field"),
    [
        ([line("pump")], "unknown_line", "lines.0.line"),
        ([line("valve"), line("valve")], "duplicate", "lines.1.line"),
        ([line("valve", 0)], "out_of_range", "lines.0.quantity"),
        ([line("valve", -1)], "out_of_range", "lines.0.quantity"),
        ([line("valve", 1001)], "out_of_range", "lines.0.quantity"),
        ([line("valve", 1.005)], "too_fine", "lines.0.quantity"),
        ([line("valve", True)], "not_number", "lines.0.quantity"),
        ([line("valve", float("nan"))], "not_number", "lines.0.quantity"),
        ([{"line": "valve"}], "required", "lines.0.quantity"),
        ([{"quantity": 1}], "required", "lines.0.line"),
        ([{**line("valve"), "price_fen": 1}], "unknown_field", "lines.0.price_fen"),
        ("valve", "wrong_shape", "lines"),
        ([["valve", 1]], "wrong_shape", "lines"),
        ([line({"$ne": None})], "not_a_code", "lines.0.line"),
    ],
)
def test_wrong_lines_are_refused_by_name(given, code, field):
    with pytest.raises(Invalid) as refused:
        rules.priced(PRICES, given)
    assert (code, field) in {(problem.code, problem.field) for problem in refused.value.problems}


def test_what_was_used_is_charged_by_the_list_when_nothing_was_quoted():
    (row,) = charged(priced(line("valve", 2)))
    assert (row["amount_fen"], row["charged"], row["free"], row["order"]) == (7600, 2.0, None, "W-1")


def two_lines():
    lines = charged(priced(line("valve", 2), line("seal", 1.5)))
    return {"lines": lines, "total_fen": rules.total_fen(lines)}


def test_a_corrected_charge_keeps_what_is_still_paid_for_and_says_of_the_rest_why_not():
    valve, seal = rules.corrected(two_lines(), [line("valve", 1), line("seal", 1.5)])
    assert (valve["quantity"], valve["charged"], valve["amount_fen"], valve["free"]) == (2.0, 1.0, 3800, "corrected")
    assert (seal["charged"], seal["amount_fen"], seal["free"]) == (1.5, 2723, None)
    assert rules.total_fen(rules.corrected(two_lines(), [])) == 0


@pytest.mark.parametrize(
    ("given", "code", "field"),
    [
        ([line("valve", 2.01), line("seal", 1)], "too_much", "lines.0.quantity"),
        ([line("pump")], "unknown_line", "lines.0.line"),
        ([line("valve"), line("valve")], "duplicate", "lines.1.line"),
        ([line("valve", 0)], "out_of_range", "lines.0.quantity"),
        ([line("valve", 2), line("seal", 1.5)], "unchanged", "lines"),
        ("valve", "wrong_shape", "lines"),
        ([line({"$ne": None})], "not_a_code", "lines.0.line"),
    ],
)
def test_a_wrong_correction_is_refused_by_name(given, code, field):
    with pytest.raises(Invalid) as refused:
        rules.corrected(two_lines(), given)
    assert (code, field) in {(problem.code, problem.field) for problem in refused.value.problems}


def test_what_is_free_already_cannot_be_corrected():
    free = charged(priced(line("valve")), under_warranty=True)
    with pytest.raises(Invalid) as refused:
        rules.corrected({"lines": free, "total_fen": 0}, [line("valve")])
    assert [problem.code for problem in refused.value.problems] == ["unknown_line"]


def test_nothing_beyond_the_agreed_quote_is_charged():
    agreed = {"state": "given", "lines": priced(line("valve", 1))}
    valve, seal = charged(priced(line("valve", 2), line("seal", 1)), quote=agreed)
    assert (valve["amount_fen"], valve["charged"], valve["free"]) == (3800, 1.0, "not_agreed")
    assert (seal["amount_fen"], seal["charged"], seal["free"]) == (0, 0, "not_agreed")


@pytest.mark.parametrize("case", VECTORS["cases"], ids=lambda case: case["name"])
def test_the_tablet_and_the_server_make_the_same_account(case):
    prices = [{**each, "name": {"zh": each["code"]}} for each in VECTORS["prices"]]
    used = rules.priced(prices, case["used"])
    terms = {"quote": case["quote"], "under_warranty": case["under_warranty"], "paid_before": case["paid_before"]}
    rows = charged(used, **terms)
    assert [{name: row[name] for name in ("line", "charged", "free", "amount_fen")} for row in rows] == case["rows"]
    assert rules.total_fen(rows) == case["total_fen"]


@pytest.mark.parametrize("case", VECTORS["divisible"], ids=lambda case: f"{case['unit']} {case['quantities']}")
def test_metres_come_in_parts_and_pieces_whole(case):
    assert is_divisible(case) is case["divisible"]


def test_the_tablet_knows_the_same_units():
    assert set(json.loads((FRONTEND / "src" / "screens" / "rules" / "measured.json").read_text())) == MEASURED


def test_half_a_piece_is_refused_and_half_a_metre_is_not():
    assert priced(line("seal", 0.5))[0]["amount_fen"] == 908
    with pytest.raises(Invalid) as refused:
        priced(line("valve", 0.5))
    assert [(problem.code, problem.field) for problem in refused.value.problems] == [("not_whole", "lines.0.quantity")]


def test_a_quote_says_the_sum_that_its_lines_will_be_charged():
    rows = priced(line("valve"), line("seal"))
    asked = rules.quoted(rows, by="repairer", at=CLOSED, warranty={}, before=None, paid_before=["valve"])
    assert asked["total_fen"] == 1815


def test_less_than_was_quoted_costs_less():
    (row,) = charged(priced(line("valve", 1)), quote={"state": "given", "lines": priced(line("valve", 3))})
    assert (row["amount_fen"], row["free"]) == (3800, None)


@pytest.mark.parametrize(
    ("changes", "free"),
    [
        ({"quote": {"state": "refused", "lines": priced(line("valve"))}}, "refused"),
        ({"under_warranty": True}, "warranty"),
        ({"paid_before": ["valve"]}, "rework"),
    ],
)
def test_refused_under_warranty_and_done_again_cost_nothing(changes, free):
    (row,) = charged(priced(line("valve")), **changes)
    assert (row["amount_fen"], row["charged"], row["free"]) == (0, 0, free)


def quoted(rows, warranty=None, before=None):
    return rules.quoted(rows, by="repairer", at=CLOSED, warranty=warranty or {}, before=before)


def test_a_quote_under_warranty_asks_for_nothing():
    rows = priced(line("valve"))
    assert quoted(rows)["total_fen"] == 3800
    assert quoted(rows, {"request": "R-1"})["total_fen"] == 0


def test_what_was_agreed_to_stays_agreed_to_when_a_later_quote_is_refused():
    first = {**quoted(priced(line("valve", 1))), "state": "given"}
    second = {**quoted(priced(line("valve", 1), line("seal", 5)), before=first), "state": "refused"}
    third = {**quoted(priced(line("seal", 9)), before=second), "state": "refused"}
    for quote in (second, third):
        valve, seal = charged(priced(line("valve", 1), line("seal", 5)), quote=quote)
        assert (valve["amount_fen"], seal["amount_fen"], seal["free"]) == (3800, 0, "not_agreed")


def test_work_goes_on_with_the_residents_answer_only():
    for decided in ({}, None, {"state": "given"}, {"state": "refused"}):
        rules.check_decided(decided)
    with pytest.raises(RuleBroken) as refused:
        rules.check_decided({"state": "asked"})
    assert refused.value.code == "consent_missing"


def earlier(number="R-1", days=(180,), closed_at=CLOSED, **more):
    return {"number": number, "closed_at": closed_at, "charge": {"lines": [{"warranty_days": n} for n in days]}, **more}


def test_the_warranty_holds_until_the_last_minute_of_its_last_day():
    end = CLOSED + timedelta(days=180)
    assert rules.warranty_of([earlier()], end) == {"request": "R-1", "until": end}
    assert rules.warranty_of([earlier()], end + MINUTE) == {}


def test_the_longest_warranty_counts():
    end = CLOSED + timedelta(days=180)
    assert rules.warranty_of([earlier(days=(0, 180, 15))], end)["until"] == end
    assert rules.warranty_of([earlier("R-1", (30,)), earlier("R-2", (90,))], CLOSED)["request"] == "R-2"


def test_no_warranty_without_days_lines_or_an_end():
    for without in (earlier(days=(0,)), earlier(days=()), earlier(closed_at=None)):
        assert rules.warranty_of([without], CLOSED) == {}
    assert rules.warranty_of([earlier(closed_at=None, answered_at=CLOSED)], CLOSED)["request"] == "R-1"


def test_silence_is_acceptance_only_where_days_are_set():
    assert rules.accept_by(CLOSED, 7) == CLOSED + timedelta(days=7)
    assert rules.accept_by(CLOSED, None) is None


def test_the_draw_is_the_same_again_and_meets_its_share():
    numbers = [f"R-2611-{n:04d}" for n in range(5000)]
    drawn = [number for number in numbers if rules.is_drawn(number, 70)]
    assert drawn == [number for number in numbers if rules.is_drawn(number, 70)]
    assert 0.67 < len(drawn) / len(numbers) < 0.73
    assert not any(rules.is_drawn(number, 0) or rules.is_drawn(number, None) for number in numbers)
    assert all(rules.is_drawn(number, 100) for number in numbers)


def test_who_has_least_to_do_gets_the_next_and_of_several_the_first_by_code():
    assert least_busy({"b": 2, "a": 3, "c": 1}) == "c"
    assert least_busy({"b": 1, "c": 1, "a": 2}) == "b"


@pytest.mark.parametrize("wrong", ["x", "A" * 64, "a" * 63, 7, {"$ne": None}])
def test_a_signature_is_named_by_the_hash_of_its_photo(wrong):
    assert rules.check_signature("") == rules.check_signature(None) == ""
    assert rules.check_signature("a" * 64) == "a" * 64
    with pytest.raises(Invalid):
        rules.check_signature(wrong)
