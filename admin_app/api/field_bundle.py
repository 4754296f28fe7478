"""`/api/v1/field/bundle`: what a tablet needs to work without a network."""

import gzip
import re
from collections.abc import Mapping

from flask import Response, current_app, g, request
from flask_smorest import Blueprint

from admin_app.api.operation import Answer, Call, Operation
from admin_app.api.queries import NOT_BOOLEAN, NOT_INTEGER, TOO_LONG, moment_in_query
from admin_app.api.refusals import BadQuery
from admin_app.api.routes import add, blueprint
from schemas.field_bundle import BundleSchema
from store.devices import rules
from store.devices.operations import report_contact
from store.devices.rules import Report
from store.errors import Problem
from store.notices.push_keys import public_key
from store.tablet.bundle import bundle
from store.words import Words

QUERY = {
    "after": Words("上一次给出的 cursor；不给则全部", "The cursor of the last answer; without it, everything"),
    "app_version": Words("应用版本", "The app's version"),
    "unsent": Words("本人未发送的条数", "How many entries of this person wait on the tablet"),
    "device_now": Words("设备时间，ISO 8601", "The device's time, ISO 8601"),
    "persisted": Words("浏览器是否答应长期保存（true/false）", "Whether the browser keeps the storage (true or false)"),
    "run": Words("应用本次启动的编号", "The id of the app's run"),
}
# Below this a packet is not saved.
WORTH_PACKING = 1_400
_NUMBER = re.compile(r"^[0-9]{1,7}\Z")
_LONGEST = {"after": 64, "app_version": rules.LONGEST_VERSION, "run": 64}


def _bundle(call: Call) -> Answer:
    report = _report(call)
    push_key = public_key(current_app.extensions["anju_settings"].vapid_private_key)
    found = bundle(g.device.code, call.actor, now=call.now, after=call.query.get("after"), push_key=push_key)
    report_contact(g.device.to_mongo(), call.actor.code, report, now=call.now)
    return Answer(found)


def _report(call: Call) -> Report:
    """What the tablet says of itself in the address. Raises `BadQuery`."""
    query = call.query
    problems = [*_too_long(query), *_misshapen(query)]
    if problems:
        raise BadQuery.of(problems)
    device_now = moment_in_query(query["device_now"], "device_now") if "device_now" in query else None
    return Report(
        app_version=query.get("app_version"),
        unsent=int(query["unsent"]) if "unsent" in query else None,
        clock_offset_ms=rules.offset_ms(device_now, call.now) if device_now else None,
        persisted=query["persisted"] == "true" if "persisted" in query else None,
        run=query.get("run"),
    )


def _too_long(query: Mapping[str, str]) -> list[Problem]:
    return [Problem("too_long", TOO_LONG, name) for name, most in _LONGEST.items() if len(query.get(name, "")) > most]


def _misshapen(query: Mapping[str, str]) -> list[Problem]:
    problems = []
    if "unsent" in query and not _NUMBER.match(query["unsent"]):
        problems.append(Problem("not_integer", NOT_INTEGER, "unsent"))
    if query.get("persisted", "true") not in ("true", "false"):
        problems.append(Problem("not_boolean", NOT_BOOLEAN, "persisted"))
    return problems


def _pack(response: Response) -> Response:
    """Two hundred orders are 600 kB of text and 10 kB on a telephone line in a basement."""
    response.vary.add("Accept-Encoding")
    body = response.get_data()
    if len(body) >= WORTH_PACKING and request.accept_encodings.quality("gzip"):
        response.set_data(gzip.compress(body, 5, mtime=0))
        response.headers["Content-Encoding"] = "gzip"
    return response


def make() -> Blueprint:
    made = blueprint("field_bundle", Words("平板", "Tablets"))
    made.after_request(_pack)
    words = Words("平板离线工作所需的一切，或其变化", "All that a tablet needs, or what has changed of it")
    add(made, Operation("read_field_bundle", "GET", "/bundle", "work.do", words, BundleSchema, query=QUERY), _bundle)
    return made
