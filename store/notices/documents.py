"""Notices: one message to one reader by one channel, and the templates they are written from."""

from typing import Any, ClassVar

from mongoengine import Document
from mongoengine.fields import BooleanField, DateTimeField, IntField, StringField

from store.content.types import NAME, ContentType, register
from store.fields.spec import Field
from store.notices import rules
from store.plain import PlainDict, PlainList
from store.words import Words


def _inbox(name: str, *fields: str) -> dict[str, Any]:
    return {"name": name, "fields": list(fields), "partialFilterExpression": {"channel": rules.APP}}


class Notice(Document):
    """Its id is `record kind:record id:event:reader:channel`: whoever relays the event again makes no second one.

    No personal data: the text is made when it is read or sent, from the record and the reader as they are then.
    """

    LABEL = Words("通知", "Notice")

    key = StringField(primary_key=True)
    estate = StringField()
    # {"kind", "id", "number"}
    about = PlainDict(required=True)
    # The code of a member of staff; empty for a channel that belongs to nobody, such as a group's robot.
    recipient = StringField()
    channel = StringField(required=True, choices=tuple(rules.CHANNELS))
    # Which of the reader's robots: a digest of its address, because an address is a secret.
    target = StringField()
    # {"code", "revision"}; without a revision where no template was in force
    template = PlainDict(required=True)
    params = PlainDict()
    urgent = BooleanField(required=True)
    state = StringField(required=True, choices=tuple(rules.STATES))
    # The earliest moment to send; while a sender has it on lease, the end of the lease.
    not_before = DateTimeField(required=True)
    lease_until = DateTimeField()
    lease_token = StringField()
    attempts = IntField(required=True, default=0)
    # A reason of `rules.REASONS`, never what the other side said: that may repeat an address.
    last_error = StringField()
    # The digest that carries this notice; in a digest itself, how often something was put into it.
    digest = StringField()
    # The letter that it goes out in, fixed before it is sent; absent where it is always one of its own.
    letter = StringField()
    # Letters that it may have gone out in before: they were cut off, and could not be put together again.
    former_letters = PlainList(StringField())
    additions = IntField()
    created_at = DateTimeField(required=True)
    # The nominal moment of what it tells about: lateness is measured from here.
    due_at = DateTimeField(required=True)
    sent_at = DateTimeField()
    read_at = DateTimeField()
    # What people did to it: [{"at", "actor", "verb"}]
    events = PlainList(PlainDict())

    # Of versions before: dropped where they stand.
    RETIRED_INDEXES: ClassVar[tuple[str, ...]] = (
        "recipient_1_channel_1_read_at_1_created_at_-1__id_-1",
        "recipient_1_channel_1_created_at_-1__id_-1",
        "estate_1_state_1_created_at_-1",
        "state_1_created_at_-1",
    )

    meta = {
        "collection": "notices",
        "auto_create_index": False,
        "indexes": [
            # The claim: urgent ones first, then by moment.
            ["state", "urgent", "not_before"],
            # The inbox and what of it is unread: a letter is in none. The relay makes many at one moment: the key tells
            # their order.
            _inbox("inbox_unread", "recipient", "channel", "read_at", "-created_at", "-_id"),
            _inbox("inbox", "recipient", "channel", "-created_at", "-_id"),
            ["about.kind", "about.id", "created_at"],
            # Nearly all are sent, and of what is not the claim's index finds the few: a state in these would have to be
            # written three times for each letter.
            ["estate", "-created_at"],
            ["-created_at"],
            {"fields": ["digest"], "partialFilterExpression": {"digest": {"$type": "string"}}},
        ],
    }


class ChannelHealth(Document):
    """How one way out fares: `email`, `push`, or `apprise:` and the digest of one robot's address. Written once in a
    delivery, not with each letter."""

    key = StringField(primary_key=True)
    channel = StringField(required=True, choices=tuple(rules.CHANNELS))
    last_success = DateTimeField()
    # Since when nothing could be handed over; absent while it works.
    failing_since = DateTimeField()
    last_failure = DateTimeField()
    # A reason of `rules.REASONS`.
    last_reason = StringField()
    # Letters refused for good since the last one that was taken.
    refusals = IntField(default=0)

    meta = {"collection": "channel_health", "auto_create_index": False}


class PushSubscription(Document):
    """Where one person is woken on one device; the id is `device:person`. Personal data, with which anybody could wake
    the tablet: never logged, never shown."""

    key = StringField(primary_key=True)
    staff = StringField(required=True)
    device = StringField(required=True)
    endpoint = StringField(required=True)
    p256dh = StringField(required=True)
    auth = StringField(required=True)
    at = DateTimeField(required=True)

    meta = {"collection": "push_subscriptions", "auto_create_index": False, "indexes": ["staff", "endpoint", "device"]}


class ServerKey(Document):
    """A key that the installation made for itself."""

    name = StringField(primary_key=True)
    value = StringField(required=True)

    meta = {"collection": "server_keys", "auto_create_index": False}


NOTIFICATION_TEMPLATE = register(
    ContentType(
        key="notification_template",
        label=Words("通知模板", "Notification template"),
        help=Words(
            "可用的占位符：" + " ".join(f"{{{name}}}" for name in rules.PLACEHOLDERS),
            "Placeholders: " + " ".join(f"{{{name}}}" for name in rules.PLACEHOLDERS),
        ),
        fields=(
            NAME,
            Field("subject", "text", Words("标题", "Subject"), required=True, translated=True),
            Field("body", "long_text", Words("正文", "Body"), required=True, translated=True),
            Field(
                "urgent",
                "boolean",
                Words("紧急", "Urgent"),
                default=False,
                help=Words("不受免打扰和汇总限制", "Breaks quiet hours and digests"),
            ),
        ),
        check=lambda body, look_up: rules.check_template(body),
    )
)
