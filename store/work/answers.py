"""Answers to a checklist's items as they come in: `{"item", "value", "note", "photos"}`, checked for shape, not for sense.

Whether an answer fits its item is the rules' affair (`rules.check_answers`).
"""

from collections.abc import Mapping
from typing import Any

from store.errors import Invalid
from store.fields import LARGEST, MAX_ROWS, MAX_TEXT, Field, clean
from store.words import Words

PHOTOS = Field("photos", "references", Words("照片", "Photos"))
ANSWER = (
    Field("item", "reference", Words("检查项", "Item"), required=True),
    Field("note", "text", Words("说明", "Remark")),
    PHOTOS,
)
_WRONG = Words(
    "每项答案为 {item, value, note, photos}，值为文本、数字或是否",
    "An answer is {item, value, note, photos}; a value is plain",
)


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
