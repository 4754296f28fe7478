"""`/api/v1/devices`: tablets – when they were heard of, what is only there, and the end of a lost one."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flask_smorest import Blueprint

from admin_app.api import events, lists
from admin_app.api.operation import Answer, Body, Call, Operation
from admin_app.api.queries import By, Listing, Query
from admin_app.api.records import fields_of
from admin_app.api.routes import add, blueprint
from schemas.devices import NAME, DeviceSchema
from schemas.picking import picker
from schemas.records import EventSchema
from store.devices import operations, rules
from store.devices.documents import Device
from store.words import Words

LISTING = Listing(
    filters={
        "code": By("code"),
        "state": By("state", choices=frozenset(rules.STATES)),
        "estate": By("estates"),
        "person": By("people.code"),
        "app_version": By("app_version"),
        "unsent": By("people.unsent", "integer"),
        "clock_offset_ms": By("clock_offset_ms", "integer"),
        "last_contact": By("last_contact", "moment"),
    },
    sorts={"last_contact": "last_contact", "created_at": "created_at", "code": "code"},
    sort="-last_contact",
    fields=fields_of(DeviceSchema),
    usual=fields_of(DeviceSchema),
)
NEEDS = {"unsent": ("people",)}
EVENTS = Listing({}, {"n": "n"}, "n", fields_of(EventSchema), fields_of(EventSchema))
_READ, _WRITE = "devices.read", "devices.write"


def _list(call: Call) -> Answer:
    visible = operations.visible(call.actor)
    return lists.page(call, LISTING, Device._get_collection(), visible, DeviceSchema, _prepared, NEEDS)


def _prepared(rows: Sequence[dict[str, Any]], call: Call, query: Query) -> list[Mapping[str, Any]]:
    return [_shown(row) for row in rows]


def _shown(raw: Mapping[str, Any]) -> dict[str, Any]:
    return {**raw, "unsent": rules.unsent(raw)}


def _answer(device: Device) -> Answer:
    return Answer(picker(DeviceSchema).dump(_shown(device.to_mongo().to_dict())), device.version)


def _read(call: Call, code: str) -> Answer:
    return _answer(operations.get(code, call.actor))


def _events(call: Call, code: str) -> Answer:
    query = lists.asked(call, EVENTS)
    return events.page(operations.get(code, call.actor), query)


def _verb(run: Callable[..., Device]) -> Callable[..., Answer]:
    def view(call: Call, code: str) -> Answer:
        return _answer(run(code, name=call.body["name"], actor=call.actor, now=call.now, seen=call.seen))

    return view


def make() -> Blueprint:
    made = blueprint("devices", Words("设备", "Devices"))
    words = Words("设备列表", "List: devices")
    add(made, Operation("list_devices", "GET", "", _READ, words, DeviceSchema, listing=LISTING), _list)
    words = Words("设备详情", "One device")
    add(made, Operation("read_device", "GET", "/<code>", _READ, words, DeviceSchema), _read)
    words = Words("设备的历史", "History of a device")
    rule = "/<code>/events"
    add(made, Operation("list_device_events", "GET", rule, _READ, words, EventSchema, listing=EVENTS), _events)
    for noun, run, said in (
        ("renaming", operations.rename, Words("给设备改名", "Rename a device")),
        (
            "revocation",
            operations.revoke,
            Words("吊销设备（须写明其名称，不可撤销）", "Revoke a device, by its name; final"),
        ),
    ):
        name = f"device_{noun}"
        takes = Body.of(name.title().replace("_", ""), NAME)
        verb = Operation(name, "POST", f"/<code>/{noun}", _WRITE, said, DeviceSchema, takes=takes, version="honoured")
        add(made, verb, _verb(run))
    return made
