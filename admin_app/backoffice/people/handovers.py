"""交接班: the ends of shifts as they were signed for on tablets."""

from typing import Any

from markupsafe import Markup

from admin_app.backoffice.frame.base import MenuPlace
from admin_app.backoffice.records.columns import ESTATE, Column, moment
from admin_app.backoffice.records.lists import RecordList, Tab, estate_filter
from admin_app.shell.language import say
from store.tablet.documents import ShiftHandover
from store.words import Words

ALL = Tab("", Words("", ""), lambda now: {}, "-at")
SIGNATURE = Words("签名", "Signature")


class Handovers(RecordList):
    permission = "today.read"
    endpoint_name = "office_handovers"
    path = "handovers"
    title = Words("交接班", "Shift handovers")
    menu_place = MenuPlace("people", 35)
    list_template = "records/plain_list.html"
    date_field = "at"
    date_words = Words("交班时间", "When")
    list_sort = "-at"
    record_columns = (
        moment("at", Words("时间", "When")),
        Column("handed_by", Words("交班人", "Handed over by"), lambda lister, row: lister.person(row.handed_by)),
        Column("taken_by", Words("接班人", "Taken over by"), lambda lister, row: lister.person(row.taken_by)),
        Column("open", Words("未完成工单", "Open orders"), lambda _, row: len(row.open)),
        Column("note", Words("交接说明", "Note")),
        Column("signatures", Words("双方签名", "Both signatures"), lambda _, row: _signatures(row), exported=False),
        ESTATE,
    )
    empty = Words("还没有交接班记录", "No shift was handed over yet")
    empty_hint = Words(
        "一线员工在平板「我 → 交接班」里双方签名后，会出现在这里。",
        "They appear here when field staff sign for the end of a shift on a tablet: Me → Hand over.",
    )
    can_view_details = False

    def __init__(self) -> None:
        self.list_filters = (estate_filter(),)
        super().__init__(ShiftHandover)

    def tab(self) -> Tab:
        return ALL

    def prepare(self, rows: list[Any]) -> None:
        self.name_people({code for row in rows for code in (row.handed_by, row.taken_by)})

    def row_url(self, row: Any) -> str | None:
        return None


def _signatures(row: Any) -> Markup:
    return Markup(" ").join(_signature(each) for each in (row.signature, row.counter_signature))


def _signature(sha256: str) -> Markup:
    return Markup(
        '<a href="/admin/photos/{0}"><img class="signature" src="/admin/photos/{0}" alt="{1}" loading="lazy"></a>'
    ).format(sha256, say(SIGNATURE))
