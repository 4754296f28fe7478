"""系统·设备: tablets – who is on them, when they were heard of, what is only there; the end of a lost one."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from flask import url_for
from mongoengine import QuerySet

from admin_app.accounts.current import current_actor
from admin_app.backoffice.forms.controls import Look
from admin_app.backoffice.frame.base import MenuPlace
from admin_app.backoffice.records import cells
from admin_app.backoffice.records.columns import Column, Lister, only_exported, state
from admin_app.backoffice.records.lists import Tab, estate_filter
from admin_app.backoffice.records.names import Place
from admin_app.backoffice.records.pages import RecordPages
from admin_app.backoffice.records.parts import asked_part
from admin_app.backoffice.records.timeline import timeline
from admin_app.backoffice.records.verbs import Posted, VerbForm
from admin_app.shell.chips import Chip, chip_of
from admin_app.shell.formats import NOTHING, span, time_ago
from admin_app.shell.language import say
from admin_app.shell.punctuation import listed
from store.actor import Actor
from store.calendars.working_time import DEFAULT_TIMEZONE
from store.devices import operations as devices
from store.devices import rules
from store.devices.documents import Device
from store.fields.spec import Field
from store.versioned import Event
from store.words import Words

_ACTIVE: Mapping[str, Any] = {"state": "active"}
_UNSENT = {**_ACTIVE, "people.unsent": {"$gt": 0}}
TABS = (
    Tab("active", Words("使用中", "In use"), lambda now: _ACTIVE),
    Tab("unsent", Words("有未发送", "With unsent entries"), lambda now: _UNSENT, "last_contact"),
    Tab(
        "silent",
        Words("久未联系", "Silent"),
        lambda now: {**_UNSENT, "last_contact": {"$lt": now - rules.SILENT_AFTER}},
    ),
    Tab("revoked", Words("已吊销", "Revoked"), lambda now: {"state": "revoked"}),
    Tab("all", Words("全部", "All"), lambda now: {}),
)
TONES = {"enrol": "open", "revoke": "late"}


def device_chips(row: Any, now: datetime) -> list[Chip]:
    if row.state == "revoked":
        return [chip_of("disabled", rules.STATES["revoked"])]
    found = [chip_of("active", rules.STATES["active"])]
    if rules.is_silent(row.to_mongo(), now):
        found.append(chip_of("overdue", Words("久未联系", "Silent")))
    return found


class Devices(RecordPages):
    permission = "devices.read"
    endpoint_name = "office_devices"
    path = "devices"
    title = Words("设备", "Devices")
    menu_place = MenuPlace("system", 45)
    record_template = "system/device.html"
    tabs = TABS
    estate_field = "estates"
    date_field = "last_contact"
    date_words = Words("最近联系", "Last contact")
    list_sort = "-last_contact"
    record_columns = (
        Column("name", Words("名称", "Name")),
        state(rules.STATES, device_chips),
        Column(
            "last_contact",
            Words("最近联系", "Last contact"),
            cell=lambda _, row: time_ago(row.last_contact),
            sortable=True,
        ),
        Column(
            "unsent",
            Words("未发送", "Unsent"),
            lambda _, row: rules.unsent(row.to_mongo()),
            lambda _, row: unsent_cell(row),
        ),
        Column("clock", Words("时钟偏差", "Clock"), lambda _, row: clock_cell(row.clock_offset_ms), exported=False),
        only_exported("clock_offset_ms", Words("时钟偏差（毫秒）", "Clock offset (ms)")),
        Column(
            "people", Words("使用人", "People"), lambda _, row: listed(each["name"] for each in row.people), width=30
        ),
        Column("app_version", Words("应用版本", "App version")),
        Column("estates", Words("小区", "Estates"), lambda lister, row: estate_names(lister, row)),
    )
    search_fields = ("name", "people__name")
    search_hint = Words("名称或使用人", "Name or person")
    empty = Words("还没有登记平板", "No tablet has been enrolled yet")
    empty_hint = Words("在平板上打开 /tablet/ 登录即可登记。", "Open /tablet/ on a tablet and sign in there.")

    def __init__(self) -> None:
        self.list_filters = (replace(estate_filter(), where=lambda value: {"estates": value}),)
        super().__init__(Device)

    def get_query(self) -> QuerySet:
        return self.model.objects(__raw__=devices.visible(current_actor()))

    def prepare(self, rows: list[Any]) -> None:
        """Everything stands in the device itself."""

    def name_of(self, document: Any) -> str:
        return str(document.name)

    # The page of one tablet

    def key_of(self, record: Any) -> str:
        return str(record.code)

    def place_of(self, record: Any) -> Place:
        zone = self.zone(record.estates[0]) if record.estates else DEFAULT_TIMEZONE
        return Place("", estate_names(self, record), zone)

    def open_record(self, key: str, actor: Actor) -> Device:
        return devices.get(key, actor)

    def allowed(self, record: Any, actor: Actor) -> Sequence[str]:
        if not actor.sees_all(record.estates):
            return ()
        return ("rename", "revoke") if record.state == "active" else ("rename",)

    def verbs(self, record: Any) -> Sequence[VerbForm]:
        return device_verbs(record)

    def context(self, record: Any, actor: Actor) -> Mapping[str, Any]:
        return {
            "chips": device_chips(record, self.now),
            "clock": clock_cell(record.clock_offset_ms),
            "unsent": unsent_cell(record),
            "entries": timeline(asked_part(record), (), rules.VERBS, facts=device_facts, tones=TONES),
            "verb_words": rules.VERBS,
            "staff_url": self._staff_url,
        }

    def _staff_url(self, code: str) -> str:
        return url_for("office_staff.entry", code=code)


def device_verbs(record: Device) -> Sequence[VerbForm]:
    def of(run: Any) -> Any:
        def wanted(values: Posted, *, actor: Actor, now: datetime, seen: int | None) -> object:
            return run(record.code, name=values.text("name"), actor=actor, now=now, seen=seen)

        return wanted

    name = Words("名称", "Name")
    typed = Words("输入「{name}」以确认", "Type “{name}” to confirm").fill(name=record.name)
    warning = Words(
        "吊销不可撤销：平板下次联系时清除其上全部数据，尚未发送的 {n} 条会丢失。",
        "This is final: at its next contact the tablet wipes all it holds; the {n} entries not sent yet are lost.",
    ).fill(n=rules.unsent(record.to_mongo()))
    renaming, confirming = (Field("name", "text", words, required=True) for words in (name, typed))
    stands = {"name": Look(record.name)}
    rename, revoke = of(devices.rename), of(devices.revoke)
    return (
        VerbForm("rename", Words("改名", "Rename"), "devices.write", rename, (renaming,), stands, icon="edit"),
        VerbForm(
            "revoke",
            Words("吊销", "Revoke"),
            "devices.write",
            revoke,
            (confirming,),
            kind="danger",
            icon="close",
            hint=warning,
        ),
    )


def estate_names(lister: Lister, row: Any) -> str:
    """The reader's own estates only: of the others he does not know that they are there."""
    mine = [lister.estate_name(each) for each in row.estates if each in lister.places()]
    return listed(mine) or say(Words("全公司", "The whole company"))


def unsent_cell(row: Any) -> Any:
    count = rules.unsent(row.to_mongo())
    if not count:
        return "0"
    return cells.chip_markup(chip_of("due_soon", Words("{n} 条", "{n}").fill(n=count)))


def clock_cell(offset_ms: int | None) -> Any:
    """A clock that is a minute wrong or more is shown in amber: it explains odd times, and accuses nobody."""
    if offset_ms is None:
        return NOTHING
    if abs(offset_ms) <= rules.OFFSET_NOTABLE_MS:
        return say(Words("准", "right"))
    way = Words("快 {span}", "{span} fast") if offset_ms > 0 else Words("慢 {span}", "{span} slow")
    return cells.chip_markup(chip_of("due_soon", way.fill(span=span(timedelta(milliseconds=offset_ms)))))


def device_facts(event: Event, names: Mapping[str, str]) -> Iterable[str]:
    detail = event.detail
    if event.verb == "rename":
        return [f"{detail.get('from')} → {detail.get('to')}"]
    if event.verb == "revoke" and detail.get("unsent"):
        return [say(Words("当时有 {n} 条未发送", "{n} entries were not sent").fill(n=detail["unsent"]))]
    return []
