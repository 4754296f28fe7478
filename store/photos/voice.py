"""Rules of voice notes: what is taken for one. Its parts are looked at, and no sound is ever decoded. No database."""

from collections.abc import Iterator

from store.errors import Invalid
from store.fields.spec import Field
from store.words import Words

FIELD = Field("voice", "voice", Words("语音", "Voice note"), help=Words("语音的 SHA-256", "SHA-256 of the voice note"))
MOST_SECONDS = 60
MOST_BYTES = 1024 * 1024
WEBM, MP4 = "audio/webm", "audio/mp4"
ENDINGS = {WEBM: "webm", MP4: "m4a"}

NOT_A_VOICE_NOTE = Words(
    "这个文件不是语音（WebM 或 MP4 录音）", "This file is no voice note (a recording as WebM or MP4)"
)
TOO_LARGE = Words("语音超过 1 MB", "The voice note is larger than 1 MB")
NO_SECONDS = Words("请写明语音的秒数", "Say how many seconds the voice note is long")
NOT_A_PHOTO = Words("语音不能当作照片", "A voice note is no photo")

# Of a recording of a minute there are about three thousand.
_MOST_PIECES = 20_000
_EBML, _SEGMENT, _TRACKS, _CLUSTER = 0x1A45DFA3, 0x18538067, 0x1654AE6B, 0x1F43B675
# What a recording may consist of: no attachments, no pictures of an album, nothing that a browser could be shown.
_UNKNOWN = frozenset((1 << 7 * length) - 1 for length in range(1, 9))
_SOUND, _PICTURES = b"\x83\x81\x02", b"\x83\x81\x01"
_INSIDE = frozenset(
    {
        *(_TRACKS, 0x1549A966, 0x114D9B74, 0x1C53BB6B, 0x1254C367),  # tracks, facts, places to find, tags
        *(0xE7, 0xA3, 0xA0, 0xA7, 0xAB, 0xEC, 0xBF),  # of a cluster: its time and blocks; what fills up, sums
    }
)
_KNOWN = _INSIDE | {_EBML, _SEGMENT, _CLUSTER}
_WHOLE_BOXES = frozenset({b"ftyp", b"moov", b"moof", b"mdat", b"free", b"skip", b"sidx", b"mfra", b"styp", b"wide"})
_BRANDS = (b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"M4A ", b"dash")


class _Broken(Exception):
    """It is not put together as a recording is."""


def check_size(size: int) -> None:
    """Raises `Invalid` `voice_too_large`."""
    if size > MOST_BYTES:
        raise Invalid.one("voice_too_large", TOO_LARGE, "size")


def type_of(data: bytes) -> str:
    """The media type, by what the bytes are: a recording of sound alone, whole to its last part.

    Raises `Invalid` `voice_too_large`, `not_a_voice_note`.
    """
    check_size(len(data))
    try:
        if data[:4] == b"\x1a\x45\xdf\xa3":
            _check_webm(data)
            return WEBM
        if data[4:8] == b"ftyp" and data[8:12] in _BRANDS:
            _check_mp4(data)
            return MP4
    except (_Broken, IndexError):
        pass
    raise Invalid.one("not_a_voice_note", NOT_A_VOICE_NOTE, "voice")


def _check_webm(data: bytes) -> None:
    """A header that says so, one track of Opus, and sound behind it."""
    found = dict.fromkeys((_EBML, _SEGMENT, _TRACKS, _CLUSTER), b"")
    order = []
    for name, content in _elements(data):
        order.append(name)
        found[name] = content
    if order[:2] != [_EBML, _SEGMENT] or order.count(_EBML) + order.count(_SEGMENT) != 2 or 0xA3 not in order:
        raise _Broken
    tracks = found[_TRACKS]
    if b"\x42\x82\x84webm" not in found[_EBML] or order.count(_TRACKS) != 1:
        raise _Broken
    if b"A_OPUS" not in tracks or _SOUND not in tracks or _PICTURES in tracks:
        raise _Broken


def _elements(data: bytes) -> Iterator[tuple[int, bytes]]:
    """The parts one after the other; of those that hold others – the segment, its clusters – what they hold."""
    at = 0
    for _ in range(_MOST_PIECES):
        if at == len(data):
            return
        name, at = _number(data, at, most=4, keeps_marker=True)
        size, at = _number(data, at, most=8)
        holds = name in (_SEGMENT, _CLUSTER)
        if (at + size > len(data) and not (holds and size in _UNKNOWN)) or name not in _KNOWN:
            raise _Broken
        if holds:
            yield name, b""
            continue
        yield name, data[at : at + size]
        at += size
    raise _Broken


def _number(data: bytes, at: int, *, most: int, keeps_marker: bool = False) -> tuple[int, int]:
    """A number whose first byte says how many follow, and where it ends. Raises `IndexError` at the end of the data."""
    first = data[at]
    length = 9 - first.bit_length()
    if length > most:
        raise _Broken
    if at + length > len(data):
        raise IndexError
    value = int.from_bytes(data[at : at + length])
    return (value if keeps_marker else value & ((1 << 7 * length) - 1)), at + length


def _check_mp4(data: bytes) -> None:
    """Boxes to the last byte; a movie that has a track of sound and none of pictures, and its data."""
    boxes = list(_boxes(data))
    names = [name for name, _ in boxes]
    if names[0] != b"ftyp" or names.count(b"ftyp") != 1 or names.count(b"moov") != 1 or b"mdat" not in names:
        raise _Broken
    movie = dict(boxes)[b"moov"]
    if b"soun" not in movie or b"vide" in movie:
        raise _Broken


def _boxes(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 0
    for _ in range(_MOST_PIECES):
        if at == len(data):
            return
        size, name = int.from_bytes(data[at : at + 4]), data[at + 4 : at + 8]
        if size < 8 or at + size > len(data) or name not in _WHOLE_BOXES:
            raise _Broken
        yield name, data[at + 8 : at + size]
        at += size
    raise _Broken
