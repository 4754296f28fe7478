"""Workbooks and tables that mean harm, made when they are needed: none is larger than a few hundred kilobytes."""

import io
import zipfile
from collections.abc import Callable, Iterable, Mapping

import xlsxwriter

SHEET, STRINGS, BOOK = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/workbook.xml"
_MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_PIECE = 1 << 20


def workbook(**parts: Iterable[str]) -> bytes:
    """A good workbook of one sheet and two rows in which some parts are replaced: `workbook(sheet=…)`."""
    places = {"sheet": SHEET, "strings": STRINGS, "book": BOOK}
    stream = io.BytesIO()
    with zipfile.ZipFile(_good()) as good, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as bad:
        replaced = {places[name]: pieces for name, pieces in parts.items()}
        for part in good.infolist():
            with bad.open(part.filename, "w") as target:
                pieces = replaced.get(part.filename)
                for piece in pieces if pieces is not None else [good.read(part).decode()]:
                    target.write(piece.encode())
    return stream.getvalue()


def _good() -> io.BytesIO:
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream) as book:
        page = book.add_worksheet("data")
        page.write_row(0, 0, ("code", "name.zh"))
        page.write_row(1, 0, ("lifts", "电梯"))
    return stream


def _sheet(rows: Iterable[str], before: str = "") -> Iterable[str]:
    yield f"<worksheet {_MAIN}>{before}<sheetData>"
    yield from rows
    yield "</sheetData></worksheet>"


def cells_without_places() -> bytes:
    """Millions of cells that say no column, in the last row that is allowed: 960 GB for a reader that fills in."""
    cells = ["<c><v>1</v></c>" * 50_000] * 60
    return workbook(sheet=_sheet(['<row r="20000">', *cells, "</row>"]))


def rows_without_places() -> bytes:
    return workbook(sheet=_sheet(["<row><c><v>1</v></c></row>" * 30_000]))


def far_corner() -> bytes:
    return workbook(sheet=_sheet(['<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>']))


def a_far_cell_in_a_near_row() -> bytes:
    return workbook(sheet=_sheet(['<row r="1"><c r="A999999999"><v>1</v></c></row>']))


def wide_and_long() -> bytes:
    """Within rows and within columns, and four million cells for a reader that fills in."""
    return workbook(
        sheet=_sheet(['<row r="1"><c r="GR1"><v>1</v></c></row><row r="20000"><c r="A20000"><v>1</v></c></row>'])
    )


def giant_dimension() -> bytes:
    """It says that it reaches to the last corner, and does not."""
    cells = '<row r="1"><c r="A1" t="inlineStr"><is><t>code</t></is></c></row>'
    return workbook(sheet=_sheet([cells], '<dimension ref="A1:XFD1048576"/>'))


def unclosed_strings() -> bytes:
    """`<si>` without an end, four hundred thousand times."""
    return workbook(strings=[f"<sst {_MAIN}>", "<si>" * 400_000])


def unclosed_rows() -> bytes:
    return workbook(sheet=[f"<worksheet {_MAIN}><sheetData>", "<row " * 400_000])


def nested_elements() -> bytes:
    return workbook(sheet=_sheet(["<x>" * 500_000, "</x>" * 500_000]))


def one_text_for_all_cells() -> bytes:
    text = f"<sst {_MAIN}><si><t>{'x' * 32_000}</t></si></sst>"
    rows = [f'<row r="{n}">' + '<c t="s"><v>0</v></c>' * 100 + "</row>" for n in range(1, 2_000)]
    return workbook(strings=[text], sheet=_sheet(rows))


def entities() -> bytes:
    """Entities that name entities."""
    lines = "".join(f'<!ENTITY a{n + 1} "{f"&a{n};" * 10}">' for n in range(9))
    return workbook(strings=[f'<!DOCTYPE x [<!ENTITY a0 "ha">{lines}]><sst {_MAIN}><si><t>&a9;</t></si></sst>'])


def entity_of_a_file() -> bytes:
    evil = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
    return workbook(strings=[f"{evil}<sst {_MAIN}><si><t>&a;</t></si></sst>"])


def bomb() -> bytes:
    """Sixty megabytes of nothing."""
    return workbook(sheet=(" " * _PIECE for _ in range(60)))


def long_attribute() -> bytes:
    """One attribute of forty megabytes."""
    return workbook(sheet=['<worksheet a="', *("x" * _PIECE for _ in range(40)), '"/>'])


def many_parts() -> bytes:
    stream = io.BytesIO(workbook())
    with zipfile.ZipFile(stream, "a") as archive:
        for number in range(30_000):
            archive.writestr(f"xl/media/{number}", b"")
    return stream.getvalue()


def many_sheets_of_one_part() -> bytes:
    sheets = "".join(f'<sheet name="s{n}" sheetId="{n}" r:id="rId1"/>' for n in range(1, 5_000))
    relation = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
    full = [f'<row r="{n}">{"<c><v>1</v></c>" * 20}</row>' for n in range(1, 5_000)]
    return workbook(book=[f"<workbook {_MAIN} {relation}><sheets>{sheets}</sheets></workbook>"], sheet=_sheet(full))


def parts_of_the_same_name() -> bytes:
    stream = io.BytesIO(workbook())
    with zipfile.ZipFile(stream, "a") as archive:
        archive.writestr(SHEET.upper(), b"<worksheet/>")
    return stream.getvalue()


def archive_in_an_archive() -> bytes:
    """A bomb wrapped in archives, as a sheet."""
    inner = bomb()
    for _ in range(3):
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("inner.zip", inner)
        inner = stream.getvalue()
    stream = io.BytesIO()
    with zipfile.ZipFile(_good()) as good, zipfile.ZipFile(stream, "w") as bad:
        for part in good.namelist():
            bad.writestr(part, inner if part == SHEET else good.read(part))
    return stream.getvalue()


def cut_off() -> bytes:
    good = workbook()
    return good[: len(good) // 2]


def another_office() -> bytes:
    """An OpenDocument of 4 KB with two billion columns, that calls itself a workbook."""
    table = '<table:table-cell table:number-columns-repeated="2000000000" office:value="1"/>'
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", f"<office:document><table:table><table:table-row>{table}")
        archive.writestr(BOOK, "<workbook/>")
    return stream.getvalue()


def one_line() -> bytes:
    """On which the library's own guess of the delimiter takes many seconds."""
    return b";'" * 130_000


def one_line_of_quotes() -> bytes:
    return b"code\n" + b'"' * 4_000_001


def one_line_of_commas() -> bytes:
    return b"," * 4_000_000


def many_short_lines() -> bytes:
    return b"code\n" + b"\n" * 4_000_000


def a_cell_of_megabytes() -> bytes:
    return b'code\n"' + b"x" * 4_000_000 + b'"\n'


# Each with the code of its refusal; None where the file is read, and then refused by what it holds, or not at all.
BOOKS: Mapping[str, tuple[Callable[[], bytes], str | None]] = {
    "places.xlsx": (cells_without_places, "too_many_rows"),
    "rows.xlsx": (rows_without_places, "too_many_rows"),
    "corner.xlsx": (far_corner, "too_many_rows"),
    "cell.xlsx": (a_far_cell_in_a_near_row, "too_many_rows"),
    "wide.xlsx": (wide_and_long, None),
    "dimension.xlsx": (giant_dimension, None),
    "strings.xlsx": (unclosed_strings, "wrong_format"),
    "unclosed.xlsx": (unclosed_rows, "wrong_format"),
    "nested.xlsx": (nested_elements, "wrong_format"),
    "text.xlsx": (one_text_for_all_cells, "file_too_large"),
    "entities.xlsx": (entities, "wrong_format"),
    "passwd.xlsx": (entity_of_a_file, "wrong_format"),
    "bomb.xlsx": (bomb, "file_too_large"),
    "attribute.xlsx": (long_attribute, "wrong_format"),
    "parts.xlsx": (many_parts, "wrong_format"),
    "sheets.xlsx": (many_sheets_of_one_part, "too_many_rows"),
    "doubles.xlsx": (parts_of_the_same_name, "wrong_format"),
    "archive.xlsx": (archive_in_an_archive, "wrong_format"),
    "cut.xlsx": (cut_off, "wrong_format"),
    "other.xlsx": (another_office, "wrong_format"),
    "line.csv": (one_line, "too_many_rows"),
    "quotes.csv": (one_line_of_quotes, "wrong_format"),
    "commas.csv": (one_line_of_commas, "too_many_rows"),
    "lines.csv": (many_short_lines, "too_many_rows"),
    "cell.csv": (a_cell_of_megabytes, "wrong_format"),
}
