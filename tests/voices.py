"""Voice notes as browsers record them, small: put together by hand, so that a test can put them together wrongly."""

UNKNOWN = b"\x01" + b"\xff" * 7
TRACK = (
    b"\xae\xbd\xd7\x81\x01\x73\xc5\x87\x01\x02\x03\x04\x05\x06\x07\x83\x81\x02\x86\x86A_OPUS\x63\xa2\x93OpusHead"
    b"\x01\x01\x00\x00\x80\xbb\x00\x00\x00\x00\x00\xe1\x8d\xb5\x84\x47\x3b\x80\x00\x9f\x81\x01bd\x81\x20"
)
BLOCK = b"\x81\x00\x00\x80\xfb\x03\xff\xfe\xff\xfe\xff\xfe"
SOUN = b"\0\0\0\x20hdlr\0\0\0\0\0\0\0\0soun\0\0\0\0\0\0\0\0\0\0\0\0"


def element(name: str, content: bytes, size: bytes | None = None) -> bytes:
    """An element of WebM; `size` as it is written, for one that says something else than it holds."""
    return bytes.fromhex(name) + (size or (len(content) | 0x10000000).to_bytes(4)) + content


def webm(
    *,
    words: str = "",
    kind: bytes = b"webm",
    track: bytes = TRACK,
    blocks: int = 40,
    more: bytes = b"",
    block: bytes = BLOCK,
) -> bytes:
    """A recording; other `words` another one. `more` stands behind the tracks."""
    header = element("1a45dfa3", b"\x42\x86\x81\x01\x42\x82" + bytes([0x80 | len(kind)]) + kind + b"\x42\x87\x81\x04")
    facts = element("1549a966", b"\x4d\x80" + bytes([0x80 | len(words.encode())]) + words.encode())
    sound = element("e7", b"\0") + element("a3", block) * blocks
    return header + element(
        "18538067", facts + element("1654ae6b", track) + more + element("1f43b675", sound, UNKNOWN), UNKNOWN
    )


def box(name: bytes, content: bytes, size: int | None = None) -> bytes:
    return (size or len(content) + 8).to_bytes(4) + name + content


def mp4(*, brand: bytes = b"iso5", movie: bytes = SOUN, more: bytes = b"") -> bytes:
    kind = box(b"ftyp", brand + b"\0\0\0\0" + brand)
    return kind + box(b"moov", movie) + more + box(b"moof", bytes(16)) + box(b"mdat", bytes(400))
