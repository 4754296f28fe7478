"""`/api/v1/field/…`: what tablets bring home – entries and photos (`docs/tablet.md`)."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Response, g, request
from flask_smorest import Blueprint

from admin_app.api import bodies
from admin_app.api.operation import Answer, Body, Call, Operation
from admin_app.api.refusals import Refused
from admin_app.api.routes import add, blueprint
from admin_app.shell.language import say
from schemas.field import (
    BatchSchema,
    PhotoCompletionSchema,
    PhotoProgressSchema,
    ReceiptSchema,
    read_batch,
    read_completion,
)
from store.devices import rules as devices
from store.devices.operations import report_contact
from store.devices.rules import Report
from store.errors import Invalid
from store.photos import operations as photos
from store.photos import rules as photo_rules
from store.photos.operations import Progress
from store.photos.voice import ENDINGS
from store.tablet.entries import Batch
from store.tablet.operations import orders_of, receive
from store.tablet.showing import show_orders
from store.words import Words

# Five hundred entries with what people type into notes.
LARGEST_BATCH = 4 * bodies.LARGEST_BODY
FOREIGN_DEVICE = Words("这些记录来自另一台设备", "These entries are another device's")
KEPT_IMAGE = "private, max-age=604800, immutable"

_BATCH = Body(BatchSchema, read_batch, required=True, largest=LARGEST_BATCH, rows_apart="operations")
_COMPLETION = Body(PhotoCompletionSchema, read_completion, required=True)
_DO = "work.do"


def _operations(call: Call) -> Answer:
    batch: Batch = call.body["batch"]
    if batch.device != g.device.code:
        raise Refused(403, "foreign_device", FOREIGN_DEVICE, "device")
    receipt = receive(batch, actor=call.actor, now=call.now)
    _report(batch, call)
    orders = orders_of(receipt.outcomes, call.actor)
    shown = show_orders(list(orders.values()), call.actor, call.now)
    outcomes = _told(receipt.outcomes, dict(zip(orders, shown, strict=True)))
    return Answer({"server_time": call.now, "next_seq": receipt.next_seq, "outcomes": outcomes})


def _report(batch: Batch, call: Call) -> None:
    offset = devices.offset_ms(batch.device_now, call.now) if batch.device_now else None
    said = Report(call.body["app_version"], call.body["unsent"], offset, run=batch.run)
    report_contact(g.device.to_mongo(), call.actor.code, said, now=call.now)


def _told(outcomes: Sequence[Mapping[str, Any]], orders: Mapping[Any, Any]) -> list[dict[str, Any]]:
    """The outcomes in the reader's language; each order once, at the last of its outcomes."""
    told = []
    left = dict(orders)
    for outcome in reversed(outcomes):
        shown = {
            "id": outcome["operation"],
            **{n: outcome[n] for n in ("seq", "result", "at", "code", "field") if n in outcome},
        }
        if outcome.get("words"):
            shown["words"] = say(Words(**outcome["words"]))
        if outcome["result"] == "conflict":
            shown["theirs"] = list(outcome.get("theirs") or ())
        order = left.pop((outcome.get("estate"), outcome.get("order")), None)
        told.append(shown | ({"order": order} if order is not None else {}))
    return told[::-1]


def _photo(call: Call, sha256: str) -> Answer:
    return _progress(photos.progress(sha256, actor=call.actor))


def _chunk(call: Call, sha256: str, n: str) -> Answer:
    if not (n.isascii() and n.isdecimal()) or len(n) > 3:
        raise Invalid.one("bad_chunk", photo_rules.BAD_CHUNK, "chunk")
    return _progress(photos.put_chunk(sha256, int(n), bodies.raw_body(), actor=call.actor, now=call.now))


def _completion(call: Call, sha256: str) -> Answer:
    found = photos.complete(sha256, call.body, device=g.device.code, actor=call.actor, now=call.now)
    return _progress(found)


def _progress(found: Progress) -> Answer:
    return Answer(found._asdict())


def _image(call: Call, sha256: str) -> Response:
    photo = photos.see(sha256, actor=call.actor)
    content, media_type = photo.content()
    response = Response(content, content_type=media_type)
    response.set_etag(photo.sha256)
    response.headers["Cache-Control"] = KEPT_IMAGE
    response.make_conditional(request.environ)
    return response


def make() -> Blueprint:
    made = blueprint("field", Words("平板记录与照片", "Tablets: entries and photos"))
    words = Words("上传记录，每条只生效一次", "Send entries; each acts once")
    add(
        made, Operation("field_operations", "POST", "/operations", _DO, words, ReceiptSchema, takes=_BATCH), _operations
    )
    words = Words("照片上传进度", "How far a photo is")
    add(made, Operation("read_field_photo", "GET", "/photos/<sha256>", _DO, words, PhotoProgressSchema), _photo)
    words = Words("上传照片分片", "Send a part of a photo")
    chunk = Operation(
        "field_photo_chunk",
        "PUT",
        "/photos/<sha256>/chunks/<n>",
        _DO,
        words,
        PhotoProgressSchema,
        takes_bytes="application/octet-stream",
    )
    add(made, chunk, _chunk)
    words = Words("照片传完，核对并保存", "All parts were sent: check and keep the photo")
    completion = Operation(
        "field_photo_completion",
        "POST",
        "/photos/<sha256>/completion",
        _DO,
        words,
        PhotoProgressSchema,
        takes=_COMPLETION,
    )
    add(made, completion, _completion)
    words = Words("查看照片或收听语音", "The picture, or the sound of a voice note")
    image = Operation(
        "read_field_photo_image",
        "GET",
        "/photos/<sha256>/image",
        "work.read",
        words,
        None,
        answers_bytes=("image/jpeg", *ENDINGS),
    )
    add(made, image, _image)
    return made
