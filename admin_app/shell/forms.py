"""Forms as browsers encode them, bounded before they are taken apart. The framework bounds only those with files."""

import io
from typing import IO, TYPE_CHECKING

from flask import Request
from werkzeug.formparser import FormDataParser

from store.errors import Invalid
from store.words import Words

if TYPE_CHECKING:
    from werkzeug.datastructures import FileStorage, MultiDict

# The second step of an import carries its file, of 5 MB at most, in a field.
LONGEST = 9 * 1024 * 1024
MOST_FIELDS = 20_000
URLENCODED = "application/x-www-form-urlencoded"

TOO_LONG = Words("表单内容超过 {most} MB 的上限", "The form is larger than the limit of {most} MB").fill(
    most=LONGEST >> 20
)
TOO_MANY = Words("表单超过 {most} 项的上限", "The form has more than {most} fields").fill(most=MOST_FIELDS)


class BoundedForms(FormDataParser):
    """Raises `Invalid` for a form that is too long or has too many fields."""

    def parse(
        self, stream: IO[bytes], mimetype: str, content_length: int | None, options: dict[str, str] | None = None
    ) -> tuple[IO[bytes], "MultiDict[str, str]", "MultiDict[str, FileStorage]"]:
        if mimetype == URLENCODED:
            stream = io.BytesIO(_checked(stream.read(LONGEST + 1)))
        return super().parse(stream, mimetype, content_length, options)


def _checked(encoded: bytes) -> bytes:
    if len(encoded) > LONGEST:
        raise Invalid.one("form_too_long", TOO_LONG)
    if encoded.count(b"&") >= MOST_FIELDS:
        raise Invalid.one("too_many_fields", TOO_MANY)
    return encoded


class BoundedRequest(Request):
    form_data_parser_class = BoundedForms
