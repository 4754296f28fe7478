"""How much of a file is read, and how it is refused. Pure: asked on both sides of the process that opens the file."""

from store.errors import Invalid
from store.words import Words

MAX_BYTES = 5 * 1024 * 1024
MAX_UNPACKED = 50 * 1024 * 1024
MAX_PARTS = 1_000
MAX_ROWS = 5_000
# Rows of lists (items of a checklist) are many to one row of the main table.
MAX_CHILD_ROWS = 20_000
MAX_COLUMNS = 200
# Of all sheets together, empty ones between others included: a reader fills in all that lie before the last.
MAX_CELLS = 1_000_000


def wrong_format() -> Invalid:
    words = Words(
        "请上传 .xlsx 或 .csv 文件（旧格式请另存为 .xlsx）", "Upload an .xlsx or .csv file; save older formats as .xlsx"
    )
    return Invalid.one("wrong_format", words, "file")


def too_many_rows() -> Invalid:
    return _too_many(Words("行数", "rows"), MAX_ROWS)


def too_many_columns() -> Invalid:
    return _too_many(Words("列数", "columns"), MAX_COLUMNS)


def too_many_cells() -> Invalid:
    return _too_many(Words("单元格", "cells"), MAX_CELLS)


def _too_many(what: Words, most: int) -> Invalid:
    words = Words("{what}不能超过 {n}", "No more than {n} {what} are read").fill(what=what, n=most)
    return Invalid.one("too_many_rows", words, "file")


def too_large_unpacked() -> Invalid:
    words = Words("文件解压后过大，已拒绝", "Unpacked, the file is too large; it was refused")
    return Invalid.one("file_too_large", words, "file")
