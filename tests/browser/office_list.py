"""An office's own list of 400 homes, as it lies on somebody's desk: a title, merged cells, several rows for one home."""

import io
from collections.abc import Iterator

import xlsxwriter

from store import directory
from store.actor import SYSTEM
from tests import cast

BUILDINGS, FLOORS, HOMES = 4, 10, 10
HEADERS = ("序号", "楼栋", "单元", "房号", "业主姓名", "联系电话", "关系", "入住日期", "备注")
FAMILIES = "赵钱孙李周吴郑王冯陈"


def rooms() -> Iterator[tuple[int, int]]:
    """(building, room), 400 of them."""
    for building in range(1, BUILDINGS + 1):
        for floor in range(1, FLOORS + 1):
            yield from ((building, floor * 100 + number) for number in range(1, HOMES + 1))


def phone(building: int, room: int, member: int = 0) -> str:
    return f"139{building:02d}{room:04d}{member:02d}"


def make_units() -> None:
    cast.make_estate()
    for building in range(1, BUILDINGS + 1):
        values = {"name": f"{building}号楼", "estate": cast.ESTATE}
        cast.make_entry("building", f"sunshine-{building}", values)
    for building, room in rooms():
        values = {"estate": cast.ESTATE, "building": f"sunshine-{building}", "room": f"{building}-{room}"}
        directory.create("unit", f"sunshine-{building}-{room}", values, actor=SYSTEM, now=cast.NOW)


def workbook() -> bytes:
    """Each third home has a second member in a row of its own, with the home's cells merged over both."""
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream) as book:
        sheet = book.add_worksheet("阳光花园")
        sheet.merge_range(0, 0, 0, len(HEADERS) - 1, "阳光花园业主信息登记表")
        sheet.write_row(1, 0, HEADERS)
        line = 2
        for number, (building, room) in enumerate(rooms(), 1):
            family = FAMILIES[number % len(FAMILIES)]
            home = [f"{building}栋", "1单元", str(room)]
            sheet.write_row(line, 0, [number, *home, f"{family}一", int(phone(building, room)), "业主", "2024.3.5", ""])
            if number % 3 == 0:
                sheet.write_row(line + 1, 4, [f"{family}二", phone(building, room, 1), "家属"])
                sheet.merge_range(line, 0, line + 1, 0, number)
                sheet.merge_range(line, 3, line + 1, 3, str(room))
                line += 1
            line += 1
        book.add_worksheet("参数").hide()
    return stream.getvalue()
