"""审计: who looked at, or took away, what is not for everybody's eyes."""

from typing import Any

from mongoengine import QuerySet

from admin_app.accounts.current import current_actor
from admin_app.accounts.trail import COMMAND_LINE
from admin_app.backoffice.frame.base import Choice, MenuPlace, field_filter
from admin_app.backoffice.records import cells
from admin_app.backoffice.records.columns import ESTATE, Column, worded
from admin_app.backoffice.records.lists import RecordList, Tab
from admin_app.shell.formats import local_time
from admin_app.shell.language import say
from admin_app.shell.punctuation import CLAUSES
from store.audit.documents import AuditEntry
from store.audit.operations import ACTIONS
from store.kinds import kinds
from store.notices.readers import sources
from store.words import Words

EVERYTHING = Tab("", Words("", ""), lambda now: {})
LISTS: dict[str, Words] = {
    "office_handovers": Words("交接班", "Shift handovers"),
    "office_notices": Words("通知", "Notices"),
    "office_devices": Words("设备", "Devices"),
    "office_audit": Words("审计", "Audit"),
}


class Audit(RecordList):
    permission = "audit.read"
    endpoint_name = "office_audit"
    path = "audit"
    title = Words("审计", "Audit")
    menu_place = MenuPlace("system", 40)
    list_template = "records/plain_list.html"
    heavy = ()
    date_field = "at"
    date_words = Words("时间", "When")
    list_sort = "-at"
    record_columns = (
        Column("at", Words("时间", "When"), cell=lambda _, row: local_time(row.at)),
        Column("actor_name", Words("人员", "Who"), lambda _, row: row.actor_name or row.actor),
        worded("action", Words("操作", "What"), ACTIONS),
        Column("about", Words("对象", "About"), lambda _, row: _about(row.about)),
        ESTATE,
        Column("detail", Words("说明", "Detail"), lambda _, row: _detail(row.detail)),
    )
    search_fields = ("about",)
    search_hint = Words("对象编号", "Code of the subject")
    empty = Words("还没有审计记录", "Nothing was audited yet")
    empty_hint = Words(
        "谁查看了完整电话、导出或导入了什么、改动了哪个账号，会自动记在这里。",
        "Who looked at full telephone numbers, exported or imported something or changed an account is kept here by itself.",
    )
    can_view_details = False

    def __init__(self) -> None:
        choices = (Choice(key, words) for key, words in ACTIONS.items())
        self.list_filters = (field_filter("action", Words("操作", "Action"), choices),)
        super().__init__(AuditEntry)

    def get_query(self) -> QuerySet:
        """An account of several estates, or of all, is the business of who sees them all."""
        query = super().get_query()
        if current_actor().estates is None:
            return query
        return query.filter(__raw__={"$nor": [{"about": {"$regex": "^account:"}, "estate": None}]})

    def tab(self) -> Tab:
        return EVERYTHING

    def prepare(self, rows: list[Any]) -> None:
        """Everything stands in the entry itself."""

    def search(self, query: QuerySet, text: str) -> QuerySet:
        return query.filter(about__icontains=text)

    def row_url(self, row: Any) -> str | None:
        return None


def _about(about: str) -> str:
    kind, _, code = about.partition(":")
    words = {
        "list": Words("列表", "List"),
        "account": Words("账号", "Account"),
        **LISTS,
        **{each.list_endpoint: each.many for each in kinds().values()},
        **{key: document.LABEL for key, document in sources().items()},
        **{name: each.one for each in kinds().values() for name in (each.name, *each.formerly)},
    }
    return " ".join(filter(None, [cells.words_of(words, kind), cells.words_of(words, code) if code != "*" else ""]))


def _detail(detail: dict[str, Any]) -> str:
    named = {
        "rows": Words("行", "rows"),
        "create": Words("新建", "new"),
        "update": Words("修改", "changed"),
        "unchanged": Words("不变", "unchanged"),
        "error": Words("错误", "errors"),
        "staff": Words("员工", "staff"),
        "address": Words("来自", "from"),
        "token": Words("令牌", "token"),
        "name": Words("名称", "name"),
    }
    return say(CLAUSES).join(
        f"{cells.words_of(named, key)} {_said(value)}" for key, value in detail.items() if key in named
    )


def _said(value: Any) -> Any:
    return say(Words("命令行", "the command line")) if value == COMMAND_LINE else value
