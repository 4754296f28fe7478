"""Voice notes that mean harm: pages that call themselves sound, and recordings that are not whole."""

from collections.abc import Callable, Mapping

from tests.voices import TRACK, UNKNOWN, box, element, mp4, webm
from tests.wrong_input.hostile.pictures import small

PAGE = b"<html><script>alert(1)</script></html>"


def page_behind_a_header() -> bytes:
    return b"\x1a\x45\xdf\xa3" + PAGE


def page_behind_a_good_header() -> bytes:
    return webm()[:24] + PAGE


def page_behind_a_recording() -> bytes:
    return webm() + PAGE


def page_as_an_attachment() -> bytes:
    return webm(more=element("1941a469", PAGE))


def many_elements() -> bytes:
    """A megabyte of elements of nothing."""
    return webm(more=b"\xec\x80" * 500_000)


# Each with the code of its refusal; None for what is a recording in spite of all, and is served as nothing else.
VOICES: Mapping[str, tuple[Callable[[], bytes], str | None]] = {
    "page.webm": (page_behind_a_header, "not_a_voice_note"),
    "header.webm": (page_behind_a_good_header, "not_a_voice_note"),
    "behind.webm": (page_behind_a_recording, "not_a_voice_note"),
    "attached.webm": (page_as_an_attachment, "not_a_voice_note"),
    "in a block.webm": (lambda: webm(block=b"\x81\0\0\x80" + PAGE), None),
    "cut.webm": (lambda: webm()[:-3], "not_a_voice_note"),
    "no sound.webm": (lambda: webm(blocks=0), "not_a_voice_note"),
    "two.webm": (lambda: webm() * 2, "not_a_voice_note"),
    "matroska.webm": (lambda: webm(kind=b"matroska"), "not_a_voice_note"),
    "film.webm": (lambda: webm(track=TRACK + TRACK.replace(b"\x83\x81\x02", b"\x83\x81\x01")), "not_a_voice_note"),
    "other.webm": (lambda: webm(track=TRACK.replace(b"A_OPUS", b"A_FLAC")), "not_a_voice_note"),
    "size.webm": (lambda: webm(more=element("ec", b"", b"\x01" + b"\xff" * 6 + b"\xfe")), "not_a_voice_note"),
    "unknown.webm": (lambda: webm(more=element("ec", b"", UNKNOWN)), "not_a_voice_note"),
    "number.webm": (lambda: webm(more=b"\0" * 50), "not_a_voice_note"),
    "elements.webm": (many_elements, "not_a_voice_note"),
    "large.webm": (lambda: webm(blocks=80_000), "voice_too_large"),
    "page.mp4": (lambda: box(b"ftyp", b"isom") + PAGE, "not_a_voice_note"),
    "behind.mp4": (lambda: mp4() + PAGE, "not_a_voice_note"),
    "boxed.mp4": (lambda: mp4(more=box(b"uuid", PAGE)), "not_a_voice_note"),
    "cut.mp4": (lambda: mp4()[:-9], "not_a_voice_note"),
    "endless.mp4": (lambda: mp4(more=(0).to_bytes(4) + b"free"), "not_a_voice_note"),
    "film.mp4": (lambda: mp4(movie=b"soun....vide"), "not_a_voice_note"),
    "phone.heic": (lambda: mp4(brand=b"heic"), "not_a_voice_note"),
    "photo.webm": (small, "not_a_voice_note"),
    "one.webm": (lambda: b"\x1a", "not_a_voice_note"),
    "header alone.webm": (lambda: b"\x1a\x45\xdf\xa3", "not_a_voice_note"),
}
