"""Files as offices and their spreadsheets keep them: each is read as it is meant, or refused by name, and never guessed."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from store.phones import canonical
from store.premises.documents import Household
from store.transfer import mappings
from store.transfer import operations as transfer
from store.transfer.layout import Layout
from store.transfer.reading import read
from store.transfer.reports import Report
from tests import cast

FILES = Path(__file__).parent / "files"
NOW = cast.NOW


def book(name: str) -> Any:
    (file,) = FILES.glob(f"{name}-*.xlsx")
    return read(file.read_bytes(), file.name)


def tried(kind: str, name: str, **choices: Any) -> Report:
    return transfer.dry_run(kind, book(name), cast.manager(), NOW, transfer.Choices(**choices))


def done(report: Report) -> Report:
    return transfer.apply(report, cast.manager(), NOW)


def told(report: Report) -> list[tuple[str, str, str, str]]:
    return [(each.kind, each.label.zh, each.old.zh, each.new.zh) for row in report.rows for each in row.changes]


def codes(report: Report) -> list[list[str]]:
    return [[each.code for each in row.problems] for row in report.rows]


def values(report: Report, name: str) -> list[Any]:
    return [row.values.get(name) for row in report.rows]


HOMES: Mapping[str, Sequence[tuple[str, str]]] = {
    "1-101": [("赵雨禾", "13800000001"), ("赵小满", "13800000002")],
    "1-102": [("姜知夏", "13900000004"), ("金望舒", "13900000005")],
    "1-201": [("施予安", "13900000007"), ("许南乔", "13900000008"), ("朱星野", "13900000009")],
}


@pytest.fixture
def homes(database: Any) -> None:
    for room, people in HOMES.items():
        members = [
            {"name": name, "phone": phone, "email": f"{phone}@residents.example", "relation": "tenant"}
            for name, phone in people
        ]
        cast.make_household(room, members=members, note="水表在地下室")


def member_names() -> dict[str, list[str]]:
    return {each.room: [member["name"] for member in each.members] for each in Household.objects.order_by("room")}


def test_an_absent_column_of_a_list_changes_nothing(homes: None) -> None:
    report = tried("household", "09")
    assert told(report)[0] == ("set", "成员 › 赵雨禾 › 电话", "138****0001", "13900000001")
    done(report)
    members = Household.objects.get(room="1-101").members
    assert (members[0]["phone"], members[0]["email"]) == ("13900000001", "13800000001@residents.example")
    assert members[0]["relation"] == "tenant"
    assert member_names()["1-201"] == ["施予安", "许南乔", "朱星野"]


@pytest.mark.parametrize("name", ["10", "10b"])
def test_absent_rows_of_a_list_delete_nobody_unless_it_is_asked_for(homes: None, name: str) -> None:
    before = member_names()
    report = tried("household", name)
    kept = [(label, old) for kind, label, old, _ in told(report) if kind == "kept"]
    assert ("成员", "朱星野 · 139****0009 · 1***@residents.example · 租户") in kept
    assert report.told("removed") == 0
    done(report)
    assert member_names() == before
    asked = tried("household", name, remove=True)
    assert asked.told("removed") == (6 if name == "10" else 7)
    assert ("removed", "成员", "朱星野 · 139****0009 · 1***@residents.example · 租户", "") in told(asked)
    done(asked)
    assert member_names()["1-201"] == []


def test_a_cell_that_is_empty_takes_nothing_away_unless_it_is_asked_for(homes: None) -> None:
    report = tried("household", "10")
    assert ("kept", "备注", "水表在地下室", "") in told(report)
    done(report)
    assert {each.note for each in Household.objects} == {"水表在地下室"}
    done(tried("household", "10", remove=True))
    assert {each.note for each in Household.objects} == {None}


def test_the_days_of_next_year_are_added_to_those_of_this(database: Any) -> None:
    days = [{"date": f"2026-10-0{n}", "kind": "holiday", "name": {"zh": "国庆"}} for n in range(1, 8)]
    body = {
        "name": {"zh": "办公时间"},
        "timezone": "Asia/Shanghai",
        "windows": [{"weekdays": [1, 2, 3, 4, 5], "start": "08:30", "end": "18:00"}],
        "days": days,
        "makeup_weekday": 1,
    }
    cast.publish("working_calendar", "office-hours", body)
    report = tried("working_calendar", "12b")
    assert codes(report) == [[]]
    assert [kind for kind, *_ in told(report)].count("added") == 5
    found = report.rows[0].values["days"]
    assert [each["date"] for each in found][-5:] == [
        "2027-01-01",
        "2027-01-02",
        "2027-01-03",
        "2027-02-07",
        "2027-02-20",
    ]
    assert found[:7] == days


def test_a_title_row_above_the_template_is_no_header(homes: None) -> None:
    report = tried("household", "02", doubles=True)
    assert [(row.number, row.code, row.action) for row in report.rows] == [(3, "sunshine-99-1", "create")]


@pytest.mark.parametrize("name", ["03", "03b"])
def test_columns_are_found_by_their_labels(homes: None, name: str) -> None:
    report = tried("household", name, doubles=True)
    assert [(row.code, row.values["note"]) for row in report.rows] == [("hb-cn-1", "测试")]
    members = [{"name": "王甲", "phone": "13900000001", "relation": "owner"}]
    assert report.rows[0].values.get("members") == (members if name == "03" else None)


@pytest.mark.parametrize("name", ["18", "18b"])
def test_data_that_is_not_on_the_first_sheet_is_found(homes: None, name: str) -> None:
    report = tried("household", name, doubles=True)
    assert [row.action for row in report.rows] == ["create"]
    assert report.left_out == (() if name == "18" else ("说明",))


def test_an_offices_own_list_is_asked_about_and_then_read_whole(homes: None) -> None:
    for room in ("3-1201", "3-1202", "3-1203"):
        cast.make_household(room, members=[])
    cast.make_entry("unit", "sunshine-3-1204", {"room": "3-1204", "estate": cast.ESTATE, "building": "sunshine-3"})
    manager = cast.manager()
    assert {each.code for each in tried("household", "01").problems} == {"unconfirmed_column", "unknown_column"}
    found = transfer.laid_out("household", book("01"), manager, NOW)
    assert not found.is_sure
    sheets = tuple(
        each._replace(targets=tuple(target or "-" for target in each.targets), guesses=()) for each in found.sheets
    )
    chosen = Layout(sheets, {"estate": cast.ESTATE})
    report = tried("household", "01", layout=chosen)
    assert [(row.number, row.code, row.action) for row in report.rows] == [
        (3, "sunshine-3-1201", "update"),
        (5, "sunshine-3-1202", "update"),
        (6, "sunshine-3-1203", "error"),
        (7, "sunshine-3-1204", "create"),
    ]
    two = [(each["name"], each["phone"], each["relation"]) for each in report.rows[0].values["members"]]
    assert two == [("王甲", "13900000001", "owner"), ("王乙", "13900000002", "family")]
    assert canonical(report.rows[1].values["members"][0]["phone"]) == ["13900000003", "01060000001"]
    place = report.rows[2].place(report.rows[2].problems[0])
    assert place == ("阳光花园", 6, "联系电话")
    mappings.keep("household", chosen, actor=manager, now=NOW)
    again = transfer.laid_out("household", book("01"), manager, NOW)
    assert again.is_sure
    assert [row.code for row in tried("household", "01").rows] == [row.code for row in report.rows]
    assert not transfer.laid_out("household", book("01"), cast.administrator(), NOW).is_sure


def test_a_room_that_became_a_date_is_refused_by_name(homes: None) -> None:
    cast.make_entry("building", "sunshine-3", {"name": "3号楼", "estate": cast.ESTATE})
    report = tried("unit", "06b")
    assert codes(report) == [["became_date"], ["became_date"]]
    assert "「房号」被表格软件变成了日期（2026-03-12）" in report.rows[0].problems[0].words.zh


def test_rooms_are_taken_as_shown(homes: None) -> None:
    cast.make_entry("building", "sunshine-3", {"name": "3号楼", "estate": cast.ESTATE})
    report = tried("unit", "06")
    assert codes(report)[18:20] == [["became_date"], ["became_date"]]
    assert report.rows[20].values["room"] == "101"
    assert report.rows[0].values["room"] == "3-1201"


def test_a_code_with_a_number_format_is_taken_as_shown(homes: None) -> None:
    cast.make_entry("building", "sunshine-3", {"name": "3号楼", "estate": cast.ESTATE})
    report = tried("unit", "07")
    assert [row.code for row in report.rows] == ["0101", "0102", "3.5"]
    assert codes(report) == [[], [], ["malformed_code"]]


def test_telephones_that_a_spreadsheet_has_damaged_are_refused(homes: None) -> None:
    report = tried("household", "05", doubles=True)
    phones = [row.values["members"][0].get("phone") if row.values.get("members") else None for row in report.rows]
    assert phones[0] == phones[1] == "13900000001"
    assert codes(report)[17] == ["lost_digits"]


@pytest.fixture
def plans(database: Any) -> None:
    cast.make_company()


DATES = [
    "2026-12-05", "2026-12-05", "2026-12-05", "2026-12-05", "2026-12-05", "2026-12-05", "2026-12-05", "2026-12-05",
    None, None, "2026-12-05", None, "2026-12-05", "2026-12-05", "2111-01-01", None,
]  # fmt: skip


def test_dates_are_read_as_they_are_written_and_doubtful_ones_refused(plans: None) -> None:
    report = tried("plan", "13")
    assert values(report, "start_date") == DATES
    assert [found == ["not_a_date"] for found in codes(report)] == [date is None for date in DATES]
    assert {tuple(each) for each in values(report, "times")} == {("09:00",)}
    assert set(values(report, "frequency")) == {"daily"}
    assert set(values(report, "assign_to")) == {"department"}


def test_weekdays_are_read_as_people_write_them(plans: None) -> None:
    report = tried("plan", "16")
    three, one = [1, 3, 5], [1]
    assert values(report, "weekdays") == [one, three, three, three, three, one, one, [1, 3], one, three, one, three]
    assert codes(report) == [[]] * 12


def test_days_of_the_month_are_read_as_people_write_them(plans: None) -> None:
    report = tried("plan", "17")
    assert values(report, "month_days") == [[15], [1, 15], [1, 15], [15], [-1], [-1], [15], [15], None]
    assert values(report, "months")[6:8] == [[3, 4, 5, 6, 7, 8, 9, 10, 11], [3, 4]]
    assert values(report, "reminder_minutes")[:2] == [[30], [30, 10]]
    assert codes(report)[8] == ["became_date"]
