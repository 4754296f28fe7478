"""The head (draft, schedule, state) and the immutable revisions of all content."""

from collections.abc import Callable
from typing import ClassVar

from mongoengine import Document
from mongoengine.fields import BooleanField, DateTimeField, IntField, ObjectIdField, StringField

from store.access import ROLES
from store.alone import forget
from store.content.rules import check_content_type
from store.content.types import NAME, ContentType, register
from store.fields.kind import Kind
from store.fields.kinds import KINDS
from store.fields.spec import Field, When
from store.plain import PlainDict, PlainList
from store.versioned import Versioned
from store.words import Words


class Content(Versioned):
    """The head of one piece of content. What runs is never read from here, but from its revisions."""

    LABEL = Words("内容", "Content")

    type = StringField(required=True)
    code = StringField(required=True)
    estate = StringField()
    name = PlainDict()
    # By what it is found (`store/content/searching.py`); absent until somebody has worked them out.
    tokens = PlainList(StringField())
    state = StringField(required=True, default="draft")
    draft = PlainDict()
    draft_uses = PlainList(StringField())
    live_uses = PlainList(StringField())
    # The number of the newest revision; 0 before the first publication.
    revision = IntField(required=True, default=0)
    withdrawn = BooleanField(default=False)
    published_at = DateTimeField()
    # What is to be published by itself: the body frozen when it was scheduled.
    publish_at = DateTimeField()
    scheduled = PlainDict()
    # Until when it is put aside because it could not be published.
    publish_after = DateTimeField()
    # The intent to make revision `revision`; gone once that revision stands.
    publishing = PlainDict()
    # Of a definition: what was asked of its entries, until it is carried out (`store/content/migration.py`).
    migrating = PlainDict()
    # Plans only: when the next slot must be generated.
    next_generate_at = DateTimeField()
    generated_until = DateTimeField()

    meta = {
        "collection": "content",
        "auto_create_index": False,
        "indexes": [
            {"fields": ["type", "code"], "unique": True},
            ["type", "state", "-changed_at"],
            ["tokens", "type"],
            "draft_uses",
            "live_uses",
            {"fields": ["publish_at"], "partialFilterExpression": {"publish_at": {"$type": "date"}}},
            {"fields": ["publishing.number"], "partialFilterExpression": {"publishing.number": {"$type": "int"}}},
            {"fields": ["migrating.asked_at"], "partialFilterExpression": {"migrating.asked_at": {"$type": "date"}}},
            {"fields": ["next_generate_at"], "partialFilterExpression": {"next_generate_at": {"$type": "date"}}},
        ],
    }

    @classmethod
    def written(cls) -> None:
        forget()


class Revision(Document):
    """An immutable numbered snapshot. A withdrawal is a revision too: one without a body."""

    key = StringField(primary_key=True)
    content = ObjectIdField(required=True)
    type = StringField(required=True)
    code = StringField(required=True)
    estate = StringField()
    number = IntField(required=True)
    body = PlainDict()
    uses = PlainList(StringField())
    withdrawn = BooleanField(default=False)
    effective_at = DateTimeField(required=True)
    published_at = DateTimeField(required=True)
    by = StringField(required=True)
    by_name = StringField()
    note = StringField()
    # From when on a later one is in force. A help for reading, never the truth: it may be missing, and comes by itself.
    superseded_at = DateTimeField()

    # Without the mark; the planner may choose them and would fetch what it need not.
    RETIRED_INDEXES: ClassVar[tuple[str, ...]] = ("type_1_code_1_effective_at_-1_number_-1", "type_1_effective_at_-1")

    meta = {
        "collection": "revisions",
        "auto_create_index": False,
        "indexes": [
            {"fields": ["content", "number"], "unique": True},
            ["type", "code", "-effective_at", "-number", "superseded_at"],
            ["type", "superseded_at", "-effective_at"],
        ],
    }


def _named(are: Callable[[Kind], bool]) -> tuple[str, ...]:
    """The kinds of fields that are so."""
    return tuple(kind.name for kind in KINDS.values() if are(kind))


_CUSTOM_KINDS = tuple((kind.name, kind.words) for kind in KINDS.values() if kind.for_managers)


def _roles(*codes: str) -> tuple[tuple[str, Words], ...]:
    return tuple((each, ROLES[each]) for each in codes)


register(
    ContentType(
        key="content_type",
        label=Words("内容类型", "Content type"),
        help=Words(
            "自定义一种新的内容：填写字段，发布后即可录入。",
            "Define a new kind of content: list its fields and publish.",
        ),
        fields=(
            NAME,
            Field(
                "fields",
                "list",
                Words("字段", "Fields"),
                required=True,
                fields=(
                    Field("name", "text", Words("字段名", "Field name"), required=True),
                    Field("label", "text", Words("显示名", "Label"), required=True, translated=True),
                    Field("kind", "choice", Words("类型", "Kind"), required=True, choices=_CUSTOM_KINDS),
                    Field("required", "boolean", Words("必填", "Required")),
                    Field("translated", "boolean", Words("中英双语", "In two languages")),
                    Field(
                        "target",
                        "text",
                        Words("引用的类型", "Refers to"),
                        required=True,
                        shown_when=When("kind", _named(lambda kind: kind.refers)),
                        lookup="kind",
                    ),
                    Field(
                        "pattern",
                        "text",
                        Words("格式", "Pattern"),
                        shown_when=When("kind", _named(lambda kind: kind.in_languages)),
                        help=Words(
                            "整个文本应符合的格式，如 [A-Z]{2}\\d{4}",
                            "What all of a text looks like, e.g. [A-Z]{2}\\d{4}",
                        ),
                    ),
                    Field(
                        "shown_when",
                        "group",
                        Words("仅当", "Asked only when"),
                        help=Words("留空则总是填写", "Empty: always"),
                        fields=(
                            Field("field", "text", Words("字段", "Field")),
                            Field(
                                "values",
                                "list",
                                Words("取以下值之一", "has one of"),
                                fields=(Field("value", "text", Words("值", "Value"), required=True),),
                            ),
                        ),
                    ),
                    Field(
                        "choices",
                        "list",
                        Words("选项", "Choices"),
                        required=True,
                        shown_when=When("kind", _named(lambda kind: kind.chooses)),
                        fields=(
                            Field("value", "text", Words("值", "Value"), required=True),
                            Field("label", "text", Words("显示名", "Label"), translated=True),
                        ),
                    ),
                ),
            ),
            Field(
                "readers",
                "choices",
                Words("谁可以看", "Who reads it"),
                choices=_roles("manager", "supervisor", "desk", "auditor"),
                help=Words(
                    "留空：办公室的所有角色；经理和管理员总可以看", "Empty: every role of the office; managers always"
                ),
            ),
            Field(
                "writers",
                "choices",
                Words("谁可以写", "Who writes it"),
                choices=_roles("manager", "supervisor"),
                help=Words(
                    "留空：主管和经理；经理和管理员总可以写", "Empty: supervisors and managers; managers always"
                ),
            ),
        ),
        check=check_content_type,
    )
)
