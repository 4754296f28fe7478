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
MAX_SHEETS = 100
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


def too_many_sheets() -> Invalid:
    return _too_many(Words("工作表数", "sheets"), MAX_SHEETS)


def unknown_encoding() -> Invalid:
    words = Words(
        "看不出文件用的是哪种编码，请另存为「CSV UTF-8」或 .xlsx 再上传",
        "The encoding of the file is not certain; save it as “CSV UTF-8” or .xlsx and upload it again",
    )
    return Invalid.one("unknown_encoding", words, "file")


def open_quote(number: int) -> Invalid:
    words = Words(
        "第 {n} 行的引号不成对，后面的内容分不清列", "The quotes of row {n} do not match: its columns are not certain"
    )
    return Invalid.one("open_quote", words.fill(n=number), "file")
