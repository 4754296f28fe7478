"""From the bytes of a workbook or a CSV to sheets, lines and cells. Runs in a process of its own (`store/untrusted/`);
what the cells mean is decided elsewhere."""

from store.transfer import bounds, csv_text, workbook
from store.transfer.raw import Book

_OLD_EXCEL = b"\xd0\xcf\x11\xe0"
_OTHER_FORMATS = (".xls", ".ods", ".xlsm", ".xlsb", ".xlsx")


def tables_of(data: bytes, filename: str) -> Book:
    """The sheets of an .xlsx or .csv file, recognised by its content; a CSV is one sheet without a name. Raises
    `Invalid` with the reason."""
    if data.startswith(b"PK"):
        return workbook.read(data)
    if data.startswith(_OLD_EXCEL) or filename.lower().endswith(_OTHER_FORMATS):
        raise bounds.wrong_format()
    return csv_text.read(data)
