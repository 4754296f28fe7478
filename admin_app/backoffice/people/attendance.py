"""上下班打卡: coming and going, as members of staff have said it on tablets (clauses 2.5, 3.5)."""

from typing import Any

from admin_app.backoffice.frame.base import MenuPlace
from admin_app.backoffice.records.columns import ESTATE, Column, moment
from admin_app.backoffice.records.lists import RecordList, Tab, estate_filter
from admin_app.shell.language import say
from store.tablet.attendance import DIRECTIONS
from store.tablet.documents import Attendance
from store.words import Words

ALL = Tab("", Words("", ""), lambda now: {}, "-at")


class AttendanceList(RecordList):
    permission = "today.read"
    endpoint_name = "office_attendance"
    path = "attendance"
    title = Words("上下班打卡", "Clocking in and out")
    menu_place = MenuPlace("people", 36)
    list_template = "records/plain_list.html"
    date_field = "at"
    date_words = Words("时间", "When")
    list_sort = "-at"
    record_columns = (
        moment("at", Words("时间", "When")),
        Column("person", Words("员工", "Member of staff"), lambda lister, row: lister.person(row.person)),
        Column("direction", Words("上班或下班", "In or out"), lambda _, row: say(DIRECTIONS[row.direction])),
        ESTATE,
    )
    empty = Words("还没有人打卡", "Nobody has clocked in yet")
    empty_hint = Words(
        "一线员工在平板「我 → 上班打卡」后，会出现在这里。",
        "It appears here when field staff say on a tablet that they have come: Me → Clock in.",
    )
    can_view_details = False

    def __init__(self) -> None:
        self.list_filters = (estate_filter(),)
        super().__init__(Attendance)

    def tab(self) -> Tab:
        return ALL

    def prepare(self, rows: list[Any]) -> None:
        self.name_people({row.person for row in rows})

    def row_url(self, row: Any) -> str | None:
        return None
