"""What a tablet's camera sees: films for Chromium's fake camera, and pictures as its camera app would hand them over."""

from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw, ImageOps

WIDTH, HEIGHT = 640, 480
WALL = 170
FRAMES = 2
GPS, LATITUDE, LONGITUDE = 0x8825, {1: "N", 2: (31.0, 13.0, 48.0)}, {3: "E", 4: (121.0, 28.0, 12.0)}


class Lens:
    """`film` is what the camera shows from its next opening on: Chromium reads the file anew each time."""

    def __init__(self, film: Path) -> None:
        self.film = film
        self.look_at(None)

    def look_at(self, picture: bytes | None) -> None:
        """A picture – a printed code, say – on a grey wall; None: only the wall."""
        seen = Image.new("L", (WIDTH, HEIGHT), WALL)
        if picture is not None:
            sheet = ImageOps.contain(Image.open(BytesIO(picture)).convert("L"), (HEIGHT - 80, HEIGHT - 80))
            seen.paste(sheet, ((WIDTH - sheet.width) // 2, (HEIGHT - sheet.height) // 2))
        grey = bytes([128]) * (WIDTH * HEIGHT // 2)
        frame = b"FRAME\n" + seen.tobytes() + grey
        next_film = self.film.with_suffix(".next")
        next_film.write_bytes(b"YUV4MPEG2 W%d H%d F10:1 Ip A1:1 C420jpeg\n" % (WIDTH, HEIGHT) + frame * FRAMES)
        next_film.replace(self.film)


def photo(words: str, *, width: int = 2400) -> dict[str, Any]:
    """A file as the camera app gives it, for `set_input_files`: large, other words another picture, a position in its EXIF."""
    red, green, blue, *_ = sha256(words.encode()).digest()
    picture = Image.new("RGB", (width, width * 3 // 4), (red, green, blue))
    ImageDraw.Draw(picture).ellipse((width // 4, width // 4, width // 2, width // 2), fill="white")
    exif = Image.Exif()
    exif[GPS] = {**LATITUDE, **LONGITUDE}
    out = BytesIO()
    picture.save(out, "JPEG", exif=exif, quality=80)
    return {"name": f"{words}.jpg", "mimeType": "image/jpeg", "buffer": out.getvalue()}
