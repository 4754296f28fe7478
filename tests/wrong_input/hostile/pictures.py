"""Pictures that mean harm, made when they are needed; none is larger than some hundred kilobytes."""

import io
import struct
import zlib
from collections.abc import Callable, Mapping

from PIL import Image


def png(width: int, height: int, depth: int = 8, colour: int = 6) -> bytes:
    """A PNG of zeros, packed row by row: what unpacks to gigabytes is made without holding them."""
    channels = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}[colour]
    row = bytes(1 + (width * channels * depth + 7) // 8)
    packing = zlib.compressobj(9)
    rows = max(1, (1 << 20) // len(row))
    packed = b"".join(packing.compress(row * min(rows, height - n)) for n in range(0, height, rows))
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    return _png(("IHDR", header), ("IDAT", packed + packing.flush()), ("IEND", b""))


def _png(*chunks: tuple[str, bytes]) -> bytes:
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name.encode() + data + struct.pack(">I", zlib.crc32(name.encode() + data))
        for name, data in chunks
    )


def colours() -> bytes:
    """150 KB that need half a gigabyte."""
    return png(8_000, 5_000)


def one_column() -> bytes:
    return png(1, 40_000_000, 1, 0)


def one_row() -> bytes:
    return png(40_000_000, 1, 1, 0)


def two_billion_a_side() -> bytes:
    return _header_only(2_000_000_000)


def _header_only(side: int) -> bytes:
    header = struct.pack(">IIBBBBB", side, side, 8, 6, 0, 0, 0)
    return _png(("IHDR", header), ("IDAT", zlib.compress(b"\0")), ("IEND", b""))


def words_that_unpack() -> bytes:
    """A text of sixty megabytes in the file's own comments."""
    header = struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)
    text = b"Comment\0\0" + zlib.compress(bytes(60 << 20), 9)
    parts = [("zTXt", text)] * 3
    return _png(("IHDR", header), *parts, ("IDAT", zlib.compress(b"\0\0\0\0")), ("IEND", b""))


def small(kind: str = "JPEG", mode: str = "RGB", **options: object) -> bytes:
    stream = io.BytesIO()
    Image.new(mode, (64, 48), 0).save(stream, kind, **options)
    return stream.getvalue()


def giant_jpeg() -> bytes:
    """A JPEG whose header says 65,000 by 65,000."""
    data = small()
    place = data.index(b"\xff\xc0") + 5
    return data[:place] + struct.pack(">HH", 65_000, 65_000) + data[place + 4 :]


def many_scans() -> bytes:
    """A JPEG that draws its picture again and again, each time all of it."""
    stream = io.BytesIO()
    Image.new("L", (6_000, 6_000), 128).save(stream, "JPEG", progressive=True)
    data = stream.getvalue()
    last = data.rindex(b"\xff\xda")
    return data[:-2] + data[last:-2] * 400 + data[-2:]


def giant_webp() -> bytes:
    canvas = b"VP8X" + struct.pack("<I", 10) + b"\x10\0\0\0" + b"\xff\x3f\0" * 2
    return b"RIFF" + struct.pack("<I", len(canvas) + 4) + b"WEBP" + canvas


def giant_gif() -> bytes:
    return b"GIF89a" + struct.pack("<HH", 65_535, 65_535) + small("GIF", "P")[10:]


def cut_off() -> bytes:
    stream = io.BytesIO()
    Image.effect_noise((400, 300), 90).save(stream, "JPEG")
    return stream.getvalue()[:9_000]


def page_as_picture() -> bytes:
    return b"\xff\xd8\xff\xe0<html><script>alert(1)</script></html>"


def heic() -> bytes:
    return b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(400)


def drawing() -> bytes:
    return b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


def postscript() -> bytes:
    return b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n(/etc/passwd) (r) file\n"


def two_in_one() -> bytes:
    """A good picture with a page and an archive behind it."""
    return small() + b"<html><script>alert(1)</script></html>PK\x03\x04"


# Each with the code of its refusal; None for what is a picture in spite of all.
PICTURES: Mapping[str, tuple[Callable[[], bytes], str | None]] = {
    "colours.png": (colours, "too_many_pixels"),
    "column.png": (one_column, "too_many_pixels"),
    "row.png": (one_row, "too_many_pixels"),
    "side.png": (two_billion_a_side, "too_many_pixels"),
    "words.png": (words_that_unpack, "not_a_photo"),
    "giant.jpg": (giant_jpeg, "too_many_pixels"),
    "giant.webp": (giant_webp, "too_many_pixels"),
    "giant.gif": (giant_gif, "not_a_photo"),
    "cut.jpg": (cut_off, "not_a_photo"),
    "page.jpg": (page_as_picture, "not_a_photo"),
    "phone.heic": (heic, "heic"),
    "phone.jpg": (heic, "heic"),
    "drawing.svg": (drawing, "not_a_photo"),
    "post.eps": (postscript, "not_a_photo"),
    "two.jpg": (two_in_one, None),
    "empty.jpg": (lambda: b"\0", "not_a_photo"),
}
