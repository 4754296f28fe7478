"""交接班: the ends of shifts as they were signed for on tablets."""

from typing import Any

from markupsafe import Markup

from admin_app.backoffice.base import MenuPlace
from admin_app.backoffice.records.lists import RecordList, Tab, estate_filter
from admin_app.shell.formats import local_time
from admin_app.shell.language import say
from store.field.documents import ShiftHandover
from store.words import Words

ALL = Tab("", Words("", ""), lambda now: {}, "-at")
SIGNATURE = Words("签名", "Signature")


class Handovers(RecordList):
    permission = "today.read"
    endpoint_name = "office_handovers"
    path = "handovers"
    title = Words("交接班", "Shift handovers")
    menu_place = MenuPlace("people", 35)
    list_template = "audit/list.html"
    list_sort = "-at"
    column_list = ("at", "handed_by", "taken_by", "open", "note", "signatures", "estate")
    column_labels = {
        "at": Words("时间", "When"),
        "handed_by": Words("交班人", "Handed over by"),
        "taken_by": Words("接班人", "Taken over by"),
        "open": Words("未完成工单", "Open orders"),
        "note": Words("交接说明", "Note"),
        "signatures": Words("双方签名", "Both signatures"),
        "estate": Words("小区", "Estate"),
    }
    column_sortable_list = ("at",)
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

    def show(self, row: Any, name: str) -> Any:
        cell = {
            "at": lambda: local_time(row.at, self.zone(row.estate)),
            "handed_by": lambda: self.person(row.handed_by),
            "taken_by": lambda: self.person(row.taken_by),
            "open": lambda: len(row.open),
            "signatures": lambda: Markup(" ").join(_signature(each) for each in (row.signature, row.counter_signature)),
            "estate": lambda: self.estate_name(row.estate),
        }.get(name)
        return cell() if cell else getattr(row, name) or "—"


def _signature(sha256: str) -> Markup:
    return Markup(
        '<a href="/admin/photos/{0}"><img class="signature" src="/admin/photos/{0}" alt="{1}" loading="lazy"></a>'
    ).format(sha256, say(SIGNATURE))
