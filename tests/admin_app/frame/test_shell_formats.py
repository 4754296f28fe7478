"""How moments, lengths of time and money are read; where a clock's bar stands."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from admin_app.shell.chips import chip_of, clock_bar
from admin_app.shell.formats import day_and_time, distance, exact, span, yuan
from admin_app.shell.keyset import Cursor, Order, decode, encode
from store.words import Words
from tests.cast import NOW

SHANGHAI = ZoneInfo("Asia/Shanghai")
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@pytest.mark.parametrize(
    ("moment", "zh", "en"),
    [
        (NOW, "今天 10:00", "today 10:00"),
        (NOW + 14 * HOUR - MINUTE, "今天 23:59", "today 23:59"),
        (NOW + 14 * HOUR, "明天 00:00", "tomorrow 00:00"),
        (NOW - 10 * HOUR - MINUTE, "昨天 23:59", "yesterday 23:59"),
        (NOW + 2 * DAY, "11月26日(四) 10:00", "Thu 26 Nov 10:00"),
        (NOW + 60 * DAY, "2027年1月23日 10:00", "23 Jan 2027 10:00"),
    ],
)
def test_days_are_the_readers_days(moment: datetime, zh: str, en: str) -> None:
    assert day_and_time(moment, NOW, SHANGHAI) == Words(zh, en)


@pytest.mark.parametrize(
    ("length", "zh"),
    [
        (timedelta(seconds=59), "不到 1 分"),
        (MINUTE, "1 分"),
        (119 * MINUTE, "119 分"),
        (2 * HOUR, "2 小时"),
        (47 * HOUR, "47 小时"),
        (48 * HOUR, "2 天"),
        (-25 * MINUTE, "25 分"),
    ],
)
def test_lengths_are_told_in_their_largest_sensible_unit(length: timedelta, zh: str) -> None:
    assert span(length).zh == zh


def test_before_the_moment_something_is_left_and_after_it_is_late() -> None:
    assert distance(NOW + 25 * MINUTE, NOW) == Words("还剩 25 分", "25 min left")
    assert distance(NOW - 25 * MINUTE, NOW) == Words("已超 25 分", "25 min late")


def test_the_exact_moment_names_its_zone() -> None:
    assert exact(NOW, SHANGHAI) == "2026-11-24 10:00:00 Asia/Shanghai"


@pytest.mark.parametrize(("fen", "text"), [(0, "¥0.00"), (5, "¥0.05"), (123450, "¥1,234.50"), (-4500, "-¥45.00")])
def test_money_is_whole_fen(fen: int, text: str) -> None:
    assert yuan(fen) == text


def test_a_state_has_a_word_and_an_icon_and_an_unknown_one_its_name() -> None:
    assert (chip_of("overdue").tone, chip_of("overdue").words.zh) == ("late", "已超时")
    assert chip_of("done", Words("已验收", "Accepted")).words.zh == "已验收"
    assert chip_of("brand_new").words.zh == "brand_new"


@pytest.mark.parametrize(
    ("changes", "tone", "part"),
    [
        ({"due_at": NOW + 9 * HOUR}, "open", 10),
        ({"due_at": NOW + 2 * HOUR}, "soon", 33),
        ({"due_at": NOW - MINUTE}, "late", 100),
        ({"due_at": NOW + HOUR, "paused_at": NOW - MINUTE}, "paused", 50),
        ({"due_at": NOW + HOUR, "stopped_at": NOW}, "done", 50),
        ({"due_at": NOW - MINUTE, "stopped_at": NOW}, "late", 100),
        ({"due_at": None}, "paused", 100),
    ],
)
def test_a_clocks_bar_says_how_far_it_has_run(changes: dict[str, datetime | None], tone: str, part: int) -> None:
    bar = clock_bar({"name": "resolve", "started_at": NOW - HOUR, **changes}, NOW)
    assert (bar.tone, bar.part) == (tone, part)


def test_a_cursor_comes_back_as_it_went() -> None:
    for value in ("文字", 7, 1.5, True, None, NOW):
        assert decode(encode(Cursor(value, "id"))) == Cursor(value, "id")


def test_an_order_is_read_with_its_sign() -> None:
    assert Order.parse("-due_at") == Order("due_at", True)
    assert Order.parse("due_at").keys == [("due_at", 1), ("_id", 1)]
    assert Order.parse("-_id").keys == [("_id", -1)]
