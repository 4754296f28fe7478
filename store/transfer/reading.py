"""From a file that somebody uploaded to its sheets. It is opened in a process of its own."""

from store.errors import Invalid
from store.transfer import bounds
from store.transfer.raw import Book, book_from
from store.untrusted.running import run
from store.untrusted.tasks import TABLES
from store.words import Words


def read(data: bytes, filename: str) -> Book:
    """The sheets of an .xlsx or .csv file, recognised by its content. Raises `Invalid` with the reason, `Busy`."""
    if len(data) > bounds.MAX_BYTES:
        words = Words("文件不能超过 {n} MB", "The file must not be larger than {n} MB")
        raise Invalid.one("file_too_large", words.fill(n=bounds.MAX_BYTES >> 20), "file")
    if not data.strip():
        raise Invalid.one("file_empty", Words("文件是空的", "The file is empty"), "file")
    return book_from(run(TABLES, data, filename=filename))
