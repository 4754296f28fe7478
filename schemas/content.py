"""The shapes of content: types, published revisions, drafts."""

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, fields, validate

from schemas.shapes import PlainObject, boolean, integer, mapping, moment, text, texts
from schemas.specified import NEW_CODE, read
from store.errors import Invalid
from store.fields.spec import MAX_LONG_TEXT, Field
from store.words import Words


class ContentTypeSchema(Schema):
    """A kind of content: built in, or defined by managers (`custom`)."""

    type = fields.String()
    label = mapping()
    help = mapping()
    custom = boolean()
    fields_ = fields.List(PlainObject(), data_key="fields")


class RevisionSchema(Schema):
    """An immutable published revision."""

    type = text()
    code = text()
    revision = integer(attribute="number")
    estate = text()
    effective_at = moment()
    published_at = moment()
    by = text()
    by_name = text()
    note = text()
    withdrawn = boolean("The end of its force: a revision without a body.")
    uses = texts("What it refers to, as kind:code.")
    body = mapping()


REVISION_FIELDS = tuple(RevisionSchema._declared_fields)
REVISION_USUAL = ("type", "code", "revision", "estate", "effective_at", "published_at", "body")
REVISION_LISTED = tuple(name for name in REVISION_FIELDS if name not in ("body", "uses"))


class DraftSchema(Schema):
    """The head of a piece of content: its draft and what is scheduled."""

    type = text()
    code = text()
    estate = text()
    name = mapping()
    state = text()
    revision = integer("The newest revision; 0 before the first publication.")
    withdrawn = boolean()
    published_at = moment()
    publish_at = moment("When the scheduled body is published by itself.")
    draft = mapping()
    version = integer("What If-Match names.")
    created_at = moment()
    changed_at = moment()
    allowed_verbs = texts()


DRAFT_FIELDS = tuple(DraftSchema._declared_fields)
DRAFT_USUAL = tuple(name for name in DRAFT_FIELDS if name not in ("draft", "allowed_verbs"))

_NOTE = Field("note", "long_text", Words("说明", "Note"))
_CODE = Field("code", "reference", Words("编号", "Code"), required=True)
NOTE = (_NOTE,)
REQUIRED_NOTE = (Field("note", "long_text", Words("说明", "Note"), required=True),)
NUMBER = (Field("number", "integer", Words("版本号", "Revision"), required=True, minimum=1, maximum=1_000_000),)
CODE = (_CODE,)
SCHEDULE = (Field("at", "datetime", Words("发布时间", "When"), required=True), _NOTE)


class NewDraftSchema(Schema):
    code = fields.String(required=True, validate=[validate.Length(min=1, max=64), validate.Regexp(NEW_CODE)])
    body = PlainObject(required=True)


class SavedDraftSchema(Schema):
    body = PlainObject(required=True)
    note = fields.String(allow_none=True, validate=validate.Length(max=MAX_LONG_TEXT))


def read_new(values: Mapping[str, Any]) -> dict[str, Any]:
    """`{"code", "body"}`; what the body must look like is the type's business. Raises `Invalid`."""
    return {**read(CODE, _without_body(values)), "body": _body(values)}


def read_saved(values: Mapping[str, Any]) -> dict[str, Any]:
    return {"note": "", **read(NOTE, _without_body(values)), "body": _body(values)}


def _without_body(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name != "body"}


def _body(values: Mapping[str, Any]) -> dict[str, Any]:
    body = values.get("body")
    if not isinstance(body, dict):
        raise Invalid.one("required", Words("请以对象提交 body", "Give body as an object"), "body")
    return body
