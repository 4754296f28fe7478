"""Reading the body of a request: JSON, not too large, not too deep, of values that can be stored."""

import json
import math
from collections.abc import Callable
from typing import Any, NoReturn

from flask import request
from werkzeug.exceptions import ClientDisconnected, RequestEntityTooLarge

from admin_app.api.refusals import Refused
from store.words import Words

LARGEST_BODY = 1024 * 1024
DEEPEST = 20
LARGEST_INTEGER = 2**53
LONGEST_KEY = 100
LONGEST_KEPT = 20_000
# Five hundred entries of a tablet with all their answers, or a calendar of ten years, have a tenth of it.
MOST_VALUES = 200_000

TOO_LARGE = Words("请求内容超过 {most} MB 的上限", "The body is larger than the limit of {most} MB")
NOT_JSON_TYPE = Words("请以 application/json 提交", "Send application/json")
MALFORMED = Words("请求内容不是有效的 JSON", "The body is not valid JSON")
NOT_OBJECT = Words("请求内容应为 JSON 对象", "The body must be a JSON object")
TOO_DEEP = Words("JSON 嵌套超过 {most} 层", "The JSON is nested deeper than {most} levels").fill(most=DEEPEST)
TOO_MANY = Words("JSON 的值超过 {most} 个", "The JSON has more than {most} values").fill(most=MOST_VALUES)
TOO_BIG = Words("数字过大", "A number is too large")
UNSTORABLE = Words("含有无法保存的字符", "A text contains characters that cannot be stored")
BAD_KEY = Words("字段名无效", "A name of a field is not valid")


def raw_body(largest: int = LARGEST_BODY) -> bytes:
    """The bytes of the body. Raises `Refused` `too_large`."""
    request.max_content_length = largest
    if (request.content_length or 0) > largest:
        raise Refused(413, "too_large", TOO_LARGE.fill(most=largest // LARGEST_BODY))
    try:
        return request.get_data(cache=True)
    except RequestEntityTooLarge as error:
        raise Refused(413, "too_large", TOO_LARGE.fill(most=largest // LARGEST_BODY)) from error
    except ClientDisconnected as error:
        raise Refused(400, "malformed_json", MALFORMED) from error


def read_object(*, required: bool = True, largest: int = LARGEST_BODY, rows_apart: str | None = None) -> dict[str, Any]:
    """The body as a JSON object; nothing at all is an empty one where nothing is required. Raises `Refused`.

    `rows_apart` names a list whose rows stand for themselves: one that cannot be stored does not refuse the others, but
    is handed on as `{…, "unreadable": code}` with its contents as JSON text.
    """
    raw = raw_body(largest)
    if not raw and not required:
        return {}
    if request.mimetype != "application/json":
        raise Refused(415, "unsupported_media_type", NOT_JSON_TYPE)
    value = _parsed(raw, _integer if rows_apart is None else _number)
    if not isinstance(value, dict):
        raise Refused(400, "not_an_object", NOT_OBJECT)
    look = _Look()
    rows = value.get(rows_apart) if rows_apart else None
    if not isinstance(rows, list):
        look.at(value, 1, "")
        return value
    look.at({name: each for name, each in value.items() if name != rows_apart}, 1, "")
    return {**value, str(rows_apart): [_storable_row(row, look) for row in rows]}


def _storable_row(row: Any, look: "_Look") -> Any:
    try:
        look.at(row, 1, "")
    except Refused as error:
        if error.code == "too_many_values":
            raise
        known = {name: row.get(name) for name in ("id", "seq")} if isinstance(row, dict) else {}
        # ASCII: what cannot be stored is written as an escape, which can.
        return {**known, "unreadable": error.code, "body": {"text": json.dumps(row)[:LONGEST_KEPT]}}
    return row


def _parsed(raw: bytes, integer: Callable[[str], Any]) -> Any:
    try:
        return json.loads(raw, parse_constant=_constant, parse_int=integer)
    except RecursionError as error:
        raise Refused(400, "too_deep", TOO_DEEP) from error
    except ValueError as error:
        raise Refused(400, "malformed_json", MALFORMED) from error


def _constant(name: str) -> NoReturn:
    """NaN and Infinity are no JSON."""
    raise ValueError(name)


def _integer(text: str) -> int:
    # Looked at as text first: Python refuses very long numbers with a sentence of its own.
    if len(text) > 17 or abs(int(text)) > LARGEST_INTEGER:
        raise Refused(400, "number_too_large", TOO_BIG)
    return int(text)


def _number(text: str) -> int | float:
    """Where rows stand for themselves, a number that is too long is a number of its row."""
    return int(text) if len(text) <= 17 and abs(int(text)) <= LARGEST_INTEGER else float(text)


class _Look:
    """One look at all that a body holds, and how many values may still come."""

    def __init__(self) -> None:
        self._left = MOST_VALUES

    def at(self, value: Any, depth: int, path: str) -> None:
        """Raises `Refused` with the path of the first thing that cannot be stored."""
        self._left -= 1
        if self._left < 0:
            raise Refused(400, "too_many_values", TOO_MANY)
        if depth > DEEPEST:
            raise Refused(400, "too_deep", TOO_DEEP, path[:200])
        if isinstance(value, dict):
            for key, each in value.items():
                _check_key(key, path)
                self.at(each, depth + 1, f"{path}.{key}".lstrip("."))
        elif isinstance(value, list):
            for index, each in enumerate(value):
                self.at(each, depth + 1, f"{path}.{index}".lstrip("."))
        else:
            _check_scalar(value, path)


def _check_scalar(value: Any, path: str) -> None:
    if isinstance(value, str) and not _storable(value):
        raise Refused(400, "unstorable_text", UNSTORABLE, path[:200])
    if isinstance(value, float) and math.isinf(value):
        raise Refused(400, "number_too_large", TOO_BIG, path[:200])


def _check_key(key: str, path: str) -> None:
    """A name that is an operator of MongoDB, or could not be a name in it, is nobody's field."""
    if not key or len(key) > LONGEST_KEY or key.startswith("$") or not _storable(key):
        raise Refused(400, "bad_name", BAD_KEY, path[:200] or None)


def _storable(text: str) -> bool:
    """NUL and lone surrogates are errors of the driver."""
    return "\x00" not in text and not any("\ud800" <= character <= "\udfff" for character in text)
