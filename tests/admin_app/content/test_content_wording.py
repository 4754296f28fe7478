"""Of long texts a difference shows the place that was changed, and all of it."""

from hypothesis import given
from hypothesis import strategies as st

from admin_app.backoffice.content.wording import AROUND, differing

texts = st.text("甲乙丙", max_size=60)
EVEN = "每日巡查并记录。" * 100


def test_one_letter_of_a_long_text_is_shown_with_a_few_words_around_it() -> None:
    old, new = f"{EVEN}甲{EVEN}", f"{EVEN}乙{EVEN}"
    around = EVEN[-AROUND:], EVEN[:AROUND]
    assert differing(old, new) == tuple(f"…{around[0]}{letter}{around[1]}…" for letter in "甲乙")


def test_short_texts_are_shown_whole() -> None:
    assert differing("旧的", "新的") == ("旧的", "新的")
    assert differing("", EVEN) == ("", EVEN)


@given(texts, texts, st.sampled_from(["", EVEN]))
def test_what_is_left_out_is_the_same_on_both_sides(old: str, new: str, after: str) -> None:
    one, other = EVEN + old + after, EVEN + new + after
    parts = [each.strip("…") for each in differing(one, other)]
    outside = [(one[:at], one[at + len(parts[0]) :]) for at in range(len(one) - len(parts[0]) + 1)]
    assert any(one == before + parts[0] + rest and other == before + parts[1] + rest for before, rest in outside)
