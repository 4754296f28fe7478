"""Pictures of a simulated estate: drawn, so that nobody's home is in them; few, for a year has many orders."""

from datetime import datetime
from functools import cache
from io import BytesIO
from random import Random

from PIL import Image, ImageDraw

from store.actor import SYSTEM
from store.photos import operations as photos

KINDS = 6
WIDTH, HEIGHT = 640, 480


class Album:
    """Each picture is brought to an estate once."""

    def __init__(self) -> None:
        self._brought: dict[tuple[str, int], str] = {}

    def photo(self, estate: str, dice: Random, now: datetime) -> str:
        """The name of a picture that the estate's records may show."""
        wanted = (estate, dice.randrange(KINDS))
        if wanted not in self._brought:
            self._brought[wanted] = photos.bring(drawn(wanted[1]), estate, actor=SYSTEM, now=now)
        return self._brought[wanted]


@cache
def drawn(kind: int) -> bytes:
    """A corridor with doors and a lamp, in the light of another hour for each kind."""
    dice = Random(kind)
    light = 120 + 20 * kind
    picture = Image.new("RGB", (WIDTH, HEIGHT), (light, light, light - 20))
    pen = ImageDraw.Draw(picture)
    pen.polygon([(0, HEIGHT), (240, 280), (400, 280), (WIDTH, HEIGHT)], fill=(light - 50, light - 55, light - 60))
    for left in (40, 130, 440, 540):
        pen.rectangle([left, 180, left + 60, 360], fill=(110, 80 + dice.randrange(40), 60), outline=(60, 50, 40))
    pen.ellipse([300, 40, 340, 80], fill=(255, 250, 200))
    out = BytesIO()
    picture.save(out, "JPEG", quality=80)
    return out.getvalue()
