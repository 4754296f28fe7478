"""Photos on their way and in their place: chunks that may come again and in any order, one picture in the end."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from hashlib import sha256 as digest
from typing import Any, NamedTuple

from bson import Binary
from pymongo import UpdateOne

from store.actor import Actor
from store.errors import Invalid, NotFound, Problem, RuleBroken
from store.fields.assets import is_name
from store.fields.checking import clean
from store.photos import rules, voice
from store.photos.documents import Photo, PhotoChunk
from store.untrusted.running import run
from store.untrusted.tasks import PICTURE

# Without the picture or the sound itself: lists of photos are asked for with every order.
_FACTS = {"image": 0, "sound": 0}
CLAIMED = {"$unset": {"unclaimed_at": ""}}


MOST_FILES = 10


class File(NamedTuple):
    """A photo as a form brings it: what the file is called there, and its bytes."""

    name: str
    data: bytes


class Progress(NamedTuple):
    """How far a photo is: its size where it is known, the numbers of the parts that are here."""

    size: int | None
    received: list[int]
    complete: bool


def progress(sha256: str, *, actor: Actor) -> Progress:
    """What of a photo has come from this actor. Somebody else's is not told of, unless he may see it.

    Raises `NotFound` for what cannot be a photo's name.
    """
    _check_name(sha256)
    photo = Photo._get_collection().find_one({"_id": sha256}, _FACTS)
    if photo is not None and photo.get("received_at") and _visible(photo, actor):
        return Progress(photo["size"], list(range(rules.chunks_of(photo["size"]))), True)
    found = _chunks().find({"sha256": sha256, "sender": actor.code}, {"n": 1}).sort("n", 1)
    return Progress(None, [each["n"] for each in found], False)


def _check_name(sha256: object) -> None:
    if not is_name(sha256):
        raise NotFound(Photo.LABEL, sha256)


def put_chunk(sha256: str, n: int, data: bytes, *, actor: Actor, now: datetime) -> Progress:
    """Keep a part; the same part again changes nothing. Raises `Invalid` `bad_chunk`, `NotFound`."""
    _check_name(sha256)
    rules.check_chunk(n, len(data))
    before = progress(sha256, actor=actor)
    if before.complete:
        return before
    _make_room(sha256, actor)
    part = {"sha256": sha256, "sender": actor.code, "n": n, "data": Binary(data), "received_at": now}
    _chunks().replace_one({"_id": f"{sha256}:{actor.code}:{n}"}, part, upsert=True)
    return progress(sha256, actor=actor)


def _make_room(sha256: str, actor: Actor) -> None:
    """What one person has begun has a bound: the photo that has rested longest is sent anew, should it ever go on."""
    mine: dict[str, Any] = {"sender": actor.code}
    if _chunks().count_documents(mine, limit=rules.MOST_UNFINISHED) < rules.MOST_UNFINISHED:
        return
    resting = _chunks().find_one({**mine, "sha256": {"$ne": sha256}}, {"sha256": 1}, sort=[("received_at", 1)])
    if resting is not None:
        _forget(resting["sha256"], actor)


def complete(sha256: str, values: Mapping[str, Any], *, device: str | None, actor: Actor, now: datetime) -> Progress:
    """All parts are here: check them against their name, make the picture, keep it. Again: nothing changes.

    `values` are `size`, and what the tablet knows: `taken_at` (a moment), `position`; of a voice note `kind` and
    `seconds`. Raises `RuleBroken` `photo_incomplete`, `photo_damaged` (its parts are forgotten, to be sent anew),
    `Invalid` `not_a_photo`, `photo_too_large`, `too_many_pixels`, `heic`, `file_too_demanding`, `not_a_voice_note`,
    `voice_too_large`; `Busy`.
    """
    before = progress(sha256, actor=actor)
    if before.complete:
        return before
    is_voice = values.get("kind") == "voice"
    if is_voice:
        voice.check_size(values["size"])
    data = _assembled(sha256, values["size"], before.received, actor)
    keep = _keep_voice if is_voice else _keep
    keep(sha256, data, {**values, "device": device}, actor, now)
    _forget(sha256, actor)
    return progress(sha256, actor=actor)


def bring(data: bytes, estate: str, *, actor: Actor, now: datetime) -> str:
    """Keep a photo that comes in one piece, for the work of an estate; returns its name. Raises `Invalid`."""
    if len(data) > rules.MOST_BYTES:
        raise Invalid.one("photo_too_large", rules.TOO_LARGE, "photo")
    name = digest(data).hexdigest()
    _keep(name, data, {}, actor, now)
    claim([name], estate, actor=actor, now=now)
    return name


def bring_all(files: Sequence[File], estate: str, *, actor: Actor, now: datetime) -> list[str]:
    """Keep several photos that come in one piece, all of them or none; returns their names.

    Raises `Invalid` that names every file with which something is wrong.
    """
    if not files:
        raise Invalid.one("required", rules.NO_FILE, "photos")
    if len(files) > MOST_FILES:
        raise Invalid.one("too_many", rules.TOO_MANY_FILES.fill(most=MOST_FILES), "photos")
    pictures = _checked(files)
    names = [digest(each.data).hexdigest() for each in files]
    for name, file, picture in zip(names, files, pictures, strict=True):
        _keep_picture(name, picture, len(file.data), {}, actor, now)
    claim(names, estate, actor=actor, now=now)
    return list(dict.fromkeys(names))


def _checked(files: Sequence[File]) -> list[rules.Picture]:
    """Every file is looked at before the first is kept."""
    pictures, problems = [], []
    for n, file in enumerate(files):
        try:
            if len(file.data) > rules.MOST_BYTES:
                raise Invalid.one("photo_too_large", rules.TOO_LARGE, "photo")
            pictures.append(_picture(file.data))
        except Invalid as error:
            words = rules.OF_FILE.fill(n=n + 1, name=file.name, why=error.words)
            problems.append(Problem(error.code, words, f"photos.{n}"))
    if problems:
        raise Invalid(problems)
    return pictures


def _picture(data: bytes) -> rules.Picture:
    """The picture that is kept of these bytes; they are decoded elsewhere. Raises `Invalid`, `Busy`."""
    return rules.Picture(**run(PICTURE, data))


def _keep(sha256: str, data: bytes, values: Mapping[str, Any], actor: Actor, now: datetime) -> None:
    _keep_picture(sha256, _picture(data), len(data), values, actor, now)


def _keep_picture(
    sha256: str, picture: rules.Picture, size: int, values: Mapping[str, Any], actor: Actor, now: datetime
) -> None:
    position = _position(values.get("position")) or picture.position
    made = {"image": Binary(picture.image), "width": picture.width, "height": picture.height, "position": position}
    _write(sha256, {**made, "size": size}, values, actor, now)


def _keep_voice(sha256: str, data: bytes, values: Mapping[str, Any], actor: Actor, now: datetime) -> None:
    """As it came: what a browser records is played by browsers, and nothing here ever decodes it."""
    kind = voice.type_of(data)
    made = {"sound": Binary(data), "media_type": kind, "seconds": values["seconds"], "size": len(data)}
    _write(sha256, made, values, actor, now)


def _write(sha256: str, made: Mapping[str, Any], values: Mapping[str, Any], actor: Actor, now: datetime) -> None:
    told = {name: values.get(name) for name in ("taken_at", "device")}
    fields = {**made, **told, "received_at": now}
    Photo._get_collection().update_one(
        {"_id": sha256},
        {"$set": {k: v for k, v in fields.items() if v is not None}, "$addToSet": {"owners": actor.code}},
        upsert=True,
    )
    _let_in(sha256, actor)
    unclaimed = {"_id": sha256, "estates.0": {"$exists": False}}
    Photo._get_collection().update_one(unclaimed, {"$set": {"unclaimed_at": now}})


def _let_in(sha256: str, actor: Actor) -> None:
    """The estates whose records have named this sender's photo before it came."""
    photo = Photo._get_collection().find_one({"_id": sha256}, {"waiting": 1}) or {}
    estates = [each["estate"] for each in photo.get("waiting") or () if each["by"] == actor.code]
    if estates:
        claimed = {"$addToSet": {"estates": {"$each": estates}}, **CLAIMED}
        Photo._get_collection().update_one({"_id": sha256}, claimed)


def _assembled(sha256: str, size: int, received: Sequence[int], actor: Actor) -> bytes:
    count = rules.chunks_of(size)
    if not set(range(count)) <= set(received):
        raise RuleBroken("photo_incomplete", rules.INCOMPLETE, "chunk")
    parts = _chunks().find({"sha256": sha256, "sender": actor.code, "n": {"$lt": count}}).sort("n", 1)
    data = b"".join(bytes(each["data"]) for each in parts)
    if len(data) != size or digest(data).hexdigest() != sha256:
        _forget(sha256, actor)
        raise RuleBroken("photo_damaged", rules.DAMAGED, "photo")
    return data


def _position(given: object) -> dict[str, Any] | None:
    if not isinstance(given, Mapping):
        return None
    cleaned, problems = clean(rules.POSITION, given, "position.")
    if problems:
        raise Invalid(problems)
    return cleaned


def _forget(sha256: str, actor: Actor) -> None:
    _chunks().delete_many({"sha256": sha256, "sender": actor.code})


def claim(hashes: Sequence[str], estate: str, *, actor: Actor, now: datetime) -> None:
    """Records of the estate name these photos now: whoever sees its work sees them, also if they are still to come.

    A name alone shows nothing: what others brought to estates that the actor does not see stays where it is.
    """
    if not hashes:
        return
    writes = []
    for each in dict.fromkeys(hashes):
        # In this order: whichever of naming and bringing comes second finds what the first has left.
        waiting = {"by": actor.code, "estate": estate}
        writes.append(UpdateOne({"_id": each}, {"$addToSet": {"waiting": waiting}}, upsert=True))
        writes.append(UpdateOne({"_id": each, "$or": _seen_by(actor)}, {"$addToSet": {"estates": estate}, **CLAIMED}))
    Photo._get_collection().bulk_write(writes)


def _seen_by(actor: Actor) -> list[dict[str, Any]]:
    anywhere = {"estates.0": {"$exists": True}}
    return [
        {"owners": actor.code},
        anywhere if actor.estates is None else {"estates": {"$in": sorted(actor.estates)}},
    ]


def see(sha256: str, *, actor: Actor) -> Photo:
    """The photo with its picture, or the voice note with its sound: for whoever sees the work of one of its estates, or
    brought it. Raises `NotFound`."""
    photo = Photo.objects(sha256=sha256).first() if isinstance(sha256, str) else None
    if photo is None or not photo.received_at or not _visible(photo.to_mongo().to_dict(), actor):
        raise NotFound(Photo.LABEL, sha256)
    return photo


def here(hashes: Sequence[str]) -> set[str]:
    """Those of the photos whose picture has come."""
    return {each["_id"] for each in Photo._get_collection().find(_come(hashes), {"_id": 1})}


def _come(hashes: Sequence[str]) -> dict[str, Any]:
    """A voice note that calls itself a photo never comes as one."""
    return {"_id": {"$in": list(hashes)}, "received_at": {"$type": "date"}, "media_type": None}


def voices(hashes: Sequence[str]) -> dict[str, int]:
    """Those of the names that are voice notes which have come, and how many seconds each lasts."""
    if not hashes:
        return {}
    query = {"_id": {"$in": list(hashes)}, "media_type": {"$type": "string"}}
    return {each["_id"]: each["seconds"] for each in Photo._get_collection().find(query, {"seconds": 1})}


def check_named_as(pictures: Sequence[str]) -> None:
    """What shows something is a picture: sound proves nothing of how it looks. Raises `Invalid` `not_a_photo`."""
    if voices(pictures):
        raise Invalid.one("not_a_photo", voice.NOT_A_PHOTO, "photos")


def sizes(hashes: Sequence[str]) -> dict[str, tuple[int, int]]:
    """Width and height in pixels of those pictures that have come."""
    if not hashes:
        return {}
    found = Photo._get_collection().find(_come(hashes), {"width": 1, "height": 1})
    return {each["_id"]: (each["width"], each["height"]) for each in found}


def _visible(photo: Mapping[str, Any], actor: Actor) -> bool:
    if actor.code in (photo.get("owners") or ()):
        return True
    return any(actor.sees(estate) for estate in photo.get("estates") or ())


def _chunks() -> Any:
    return PhotoChunk._get_collection()
