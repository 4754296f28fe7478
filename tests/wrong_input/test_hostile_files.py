"""Files that mean harm are refused by name, by a process that the kernel holds to its limits."""

from collections.abc import Callable

import pytest

from store.errors import Invalid
from store.transfer.reading import read
from store.untrusted import running
from store.untrusted.tasks import MEGABYTE, PICTURE, TABLES
from tests.wrong_input.hostile import books, pictures
from tests.wrong_input.hostile.books import BOOKS
from tests.wrong_input.hostile.pictures import PICTURES


def code_of(attempt: Callable[[], object]) -> str | None:
    try:
        attempt()
    except Invalid as refused:
        return refused.code
    return None


@pytest.mark.parametrize("name", BOOKS)
def test_a_book_that_means_harm_is_refused_by_name(name: str) -> None:
    make, code = BOOKS[name]
    assert code_of(lambda: read(make(), name)) == code


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_that_means_harm_is_refused_by_name(name: str) -> None:
    make, code = PICTURES[name]
    assert code_of(lambda: running.run(PICTURE, make())) == code


def test_what_the_checks_before_miss_meets_the_limits() -> None:
    """Decoders have holes that are not known: here the bounds are as good as gone, and still only the file is refused."""
    scans = pictures.many_scans()
    assert code_of(lambda: running.run(PICTURE._replace(cpu=1), scans)) == "file_too_demanding"
    text = books.one_text_for_all_cells()
    assert code_of(lambda: running.run(TABLES._replace(memory=64 * MEGABYTE), text, filename="x.xlsx")) is not None
    (sheet,) = read(books.workbook(), "good.xlsx")
    assert sheet.lines[0].cells == ("code", "name.zh")


@pytest.mark.parametrize("colour", [0, 2, 4, 6])
def test_pictures_as_large_as_allowed_stay_within_the_limits(colour: int) -> None:
    sides = (5_000, 4_000) if colour in (4, 6) else (8_000, 5_000)
    assert running.run(PICTURE, pictures.png(*sides, 8, colour))["width"] == 1_600
