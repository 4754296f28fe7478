"""Photos of an order added at a desk: the way that the tablet's go, in one piece (clauses 3.2, 3.3)."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from admin_app.backoffice.forms.controls import Look, Option
from admin_app.backoffice.records.verbs import Posted, VerbForm
from admin_app.shell.language import say
from store.actor import Actor
from store.fields.spec import Field
from store.photos.operations import MOST_FILES
from store.photos.rules import ROLES, TAKEN_ROLES
from store.words import Words, translated
from store.work import evidence

HINT = Words(
    "JPEG、PNG 或 WebP，最多 {most} 张，每张不超过 8 MB，合计不超过 16 MB；其中一张不合格则全部不保存。",
    "JPEG, PNG or WebP; at most {most}, each up to 8 MB, 16 MB together. If one is refused, none is kept.",
).fill(most=MOST_FILES)

MISSING = Words(
    "须拍照：请先“添加照片”，否则完成后记为未留证", "Needs a photo: add it first, or the order counts as unproven"
)
AFTER_FIRST = Words("还没有整改后的照片：请先“添加照片”。", "There is no photo of after yet: add one first.")

ADD = Words("添加照片", "Add photos")
_ROLES = tuple((role, ROLES[role]) for role in TAKEN_ROLES)
FIELDS = (
    Field("photos", "photos", Words("照片", "Photos"), help=HINT),
    Field("role", "choice", Words("用途", "What they show"), required=True, choices=_ROLES),
    Field("item", "reference", Words("检查项", "Checklist item")),
)


def adding(verb: VerbForm, record: Any, checklist: Mapping[str, Any]) -> VerbForm:
    key = record.pk

    def add(values: Posted, *, actor: Actor, now: datetime, seen: int | None) -> object:
        files, role, item = values.files("photos"), values.text("role"), values.text("item")
        return evidence.bring_photos(key, files=files, role=role, item=item, actor=actor, now=now, seen=seen)

    items = tuple(Option(each["code"], say(translated(each["name"]))) for each in checklist.get("items") or ())
    fields = FIELDS if items else FIELDS[:-1]
    usual = "after" if record.kind == "rectification" else "other"
    looks = {"photos": Look(control="files", demanded=True), "role": Look(usual), "item": Look(choices=items)}
    return replace(verb, words=ADD, run=add, fields=fields, looks=looks, done=verb.words)


# What completing the order asks for


def photographed(record: Any) -> dict[str, list[str]]:
    """The photos of each item of the checklist that the order has already."""
    found: dict[str, list[str]] = {}
    for each in record.photos:
        if each.get("item"):
            found.setdefault(each["item"], []).append(each["hash"])
    return found


def hint_of(item: Mapping[str, Any], shown: Mapping[str, Sequence[str]]) -> Words | None:
    """Whether the item needs a photo, and has it."""
    number = len(shown.get(item["code"], ()))
    if number:
        return Words("已有 {n} 张照片", "{n} photos").fill(n=number)
    return MISSING if item.get("photo_required") else None


def answers_by_photo(
    checklist: Mapping[str, Any], shown: Mapping[str, list[str]], given: Sequence[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """Items that are answered by a photo alone: who added it need not write besides that he did."""
    typed = {each["item"] for each in given}
    return [
        {"item": item["code"], "value": None, "photos": shown[item["code"]]}
        for item in checklist.get("items") or ()
        if item["kind"] == "photo" and item["code"] in shown and item["code"] not in typed
    ]


def still_missing(record: Any) -> Words | None:
    """What a rectification lacks before it can be completed, said before somebody tries."""
    roles = {each.get("role") for each in record.photos}
    return AFTER_FIRST if record.kind == "rectification" and "before" in roles and "after" not in roles else None
