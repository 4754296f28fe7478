"""Photos, signatures and voice notes: named by what the tablet holds, kept as what can be shown safely."""

from mongoengine import Document
from mongoengine.fields import BinaryField, DateTimeField, IntField, StringField

from store.plain import PlainDict, PlainList
from store.words import Words


class Photo(Document):
    """One picture. Without `image` it is only a name that an entry gave, and is still to come."""

    LABEL = Words("照片", "Photo")

    # SHA-256 of the bytes as the tablet holds them, hexadecimal: what entries name.
    sha256 = StringField(primary_key=True)
    # Who may see it: the estates whose records name it, and those who brought it.
    estates = PlainList(StringField())
    owners = PlainList(StringField())
    # [{"by", "estate"}]: whose entries named it for which estate, perhaps before it came.
    waiting = PlainList(PlainDict())
    image = BinaryField()
    # Of a voice note instead of a picture: the bytes as they came, what they are, and how long they say that they are.
    sound = BinaryField()
    media_type = StringField()
    seconds = IntField()
    # Of the bytes that came, and of the picture that was kept.
    size = IntField()
    width = IntField()
    height = IntField()
    taken_at = DateTimeField()
    # {"latitude", "longitude"}: kept here and nowhere in the picture
    position = PlainDict()
    device = StringField()
    received_at = DateTimeField()
    # While no record names it: since when.
    unclaimed_at = DateTimeField()

    meta = {
        "collection": "photos",
        "auto_create_index": False,
        # Whoever sends a photo sends the entry that names it right after; what nobody has named by then shows people's
        # homes and proves nothing.
        "indexes": [{"fields": ["unclaimed_at"], "expireAfterSeconds": 90 * 86_400}],
    }

    def content(self) -> tuple[bytes, str]:
        """Its bytes and their media type: what they were found to be when they came, whatever anybody calls them."""
        return (bytes(self.sound), self.media_type) if self.media_type else (bytes(self.image), "image/jpeg")


class PhotoChunk(Document):
    """A part of a photo that is on its way; of one sender, so that nobody can spoil what another one sends."""

    # `sha256:sender:n`
    key = StringField(primary_key=True)
    sha256 = StringField(required=True)
    sender = StringField(required=True)
    n = IntField(required=True)
    data = BinaryField(required=True)
    received_at = DateTimeField(required=True)

    meta = {
        "collection": "photo_chunks",
        "auto_create_index": False,
        "indexes": [
            ["sha256", "sender", "n"],
            ["sender", "received_at"],
            # What was begun and never finished; a tablet that comes back later begins that photo anew.
            {"fields": ["received_at"], "expireAfterSeconds": 14 * 86_400},
        ],
    }
