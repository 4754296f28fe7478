"""From the bytes of a photo to a picture of our own. Runs in a process of its own (`store/untrusted/`)."""

from io import BytesIO
from typing import Any

from PIL import ExifTags, Image, ImageOps

from store.errors import Invalid
from store.photos import rules

Image.init()  # once, in the process that forks, and not in every child
_TRANSPARENT = ("RGBA", "LA", "PA")
_HEIC = (b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1", b"avif")


def picture_of(data: bytes) -> dict[str, Any]:
    """The values of a `rules.Picture`. The bytes are judged by what they are, not by what they are called.

    Nothing of the file survives but pixels: no EXIF, no comments, no second file behind the first.
    Raises `Invalid` `not_a_photo`, `heic`, `too_many_pixels`.
    """
    if data[4:8] == b"ftyp" and data[8:12] in _HEIC:
        raise Invalid.one("heic", rules.HEIC, "photo")
    try:
        with Image.open(BytesIO(data), formats=rules.FORMATS) as opened:
            _check_size(opened)
            return _made_anew(opened)
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        raise Invalid.one("too_many_pixels", rules.TOO_MANY_PIXELS, "photo") from error
    except (Invalid, MemoryError):
        raise
    except Exception as error:  # the decoder's errors on hostile files are of many kinds, and all mean the same
        raise Invalid.one("not_a_photo", rules.NOT_A_PHOTO, "photo") from error


def _check_size(opened: Any) -> None:
    """By the header alone: no pixel is decoded yet."""
    held_twice = opened.format == "WEBP" or opened.mode in _TRANSPARENT
    most = rules.MOST_PIXELS_HELD_TWICE if held_twice else rules.MOST_PIXELS
    if max(opened.size) > rules.MOST_PIXELS_A_SIDE or opened.width * opened.height > most:
        raise Invalid.one("too_many_pixels", rules.TOO_MANY_PIXELS, "photo")


def _made_anew(opened: Any) -> dict[str, Any]:
    position = _position(opened)
    # Made small first, turned and painted afterwards: the large one is never held twice.
    gap = None if opened.mode.startswith("I") else 2.0  # grey of 16 bits cannot be halved before it is resized
    opened.thumbnail((rules.LONGEST_SIDE, rules.LONGEST_SIDE), reducing_gap=gap)
    flat = _flattened(ImageOps.exif_transpose(opened))
    out = BytesIO()
    flat.save(out, "JPEG", quality=rules.QUALITY)
    return {"image": out.getvalue(), "width": flat.width, "height": flat.height, "position": position}


def _flattened(image: Any) -> Any:
    """On white paper: a signature is drawn on nothing."""
    if image.mode in _TRANSPARENT or "transparency" in image.info:
        layer = image.convert("RGBA")
        paper = Image.new("RGB", layer.size, "white")
        paper.paste(layer, mask=layer.getchannel("A"))
        return paper
    # A new image takes the pixels only: `convert` would hand comments and profiles on to the file.
    plain = Image.new("RGB", image.size)
    plain.paste(image.convert("RGB"))
    return plain


def _position(opened: Any) -> dict[str, float] | None:
    try:
        gps = opened.getexif().get_ifd(ExifTags.IFD.GPSInfo)
        latitude = _degrees(gps[ExifTags.GPS.GPSLatitude], gps[ExifTags.GPS.GPSLatitudeRef], "S")
        longitude = _degrees(gps[ExifTags.GPS.GPSLongitude], gps[ExifTags.GPS.GPSLongitudeRef], "W")
    except Exception:  # there is none, or it is nonsense: a photo needs no position
        return None
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        return None
    return {"latitude": latitude, "longitude": longitude}


def _degrees(parts: Any, side: str, negative: str) -> float:
    degrees, minutes, seconds = (float(each) for each in parts)
    value = degrees + minutes / 60 + seconds / 3600
    return round(-value if side == negative else value, 6)
