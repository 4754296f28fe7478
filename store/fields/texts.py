"""Texts: of one line, of several, Markdown; and the two that must have a form, e-mail and web addresses."""

import re
from collections.abc import Mapping
from typing import ClassVar

from store.fields import cell, patterns
from store.fields.kind import Kind, Schema
from store.fields.spec import MAX_LONG_TEXT, MAX_TEXT, Field, Wrong
from store.typed_text import folded, length_seen, one_line, several_lines
from store.words import Words

_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s]{1,190}")
_URL = re.compile(r"[a-z][a-z0-9+]*://\S+")
# Of an emoji or a letter with accents one character is seen and up to this many are kept.
_MOST_KEPT = 4
# Something that can be seen, in the words of JSON Schema: neither a blank nor a control character nor a mark that hides or
# turns text.
NOT_BLANK = (
    r"[^\s\u0000-\u001f\u007f-\u00a0\u00ad\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u1680\u180e\u2000-\u200f"
    r"\u2028-\u202f\u205f-\u206f\u3000\ufeff\ufff9-\ufffb]"
)
# Texts that name a place: `3月12日` is none.
_PLACES = frozenset({"room"})
_NOT_TEXT = Words("应为文本", "must be text")
_UNSEEN = Words("含有不可见字符", "contains characters that cannot be stored")
_TOO_LONG = Words("不能超过 {n} 个字", "must not be longer than {n} characters")
_NOT_AS_ASKED = Words("不符合要求的格式 {pattern}", "does not look as it must: {pattern}")
_NOT_TRANSLATED = Words("应为中英文文本", 'must be text as {"zh": …, "en": …}')


def checked(value: object, *, is_long: bool = False) -> str:
    """The text in one form. Raises `Wrong`."""
    limit = MAX_LONG_TEXT if is_long else MAX_TEXT
    if not isinstance(value, str):
        raise Wrong("not_text", _NOT_TEXT)
    if "\x00" in value or (not value.isascii() and any("\ud800" <= each <= "\udfff" for each in value)):
        raise Wrong("not_text", _UNSEEN)
    # What is counted is what a reader sees; what is kept has a bound all the same.
    text = several_lines(value) if is_long else one_line(value)
    if len(text) > _MOST_KEPT * limit or length_seen(text) > limit:
        raise Wrong("too_long", _TOO_LONG.fill(n=limit))
    return text


def _is_blank(value: object) -> bool:
    return not folded(value) if isinstance(value, str) else value is None or value in ([], {})


class Text(Kind):
    in_languages = True
    in_columns = True
    filtered_as = "text"

    def check(self, field: Field, value: object) -> object:
        if not field.translated:
            return self._one(field, value)
        given = {"zh": value} if isinstance(value, str) else value
        if not isinstance(given, Mapping) or set(given) - {"zh", "en"}:
            raise Wrong("not_translated", _NOT_TRANSLATED)
        filled = ((language, text) for language, text in given.items() if not _is_blank(text))
        return {language: self._one(field, text) for language, text in filled}

    def _one(self, field: Field, value: object) -> str:
        text = checked(value, is_long=self.is_long)
        if field.pattern is not None and not patterns.fits(field.pattern, text):
            raise Wrong("not_as_asked", _NOT_AS_ASKED.fill(pattern=field.pattern))
        return text

    def is_blank(self, value: object) -> bool:
        """Blanks say nothing in a text; in the place of a code or a date they are a wrong value."""
        return _is_blank(value)

    def schema(self, field: Field) -> Schema:
        longest = {"maxLength": MAX_LONG_TEXT if self.is_long else MAX_TEXT}
        asked = patterns.described(field.pattern) if field.pattern else NOT_BLANK if field.required else None
        needed = {"pattern": asked} if asked else {}
        if not field.translated:
            return {"type": "string", **({"minLength": 1} if field.required else {}), **longest, **needed}
        formed = needed if field.pattern else {}
        parts = {"zh": {"type": "string", **longest, **needed}, "en": {"type": "string", **longest, **formed}}
        least = {"required": ["zh"]} if field.required else {}
        return {"type": "object", "properties": parts, **least, "additionalProperties": False}

    def from_cell(self, field: Field, found: cell.Cell) -> object:
        return cell.code(found) if field.name in _PLACES else cell.text(found)


class LongText(Text):
    is_long = True
    is_wide = True
    is_small = in_columns = False
    filtered_as = ""
    control = "long"

    def from_cell(self, field: Field, found: cell.Cell) -> object:
        return cell.long_text(found)


class MarkedText(LongText):
    is_marked = True


class Formed(Kind):
    """A text of one line that must have a form. `$` is the end and nothing else in JSON Schema, where some control
    characters are no blanks, as they are here."""

    described: ClassVar[str]
    refusal: ClassVar[tuple[str, Words]]

    def fits(self, text: str) -> bool:
        raise NotImplementedError

    def check(self, field: Field, value: object) -> object:
        text = checked(value)
        if not self.fits(text):
            raise Wrong(*self.refusal)
        return text

    def schema(self, field: Field) -> Schema:
        return {"type": "string", "maxLength": MAX_TEXT, "pattern": self.described}

    def sound(self, value: object) -> object | None:
        return value if isinstance(value, str) else None


class Email(Formed):
    input_type = "email"
    described = r"^[^@\s\u0000-\u001f\u0080-\u00a0]{1,64}@[^@\s\u0000-\u001f\u0080-\u00a0]{1,190}$"
    refusal = ("not_an_email", Words("应为邮箱地址", "must be an e-mail address"))

    def fits(self, text: str) -> bool:
        return _EMAIL.fullmatch(text) is not None


class Url(Formed):
    input_type = "url"
    is_link = True
    described = r"^[a-z][a-z0-9+]*://[^\s\u0000-\u001f\u0080-\u00a0]+$"
    refusal = ("not_a_url", Words("应为网址", "must be a web address"))

    def fits(self, text: str) -> bool:
        return _URL.fullmatch(text) is not None


KINDS: tuple[Kind, ...] = (
    Text("text", Words("文本", "Text")),
    LongText("long_text", Words("长文本", "Long text")),
    MarkedText("markdown", Words("富文本", "Markdown")),
    Email("email", Words("邮箱", "E-mail")),
    Url("url", Words("网址", "Web address")),
)
