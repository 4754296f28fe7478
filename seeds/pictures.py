"""Pictures of a simulated estate: drawn, so that nobody's home is in them, and marked as sketches (示意图).

A handful of scenes, each once as it should be and once with something wrong, so that before and after belong together.
Each is made once in a run and brought to an estate once: a year has many orders.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache
from io import BytesIO
from random import Random
from typing import Any

from PIL import Image, ImageDraw

from seeds.strokes import SKETCH, Stroke, signature
from store.actor import SYSTEM
from store.photos import operations as photos

WIDTH, HEIGHT = 640, 480
SIGNATURES = 6
INK, PAPER, GREY = (30, 40, 90), (255, 255, 255), (90, 90, 90)
# Where the work of a department is.
SCENES_OF: Mapping[str, tuple[str, ...]] = {
    "cleaning": ("corridor", "lobby"),
    "greening": ("garden",),
    "security": ("garage", "pumps"),
    "repair": ("tap",),
}


class Album:
    """What simulated people photograph; `kept` is the name under which the estate's records show it."""

    def __init__(self) -> None:
        self._brought: dict[tuple[str, str, Any], str] = {}
        self._scenes: dict[str, str] = {}

    def scene(self, department: str | None, dice: Random) -> str:
        return dice.choice(SCENES_OF.get(department or "", SCENES_OF["cleaning"]))

    def photo(self, estate: str, scene: str, now: datetime, *, wrong: bool = False) -> str:
        kept = self._kept((estate, scene, wrong), lambda: drawn(scene, wrong), now)
        self._scenes[kept] = scene
        return kept

    def put_right(self, estate: str, before: str, now: datetime) -> str:
        """The same place when all is well again."""
        return self.photo(estate, self._scenes.get(before, "corridor"), now)

    def signature(self, estate: str, dice: Random, now: datetime) -> str:
        nth = dice.randrange(SIGNATURES)
        return self._kept((estate, "signature", nth), lambda: signed(nth), now)

    def _kept(self, wanted: tuple[str, str, Any], make: Callable[[], bytes], now: datetime) -> str:
        if wanted not in self._brought:
            self._brought[wanted] = photos.bring(make(), wanted[0], actor=SYSTEM, now=now)
        return self._brought[wanted]


@cache
def drawn(scene: str, wrong: bool) -> bytes:
    picture = Image.new("RGB", (WIDTH, HEIGHT), (228, 226, 214))
    pen = ImageDraw.Draw(picture)
    _DRAWINGS[scene](pen, wrong)
    pen.rectangle([0, HEIGHT - 56, WIDTH, HEIGHT], fill=PAPER)
    pen.text((132, HEIGHT - 42), f"{scene}, {'to be put right' if wrong else 'in order'}", fill=GREY, font_size=26)
    for n, strokes in enumerate(SKETCH):
        _write(pen, strokes, (12 + n * 38, HEIGHT - 48), 3.6)
    return _saved(picture)


@cache
def signed(nth: int) -> bytes:
    picture = Image.new("RGB", (420, 160), PAPER)
    _write(ImageDraw.Draw(picture), signature(Random(nth)), (20, 20), 1.0)
    return _saved(picture)


def _saved(picture: Image.Image) -> bytes:
    out = BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


def _write(pen: ImageDraw.ImageDraw, strokes: tuple[Stroke, ...], at: tuple[int, int], size: float) -> None:
    for stroke in strokes:
        points = [(at[0] + x * size, at[1] + y * size) for x, y in stroke]
        pen.line(points, fill=INK, width=3, joint="curve")


def _corridor(pen: ImageDraw.ImageDraw, wrong: bool) -> None:
    pen.polygon([(0, HEIGHT), (240, 270), (400, 270), (WIDTH, HEIGHT)], fill=(176, 170, 158))
    for left in (40, 130, 440, 540):
        pen.rectangle([left, 150, left + 60, 340], fill=(122, 92, 66), outline=(70, 54, 40))
    pen.ellipse([300, 40, 340, 80], fill=(255, 250, 200))
    if wrong:
        for left, top in ((250, 330), (300, 300), (330, 345)):
            pen.rectangle([left, top, left + 64, top + 52], fill=(196, 152, 96), outline=(110, 80, 44), width=3)


def _lobby(pen: ImageDraw.ImageDraw, wrong: bool) -> None:
    pen.rectangle([0, 300, WIDTH, HEIGHT], fill=(206, 202, 196))
    pen.rectangle([230, 90, 410, 300], fill=(190, 216, 226), outline=GREY, width=4)
    pen.line([(320, 90), (320, 300)], fill=GREY, width=4)
    pen.rectangle([40, 230, 180, 300], fill=(120, 134, 120))
    pen.rectangle([480, 150, 600, 230], fill=(240, 236, 220), outline=GREY, width=3)
    if wrong:
        pen.ellipse([250, 340, 470, 410], fill=(150, 166, 180))
        pen.ellipse([120, 360, 190, 390], fill=(130, 112, 90))


def _garage(pen: ImageDraw.ImageDraw, wrong: bool) -> None:
    pen.rectangle([0, 0, WIDTH, 130], fill=(168, 168, 166))
    pen.rectangle([0, 280, WIDTH, HEIGHT], fill=(138, 140, 142))
    for left in range(40, WIDTH, 150):
        pen.line([(left, 300), (left - 40, HEIGHT)], fill=(240, 236, 200), width=6)
    pen.rectangle([290, 100, 350, 300], fill=(214, 196, 90), outline=GREY)
    pen.rectangle([470, 190, 500, 280], fill=(60, 60, 60) if wrong else (190, 40, 36))
    if wrong:
        pen.ellipse([150, 340, 330, 400], fill=(70, 72, 78))


def _pumps(pen: ImageDraw.ImageDraw, wrong: bool) -> None:
    pen.rectangle([0, 330, WIDTH, HEIGHT], fill=(160, 164, 160))
    for left in (90, 340):
        pen.rectangle([left, 220, left + 150, 340], fill=(52, 100, 148), outline=(30, 50, 80), width=4)
        pen.rectangle([left + 60, 90, left + 90, 220], fill=(120, 124, 128))
    pen.ellipse([540, 90, 620, 170], fill=PAPER, outline=GREY, width=4)
    pen.line([(580, 130), (556, 152) if wrong else (596, 104)], fill=(190, 40, 36), width=4)
    if wrong:
        pen.ellipse([80, 360, 300, 415], fill=(120, 150, 176))


def _garden(pen: ImageDraw.ImageDraw, wrong: bool) -> None:
    pen.rectangle([0, 0, WIDTH, 220], fill=(196, 220, 236))
    pen.rectangle([0, 220, WIDTH, HEIGHT], fill=(186, 176, 96) if wrong else (120, 172, 92))
    for left in (80, 300, 500):
        pen.rectangle([left + 34, 200, left + 50, 320], fill=(110, 80, 56))
        pen.ellipse([left, 100, left + 86, 230], fill=(168, 138, 70) if wrong else (64, 128, 70))
    pen.polygon([(250, HEIGHT), (300, 240), (340, 240), (420, HEIGHT)], fill=(206, 198, 182))


def _tap(pen: ImageDraw.ImageDraw, wrong: bool) -> None:
    pen.rectangle([120, 300, 520, 400], fill=PAPER, outline=GREY, width=4)
    pen.rectangle([300, 140, 340, 300], fill=(150, 156, 162))
    pen.rectangle([210, 140, 340, 176], fill=(150, 156, 162))
    pen.rectangle([290, 110, 350, 132], fill=(120, 126, 132))
    if wrong:
        for top in (186, 224, 262):
            pen.ellipse([216, top, 238, top + 30], fill=(90, 150, 210))
        pen.ellipse([180, 330, 300, 372], fill=(150, 186, 220))


_DRAWINGS: Mapping[str, Callable[[ImageDraw.ImageDraw, bool], None]] = {
    "corridor": _corridor,
    "lobby": _lobby,
    "garage": _garage,
    "pumps": _pumps,
    "garden": _garden,
    "tap": _tap,
}
