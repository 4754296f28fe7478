"""What is found and shown on the way: answers to a checklist's items, and photos. Read, merged, checked; pure.

Whether an answer fits its item is the rules' affair (`rules.check_answers`).
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from store.clock import cut
from store.errors import Invalid, Problem
from store.fields.checking import clean
from store.fields.spec import LARGEST, MAX_ROWS, MAX_TEXT, Field
from store.photos.rules import POSITION, ROLES
from store.words import Words

Values = Mapping[str, Any]

PHOTOS = Field("photos", "photos", Words("照片", "Photos"))
ANSWER = (
    Field("item", "reference", Words("检查项", "Item"), required=True),
    Field("note", "text", Words("说明", "Remark")),
    PHOTOS,
)
_WRONG = Words(
    "每项答案为 {item, value, note, photos}，值为文本、数字或是否",
    "An answer is {item, value, note, photos}; a value is plain",
)
PHOTO_ROWS = (
    Field("hash", "photo", Words("照片编号", "Hash"), required=True),
    Field("role", "choice", Words("用途", "Role"), choices=tuple(ROLES.items()), default="other"),
    Field("item", "reference", Words("检查项", "Item")),
    Field("taken_at", "datetime", Words("拍摄时间", "Taken at")),
    Field("position", "group", Words("位置", "Position"), fields=POSITION),
)
PHOTO_NEEDED = Words("此项须拍照", "This item needs a photo")


def read_answers(given: object) -> list[dict[str, Any]]:
    """Raises `Invalid`."""
    if not isinstance(given, list) or len(given) > MAX_ROWS:
        raise Invalid.one("not_a_list", _WRONG, "answers")
    return [read_answer(row, f"answers.{index}.") for index, row in enumerate(given)]


def read_answer(row: object, path: str = "") -> dict[str, Any]:
    """Raises `Invalid`."""
    if not isinstance(row, Mapping):
        raise Invalid.one("wrong_shape", _WRONG, path.rstrip("."))
    cleaned, problems = clean(ANSWER, {name: value for name, value in row.items() if name != "value"}, path)
    if problems:
        raise Invalid(problems)
    return {**cleaned, "value": _value(row.get("value"), f"{path}value")}


def _value(value: object, path: str) -> object:
    if isinstance(value, str) and len(value) <= MAX_TEXT:
        return value.strip()
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int | float) and abs(value) <= LARGEST:
        return value
    raise Invalid.one("wrong_shape", _WRONG, path)


def read_hashes(given: object) -> list[str]:
    """Names of photos, each once. Raises `Invalid`."""
    cleaned, problems = clean((PHOTOS,), {"photos": given or []})
    if problems:
        raise Invalid(problems)
    hashes: list[str] = cleaned.get("photos", [])
    return hashes


def read_photos(given: object) -> list[dict[str, Any]]:
    """Photos as an order keeps them. Raises `Invalid`."""
    rows = Field("photos", "list", PHOTOS.label, required=True, fields=PHOTO_ROWS)
    cleaned, problems = clean((rows,), {"photos": given})
    found: list[dict[str, Any]] = cleaned.get("photos", [])
    if problems:
        raise Invalid(problems)
    return [_with_moment(each) for each in found]


def _with_moment(photo: dict[str, Any]) -> dict[str, Any]:
    if "taken_at" not in photo:
        return photo
    return {**photo, "taken_at": cut(datetime.fromisoformat(photo["taken_at"]).astimezone(UTC))}


def merged(before: Sequence[Values], given: Sequence[Values]) -> list[dict[str, Any]]:
    """The answers with those just given: the newer answer to an item takes the place of the older one."""
    by_item = {each["item"]: dict(each) for each in before}
    by_item.update({each["item"]: dict(each) for each in given})
    return list(by_item.values())


def new_photos(before: Sequence[Values], given: Sequence[Values]) -> list[dict[str, Any]]:
    """Those of the given photos that the order does not have already in this role."""
    known = {_use(each) for each in before}
    return [dict(each) for each in given if _use(each) not in known]


def _use(photo: Values) -> tuple[Any, ...]:
    return photo["hash"], photo.get("role"), photo.get("item"), photo.get("checkpoint")


def photos_of(answers: Sequence[Values]) -> list[dict[str, Any]]:
    """The photos that answers bring, as an order keeps them."""
    return [{"hash": h, "role": "other", "item": each["item"]} for each in answers for h in each.get("photos") or ()]


def with_photographed(checklist: Values, answers: Sequence[Values], photos: Sequence[Values]) -> list[dict[str, Any]]:
    """The answers, and those that the photos of a role give: a photo item that is called like a role (before, after) was
    answered when its picture was taken, so nobody photographs twice. Clause 3.2."""
    answered = {each["item"] for each in answers}
    items = [each for each in checklist.get("items") or () if each["kind"] == "photo" and each["code"] not in answered]
    taken = {each["code"]: [p["hash"] for p in photos if p.get("role") == each["code"]] for each in items}
    more = [{"item": code, "value": len(hashes), "photos": hashes} for code, hashes in taken.items() if hashes]
    return [*map(dict, answers), *more]


def unphotographed(checklist: Values, answers: Sequence[Values], photos: Sequence[Values]) -> list[Problem]:
    """The items that were answered, or must be, and need a photo that nobody took."""
    shown = {each.get(name) for each in photos for name in ("item", "role")}
    given = {each["item"] for each in answers if each.get("value") is not None or each.get("photos")}
    return [
        Problem("photo_required", PHOTO_NEEDED, f"answers.{item['code']}")
        for item in checklist.get("items") or ()
        if item.get("photo_required") and item["code"] in given and item["code"] not in shown
    ]
