"""Rules of photos: their names, their parts, and what is taken for a picture. No database."""

from dataclasses import dataclass

from store.errors import Invalid
from store.fields.assets import is_name
from store.fields.spec import Field
from store.words import Words

CHUNK_BYTES = 256 * 1024
MOST_BYTES = 8 * 1024 * 1024
MOST_CHUNKS = MOST_BYTES // CHUNK_BYTES
# Parts of photos that one person has begun and not finished. A tablet sends one after the other.
MOST_UNFINISHED = 8 * MOST_CHUNKS
MOST_PIXELS = 40_000_000
# Kinds of pictures that a decoder holds more than once: WebP, and what can be seen through.
MOST_PIXELS_HELD_TWICE = 20_000_000
# A picture of one line and forty million columns needs a gigabyte for nothing.
MOST_PIXELS_A_SIDE = 20_000
LONGEST_SIDE = 1600
QUALITY = 82
FORMATS = ("JPEG", "PNG", "WEBP")

KINDS: dict[str, Words] = {"photo": Words("照片", "Photo"), "voice": Words("语音", "Voice note")}
ROLES: dict[str, Words] = {
    "before": Words("处理前", "Before"),
    "after": Words("处理后", "After"),
    "other": Words("其他", "Other"),
    "signature": Words("签名", "Signature"),
}
# A signature belongs to what was signed, and comes with it.
TAKEN_ROLES = ("before", "after", "other")

NOT_A_HASH = Words("照片编号应为 SHA-256", "A photo is named by its SHA-256")
NOT_A_PHOTO = Words("这个文件不是照片（JPEG、PNG、WebP）", "This file is no photo (JPEG, PNG, WebP)")
HEIC = Words(
    "HEIC 照片无法读取：请在相机设置中选择“兼容性最佳”（JPEG），或先另存为 JPEG",
    "HEIC photos cannot be read: choose “Most Compatible” (JPEG) in the camera's settings, or save it as JPEG first",
)
TOO_LARGE = Words("照片超过 8 MB", "The photo is larger than 8 MB")
TOO_MANY_PIXELS = Words("照片像素过多", "The photo has too many pixels")
NO_FILE = Words("请选择照片", "Choose at least one photo")
TOO_MANY_FILES = Words("一次最多 {most} 张照片", "At most {most} photos at once")
OF_FILE = Words("第 {n} 张「{name}」：{why}", "No. {n} “{name}”: {why}")
BAD_CHUNK = Words("照片分片大小或序号不对", "A part of the photo has a wrong number or size")
INCOMPLETE = Words("照片还没有传完", "Parts of the photo are missing")
DAMAGED = Words("照片在传输中损坏，请重新上传", "The photo was damaged on its way; send it again")

POSITION = (
    Field("latitude", "decimal", Words("纬度", "Latitude"), required=True, minimum=-90, maximum=90),
    Field("longitude", "decimal", Words("经度", "Longitude"), required=True, minimum=-180, maximum=180),
)


@dataclass(frozen=True)
class Picture:
    """What is kept of a photo: a JPEG without anything but its pixels, and the position that was in the file."""

    image: bytes
    width: int
    height: int
    position: dict[str, float] | None


def check_hash(value: object) -> str:
    """Raises `Invalid` `not_a_hash`."""
    if not isinstance(value, str) or not is_name(value):
        raise Invalid.one("not_a_hash", NOT_A_HASH, "photos")
    return value


def check_chunk(n: int, size: int) -> None:
    """Raises `Invalid` `bad_chunk`."""
    if not 0 <= n < MOST_CHUNKS or not 0 < size <= CHUNK_BYTES:
        raise Invalid.one("bad_chunk", BAD_CHUNK, "chunk")


def chunks_of(size: int) -> int:
    """How many parts a photo of `size` bytes has. Raises `Invalid` `photo_too_large`."""
    if not 0 < size <= MOST_BYTES:
        raise Invalid.one("photo_too_large", TOO_LARGE, "size")
    return -(-size // CHUNK_BYTES)
