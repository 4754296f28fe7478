"""Handwriting as strokes: no font for Chinese is at hand everywhere, and a signature is drawn anyway."""

from math import sin
from random import Random

Stroke = tuple[tuple[float, float], ...]

# 示意图 on squares of ten by ten.
SKETCH: tuple[tuple[Stroke, ...], ...] = (
    (((2, 2), (8, 2)), ((1, 4.5), (9, 4.5)), ((5, 4.5), (5, 9), (4, 8.4)), ((3, 6), (1.8, 8)), ((7, 6), (8.2, 8))),
    (
        ((5, 0), (5, 1)),
        ((2, 1.3), (8, 1.3)),
        ((3.6, 1.6), (4, 2.7)),
        ((6.4, 1.6), (6, 2.7)),
        ((1, 3), (9, 3)),
        ((3, 3.9), (7, 3.9), (7, 6.5), (3, 6.5), (3, 3.9)),
        ((3, 5.2), (7, 5.2)),
        ((2, 7.6), (1.2, 9)),
        ((3.4, 7.3), (3.6, 9.3), (6.8, 9.3), (7, 8.3)),
        ((5, 7.1), (5.4, 8.1)),
        ((7.8, 7.3), (8.8, 8.6)),
    ),
    (
        ((1, 0.6), (9, 0.6), (9, 9.4), (1, 9.4), (1, 0.6)),
        ((4.4, 1.6), (2.6, 4)),
        ((4, 2.4), (6.8, 2.4), (2.6, 6)),
        ((3.6, 3.4), (7.6, 6)),
        ((4.6, 6), (5.6, 6.6)),
        ((3.8, 7.3), (5.8, 8.2)),
    ),
)


def signature(dice: Random) -> tuple[Stroke, ...]:
    """Three signs of nobody, written fast; about 380 wide and 120 high."""
    return tuple(_sign(60 + n * 120 + dice.randint(-12, 12), dice) for n in range(3))


def _sign(left: float, dice: Random) -> Stroke:
    wide, high, turns = dice.uniform(26, 44), dice.uniform(26, 50), dice.uniform(0.5, 1.4)
    lean = dice.uniform(-0.4, 0.4)
    moments = (step / 4 for step in range(48))
    return tuple((left + wide * sin(at * turns) + lean * at * 3, 60 + high * sin(at * 0.9 + lean)) for at in moments)
