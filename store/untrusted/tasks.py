"""What is read in a process of its own, and how much of the machine each reading may take."""

from typing import NamedTuple

MEGABYTE = 1024 * 1024


class Task(NamedTuple):
    """`reader` is a name of `store/readers/known.py`. `memory` is what one reading may take besides the reader itself, in bytes;
    `cpu` and `wall` are seconds."""

    reader: str
    memory: int
    cpu: int
    wall: float


# A workbook of 5 MB may unpack to 50, and is held once as XML and once as cells.
TABLES = Task("tables", memory=320 * MEGABYTE, cpu=20, wall=60)
# 40 megapixels as a progressive JPEG keeps them, or 20 of the kinds that are held more than once.
PICTURE = Task("picture", memory=448 * MEGABYTE, cpu=15, wall=45)
# Half a megabyte of calendar is some ten thousand lines, kept as objects.
SPECIAL_DAYS = Task("special_days", memory=192 * MEGABYTE, cpu=10, wall=30)
