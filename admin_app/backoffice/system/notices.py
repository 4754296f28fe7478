"""通知: what the reader was told, what was sent to whom, and what could not be sent."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from flask import g, jsonify, redirect, request, url_for
from flask_admin import expose
from mongoengine import QuerySet
from werkzeug.wrappers import Response

from admin_app.accounts.current import current_actor
from admin_app.backoffice.frame.base import BulkVerb, Choice, MenuPlace, attempt, field_filter
from admin_app.backoffice.records.columns import Column, moment, state, worded
from admin_app.backoffice.records.lists import RecordList, Tab
from admin_app.backoffice.records.names import staff_names
from admin_app.backoffice.records.timeline import THE_RESIDENT
from admin_app.backoffice.records.views import OfficeView
from admin_app.shell import keyset
from admin_app.shell.chips import Chip, chip_of
from admin_app.shell.language import current_language, say
from store import clock
from store.actor import Actor
from store.errors import Invalid, NotFound
from store.kinds import address_of
from store.notices import inbox
from store.notices import operations as notices
from store.notices.documents import Notice
from store.notices.readers import ReaderCache
from store.notices.rules import APP, CHANNELS, REASONS, STATES
from store.notices.texts import text_of
from store.requests.rules import RESIDENT
from store.words import Words

SHOWN = 30
URGENT_TONES = {"queued": ("open", "open"), "leased": ("open", "doing"), "held": ("soon", "paused")}


class Letter(NamedTuple):
    """A notice as its reader reads it."""

    key: str
    subject: str
    body: str
    at: Any
    unread: bool
    urgent: bool
    url: str | None


class Letters(NamedTuple):
    """What was told about one record; `earlier` are those that the newest one stands for."""

    newest: Letter
    earlier: list[Letter]

    @property
    def unread(self) -> bool:
        return any(each.unread for each in (self.newest, *self.earlier))

    @property
    def urgent(self) -> bool:
        return any(each.urgent for each in (self.newest, *self.earlier))


class Inbox(OfficeView):
    """The bell: what I was told, by record, newest first."""

    permission = "inbox.read"
    title = Words("我的通知", "My notices")
    endpoint_name = "office_inbox"
    path = "inbox"

    @expose("/")
    def index(self) -> str:
        actor, now = current_actor(), clock.now()
        only_unread = request.args.get("view") == "unread"
        after = _place(request.args.get("after", ""))
        found = inbox.threads(actor.code, unread=only_unread, after=after, limit=SHOWN + 1)
        cache = ReaderCache(now)
        cache.load_records(notice.about for each in found[:SHOWN] for notice in each.notices)
        threads = [_letters(each, cache) for each in found[:SHOWN]]
        more = keyset.encode(keyset.Cursor(*found[SHOWN - 1].place)) if len(found) > SHOWN else None
        return self.render("system/inbox.html", threads=threads, only_unread=only_unread, more=more)

    @expose("/unread")
    def unread(self) -> Response:
        """Of how many records something is unread; the bell of an open page asks every minute."""
        return jsonify(unread=inbox.unread_count(current_actor().code))

    @expose("/read", methods=("POST",))
    def read(self) -> Response:
        """Open what a notice is about: with it everything is read that was told about it before."""
        key = request.form.get("key", "")
        notices.mark_record_read(key, actor=current_actor(), now=clock.now())
        found = Notice.objects(key=key).first()
        return redirect((_url(found) if found else None) or url_for(".index"), code=303)

    @expose("/read-all", methods=("POST",))
    def read_all(self) -> Response:
        return attempt(
            lambda: notices.mark_all_read(actor=current_actor(), now=clock.now()),
            done=Words("已全部标为已读", "All marked as read"),
            back=url_for(".index"),
        )


def _letters(thread: inbox.Thread, cache: ReaderCache) -> Letters:
    newest, *earlier = (_letter(each, cache) for each in thread.notices)
    return Letters(newest, earlier)


def _letter(notice: Any, cache: ReaderCache) -> Letter:
    text = text_of(notice, cache, current_language(), "")
    url = _url(notice)
    # The whole line is a link here: the address in the text would only repeat it.
    body = text.body.replace(url, "").rstrip(" ：:\n") if url else text.body
    return Letter(notice.key, text.subject, body, notice.created_at, notice.read_at is None, notice.urgent, url)


def _url(notice: Any) -> str | None:
    """The page of what a notice is about; None where there is none."""
    return address_of(notice.about.get("kind"), notice.about.get("number"))


def _place(text: str) -> inbox.InboxCursor | None:
    """Where the page begins; the first page for what no page has given."""
    try:
        at, key = keyset.decode(text)
    except Invalid:
        return None
    return inbox.InboxCursor(at, key) if isinstance(at, datetime) and isinstance(key, str) else None


def _states(*states: str) -> dict[str, Any]:
    return {"state": {"$in": list(states)}}


TABS = (
    Tab("failed", Words("发送失败", "Dead letters"), lambda now: _states("dead")),
    Tab("held", Words("暂不发送", "Held back"), lambda now: _states("held")),
    Tab("waiting", Words("待发送", "Waiting"), lambda now: _states("queued", "leased")),
    Tab("sent", Words("已发送", "Sent"), lambda now: {"state": "sent"}),
    Tab("all", Words("全部", "All"), lambda now: {}),
)


class Notices(RecordList):
    """What the house told to whom. The text itself is made for its reader and is not shown here."""

    permission = "notices.read"
    endpoint_name = "office_notices"
    path = "notices"
    title = Words("通知", "Notices")
    menu_place = MenuPlace("system", 20)
    tabs = TABS
    heavy = ("lease_token",)
    date_words = Words("生成日期", "Made")
    list_sort = "-created_at"
    record_columns = (
        Column("about", Words("关于", "About"), lambda _, row: row.about.get("number")),
        Column("recipient", Words("收件人", "Reader"), lambda lister, row: lister.person(row.recipient)),
        worded("channel", Words("渠道", "Channel"), CHANNELS),
        state(STATES, lambda row, _: [notice_chip(row)]),
        worded("last_error", Words("原因", "Why"), REASONS),
        moment("created_at", Words("产生时间", "Made")),
        moment("sent_at", Words("发送时间", "Sent"), sortable=False),
    )
    empty = Words("没有发送失败的通知", "No notice failed")
    empty_hint = Words("所有通知都已送出或在等待发送。", "Everything was sent or is about to be.")
    can_view_details = False

    def __init__(self) -> None:
        self.list_filters = (
            field_filter("channel", Words("渠道", "Channel"), (Choice(k, w) for k, w in CHANNELS.items())),
            field_filter("reason", Words("原因", "Why"), (Choice(k, w) for k, w in REASONS.items()), "last_error"),
        )
        self.bulk_verbs = (BulkVerb("resend", Words("重新发送", "Send again"), "notices.resend", self._resend),)
        super().__init__(Notice)

    def get_one(self, id: Any) -> Any:
        return self.get_query().filter(key=str(id)).first()

    def actionable(self, ids: Sequence[str]) -> list[Any]:
        return list(self.get_query().filter(key__in=list(ids)[:200]))

    def _resend(self, row: Any, actor: Actor) -> object:
        return notices.resend(row.key, actor=actor, now=self.now)

    def name_of(self, document: Any) -> str:
        return str(document.about.get("number", ""))

    def search(self, query: QuerySet, text: str) -> QuerySet:
        return query

    def prepare(self, rows: list[Any]) -> None:
        # Readers only: of whom else there is, this list says nothing.
        readers = [row.recipient for row in rows if row.recipient]
        residents = {each: say(THE_RESIDENT) for each in readers if each.startswith(RESIDENT)}
        g.person_names = {**staff_names(set(readers) - residents.keys()), **residents}

    def row_url(self, row: Any) -> str | None:
        return _url(row)

    @expose("/details/")
    def details_view(self) -> Response:
        raise NotFound(self.title, request.args.get("id", ""))


def notice_chip(row: Any) -> Chip:
    if row.channel == APP:
        return chip_of("sent", Words("已读", "Read") if row.read_at else Words("未读", "Unread"))
    tone, icon = URGENT_TONES.get(row.state, (None, None))
    chip = chip_of(row.state, STATES.get(row.state))
    return chip._replace(tone=tone, icon=icon) if tone and icon else chip
